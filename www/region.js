/**
 * The part of a picture that the visitor says the object is in: a box or a brushed area, kept in the preview's pixels so
 * that it stays where it is whatever the crop.
 */
import { canvasOf, context2d } from "./dom.js";

/** @import * as Api from "./camscope.d.ts" */
/** @import { Box } from "./paint.js" */

/** @typedef {{ kind: "box", box: Box } | { kind: "brush", mask: HTMLCanvasElement }} MarkedRegion `mask`: opaque inside */
/**
 * `picture`: the preview that the region is in the pixels of; `isOurs`: it came with the sample, and no visitor drew it.
 * @typedef {{ region: MarkedRegion, picture: { width: number }, isOurs?: true }} Mark
 */

const HALF_OPAQUE = 128;

/**
 * The region as a map's pixels know it, for `measure`.
 * @param {MarkedRegion} region
 * @param {Box} part what the network sees, in the preview's pixels
 * @param {{ width: number, height: number }} size of the map
 * @returns {Api.Region | Api.Mask}
 */
export function regionOn(region, part, { width, height }) {
  const scale = { x: width / part.width, y: height / part.height };
  if (region.kind === "box") {
    const { box } = region;
    return {
      x: (box.x - part.x) * scale.x,
      y: (box.y - part.y) * scale.y,
      width: box.width * scale.x,
      height: box.height * scale.y,
    };
  }
  const canvas = canvasOf(width, height);
  const context = context2d(canvas);
  context.drawImage(region.mask, part.x, part.y, part.width, part.height, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const values = Float32Array.from({ length: width * height }, (_, i) => (data[4 * i + 3] >= HALF_OPAQUE ? 1 : 0));
  return { width, height, values };
}

/**
 * A mask as text holds it: how many values are outside, then inside, then outside again and so on, row by row. The first
 * number is 0 where the mask begins inside.
 * @param {Api.Mask} mask
 * @returns {number[]} their sum is the number of values
 */
export function runsOf({ values }) {
  const runs = [0];
  for (const value of values) {
    const isInside = value >= 0.5;
    const endsInside = runs.length % 2 === 0;
    if (isInside === endsInside) runs[runs.length - 1]++;
    else runs.push(1);
  }
  return runs;
}

/**
 * Draw the region's outline, seen on dark and on light.
 * @param {CanvasRenderingContext2D} context in the preview's pixels
 * @param {MarkedRegion} region
 * @param {number} line thickness in these pixels
 */
export function drawOutline(context, region, line) {
  if (region.kind === "box") {
    const { x, y, width, height } = region.box;
    context.lineWidth = 3 * line;
    context.strokeStyle = "rgb(0 0 0 / 75%)";
    context.strokeRect(x, y, width, height);
    context.lineWidth = 1.5 * line;
    context.strokeStyle = "#fff";
    context.strokeRect(x, y, width, height);
    return;
  }
  context.drawImage(ring(region.mask, 2.5 * line, "rgb(0 0 0 / 75%)"), 0, 0);
  context.drawImage(ring(region.mask, 1.5 * line, "#fff"), 0, 0);
}

/**
 * The mask's outer edge.
 * @param {HTMLCanvasElement} mask
 * @param {number} thickness
 * @param {string} colour
 */
function ring(mask, thickness, colour) {
  const canvas = canvasOf(mask.width, mask.height);
  const context = context2d(canvas);
  for (let turn = 0; turn < 16; turn++) {
    const angle = (turn * Math.PI) / 8;
    context.drawImage(mask, thickness * Math.cos(angle), thickness * Math.sin(angle));
  }
  context.globalCompositeOperation = "source-in";
  context.fillStyle = colour;
  context.fillRect(0, 0, mask.width, mask.height);
  context.globalCompositeOperation = "destination-out";
  context.drawImage(mask, 0, 0);
  return canvas;
}
