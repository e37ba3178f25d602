/**
 * The methods that were chosen for a report: which of them have a map of their own at its layer, and whose map the others
 * would draw.
 */
import { twinOf } from "../methods.js";

/** @import { Explainer } from "../camscope.d.ts" */
/** @import { Place } from "../methods.js" */

/**
 * A method that is not computed, and why; `as`: the method whose map it would draw.
 * @typedef {{ id: string, name: string, as: string, why: string }} LeftOut
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
  const ids = infos.map(({ id }) => id);
  const leftOut = infos.flatMap(({ id, name }) => {
    const twin = twinOf(id, placeOf(layer, explainer), ids);
    const as = infos.find((one) => one.id === twin?.id);
    return twin && as ? [{ id, name, as: as.id, why: twin.why(as.name, layer) }] : [];
  });
  return { own: ids.filter((id) => leftOut.every((one) => one.id !== id)), leftOut };
}
