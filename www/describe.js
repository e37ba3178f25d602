/**
 * Things in words: a heatmap for those who do not see it, the network, the loading.
 */
import { megabytes, percent } from "./format.js";
import { loading, model as models, words } from "./strings.js";

/** @import { HeatMap, LoadProgress, ModelInfo } from "./camscope.d.ts" */

/** @param {ModelInfo} model */
export function describeModel({ title, classes, variant, accuracy, source, license }) {
  const texts = [models.about(title, classes, variant), models.source(source, license)];
  if (accuracy) texts.push(models.accuracy(percent(accuracy.top1), percent(accuracy.top5)));
  return texts.join(" ");
}

/** @param {LoadProgress} progress */
export function describeLoading({ stage, done, total, stalled }) {
  const all = total === null ? null : megabytes(total);
  const text = stage === "engine" ? loading.engine(megabytes(done), all) : loading.weights(megabytes(done), all ?? "");
  return stalled ? `${text}. ${loading.stalled}` : text;
}

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
