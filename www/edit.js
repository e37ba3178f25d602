/**
 * Edits of a picture as a list of steps, drawn anew from the untouched picture each time, so that any of them can be
 * taken back and the same steps always give the same pixels.
 */
import { canvasOf, context2d } from "./dom.js";

/** @import { HeatMap } from "./camscope.d.ts" */
/** @import { Box } from "./paint.js" */

/** @typedef {{ x: number, y: number }} Point in the picture's pixels */
/** @typedef {{ kind: "stroke", points: Point[], thickness: number }
 *   | { kind: "patch", box: Box }
 *   | { kind: "places", mask: HTMLCanvasElement, part: Box }} Shape `mask`: opaque inside, stretched over `part` */
/** @typedef {"blur" | "erase" | "paint"} Fill */
/** @typedef {{ shape: Shape, fill: Fill, colour: string }} Edit */

/** About the mean colour of the pictures that the network has learnt from: next to nothing, to it. */
export const GREY = "rgb(124 117 104)";

/** How many pixels of the blurred picture are left on its longer side: too few to tell what is in it. */
const BLURRED_SIDE = 12;

/**
 * @param {HTMLCanvasElement} canvas takes the picture's size
 * @param {HTMLCanvasElement} picture untouched
 * @param {readonly Edit[]} edits
 */
export function drawEdited(canvas, picture, edits) {
  const { width, height } = picture;
  canvas.width = width;
  canvas.height = height;
  const context = context2d(canvas);
  context.drawImage(picture, 0, 0);
  for (const { shape, fill, colour } of edits) {
    const layer = canvasOf(width, height);
    const pen = context2d(layer);
    drawShape(pen, shape);
    pen.globalCompositeOperation = "source-in";
    if (fill === "blur") pen.drawImage(blurred(picture), 0, 0);
    else {
      pen.fillStyle = fill === "erase" ? GREY : colour;
      pen.fillRect(0, 0, width, height);
    }
    context.drawImage(layer, 0, 0);
  }
}

/**
 * The places of a map with the most of what is asked for, as a mask of the map's size.
 * @param {HeatMap} map
 * @param {number} share of the pixels, 0…1
 * @param {"hottest" | "coldest"} which
 * @returns {HTMLCanvasElement}
 */
export function placesOf({ width, height, values }, share, which) {
  const sign = which === "hottest" ? -1 : 1;
  const order = Array.from(values, (_, index) => index).sort((a, b) => sign * (values[a] - values[b]));
  const image = new ImageData(width, height);
  for (const index of order.slice(0, Math.round(share * values.length))) image.data[4 * index + 3] = 255;
  const mask = canvasOf(width, height);
  context2d(mask).putImageData(image, 0, 0);
  return mask;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Shape} shape
 */
function drawShape(pen, shape) {
  if (shape.kind === "patch") {
    const { x, y, width, height } = shape.box;
    pen.fillRect(x, y, width, height);
  } else if (shape.kind === "places") {
    const { x, y, width, height } = shape.part;
    pen.imageSmoothingEnabled = false;
    pen.drawImage(shape.mask, x, y, width, height);
    pen.imageSmoothingEnabled = true;
  } else {
    drawStroke(pen, shape.points, shape.thickness);
  }
}

/**
 * What a round brush leaves on its way, opaque.
 * @param {CanvasRenderingContext2D} pen
 * @param {Point[]} points one at least
 * @param {number} thickness
 */
export function drawStroke(pen, points, thickness) {
  const [first, ...rest] = points;
  // Not every browser draws a line of no length.
  pen.beginPath();
  pen.arc(first.x, first.y, thickness / 2, 0, 2 * Math.PI);
  pen.fill();
  pen.lineCap = pen.lineJoin = "round";
  pen.lineWidth = thickness;
  pen.beginPath();
  pen.moveTo(first.x, first.y);
  for (const point of rest) pen.lineTo(point.x, point.y);
  pen.stroke();
}

/** @type {WeakMap<HTMLCanvasElement, HTMLCanvasElement>} */
const blurredPictures = new WeakMap();

/**
 * Halved until hardly anything is left, then enlarged smoothly: every browser's canvas can, unlike filters.
 * @param {HTMLCanvasElement} picture
 */
function blurred(picture) {
  const known = blurredPictures.get(picture);
  if (known) return known;
  const { width, height } = picture;
  const drawn = (/** @type {HTMLCanvasElement} */ from, /** @type {number} */ w, /** @type {number} */ h) => {
    const canvas = canvasOf(Math.max(1, Math.round(w)), Math.max(1, Math.round(h)));
    const context = context2d(canvas);
    context.imageSmoothingQuality = "high";
    context.drawImage(from, 0, 0, canvas.width, canvas.height);
    return canvas;
  };
  let small = picture;
  while (Math.max(small.width, small.height) >= 2 * BLURRED_SIDE) {
    small = drawn(small, small.width / 2, small.height / 2);
  }
  while (small.width < width / 2) small = drawn(small, 2 * small.width, 2 * small.height);
  const result = drawn(small, width, height);
  blurredPictures.set(picture, result);
  return result;
}
