/**
 * Hand files to the visitor, such as an overlay as a PNG file.
 */
import { fileName } from "./format.js";

/** @import { Explanation } from "./camscope.d.ts" */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} picture its name
 * @param {Explanation} shown
 * @param {(file: string) => void} saved
 */
export function saveOverlay(canvas, picture, { target, method, layer }, saved) {
  const file = `${fileName(picture.replace(/\.\w+$/, ""), target.label, method, layer)}.png`;
  canvas.toBlob((blob) => {
    if (!blob) return;
    saveBlob(blob, file);
    saved(file);
  }, "image/png");
}

/**
 * @param {Blob} blob
 * @param {string} file its name
 */
export function saveBlob(blob, file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = file;
  link.click();
  // The download has its own hold on the data by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
