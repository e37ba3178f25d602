/**
 * Things in words: a heatmap for those who do not see it, the network, the loading, and what the engine says of its
 * methods and maps.
 */
import { megabytes, percent } from "./format.js";
import { language } from "./language.js";
import { engine, loading, model as models, words } from "./strings.js";
import { textOf, translate, translateWords } from "./translate.js";

/** @import { HeatMap, LoadProgress, MethodInfo, ModelInfo } from "./camscope.d.ts" */
/** @import { Look } from "./paint.js" */
/** @import { Drawable } from "./scale.js" */

/** @param {ModelInfo} model */
export function describeModel({ title, classes, variant, accuracy, source, license }) {
  const texts = [
    models.about(title, classes, variant),
    models.source(translateWords(source, "origin"), translateWords(license, "origin")),
  ];
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
export function describeMap(map) {
  const heat = heatOf(map);
  if (!heat) return words.none;
  return heat === "even" ? words.even : sentence(words.heat(heat.centre, heat.share), heat);
}

/**
 * A map as it is looked at: where what speaks against the class is shown as well, that is told too, and how strong it is
 * beside what speaks for it, for both are measured by their own maximum.
 * @param {Drawable} map
 * @param {Pick<Look, "signed"> | null} look
 * @returns {string}
 */
export function describeDrawn(map, look) {
  const signed = look?.signed && map.signed;
  if (!signed) return describeMap(map);
  const [heat, cold] = [heatOf(signed), heatOf({ ...signed, values: signed.values.map((value) => -value) })];
  if (!heat && !cold) return words.none;
  const pro = heat ? describeMap(signed) : words.nothingFor;
  if (!cold) return `${pro} ${words.nothingAgainst}`;
  if (cold === "even") return `${pro} ${words.evenAgainst}`;
  const [most, least] = [Math.max, Math.min].map((pick) =>
    signed.values.reduce((a, b) => (isFinite(b) ? pick(a, b) : a), 0),
  );
  const strength = heat ? [words.strength(percent(-least / most))] : [];
  return `${pro} ${sentence(words.against(cold.centre, cold.share), cold, strength)}`;
}

/**
 * @typedef {object} Heat
 * @property {string} centre
 * @property {string} share of the picture
 * @property {number} areas
 * @property {string} hottest
 */

/**
 * @param {HeatMap} map
 * @returns {Heat | "even" | null} null: there is none
 */
function heatOf({ width, height, values: given }) {
  const values = given.map((value) => (value > 0 && value < Infinity ? value : 0));
  let [sum, sumX, sumY, peak, least] = [0, 0, 0, 0, Infinity];
  for (const [i, value] of values.entries()) {
    sum += value;
    sumX += value * ((i % width) + 0.5);
    sumY += value * (Math.floor(i / width) + 0.5);
    if (value > values[peak]) peak = i;
    least = Math.min(least, value);
  }
  if (sum === 0) return null;
  if (least >= 0.95 * values[peak]) return "even";
  const hot = Uint8Array.from(values, (value) => Number(value >= values[peak] / 2));
  return {
    centre: place(sumX / sum / width, sumY / sum / height),
    share: percent(hot.reduce((total, one) => total + one, 0) / hot.length),
    areas: areasOf(hot, width),
    hottest: place(((peak % width) + 0.5) / width, (Math.floor(peak / width) + 0.5) / height),
  };
}

/**
 * @param {string} start
 * @param {Heat} heat
 * @param {string[]} [rest]
 */
function sentence(start, { centre, areas, hottest }, rest = []) {
  const parts = [
    start,
    ...(areas > 1 ? [words.areas(areas)] : []),
    ...(hottest === centre ? [] : [words.peak(hottest)]),
    ...rest,
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
 * What a method does and costs, in the page's language; in the engine's own words where there is no translation, and then
 * it is English.
 * @param {Pick<MethodInfo, "id" | "summary" | "cost">} method
 * @returns {{ summary: string, cost: string, lang: string | null }} `lang`: null for the page's language
 */
export function describeMethod({ id, summary, cost }) {
  const known = engine.methods[id];
  return known ? { ...known, lang: null } : { summary, cost, lang: language === "en" ? null : "en" };
}

/**
 * A remark of the engine's in the page's language; as it is where there is no translation, and then it is English.
 * @param {{ text: string }} note
 * @returns {{ text: string, lang: string }}
 */
export function translateNote({ text }) {
  // Where several layers are fused, the layer stands before its remark.
  const [, layer = "", remark = text] = text.match(/^(\w+: )(.*)$/s) ?? [];
  for (const [before, said] of [
    ["", text],
    [layer, remark],
  ]) {
    const pieces = translate(said, "remarks", engine.notes);
    if (pieces?.every(({ lang }) => lang === null)) return { text: before + textOf(pieces), lang: language };
  }
  return { text, lang: "en" };
}
