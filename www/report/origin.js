/**
 * What a report's results come from, as a text to compare.
 */

/** @import { DeviceInfo, ModelInfo } from "../camscope.d.ts" */
/** @import { Resolved } from "./settings.js" */

/**
 * Within one visit.
 * @param {Resolved} settings
 * @param {number} network counted as they were loaded
 * @param {{ device: DeviceInfo }} explainer
 */
export function madeOf(settings, network, { device }) {
  return JSON.stringify([settings, network, device.kind]);
}

/**
 * Over a reload.
 * @param {{ version: string, build: string, device: DeviceInfo, model: ModelInfo }} maker an explainer, or the report that it made
 * @param {string | null} weights of the maker's network, as `App` has them
 */
export function originOf({ version, build, device, model }, weights) {
  return JSON.stringify([version, build, device.kind, device.precision, model.name, weights]);
}
