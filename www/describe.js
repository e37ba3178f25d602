/**
 * Things in words: a heatmap for those who do not see it, the network, the loading, and what the engine says of its
 * methods and maps.
 */
import { megabytes, percent } from "./format.js";
import { language } from "./language.js";
import { decimals } from "./numerals.js";
import { loading, model as models, words } from "./strings.js";
import { methods, notes } from "./strings/engine.js";

/** @import { HeatMap, LoadProgress, MethodInfo, ModelInfo } from "./camscope.d.ts" */

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
 * Where the heat is, how far it reaches, in how many pieces, and where it is hottest. "Hot" is at least half of the
 * maximum.
 * @param {HeatMap} map
 * @returns {string}
 */
export function describeMap({ width, height, values }) {
  let [sum, sumX, sumY, peak, least] = [0, 0, 0, 0, Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] > 0 ? values[i] : 0;
    sum += value;
    sumX += value * ((i % width) + 0.5);
    sumY += value * (Math.floor(i / width) + 0.5);
    if (value > values[peak] || !(values[peak] >= 0)) peak = i;
    least = Math.min(least, value);
  }
  if (sum === 0) return words.none;
  if (least >= 0.95 * values[peak]) return words.even;
  const hot = Uint8Array.from(values, (value) => Number(value >= values[peak] / 2));
  const [centre, hottest] = [
    place(sumX / sum / width, sumY / sum / height),
    place(((peak % width) + 0.5) / width, (Math.floor(peak / width) + 0.5) / height),
  ];
  const share = percent(hot.reduce((total, one) => total + one, 0) / hot.length);
  const count = areasOf(hot, width);
  const parts = [
    words.heat(centre, share),
    ...(count > 1 ? [words.areas(count)] : []),
    ...(hottest === centre ? [] : [words.peak(hottest)]),
  ];
  return `${parts.join(", ")}.`;
}

/**
 * @param {number} x 0…1
 * @param {number} y 0…1
 */
function place(x, y) {
  /** @param {number} share */
  const third = (share) => Math.min(2, Math.max(0, Math.floor(share * 3)));
  return words.places[third(y)][third(x)];
}

/**
 * How many pieces hot places make up: neighbours by a side are one. Specks under a hundredth of the heat's area are none.
 * @param {Uint8Array} hot 1 where it is; used up
 * @param {number} width
 */
function areasOf(hot, width) {
  const total = hot.reduce((sum, one) => sum + one, 0);
  let areas = 0;
  for (let start = 0; start < hot.length; start++) {
    if (!hot[start]) continue;
    let size = 0;
    const open = [start];
    hot[start] = 0;
    for (let i = open.pop(); i !== undefined; i = open.pop()) {
      size++;
      const x = i % width;
      for (const next of [x > 0 ? i - 1 : -1, x < width - 1 ? i + 1 : -1, i - width, i + width]) {
        if (!hot[next]) continue;
        hot[next] = 0;
        open.push(next);
      }
    }
    if (size >= total / 100) areas++;
  }
  return areas;
}

/**
 * What a method does and costs, in the page's language.
 * @param {Pick<MethodInfo, "id" | "summary" | "cost">} method
 */
export function describeMethod({ id, summary, cost }) {
  return methods[id] ?? { summary, cost };
}

/**
 * A remark of the engine's in the page's language; as it is where there is no translation, and then it is English.
 * @param {{ text: string }} note
 * @returns {{ text: string, lang: string }}
 */
export function translateNote({ text }) {
  // Where several layers are fused, the layer stands before its remark.
  const [, layer = "", own = text] = text.match(/^(\w+: )(.*)$/s) ?? [];
  const whole = translated(own);
  /** @type {(string | null)[]} sentence by sentence, where the whole has no translation */
  const parts = whole === null ? own.split(/(?<=\.) (?=[A-Z])/).map(translated) : [whole];
  return parts.includes(null) ? { text, lang: "en" } : { text: layer + parts.join(" "), lang: language };
}

/**
 * @param {string} text
 * @returns {string | null}
 */
function translated(text) {
  const [, name = "", rest = ""] = text.match(/^(.*)( has no eigen smoothing: .*)$/s) ?? [];
  /** @type {string[]} */
  const numbers = [];
  const pattern = text.replace(/(?<![\w-])-?\d+(\.\d+)?/g, (number) => {
    const places = number.split(".")[1]?.length ?? 0;
    numbers.push(decimals(Number(number), places));
    return "#";
  });
  return notes[name ? `{name}${rest}` : pattern]?.(numbers, name) ?? null;
}
