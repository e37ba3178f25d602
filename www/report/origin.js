/**
 * What a report's results come from, as a text to compare.
 */

/** @import { Explainer } from "../camscope.d.ts" */
/** @import { Resolved } from "./settings.js" */

/**
 * Within one visit.
 * @param {Resolved} settings
 * @param {number} network counted as they were loaded
 * @param {Pick<Explainer, "device">} explainer
 */
export function madeOf(settings, network, { device }) {
  return JSON.stringify([settings, network, device.kind]);
}

/**
 * Over a reload; for networks whose weights have hashes.
 * @param {Pick<Explainer, "version" | "device" | "model">} maker an explainer, or the report that it made
 */
export function originOf({ version, device, model }) {
  return JSON.stringify([version, device.kind, device.precision, model.name, model.weights]);
}
