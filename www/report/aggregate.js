/**
 * All pictures of a report together: each number's mean with its interval, mean rank, and paired differences. The
 * statistics are the engine's; here the numbers are brought in order for them.
 */
import { CONTROLS, columnsOf, markedOf } from "./measures.js";

/** @import { Aggregate, Explainer, Measures } from "../camscope.d.ts" */
/** @import { Result } from "./examine.js" */
/** @import { Column, Control } from "./measures.js" */
/** @import { Resolved } from "./settings.js" */

/** @typedef {{ column: Column, groups: Aggregate["groups"], pairs: Aggregate["pairs"] }} Summary */

/** The bootstrap draws the same samples each time; how many is the engine's (src/metrics/statistics.rs). */
export const BOOTSTRAP = Object.freeze({ seed: 1, resamples: 10_000 });

/**
 * @param {Explainer} explainer
 * @param {Result[]} results
 * @param {Resolved} settings
 * @returns {Promise<Summary[]>} one for each number that was measured
 */
export async function summarise(explainer, results, settings) {
  const groups = [...settings.methods, ...CONTROLS];
  const summaries = [];
  for (const column of columnsOf(settings.measures, markedOf(results) > 0)) {
    const values = groups.map((group) => results.map((result) => valueOf(result, group, column)));
    const { higherIsBetter } = column;
    const found = await explainer.aggregate({ groups, values, higherIsBetter, seed: BOOTSTRAP.seed });
    summaries.push({ column, groups: found.groups, pairs: found.pairs });
  }
  return summaries;
}

/**
 * @param {Result} result
 * @param {string} group a method or a control
 * @param {Pick<Column, "of">} column
 * @returns {number} NaN where it was not measured, or the map has no heat
 */
export function valueOf({ maps, controls }, group, { of }) {
  const measures = maps.get(group)?.measures ?? controls.get(/** @type {Control} */ (group));
  return (measures && of(/** @type {Measures} */ (measures))) ?? NaN;
}

/** @typedef {{ difference: number, low: number, high: number, p: number, n: number }} Difference of a minus b */

/**
 * The paired difference a − b, whichever way round the engine has it.
 * @param {Summary} summary
 * @param {string} a
 * @param {string} b
 * @returns {Difference | null}
 */
export function differenceOf({ pairs }, a, b) {
  const found = pairs.find((pair) => (pair.a === a && pair.b === b) || (pair.a === b && pair.b === a));
  if (!found) return null;
  const { difference, low, high, p, n } = found;
  return found.a === a ? { difference, low, high, p, n } : { difference: -difference, low: -high, high: -low, p, n };
}
