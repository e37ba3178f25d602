/**
 * What to compute, and what not to compute twice.
 */
import { LIMITS } from "./limits.js";

/** @import { ExplainOptions, Explanation, LayerInfo, MethodInfo, Work } from "./camscope.d.ts" */

/** An exact map that takes longer than this is not started unasked. */
export const PATIENCE_SECONDS = 90;
/** How long the quick map in its place may take, if it is worth anything by then. */
const QUICK_SECONDS = 25;
const BUDGET = { least: 8, most: 256 };
/** With fewer channels of these layers a quick map may be another map altogether: docs/methods.md. */
const LEAST = /** @type {Readonly<Record<string, number>>} */ (
  Object.freeze({ stem: 32, layer1: 64, layer2: 128, layer3: 64 })
);
/** Channels of each of the seven maps of a sanity check, at least: at the last layer 0.96 like the exact map, a minute on a CPU. */
const SANITY_CHANNELS = 64;

/**
 * @param {readonly MethodInfo[]} methods of the engine
 * @param {string} id
 * @returns {Work} nothing for a method that there is not
 */
export function workOf(methods, id) {
  return methods.find((method) => method.id === id)?.work ?? { kind: "none" };
}

/**
 * The smallest channel budget that is used unasked: the largest of those that the layers need.
 * @param {readonly Pick<LayerInfo, "id">[]} layers
 */
export function leastOf(layers) {
  return Math.max(BUDGET.least, ...layers.map(({ id }) => LEAST[id] ?? 0));
}

/**
 * A channel budget that is the same on every device, unless the layers need more.
 * @param {number} wanted
 * @param {readonly Pick<LayerInfo, "id" | "channels">[]} layers
 * @returns {number | undefined} undefined: no layer has more channels, so the map is exact
 */
export function fixedBudget(wanted, layers) {
  const budget = Math.max(wanted, leastOf(layers));
  return layers.some(({ channels }) => budget < channels) ? budget : undefined;
}

/**
 * A channel budget for the first map of a method, or null to compute it exactly.
 * @param {Work} work
 * @param {object} setting
 * @param {readonly Pick<LayerInfo, "id" | "channels">[]} setting.layers
 * @param {boolean} setting.isLastLayer there AblationCAM has a closed form
 * @param {number} setting.passes that the exact map takes at most
 * @param {number | null} setting.passSeconds
 * @param {number} setting.runs how many such maps make the one that is asked for
 * @param {boolean} [setting.reference] reference mode, which has no quick maps
 * @returns {number | null} less than each layer has
 */
export function budgetFor(work, { layers, isLastLayer, passes, passSeconds, runs, reference }) {
  if (reference || !hasBudget(work, isLastLayer)) return null;
  if (passSeconds === null || passes * passSeconds <= PATIENCE_SECONDS) return null;
  const affordable = Math.round(QUICK_SECONDS / passSeconds / runs);
  const budget = Math.min(BUDGET.most, Math.max(leastOf(layers), affordable));
  return layers.every(({ channels }) => budget < channels) ? budget : null;
}

/**
 * Whether a method can make do with some of the layer's channels, where it takes a pass for each.
 * @param {Work} work
 * @param {boolean} isLastLayer
 */
export function hasBudget(work, isLastLayer) {
  return work.kind === "channels" || (work.kind === "ablations" && !isLastLayer);
}

/**
 * Whether a method takes a pass for each of many things: channels, masks, places.
 * @param {Work} work
 * @param {boolean} isLastLayer
 */
export function isLong(work, isLastLayer) {
  return hasBudget(work, isLastLayer) || work.kind === "masks" || (work.kind === "places" && !isLastLayer);
}

/**
 * How a method's maps are made in the sanity check, which takes seven; null where they would take hours.
 * @param {Work} work
 * @param {boolean} isLastLayer
 * @param {readonly Pick<LayerInfo, "id" | "channels">[]} layers
 * @param {boolean} reference
 * @returns {{ channels?: number } | null} with a budget they are approximate, which reference mode's never are
 */
