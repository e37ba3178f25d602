/**
 * The maps that are measured.
 */
import { digits, median, note, spread } from "./report.js";

/** @import { Page } from "playwright-core" */
/** @import { Device } from "./options.js" */

/** `slow`: measured once, without a warm-up, unless a GPU computes. */
export const MAPS = [
  { name: "Grad-CAM, layer4", method: "gradcam", layer: "layer4" },
  { name: "AblationCAM, layer4", method: "ablationcam", layer: "layer4" },
  { name: "AblationCAM, layer3", method: "ablationcam", layer: "layer3", slow: true },
  // On a GPU what AblationCAM is held against: plain passes through layer4. The CPU leaves out what is zero.
  { name: "Recipro-CAM, layer3", method: "reciprocam", layer: "layer3", slow: true },
  {
    name: "ScoreCAM, layer4, first useful map (64 passes)",
    method: "scorecam",
    layer: "layer4",
    channels: 64,
    slow: true,
  },
];

export const EXACT = [{ name: "ScoreCAM, layer4, exact", method: "scorecam", layer: "layer4", slow: true }];

/**
 * @param {Page} page
 * @param {Device} device
 * @param {{ name: string, method: string, layer: string, channels?: number, slow?: boolean }[]} maps
 * @param {number} runs
 * @param {boolean} isGpu
 * @returns {Promise<string[][]>}
 */
export async function measureMaps(page, device, maps, runs, isGpu) {
  const rows = [];
  let seed = 100;
  for (const { name, slow, ...options } of maps) {
    const times = [];
    let forwards = 1;
    const isOnce = slow && !isGpu;
    for (let run = isOnce ? runs : 0; run <= runs; run++) {
      const argument = /** @type {const} */ ([seed++, options]);
      const { ms, passes } = await page.evaluate(
        ([seed, options]) => bench.explain("camscope", seed, options),
        argument,
      );
      note(`${device}: ${name} ${digits(ms)} ms, ${passes} passes more${run ? "" : " (warm-up)"}`);
      if (run) times.push(ms);
      forwards = passes + 1;
    }
    rows.push([device, name, String(forwards), spread(times), digits(median(times) / forwards)]);
  }
  return rows;
}
