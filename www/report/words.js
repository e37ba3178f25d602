/**
 * A report's numbers and claims in words.
 */
import { translateNote } from "../describe.js";
import { className, percent } from "../format.js";
import { crops, report } from "../strings.js";
import { COLUMNS } from "./measures.js";

/** @import { Class, Note } from "../camscope.d.ts" */
/** @import { LeftOut } from "./chosen.js" */
/** @import { Claim } from "./claims.js" */
/** @import { Result } from "./examine.js" */
/** @import { Column } from "./measures.js" */
/** @import { Resolved } from "./settings.js" */

const texts = report.values;

/** What differs from picture to picture in a note: a share, or how many feature maps are not alike. */
const VARYING = /(\d+)(\s%| distinct)/;

/** Notes that hold for the one picture: why its map is blank, or inverted elsewhere. */
const OF_THE_PICTURE = ["blank", "zero-score", "negative-score"];
const OF_THE_BUDGET = "budget";

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

/** @param {Class} top */
export function topText({ label, probability }) {
  return `${className(label)}, ${percent(probability)}`;
}

/**
 * Settings that played a part.
 * @param {Resolved} settings
 * @param {string[]} approximate names of the methods that made do with the budget
 */
export function settingsText({ layer, crop, measures, steps, channels }, approximate) {
  const { setting, curves, channels: budget } = report.document;
  const hasCurves = measures.includes("deletion") || measures.includes("insertion");
  return [
    setting(layer, crops[crop].name),
    ...(hasCurves ? [curves(steps)] : []),
    ...(channels !== null && approximate.length > 0 ? [budget(approximate, channels)] : []),
  ].join("; ");
}

/**
 * The methods of which some map is an approximation.
 * @param {string[]} methods
 * @param {Pick<Result, "maps">[]} results
 */
export function approximated(methods, results) {
  return methods.filter((id) => results.some(({ maps }) => maps.get(id)?.exact === false));
}

/**
 * A method that has no map of its own in the report, and why.
 * @param {LeftOut} method
 */
export function leftOutText({ name, why }) {
  return `${name}: ${why}`;
}

/**
 * Why maps of one picture are not what one might expect.
 * @param {Result} result
 * @param {(id: string) => string} name of a method
 */
export function pictureRemarks({ maps }, name) {
  return [...maps].flatMap(([method, { notes }]) =>
    notes.filter(isOfThePicture).map((note) => `${name(method)}: ${translateNote(note).text}`),
  );
}

/**
 * What there is to know of all pictures' maps, each thing once.
 * @param {Result[]} results
 * @param {(id: string) => string} name of a method
 * @returns {{ approximations: string[], remarks: string[] }}
 */
export function mapNotes(results, name) {
  const maps = results.flatMap((result) => [...result.maps]);
  const methods = [...new Set(maps.map(([method]) => method))];
  /** @param {(note: Note) => boolean} isMeant @param {boolean} withReasons */
  const collected = (isMeant, withReasons) =>
    methods.flatMap((method) => {
      const own = maps.flatMap(([id, map]) => (id === method ? [map] : []));
      // Merged as the engine says them: each language has its own way with numbers.
      const notes = mergedNotes(own.flatMap((map) => map.notes.filter(isMeant).map(({ text }) => text)));
      const reasons = withReasons ? own.flatMap((map) => map.reasons) : [];
      const texts = [...notes.map((text) => translateNote({ text }).text), ...new Set(reasons)];
      return texts.map((text) => `${name(method)}: ${text}`);
    });
  const isOfTheBudget = (/** @type {Note} */ { code }) => code === OF_THE_BUDGET;
  return {
    approximations: collected(isOfTheBudget, false),
    remarks: collected((note) => !isOfTheBudget(note) && !isOfThePicture(note), true),
  };
}

/** @param {Note} note */
function isOfThePicture({ code }) {
  return OF_THE_PICTURE.includes(code);
}

/**
 * What is said of the maps, each thing once: notes that differ only in one such number become one, with its range.
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
