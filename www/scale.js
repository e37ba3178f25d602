/**
 * How a map's values become colours: each map on its own scale, or all on one.
 *
 * The raw maps of two methods have different units (a gradient times an activation, a score, a probability), so their
 * values cannot be put side by side. What can is how a map spreads its heat: each value divided by the mean of its own
 * map, "times the average". Equal colours then mean equal shares of the map's heat, and the most focused map is the
 * brightest.
 */

/** @import { HeatMap } from "./camscope.d.ts" */

/** @typedef {HeatMap & { signed?: HeatMap }} Drawable an explanation, or a map as it stands */

/**
 * The values that are looked at: 0…1, or -1…1 where what speaks against the class is shown as well. A map that is still
 * being computed has no signed values.
 * @param {Drawable} map
 * @param {boolean} signed
 * @returns {HeatMap}
 */
export function valuesOf(map, signed) {
  return signed && map.signed ? map.signed : map;
}

/**
 * The mean of the values, whatever their sign: what "times the average" is counted in. 0 for a map without heat. What is
 * not finite is not counted.
 * @param {HeatMap} map
 */
export function averageOf({ values }) {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    sum += Math.abs(value);
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

/**
 * The largest value of all maps in times their own average: the end of the shared scale. 0 where none has heat.
 * @param {HeatMap[]} maps
 */
export function sharedTop(maps) {
  return Math.max(0, ...maps.map((map) => largest(map) / (averageOf(map) || Infinity)));
}

/**
 * A map's values on the shared scale, -1…1: 1 is `top` times its average.
 * @param {HeatMap} map
 * @param {number} top
 * @returns {HeatMap}
 */
export function onShared({ width, height, values }, top) {
  const unit = averageOf({ width, height, values }) * top || 1;
  return { width, height, values: values.map((value) => Math.min(1, Math.max(-1, value / unit || 0))) };
}

/**
 * The value at a place, of the nearest pixel.
 * @param {HeatMap} map
 * @param {{ x: number, y: number }} place shares of the frame, 0…1
 */
export function valueAt({ width, height, values }, { x, y }) {
  const column = Math.min(width - 1, Math.floor(x * width));
  const row = Math.min(height - 1, Math.floor(y * height));
  return values[row * width + column];
}

/**
 * The place with the most heat.
 * @param {HeatMap} map
 */
export function peakOf({ width, height, values }) {
  let at = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[at] || Number.isNaN(values[at])) at = i;
  return { x: ((at % width) + 0.5) / width, y: (Math.floor(at / width) + 0.5) / height };
}

/** @param {HeatMap} map */
function largest({ values }) {
  let most = 0;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}
