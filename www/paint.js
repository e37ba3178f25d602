/**
 * From a map and a picture to pixels: colour table, opacity, blend. On the page's thread, from what is already there,
 * so that every control answers at once.
 */
import { canvasOf, context2d } from "./dom.js";

/** @import { Classification, HeatMap, Pixels } from "./camscope.d.ts" */

/** @typedef {{ x: number, y: number, width: number, height: number }} Box */
/** @typedef {"normal" | "glow" | "multiply" | "screen" | "spotlight" | "only"} Blend */
/**
 * @typedef {object} Look
 * @property {string} palette its id
 * @property {Uint8Array} rgb its 256 triples; of a diverging palette where `signed`
 * @property {number} opacity 0…1
 * @property {Blend} blend
 * @property {boolean} [signed] values are -1…1: what speaks against the class is shown as well
 * @property {boolean} [shared] all maps on one scale (scale.js)
 */

/** How opaque a value is, 0…255, for a value of 0…255. */
const ALPHA = {
  normal: () => 255,
  glow: (/** @type {number} */ value) => value,
  multiply: () => 255,
  screen: () => 255,
  spotlight: (/** @type {number} */ value) => 255 - value,
  only: () => 255,
};

/** @type {Record<Blend, GlobalCompositeOperation>} */
const OPERATION = {
  normal: "source-over",
  glow: "source-over",
  multiply: "multiply",
  screen: "screen",
  spotlight: "source-over",
  only: "source-over",
};

/**
 * @param {Pixels} picture
 * @returns {HTMLCanvasElement}
 */
export function pictureCanvas({ width, height, pixels }) {
  const canvas = canvasOf(width, height);
  context2d(canvas).putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

/**
 * The overlay of a map on its part of the picture.
 * @param {HTMLCanvasElement} canvas takes the size of the part
 * @param {HTMLCanvasElement} picture
 * @param {Box} part in the pixels of `picture`
 * @param {HeatMap | null} map null: the part alone
 * @param {Look} look
 */
export function paintOverlay(canvas, picture, part, map, look) {
  const width = Math.max(1, Math.round(part.width));
  const height = Math.max(1, Math.round(part.height));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = context2d(canvas);
  context.globalAlpha = 1;
  context.globalCompositeOperation = "source-over";
  context.imageSmoothingQuality = "high";
  if (map && look.blend === "only") {
    context.drawImage(heatCanvas(map, look), 0, 0, width, height);
    return;
  }
  context.drawImage(picture, part.x, part.y, part.width, part.height, 0, 0, width, height);
  if (!map) return;
  context.globalAlpha = look.opacity;
  context.globalCompositeOperation = OPERATION[look.blend];
  context.drawImage(heatCanvas(map, look), 0, 0, width, height);
}

/**
 * @param {HeatMap} map
 * @param {Look} look
 */
function heatCanvas(map, look) {
  const canvas = canvasOf(map.width, map.height);
  context2d(canvas).putImageData(new ImageData(heatPixels(map, look), map.width, map.height), 0, 0);
  return canvas;
}

/**
 * A map's own pixels, RGBA. What is no number has no heat.
 * @param {HeatMap} map
 * @param {Pick<Look, "rgb" | "blend" | "signed">} look
 */
export function heatPixels({ width, height, values }, { rgb, blend, signed }) {
  const pixels = new Uint8ClampedArray(4 * width * height);
  const alpha = ALPHA[blend];
  const dark = blend === "spotlight";
  for (let i = 0; i < values.length; i++) {
    const value = Math.min(1, Math.max(-1, values[i] || 0));
    if (!dark) {
      const entry = Math.round(255 * (signed ? (value + 1) / 2 : Math.max(0, value)));
      pixels[4 * i] = rgb[3 * entry];
      pixels[4 * i + 1] = rgb[3 * entry + 1];
      pixels[4 * i + 2] = rgb[3 * entry + 2];
    }
    pixels[4 * i + 3] = alpha(Math.round(255 * (signed ? Math.abs(value) : Math.max(0, value))));
  }
  return pixels;
}

/**
 * A part of a picture by itself, scaled down so that no side is longer than `side` pixels.
 * @param {HTMLCanvasElement} picture
 * @param {Box} part in the pixels of `picture`
 * @param {number} side
 * @returns {HTMLCanvasElement}
 */
export function canvasOfPart(picture, { x, y, width, height }, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = canvasOf(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const context = context2d(canvas);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, x, y, width, height, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/**
 * The whole picture, with the part that the network sees in a frame.
 * @param {HTMLCanvasElement} canvas takes the picture's size
 * @param {HTMLCanvasElement} picture
 * @param {Box} part in the pixels of `picture`
 */
export function paintFrame(canvas, picture, part) {
  const { width, height } = picture;
  canvas.width = width;
  canvas.height = height;
  const context = context2d(canvas);
  context.drawImage(picture, 0, 0);
  const isWhole = part.width >= width - 1 && part.height >= height - 1;
  if (isWhole) return;
  context.fillStyle = "rgb(0 0 0 / 55%)";
  context.beginPath();
  context.rect(0, 0, width, height);
  context.rect(part.x, part.y, part.width, part.height);
  context.fill("evenodd");
  const line = Math.max(1, Math.max(width, height) / 200);
  for (const [colour, thickness] of /** @type {[string, number][]} */ ([
    ["rgb(0 0 0 / 60%)", 3 * line],
    ["#fff", 1.5 * line],
  ])) {
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.stroke(corners(part, line));
  }
}

/**
 * @param {Box} part
 * @param {number} line
 */
function corners({ x, y, width, height }, line) {
  const arm = Math.min(width, height) / 8;
  const [left, top, right, bottom] = [x + line, y + line, x + width - line, y + height - line];
  const path = new Path2D();
  for (const [cx, cy, dx, dy] of [
    [left, top, arm, arm],
    [right, top, -arm, arm],
    [right, bottom, -arm, -arm],
    [left, bottom, arm, -arm],
  ]) {
    path.moveTo(cx + dx, cy);
    path.lineTo(cx, cy);
    path.lineTo(cx, cy + dy);
  }
  return path;
}

/**
 * The colour scale, cold to hot.
 * @param {HTMLCanvasElement} canvas 256 × 1
 * @param {Uint8Array} rgb
 */
export function paintScale(canvas, rgb) {
  const image = new ImageData(256, 1);
  for (let i = 0; i < 256; i++) image.data.set([rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2], 255], 4 * i);
  context2d(canvas).putImageData(image, 0, 0);
}

/**
 * What the network sees, in the preview's pixels.
 * @param {{ width: number }} picture the preview
 * @param {Pick<Classification, "width" | "crop">} classification
 * @returns {Box}
 */
export function partOf(picture, { width, crop }) {
  const scale = picture.width / width;
  return { x: crop.x * scale, y: crop.y * scale, width: crop.width * scale, height: crop.height * scale };
}
