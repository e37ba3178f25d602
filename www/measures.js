/**
 * The measures that maps are compared by: what each is read from, which way better is, and what it costs.
 */
import { percent } from "./format.js";
import { settingsKey } from "./plan.js";
import { measures as texts } from "./strings.js";

/** @import { Curve, ExplainOptions, Explanation, Measures, Metric } from "./camscope.d.ts" */

/** @typedef {keyof typeof texts.names} MeasureId */
/** @typedef {"deletion" | "insertion" | "morf" | "lerf"} CurveId */

/**
 * @typedef {object} Measure
 * @property {MeasureId} id
 * @property {Metric} metric that it is a result of
 * @property {"lower" | "higher"} better
 * @property {(found: Measures) => number | null | undefined} of null or undefined: not measured, or of a map without heat
 * @property {(value: number) => string} text
 */

const decimals = (/** @type {number} */ value) => texts.value(value);

/**
 * Whether a map has heat: without any its numbers are of nothing, and the focus' would be the best of all.
 * @param {Pick<Measures, "focus">} found
 */
export function hasHeat({ focus }) {
  return focus.halfHeat > 0;
}

/** @type {Measure[]} */
const OF_HEAT = [
  { id: "half", metric: "focus", better: "lower", of: ({ focus }) => focus.halfHeat, text: percent },
  { id: "above", metric: "focus", better: "lower", of: ({ focus }) => focus.aboveHalf, text: percent },
  { id: "area", metric: "focus", better: "lower", of: ({ focus }) => focus.effectiveArea, text: percent },
  { id: "gini", metric: "focus", better: "higher", of: ({ focus }) => focus.gini, text: decimals },
  { id: "inside", metric: "focus", better: "higher", of: ({ inside }) => inside?.energy, text: percent },
  {
    id: "peak",
    metric: "focus",
    better: "higher",
    of: ({ inside }) => inside && Number(inside.peak),
    text: (value) => (value ? texts.yes : texts.no),
  },
  { id: "drop", metric: "confidence", better: "lower", of: ({ confidence }) => confidence?.drop, text: percent },
  {
    id: "increase",
    metric: "confidence",
    better: "higher",
    of: ({ confidence }) => confidence && Number(confidence.increase),
    text: (value) => (value ? texts.yes : texts.no),
  },
  { id: "deletion", metric: "deletion", better: "lower", of: ({ deletion }) => deletion?.area, text: decimals },
  { id: "insertion", metric: "insertion", better: "higher", of: ({ insertion }) => insertion?.area, text: decimals },
  { id: "road", metric: "road", better: "higher", of: ({ road }) => road?.combined, text: decimals },
  { id: "adcc", metric: "adcc", better: "higher", of: ({ adcc }) => adcc?.adcc, text: decimals },
  { id: "arcc", metric: "arcc", better: "higher", of: ({ arcc }) => arcc?.arcc, text: decimals },
];

/** @type {readonly Measure[]} */
export const MEASURES = Object.freeze(
  OF_HEAT.map((measure) => {
    const of = (/** @type {Measures} */ found) => (hasHeat(found) ? measure.of(found) : null);
    return { ...measure, of };
  }),
);

/**
 * The curves that are drawn: a point's share of the picture that is gone (or back), and the value there.
 * @type {Readonly<Record<CurveId, (found: Partial<Measures>) => { at: number[], values: number[] } | null>>}
 */
export const CURVES = Object.freeze({
  deletion: ({ deletion }) => pointsOf(deletion),
  insertion: ({ insertion }) => pointsOf(insertion),
  morf: ({ road }) => (road ? alongShares(road.percentiles, road.morf) : null),
  lerf: ({ road }) => (road ? alongShares(road.percentiles, road.lerf) : null),
});

/** Steps of the deletion and insertion curves: each is a pass. */
export const STEPS = 32;

/**
 * Forward passes per map; `explains`: the map is computed once more, for a masked picture (maps of controls are not).
 * @type {Readonly<Record<Metric, { passes: (steps: number) => number, explains: boolean }>>}
 */
export const METRICS = Object.freeze({
  focus: { passes: () => 0, explains: false },
  confidence: { passes: () => 1, explains: false },
  deletion: { passes: (steps) => steps, explains: false },
  insertion: { passes: (steps) => steps, explains: false },
  // Nine percentiles, both orders.
  road: { passes: () => 18, explains: false },
  adcc: { passes: () => 1, explains: true },
  arcc: { passes: () => 9, explains: true },
});

/** Those that take many, in the order in which they are worked out. @type {readonly Metric[]} */
export const COSTLY = Object.freeze(/** @type {Metric[]} */ (["deletion", "insertion", "road", "adcc", "arcc"]));

/**
 * How a map was made, so that coherency explains the masked picture as the map was made: by the same budget.
 * @param {Omit<ExplainOptions, "method">} how
 * @param {string} method
 * @param {Pick<Explanation, "exact" | "channels">} map
 * @returns {ExplainOptions}
 */
export function asMade(how, method, { exact, channels }) {
  return { ...how, method, channels: exact ? undefined : (channels ?? undefined) };
}

/**
 * What numbers of a map go by over a reload.
 * @param {Omit<ExplainOptions, "method">} how
 * @param {string} method
 * @param {Pick<Explanation, "exact" | "channels">} map
 */
export function numbersKey(how, method, map) {
  return `numbers ${settingsKey(asMade(how, method, map))}`;
}

/**
 * Whether `a` is better than `b`.
 * @param {Measure} measure
 * @param {number} a
 * @param {number} b
 */
export function isBetter({ better }, a, b) {
  return better === "lower" ? a < b : a > b;
}

/** @param {Curve | null | undefined} curve */
function pointsOf(curve) {
  return curve ? { at: Array.from(curve.shares), values: Array.from(curve.probabilities) } : null;
}

/**
 * ROAD keeps the percentile below which a map's values stay: what is removed is the rest.
 * @param {number[]} percentiles
 * @param {Float32Array} values
 */
function alongShares(percentiles, values) {
  const points = percentiles.map((percentile, index) => ({ share: 1 - percentile / 100, value: values[index] }));
  points.sort((a, b) => a.share - b.share);
  return { at: points.map(({ share }) => share), values: points.map(({ value }) => value) };
}
