/**
 * The small pictures of a report, and the larger ones that are saved.
 */
import { canvasOf, context2d, element } from "../dom.js";
import { paintOverlay, paintScale, partOf, pictureCanvas } from "../paint.js";
import { readMap } from "../report/examine.js";
import { onShared, sharedTop } from "../scale.js";

/** @import { Classification, HeatMap, Pixels } from "../camscope.d.ts" */
/** @import { Look } from "../paint.js" */
/** @import { Result } from "../report/examine.js" */

/** @typedef {{ top: number, overlays: Map<string, Blob> }} OneScale `top`: where it ends, in times a map's average; 0 without heat */

/** Of the longer side of what the network sees. */
const THUMB_SIDE = 224;

/** A JPEG's quality: no artefacts to be seen at a tenth of a PNG's size. */
const QUALITY = 0.88;

/**
 * @param {Pixels} pixels the picture
 * @param {Pick<Classification, "width" | "height" | "crop">} classification
 * @param {HeatMap | null} map
 * @param {Look} look
 * @returns {Promise<Blob>}
 */
export function thumbnail(pixels, classification, map, look) {
  const whole = overlay(pixels, classification, map, look);
  const scale = Math.min(1, THUMB_SIDE / Math.max(whole.width, whole.height));
  const small = canvasOf(Math.max(1, Math.round(scale * whole.width)), Math.max(1, Math.round(scale * whole.height)));
  const context = context2d(small);
  context.imageSmoothingQuality = "high";
  context.drawImage(whole, 0, 0, small.width, small.height);
  return toBlob(small, "image/jpeg");
}

/**
 * A picture's overlays once more, on one scale.
 * @param {Result} result
 * @param {Look} look
 * @returns {Promise<OneScale>}
 */
export async function onOneScale({ picture, maps }, look) {
  const bitmap = await createImageBitmap(picture);
  const { width, height } = bitmap;
  const [ground, canvas] = [canvasOf(width, height), canvasOf(width, height)];
  context2d(ground).drawImage(bitmap, 0, 0);
  bitmap.close();
  /** @type {Map<string, HeatMap>} */
  const read = new Map();
  for (const [id, map] of maps) read.set(id, await readMap(map));
  const top = sharedTop([...read.values()]);
  /** @type {OneScale["overlays"]} */
  const overlays = new Map();
  for (const [id, map] of read) {
    paintOverlay(canvas, ground, { x: 0, y: 0, width, height }, top > 0 ? onShared(map, top) : map, look);
    overlays.set(id, await toBlob(canvas, "image/jpeg"));
  }
  return { top, overlays };
}

/**
 * @param {string} src
 * @param {string} alt
 */
export function image(src, alt) {
  return element("img", { src, alt, decoding: "async" });
}

/**
 * The colours of the overlays, cold to hot.
 * @param {Look} look
 * @returns {Promise<Blob>}
 */
export function legend({ rgb, blend }) {
  const canvas = canvasOf(256, 1);
  // The spotlight has no colours: it is dark where the map is cold.
  paintScale(canvas, blend === "spotlight" ? Uint8Array.from(rgb, (_, i) => Math.floor(i / 3)) : rgb);
  return toBlob(canvas, "image/png");
}

/**
 * @param {Pixels} pixels
 * @param {Pick<Classification, "width" | "height" | "crop">} classification
 * @param {HeatMap | null} map
 * @param {Look} look
 */
export function overlay(pixels, classification, map, look) {
  const picture = pictureCanvas(pixels);
  const canvas = canvasOf(1, 1);
  paintOverlay(canvas, picture, partOf(picture, /** @type {Classification} */ (classification)), map, look);
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {"image/jpeg" | "image/png"} type
 * @returns {Promise<Blob>}
 */
export function toBlob(canvas, type) {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The browser made no picture."))), type, QUALITY),
  );
}