export function sanityPlan(work, isLastLayer, layers, reference) {
  if (hasBudget(work, isLastLayer)) {
    const channels = fixedBudget(SANITY_CHANNELS, layers);
    return reference && channels !== undefined ? null : { channels };
  }
  // No fewer will do.
  const isFew = work.kind === "masks" && work.count <= SANITY_CHANNELS;
  return isLong(work, isLastLayer) && !isFew ? null : {};
}

/**
 * Short ones first.
 * @param {string[]} methods
 * @param {(method: string) => boolean} isLong
 */
export function inTurn(methods, isLong) {
  const [long, short] = [true, false].map((wanted) => methods.filter((id) => isLong(id) === wanted));
  return [...short, ...long];
}

/**
 * @param {ArrayLike<number>} logits
 * @returns {Float32Array}
 */
export function softmax(logits) {
  let top = -Infinity;
  for (let i = 0; i < logits.length; i++) top = Math.max(top, logits[i]);
  const out = Float32Array.from(logits, (logit) => Math.exp(logit - top));
  const sum = out.reduce((total, value) => total + value, 0);
  return out.map((value) => value / sum);
}

/**
 * What a map depends on, besides the picture and the network: settings that lead to the same map have the same key.
 * @param {ExplainOptions} settings
 * @returns {string}
 */
export function settingsKey({ method, layer, fusion, target, crop, channels, smoothing, reference }) {
  const layers = [layer ?? []].flat();
  const joined = layers.length > 1 ? (fusion ?? "mean") : null;
  const smoothed = [...(smoothing ?? [])].sort();
  return JSON.stringify([method, layers, joined, target, crop, channels ?? "all", smoothed, reference ?? false]);
}

/** The explanations of the latest pictures that were last asked for, by picture and settings. */
export class ResultCache {
  /** @type {Map<string, Explanation>} the longest not asked for first */
  #kept = new Map();
  /** @type {Map<string, string>} other settings that the same explanation answers, by theirs */
  #aliases = new Map();
  /** @type {WeakMap<Blob, number>} */
  #ids = new WeakMap();
  #nextId = 1;

  /**
   * @param {Blob} blob
   * @param {string} settings
   * @returns {Explanation | undefined}
   */
  get(blob, settings) {
    const asked = this.#key(blob, settings);
    const key = this.#kept.has(asked) ? asked : this.#aliases.get(asked);
    const found = key === undefined ? undefined : this.#kept.get(key);
    if (key !== undefined && found) this.#keep(key, found);
    return found;
  }

  /**
   * @param {Blob} blob
   * @param {string} settings
   * @param {Explanation} explanation
   * @param {string | null} [alias] other settings that it answers too, the latest before those that came earlier
   */
  set(blob, settings, explanation, alias = null) {
    this.#keep(this.#key(blob, settings), explanation);
    if (alias !== null) {
      this.#kept.delete(this.#key(blob, alias));
      this.#aliases.set(this.#key(blob, alias), this.#key(blob, settings));
    }
    const oldest = this.#nextId - LIMITS.recent;
    for (const key of this.#kept.keys()) if (parseInt(key, 10) < oldest) this.#kept.delete(key);
    if (this.#kept.size > LIMITS.results) this.#kept.delete([...this.#kept.keys()][0]);
    for (const [other, key] of this.#aliases) if (!this.#kept.has(key)) this.#aliases.delete(other);
  }

  /**
   * @param {string} key
   * @param {Explanation} explanation
   */
  #keep(key, explanation) {
    this.#kept.delete(key);
    this.#kept.set(key, explanation);
  }

  /**
   * @param {Blob} blob
   * @param {string} settings
   */
  #key(blob, settings) {
    let id = this.#ids.get(blob);
    if (id === undefined) this.#ids.set(blob, (id = this.#nextId++));
    return `${id} ${settings}`;
  }
}
