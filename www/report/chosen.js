/**
 * The methods that were chosen for a report: which of them have a map of their own at its layer, and why the others
 * have none.
 */
import { missing, twinOf } from "../methods.js";

/** @import { Explainer } from "../camscope.d.ts" */
/** @import { Place } from "../methods.js" */

/**
 * A method that is not computed, and why; `as`: the method whose map it would draw, null where it has none.
 * @typedef {{ id: string, name: string, as: string | null, why: string }} LeftOut
 */

/**
 * A report explains each picture's first class, plainly.
 * @param {string} layer
 * @param {Pick<Explainer, "model">} explainer
 * @returns {Place}
 */
export function placeOf(layer, { model }) {
  const isLastLayer = layer === model.layers.at(-1)?.id;
  return { layers: [layer], isLastLayer, target: undefined, smoothing: [], reference: false };
}

/**
 * @param {readonly string[]} chosen
 * @param {string} layer
 * @param {Pick<Explainer, "methods" | "model">} explainer
 * @returns {{ own: string[], leftOut: LeftOut[] }}
 */
export function sortOut(chosen, layer, explainer) {
  const infos = chosen.flatMap((id) => explainer.methods.find((one) => one.id === id) ?? []);
  const able = infos.filter((info) => missing(info, [layer]) === null).map(({ id }) => id);
  /** @type {LeftOut[]} */
  const leftOut = [];
  for (const info of infos) {
    const { id, name } = info;
    const none = missing(info, [layer]);
    const twin = none === null ? twinOf(id, placeOf(layer, explainer), able) : null;
    const as = infos.find((one) => one.id === twin?.id) ?? null;
    if (none !== null) leftOut.push({ id, name, as: null, why: none });
    else if (twin && as) leftOut.push({ id, name, as: as.id, why: twin.why(as.name, layer) });
  }
  return { own: able.filter((id) => leftOut.every((one) => one.id !== id)), leftOut };
}
