/**
 * The measures of a report: the numbers that are read from each. A "control" is a map that knows nothing of the picture;
 * every number stands beside the controls'.
 */
import { METRICS, hasHeat } from "../measures.js";

/** @import { Measures, Metric } from "../camscope.d.ts" */

/** @typedef {"random" | "gaussian"} Control */
/** @type {readonly Control[]} */
export const CONTROLS = Object.freeze(["random", "gaussian"]);

/** What deleted pixels become: the picture blurred, by as much as the engine blurs (src/metrics/curves.rs). */
export const SUBSTRATE = Object.freeze({ kind: /** @type {const} */ ("blur"), sigma: 10 });

/** @param {string} id @returns {id is Metric} */
export function isKnown(id) {
  return Object.hasOwn(METRICS, id);
}

/** @typedef {"share" | "number"} Unit */

/**
 * One number of a measure.
 * @typedef {object} Column
 * @property {string} id
 * @property {Metric} metric
 * @property {boolean} higherIsBetter for the focus: more focused counts as better, which does not make it right
 * @property {Unit} unit
 * @property {true} [ofMark] only of pictures whose object is marked, whatever is chosen
 * @property {(measures: Measures) => number | undefined} of undefined: not measured, or of a map without heat
 */

/** @type {Column[]} */
const OF_HEAT = [
  { id: "halfHeat", metric: "focus", higherIsBetter: false, unit: "share", of: ({ focus }) => focus.halfHeat },
  { id: "aboveHalf", metric: "focus", higherIsBetter: false, unit: "share", of: ({ focus }) => focus.aboveHalf },
  {
    id: "effectiveArea",
    metric: "focus",
    higherIsBetter: false,
    unit: "share",
    of: ({ focus }) => focus.effectiveArea,
  },
  { id: "gini", metric: "focus", higherIsBetter: true, unit: "number", of: ({ focus }) => focus.gini },
  {
    ...{ id: "inside", metric: "focus", higherIsBetter: true, unit: "share", ofMark: true },
    of: ({ inside }) => inside?.energy,
  },
  {
    ...{ id: "peak", metric: "focus", higherIsBetter: true, unit: "share", ofMark: true },
    of: ({ inside }) => (inside ? Number(inside.peak) : undefined),
  },
  { id: "drop", metric: "confidence", higherIsBetter: false, unit: "share", of: ({ confidence }) => confidence?.drop },
  {
    id: "increase",
    metric: "confidence",
    higherIsBetter: true,
    unit: "share",
    of: ({ confidence }) => (confidence ? Number(confidence.increase) : undefined),
  },
  { id: "deletion", metric: "deletion", higherIsBetter: false, unit: "number", of: ({ deletion }) => deletion?.area },
  {
    id: "insertion",
    metric: "insertion",
    higherIsBetter: true,
    unit: "number",
    of: ({ insertion }) => insertion?.area,
  },
  { id: "road", metric: "road", higherIsBetter: true, unit: "number", of: ({ road }) => road?.combined },
  { id: "adcc", metric: "adcc", higherIsBetter: true, unit: "number", of: ({ adcc }) => adcc?.adcc },
  { id: "arcc", metric: "arcc", higherIsBetter: true, unit: "number", of: ({ arcc }) => arcc?.arcc },
];

/** @type {readonly Column[]} */
export const COLUMNS = Object.freeze(OF_HEAT.map(withHeat));

/** What a measure is made of: none is a measure by itself, and a saved table alone has them. @typedef {Pick<Column, "id" | "metric" | "ofMark" | "of">} Part */

/** @type {Part[]} */
const PARTS_OF_HEAT = [
  { id: "insideArea", metric: "focus", ofMark: true, of: ({ inside }) => inside?.area },
  { id: "roadMorf", metric: "road", of: ({ road }) => road?.morfMean },
  { id: "roadLerf", metric: "road", of: ({ road }) => road?.lerfMean },
  { id: "adccCoherency", metric: "adcc", of: ({ adcc }) => adcc?.coherency },
  { id: "adccComplexity", metric: "adcc", of: ({ adcc }) => adcc?.complexity },
  { id: "adccAverageDrop", metric: "adcc", of: ({ adcc }) => adcc?.averageDrop },
  { id: "arccCoherency", metric: "arcc", of: ({ arcc }) => arcc?.coherency },
  { id: "arccSparsity", metric: "arcc", of: ({ arcc }) => arcc?.sparsity },
  { id: "arccRoad", metric: "arcc", of: ({ arcc }) => arcc?.road },
];

const PARTS = Object.freeze(PARTS_OF_HEAT.map(withHeat));

/**
 * @param {readonly string[]} measures chosen
 * @param {boolean} isMarked whether an object is marked
 */
export function columnsOf(measures, isMarked) {
  return COLUMNS.filter((column) => isChosen(column, measures, isMarked));
}

/**
 * @param {readonly string[]} measures chosen
 * @param {boolean} isMarked whether an object is marked
 */
export function partsOf(measures, isMarked) {
  return PARTS.filter((part) => isChosen(part, measures, isMarked));
}

/**
 * A map without heat has no numbers.
 * @template {Part} T
 * @param {T} part
 * @returns {T}
 */
function withHeat(part) {
  const of = (/** @type {Measures} */ measures) => (hasHeat(measures) ? part.of(measures) : undefined);
  return { ...part, of };
}

/**
 * @param {Part} part
 * @param {readonly string[]} measures
 * @param {boolean} isMarked
 */
function isChosen({ metric, ofMark }, measures, isMarked) {
  return ofMark ? isMarked : measures.includes(metric);
}

/** @param {readonly { mark: object | null }[]} results @returns {number} how many have a marked object */
export function markedOf(results) {
  return results.filter(({ mark }) => mark !== null).length;
}
