/**
 * AblationCAM beside what it is by definition: a plain pass through the layers behind for each channel, in batches. Both
 * look at a picture that is classified already, by turns, and must find the same scores.
 */
import { digits, largestDifference, note, spread } from "./report.js";

/** @import { Page } from "playwright-core" */
/** @import { Device } from "./options.js" */

export const LAYER = "layer3";

/** Pictures in a batch of plain passes. On a GPU as many as the engine gives it of a method's plain passes. */
const BATCH = { cpu: 8, webgpu: 16, "webgpu-f16": 16 };

/** Plain passes go over the layer's first channels: every ResNet has so many there, and all cost the same. */
const PLAIN = 256;
/** A GPU that the processor emulates takes minutes for a map: both go over so few. */
const EMULATED = 32;

/** Largest difference of two scores (they span about ±20) that counts as the same answer. */
const TOLERANCE = { cpu: 0.001, webgpu: 0.001, "webgpu-f16": 0.5 };

/**
 * A warm-up, then `runs` rounds, each with a picture of its own and in reversed order from round to round.
 * @param {Page} page
 * @param {{ device: Device, threads: number, isEmulated: boolean }} on
 * @param {number} runs
 * @returns {Promise<{ row: string[], wrong: string[] }>}
 */
export async function measureAblation(page, { device, threads, isEmulated }, runs) {
  const channels = Array.from({ length: isEmulated ? EMULATED : PLAIN }, (_, channel) => channel);
  const [method, batch] = ["ablationcam", BATCH[device]];
  const asked = isEmulated ? { method, layer: LAYER, channels } : { method, layer: LAYER };
  /** @type {{ short: number[], plain: number[], ratios: number[] }} */
  const times = { short: [], plain: [], ratios: [] };
  /** @type {string[]} */
  const wrong = [];
  let [count, most] = [0, 0];
  for (let run = 0; run <= runs; run++) {
    const seed = 200 + run;
    const target = await page.evaluate((seed) => bench.classify("camscope", seed), seed);
    const shortOnes = () => {
      const argument = /** @type {const} */ ([seed, asked]);
      return page.evaluate(([seed, options]) => bench.explain("camscope", seed, options), argument);
    };
    const plainOnes = () => {
      const argument = /** @type {const} */ ([seed, { layer: LAYER, channels, batch }, target]);
      return page.evaluate(([seed, options, target]) => bench.plainPasses("camscope", seed, options, target), argument);
    };
    const early = run % 2 ? undefined : await shortOnes();
    const plain = await plainOnes();
    const short = early ?? (await shortOnes());
    const [own, theirs] = [short.ms / short.passes, plain.ms / channels.length];
    const what = `${digits(own)} ms a pass, plainly ${digits(theirs)}`;
    note(`${device}: AblationCAM, ${LAYER}: ${what}${run ? "" : " (warm-up)"}`);
    const scores = channels.map((channel) => short.scores[channel]);
    const difference = largestDifference(scores, plain.scores);
    // So that a NaN fails.
    if (!(difference <= TOLERANCE[device])) {
      const expected = `at most ${TOLERANCE[device]} is expected`;
      wrong.push(`${device}: AblationCAM's scores and those of plain passes differ by ${difference}, ${expected}`);
    }
    count = short.passes;
    most = Math.max(most, difference);
    if (!run) continue;
    times.short.push(own);
    times.plain.push(theirs);
    times.ratios.push(theirs / own);
  }
  const row = [
    device,
    device === "cpu" ? String(threads) : "–",
    String(count),
    spread(times.short),
    `${channels.length} by ${batch}`,
    spread(times.plain),
    `${spread(times.ratios)}×`,
    most.toExponential(1),
  ];
  return { row, wrong };
}
