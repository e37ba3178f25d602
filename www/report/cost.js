/**
 * What a report costs, in forward passes: for its progress and its time estimate. A pass is the unit because it is what
 * the device's speed is measured in; a gradient counts as three.
 */
import { passesOf } from "../costs.js";
import { METRICS } from "../measures.js";
import { hasBudget } from "../plan.js";
import { CONTROLS, isKnown } from "./measures.js";

/** @import { Work } from "../camscope.d.ts" */
/** @import { Setting } from "../costs.js" */
/** @import { Resolved } from "./settings.js" */

/** @typedef {{ channels: number, isLastLayer: boolean, setting: Setting }} Layer that the maps are of */

/** What a map takes at least: the network is not all there is to it. */
const LEAST_PASSES = 3;

/**
 * One method's map.
 * @param {Work} work
 * @param {Resolved} settings
 * @param {Layer} layer
 */
export function explainCost(work, { channels }, layer) {
  const isPart = channels !== null && channels < layer.channels && hasBudget(work, layer.isLastLayer);
  const passes = passesOf(work, layer.setting) * (isPart ? channels / layer.channels : 1);
  return Math.max(LEAST_PASSES, Math.round(passes));
}

/**
 * One map's measures.
 * @param {Work | null} work of the method; null: a control's map
 * @param {Resolved} settings
 * @param {Layer} layer
 */
export function measureCost(work, settings, layer) {
  let cost = 0;
  for (const id of settings.measures) {
    if (!isKnown(id)) continue;
    cost += METRICS[id].passes(settings.steps);
    if (METRICS[id].explains && work) cost += explainCost(work, settings, layer);
  }
  return cost;
}

/**
 * One picture.
 * @param {readonly Work[]} works of the methods
 * @param {Resolved} settings
 * @param {Layer} layer
 */
export function pictureCost(works, settings, layer) {
  const methods = works.reduce(
    (sum, work) => sum + explainCost(work, settings, layer) + measureCost(work, settings, layer),
    0,
  );
  return 1 + methods + CONTROLS.length * measureCost(null, settings, layer);
}
