/**
 * A grid of maps: which methods, layers and classes it has, in what order its maps are computed so that they share what
 * they can, and what that takes.
 */
import { passesOf } from "./costs.js";
import { LIMITS } from "./limits.js";
import { join, split } from "./link.js";
import { indifferentTo, twinOf } from "./methods.js";
import { workOf } from "./plan.js";
import { grid as texts } from "./strings.js";

/** @import { ExplainOptions, MethodInfo, Smoothing } from "./camscope.d.ts" */
/** @import { Setting } from "./costs.js" */

/**
 * @typedef {object} Choice
 * @property {string[]} methods
 * @property {string[]} layers
 * @property {number[] | null} classes null: the likeliest
 */

/** @typedef {{ method: string, layer: string, target: number }} Cell one map of the grid */

/**
 * A cell that has no map of its own, and why; `as`: the method whose map it is, "" for its own elsewhere in the grid.
 * @typedef {{ as: string, why: string }} Reason
 */

/** @type {Readonly<Choice>} */
export const DEFAULTS = Object.freeze({
  methods: ["gradcam", "layercam", "eigencam"],
  layers: ["layer2", "layer3", "layer4"],
  classes: null,
});

/** How many classes there are where none was chosen. */
export const LIKELIEST = 2;
/** No grid has more maps: as many are kept, so that none of them is computed twice. */
export const MOST_MAPS = LIMITS.results;
/** As many as the largest grid has maps, on whatever device: a link leads from one to another. */
export const MOST_CLASSES = 128;

/** How a link writes each of the three. */
export const KEYS = Object.freeze(["grid-methods", "grid-layers", "grid-classes"]);

/**
 * @param {Choice} choice
 * @param {string} key
 * @returns {string | null} null: the default
 */
export function writeChoice({ methods, layers, classes }, key) {
  if (key === "grid-classes") return classes && join(classes.map(String));
  const [own, usual] = key === "grid-methods" ? [methods, DEFAULTS.methods] : [layers, DEFAULTS.layers];
  return own.join() === usual.join() ? null : join(own);
}

/**
 * A choice with one of the three as a link has it; what there is not is ignored.
 * @param {Choice} choice
 * @param {string} key
 * @param {string | null} text null: the default
 * @param {{ methods: readonly string[], layers: readonly string[], classes: number }} known
 * @returns {Choice}
 */
export function readChoice(choice, key, text, known) {
  if (key === "grid-classes") {
    const named = [...new Set(text?.split(".").filter((word) => /^\d{1,6}$/.test(word)))].map(Number);
    const classes = named.filter((index) => index < known.classes).slice(0, MOST_CLASSES);
    return { ...choice, classes: classes.length > 0 ? classes : null };
  }
  const which = key === "grid-methods" ? "methods" : "layers";
  const words = split(text, known[which]);
  return { ...choice, [which]: words.length > 0 ? inOrder(words, known[which]) : [...DEFAULTS[which]] };
}

/**
 * @param {readonly string[]} words
 * @param {readonly string[]} known
 */
export function inOrder(words, known) {
  return known.filter((word) => words.includes(word));
}

/**
 * The cells, in the order of their computation: class by class and layer by layer, since the gradient of one is shared by
 * all methods.
 * @param {Choice} choice
 * @param {readonly number[]} classes
 * @returns {Cell[]}
 */
export function cellsOf({ methods, layers }, classes) {
  return classes.flatMap((target) => layers.flatMap((layer) => methods.map((method) => ({ method, layer, target }))));
}

/**
 * Why a cell has no map of its own; null where it has.
 * @param {Cell} cell
 * @param {object} about
 * @param {Choice} about.choice
 * @param {readonly number[]} about.classes
 * @param {readonly MethodInfo[]} about.methods of the engine
 * @param {string | undefined} about.lastLayer of the network
 * @param {readonly Smoothing[]} about.smoothing
 * @param {boolean} about.reference
 * @returns {Reason | null}
 */
export function reasonFor({ method, layer, target }, { choice, classes, methods, lastLayer, smoothing, reference }) {
  const infoOf = (/** @type {string} */ id) => methods.find((one) => one.id === id);
  const place = { layers: [layer], isLastLayer: layer === lastLayer, target, smoothing, reference };
  const twin = twinOf(method, place, choice.methods);
  if (twin) {
    const name = infoOf(twin.id)?.name ?? twin.id;
    return { as: name, why: twin.why(name, layer) };
  }
  const indifferent = indifferentTo(method);
  if (indifferent === "class" && target !== classes[0]) return { as: "", why: texts.anyClass };
  if (indifferent === "layer" && layer !== choice.layers[0]) return { as: "", why: texts.anyLayer };
  return null;
}

/**
 * About how many forward passes these cells take: a gradient counts once for all methods that ask for it.
 * @param {readonly Cell[]} cells
 * @param {readonly MethodInfo[]} methods of the engine
 * @param {Setting} setting with the network's layers
 */
export function passesFor(cells, methods, { layers, ...setting }) {
  const shared = new Set();
  let sum = 0;
  for (const { method, layer, target } of cells) {
    const work = workOf(methods, method);
    if (work.kind === "gradient") {
      const key = `${layer} ${target}`;
      if (shared.has(key)) continue;
      shared.add(key);
    }
    sum += passesOf(work, { ...setting, layers: layers.filter(({ id }) => id === layer) });
  }
  return sum;
}

/**
 * @param {Cell} cell
 * @param {Pick<ExplainOptions, "crop" | "smoothing" | "reference">} how
 * @returns {ExplainOptions}
 */
export function optionsFor({ method, layer, target }, { crop, smoothing, reference }) {
  return { method, layer, target, crop, smoothing, reference };
}
