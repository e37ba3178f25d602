/**
 * How long a forward pass takes on this device.
 */

/** @import { Crop, Explainer } from "../camscope.d.ts" */
/** @import { Source } from "./queue.js" */

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

/**
 * Over the first of several pictures that can be read: the report itself says what is wrong with the others.
 * @param {Parameters<typeof timePass>[0]} explainer
 * @param {Source[]} sources
 * @param {Crop} crop
 * @returns {Promise<number | null>} null if none can
 */
export async function timeAny(explainer, sources, crop) {
  const { signal } = new AbortController();
  for (const { open } of sources) {
    try {
      return await timePass(explainer, await open(signal), crop);
    } catch {
      // The next may do.
    }
  }
  return null;
}
