/**
 * What the report that camscope began with claimed, held against the numbers.
 *
 * The rule for "a is better than b in a number": *supported* where the 95 % bootstrap interval of the mean paired
 * difference lies on the claim's side of 0 and the Wilcoxon signed-rank test gives p < 0.05; *not supported* where both
 * hold on the other side; else *not enough evidence*. A claim that needs several comparisons is supported where each of
 * them is, not supported where any of them speaks against it, and has not enough evidence otherwise. No correction is
 * made for there being several claims. With fewer than six pictures p cannot fall below 0.05.
 *
 * - Focus: the smallest share of the frame that holds half of a map's heat. The smaller, the more focused.
 * - What the network needs: revealing the picture in the map's order must raise the class's probability sooner than
 *   revealing it in a random map's order, and sooner than from the middle outwards, for every method. Where the insertion
 *   was not measured, the drop in confidence stands in for it. This says that the heat lies where the network's evidence
 *   is.
 * - The object: more of the heat must lie inside the visitor's mark than of a random and of a centred map's, for every
 *   method. Of pictures without a mark nothing is known.
 */
import { differenceOf } from "./aggregate.js";
import { CONTROLS } from "./measures.js";

/** @import { Difference, Summary } from "./aggregate.js" */

/** @typedef {"supported" | "notSupported" | "notEnough" | "notMeasured"} Verdict */
/** @typedef {{ a: string, b: string, meanA: number, meanB: number, difference: Difference }} Comparison */
/** @typedef {{ id: "scoreAblation" | "ablationGrad" | "object" | "inside", verdict: Verdict, column: string | null, comparisons: Comparison[] }} Claim */

export const SIGNIFICANT = 0.05;

/**
 * @param {Summary[]} summaries
 * @param {string[]} methods
 * @returns {Claim[]}
 */
export function judge(summaries, methods) {
  const focus = summaries.find(({ column }) => column.id === "halfHeat");
  const object =
    summaries.find(({ column }) => column.id === "insertion") ?? summaries.find(({ column }) => column.id === "drop");
  const inside = summaries.find(({ column }) => column.id === "inside");
  const controls = methods.flatMap((method) =>
    CONTROLS.map((control) => /** @type {[string, string]} */ ([method, control])),
  );
  return [
    claim("scoreAblation", focus, [["scorecam", "ablationcam"]]),
    claim("ablationGrad", focus, [["ablationcam", "gradcam"]]),
    claim("object", object, controls),
    inside ? claim("inside", inside, controls) : { id: "inside", verdict: "notEnough", column: null, comparisons: [] },
  ];
}

/**
 * @param {Claim["id"]} id
 * @param {Summary | undefined} summary
 * @param {[string, string][]} pairs the better one first, as it is claimed
 * @returns {Claim}
 */
function claim(id, summary, pairs) {
  const comparisons = summary ? pairs.flatMap(([a, b]) => comparison(summary, a, b)) : [];
  if (!summary || comparisons.length < pairs.length)
    return { id, verdict: "notMeasured", column: null, comparisons: [] };
  const sign = summary.column.higherIsBetter ? 1 : -1;
  const sides = comparisons.map(({ difference }) => sign * side(difference));
  const verdict = sides.every((one) => one > 0)
    ? "supported"
    : sides.some((one) => one < 0)
      ? "notSupported"
      : "notEnough";
  return { id, verdict, column: summary.column.id, comparisons };
}

/**
 * @param {Summary} summary
 * @param {string} a
 * @param {string} b
 * @returns {Comparison[]} none where it was not measured
 */
function comparison(summary, a, b) {
  const difference = differenceOf(summary, a, b);
  const [groupA, groupB] = [a, b].map((name) => summary.groups.find((group) => group.name === name));
  if (!difference || !groupA || !groupB || difference.n === 0) return [];
  return [{ a, b, meanA: groupA.mean, meanB: groupB.mean, difference }];
}

/**
 * @param {Difference} difference
 * @returns {-1 | 0 | 1} which side of 0 it certainly lies on
 */
function side({ low, high, p }) {
  if (!(p < SIGNIFICANT)) return 0;
  return low > 0 ? 1 : high < 0 ? -1 : 0;
}

/**
 * Three pictures to look at: where the methods' maps agree most, in the middle, and least (mean Pearson correlation of
 * every two of them). With one method there is no agreement, and the first three are taken.
 * @template {{ agreement: number | null }} T
 * @param {T[]} results
 * @returns {T[]}
 */
export function representatives(results) {
  const ordered = [...results].sort((a, b) => (b.agreement ?? 0) - (a.agreement ?? 0));
  const places = [0, Math.floor((ordered.length - 1) / 2), ordered.length - 1];
  return [...new Set(places.map((place) => ordered[place]))].filter((one) => one !== undefined);
}
