/**
 * How long a forward pass takes on this device.
 */

/** @import { Crop, Explainer } from "../camscope.d.ts" */

/** Enough for a GPU to show what it does with several at a time; on a slow CPU half a second. */
const PASSES = 4;

/**
 * Seconds a pass, over a few that no earlier answer can stand in for: the engine remembers what it said of a picture.
 * @param {Pick<Explainer, "classify" | "input" | "baseline" | "measure">} explainer
 * @param {Blob} blob a picture
 * @param {Crop} crop
 */
export async function timePass(explainer, blob, crop) {
  // The first pays for what is made ready once.
  await explainer.classify(blob, { crop, topK: 1 });
  const { width, height } = await explainer.input(blob, { crop });
  const map = await explainer.baseline("gaussian", { width, height });
  const began = performance.now();
  await explainer.measure(blob, map, {
    crop,
    metrics: ["deletion"],
    steps: PASSES,
  });
  return (performance.now() - began) / 1000 / PASSES;
}
