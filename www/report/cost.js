/**
 * What a report costs, in forward passes: for its progress and its time estimate. A pass is the unit because it is what
 * the device's speed is measured in; a gradient counts as three.
 */
import { METRICS } from "../measures.js";
import { isLong } from "../plan.js";
import { CONTROLS, isKnown } from "./measures.js";

/** @import { Resolved } from "./settings.js" */

const GRADIENT_PASSES = 3;

/**
 * One method's map.
 * @param {string} method
 * @param {Resolved} settings
 * @param {{ channels: number, isLastLayer: boolean }} layer
 */
export function explainCost(method, { channels }, layer) {
  if (!isLong(method, layer.isLastLayer)) return GRADIENT_PASSES;
  return Math.min(channels ?? Infinity, layer.channels);
}

/**
 * One map's measures.
 * @param {string | null} method null: a control's map
 * @param {Resolved} settings
 * @param {{ channels: number, isLastLayer: boolean }} layer
 */
export function measureCost(method, settings, layer) {
  let cost = 0;
  for (const id of settings.measures) {
    if (!isKnown(id)) continue;
    cost += METRICS[id].passes(settings.steps);
    if (METRICS[id].explains && method) cost += explainCost(method, settings, layer);
  }
  return cost;
}

/**
 * One picture.
 * @param {Resolved} settings
 * @param {{ channels: number, isLastLayer: boolean }} layer
 */
export function pictureCost(settings, layer) {
  const methods = settings.methods.reduce(
    (sum, method) => sum + explainCost(method, settings, layer) + measureCost(method, settings, layer),
    0,
  );
  return 1 + methods + CONTROLS.length * measureCost(null, settings, layer);
}
