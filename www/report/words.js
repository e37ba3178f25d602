/**
 * A report's numbers and claims in words.
 */
import { className, percent } from "../format.js";
import { crops, report } from "../strings.js";
import { COLUMNS } from "./measures.js";

/** @import { Class } from "../camscope.d.ts" */
/** @import { Claim } from "./claims.js" */
/** @import { Column } from "./measures.js" */
/** @import { Resolved } from "./settings.js" */

const texts = report.values;

/** What differs from picture to picture in a note: a share, or how many feature maps are not alike. */
const VARYING = /(\d+)(\s%| distinct)/;

/**
 * @param {Column} column
 * @param {number} value
 */
export function valueText({ unit }, value) {
  if (!Number.isFinite(value)) return texts.none;
  return unit === "share" ? texts.share(value) : texts.number(value);
}

/**
 * @param {Column} column
 * @param {number} value
 */
export function differenceText({ unit }, value) {
  if (!Number.isFinite(value)) return texts.none;
  return unit === "share" ? texts.points(value) : texts.signed(value);
}

/**
 * A claim in one sentence: what was claimed, the verdict, and the numbers.
 * @param {Claim} claim
 * @param {(id: string) => string} name of a method or control
 * @returns {{ claim: string, verdict: string, numbers: string[] }}
 */
export function claimText({ id, verdict, column: columnId, comparisons }, name) {
  const { claim, missing } = report.claims[id];
  const column = COLUMNS.find((one) => one.id === columnId);
  if (!column) return { claim, verdict: report.verdicts[verdict], numbers: [missing] };
  const numbers = comparisons.map(({ a, b, meanA, meanB, difference }) => {
    const means = report.claims.means(
      report.columns[column.id].name,
      name(a),
      valueText(column, meanA),
      name(b),
      valueText(column, meanB),
    );
    const { difference: mean, low, high, p, n } = difference;
    const [middle, from, to] = [mean, low, high].map((value) => differenceText(column, value));
    return `${means}; ${report.claims.difference(middle, from, to, report.claims.p(p), n)}.`;
  });
  return { claim, verdict: report.verdicts[verdict], numbers };
}

/**
 * What the claims leave open: whether the heat is on the object is for a mark to say.
 * @param {number} marked pictures whose object is marked
 * @param {number} pictures
 */
export function objectText(marked, pictures) {
  return marked === 0 ? report.claims.unmarked : report.claims.marked(marked, pictures);
}

/** @param {Class} top */
export function topText({ label, probability }) {
  return `${className(label)}, ${percent(probability)}`;
}

/** @param {Resolved} settings */
export function settingsText({ layer, crop, steps, channels }) {
  const budget = channels === null ? report.document.allChannels : report.document.channels(channels);
  return report.document.setting(layer, crops[crop].name, steps, budget);
}

/**
 * What is said of the approximate maps, each thing once: notes that differ only in one such number become one, with its range.
 * @param {string[]} notes
 * @returns {string[]}
 */
export function mergedNotes(notes) {
  /** @type {Map<string, number[]>} */
  const numbers = new Map();
  for (const note of notes) {
    const number = note.match(VARYING);
    const key = note.replace(VARYING, "#$2");
    numbers.set(key, [...(numbers.get(key) ?? []), ...(number ? [Number(number[1])] : [])]);
  }
  return [...numbers].map(([key, found]) => {
    const [low, high] = [Math.min(...found), Math.max(...found)];
    return key.replace("#", report.values.range(low, high));
  });
}
