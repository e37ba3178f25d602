/**
 * A heatmap in words, for those who do not see it.
 */
import { percent } from "./format.js";
import { words } from "./strings.js";

/** @import { HeatMap } from "./camscope.d.ts" */

/**
 * @param {HeatMap} map
 * @returns {string}
 */
export function describeMap({ width, height, values }) {
  let sum = 0;
  let sumX = 0;
  let sumY = 0;
  let peak = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!(value > 0)) continue;
    sum += value;
    sumX += value * (i % width);
    sumY += value * Math.floor(i / width);
    if (value > values[peak]) peak = i;
  }
  if (sum === 0) return words.none;
  let hot = 0;
  for (const value of values) if (value >= values[peak] / 2) hot++;
  const centre = place(sumX / sum / width, sumY / sum / height);
  const strongest = place((peak % width) / width, Math.floor(peak / width) / height);
  return words.heat(centre, strongest, percent(hot / values.length));
}

/**
 * @param {number} x 0…1
 * @param {number} y 0…1
 */
function place(x, y) {
  /** @param {number} share */
  const third = (share) => Math.min(2, Math.max(0, Math.floor(share * 3)));
  const [column, row] = [third(x), third(y)];
  return column === 1 && row === 1 ? words.middle : `${words.rows[row]} ${words.columns[column]}`;
}
