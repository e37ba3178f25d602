/**
 * A report's tables: one picture's maps and measures, and each number over all pictures.
 */
import { element } from "../dom.js";
import { hasHeat } from "../measures.js";
import { CONTROLS, columnsOf } from "../report/measures.js";
import { differenceOf, valueOf } from "../report/aggregate.js";
import { differenceText, pictureRemarks, topText, valueText } from "../report/words.js";
import { measures as words, report as strings } from "../strings.js";

/** @import { MeasureId } from "../measures.js" */
/** @import { Summary } from "../report/aggregate.js" */
/** @import { Finished, Report } from "../report/export.js" */
/** @import { Column } from "../report/measures.js" */
/** @import { ReportOverlays } from "./report-overlays.js" */

const texts = strings.document;
/** So many maps stand beside each other on a sheet of A4 paper; more stand below them. */
const MOST_COLUMNS = 6;
const SVG = "http://www.w3.org/2000/svg";

/** Columns that Compare has by another name. @type {Readonly<Record<string, MeasureId>>} */
const MEASURES = { halfHeat: "half", aboveHalf: "above", effectiveArea: "area" };

/**
 * @param {Report} report
 * @returns {(id: string) => string} a method's or a control's name
 */
export function namer({ names }) {
  return (id) => strings.controls[id] ?? names.get(id) ?? id;
}

/**
 * One picture: what the network sees, each method's overlay, and below each its measures.
 * @param {Report} report
 * @param {Finished} row
 * @param {number} place from 1
 * @param {ReportOverlays} overlays
 */
export function pictureRow(report, row, place, overlays) {
  const { settings } = report;
  const { name, result } = row;
  const parts = partsOf([...settings.methods, ...CONTROLS]);
  const tables = parts.map((groups, index) => {
    const label = parts.length === 1 ? texts.row(name) : `${texts.row(name)} (${index + 1}/${parts.length})`;
    const first = element("td", {}, ...(index === 0 ? [overlays.picture(row)] : []));
    const heads = groups.map((id) => mapHead(report, row, id, overlays));
    const lines = columnsOf(settings.measures, result.mark !== null).map((column) => {
      const cells = groups.map((id) => element("td", {}, valueText(column, valueOf(result, id, column))));
      return element("tr", {}, measureHead(column), ...cells);
    });
    const table = element(
      "table",
      {},
      element("caption", { class: "visually-hidden" }, label),
      element("thead", {}, element("tr", {}, first, ...heads)),
      element("tbody", {}, ...lines),
    );
    return scrolling(table, label);
  });
  const head = element(
    "h4",
    {},
    `${place}. ${name}`,
    " ",
    element("small", {}, topText(result.top)),
    " ",
    overlays.scale(row),
  );
  const remarks = pictureRemarks(result, namer(report)).map((text) => element("li", {}, text));
  const list = remarks.length > 0 ? [element("ul", { class: "hint" }, ...remarks)] : [];
  return element("article", { class: "report-row" }, head, ...tables, ...list);
}

/**
 * As few parts as there can be, of about the same length.
 * @param {string[]} groups
 * @returns {string[][]}
 */
function partsOf(groups) {
  const length = Math.ceil(groups.length / Math.ceil(groups.length / MOST_COLUMNS));
  return Array.from({ length: Math.ceil(groups.length / length) }, (_, index) =>
    groups.slice(index * length, (index + 1) * length),
  );
}

/**
 * A map's overlay and name, and what is to be known of it.
 * @param {Report} report
 * @param {Finished} row
 * @param {string} id of a method or a control
 * @param {ReportOverlays} overlays
 */
function mapHead(report, row, id, overlays) {
  const nameOf = namer(report);
  const map = row.result.maps.get(id);
  const parts = map ? [overlays.overlay(row, id, `${texts.overlay(nameOf(id), row.name)}. ${map.heat}`)] : [];
  const marks = [];
  if (map && !map.exact) marks.push(" ", element("small", {}, texts.approximate));
  if (map && !hasHeat(map.measures)) marks.push(" ", element("small", {}, texts.noHeat));
  return element("th", { scope: "col" }, ...parts, element("span", {}, nameOf(id), ...marks));
}

/**
 * One number over all pictures: means with their intervals, and the paired differences.
 * @param {Report} report
 * @param {Summary} summary
 */
export function summaryTables(report, summary) {
  const { column, groups } = summary;
  const nameOf = namer(report);
  const { name } = strings.columns[column.id];
  const range = rangeOf(summary);
  const best = bestOf(summary, report.settings.methods);
  const lines = groups.map(({ name: id, mean, low, high, n, rank }) => {
    const mark = id === best ? [" ", element("small", { class: "best" }, texts.best)] : [];
    return element(
      "tr",
      { class: report.settings.methods.includes(id) ? null : "control" },
      element("th", { scope: "row" }, nameOf(id), ...mark),
      element("td", {}, valueText(column, mean)),
      element("td", {}, `${valueText(column, low)} … ${valueText(column, high)}`),
      element("td", { class: "plot" }, intervalPlot(mean, low, high, range)),
      element("td", {}, strings.values.rank(rank)),
      element("td", {}, String(n)),
    );
  });
  const heads = [texts.method, texts.mean, texts.interval, "", texts.rank, texts.pictures];
  const means = element(
    "table",
    {},
    element("caption", { class: "visually-hidden" }, name),
    element("thead", {}, element("tr", {}, ...heads.map(columnHead))),
    element("tbody", {}, ...lines),
  );
  const parts = [
    element("h4", {}, name),
    meaning(column, "hint"),
    scrolling(means, name),
    ...pairTable(report, summary),
  ];
  return element("section", { class: "report-number" }, ...parts);
}

/**
 * Methods against each other, and against the controls.
 * @param {Report} report
 * @param {Summary} summary
 */
function pairTable(report, summary) {
  const { methods } = report.settings;
  const nameOf = namer(report);
  const pairs = methods.flatMap((a, index) => [...methods.slice(index + 1), ...CONTROLS].map((b) => ({ a, b })));
  const lines = pairs.flatMap(({ a, b }) => {
    const found = differenceOf(summary, a, b);
    if (!found || found.n === 0) return [];
    const [difference, low, high] = [found.difference, found.low, found.high].map((value) =>
      differenceText(summary.column, value),
    );
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, texts.minus(nameOf(a), nameOf(b))),
      element("td", {}, difference),
      element("td", {}, `${low} … ${high}`),
      element("td", {}, strings.claims.p(found.p).replace("= ", "")),
    );
  });
  if (lines.length === 0) return [];
  const heads = [texts.pair, texts.difference, texts.interval, texts.p];
  const table = element(
    "table",
    { class: "differences" },
    element("caption", {}, texts.pairs),
    element("thead", {}, element("tr", {}, ...heads.map(columnHead))),
    element("tbody", {}, ...lines),
  );
  return [scrolling(table, `${texts.pairs}: ${strings.columns[summary.column.id].name}`)];
}

/**
 * The method that is first, if one is.
 * @param {Summary} summary
 * @param {string[]} methods
 * @returns {string | null}
 */
function bestOf({ column, groups }, methods) {
  const own = groups.filter(({ name, mean }) => methods.includes(name) && Number.isFinite(mean));
  const sign = column.higherIsBetter ? -1 : 1;
  const [first, second] = own.sort((a, b) => sign * (a.mean - b.mean));
  return second && first.mean !== second.mean ? first.name : null;
}

/** @param {Summary} summary @returns {[number, number]} */
function rangeOf({ groups }) {
  const ends = groups.flatMap(({ low, high }) => [low, high]).filter(Number.isFinite);
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  return to > from ? [from, to] : [from - 1, from + 1];
}

/**
 * The mean as a dot on its interval. The numbers stand beside it.
 * @param {number} mean
 * @param {number} low
 * @param {number} high
 * @param {[number, number]} range of all lines
 */
function intervalPlot(mean, low, high, [from, to]) {
  const drawing = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({
    viewBox: "0 0 120 12",
    width: "120",
    height: "12",
    "aria-hidden": "true",
  })) {
    drawing.setAttribute(name, value);
  }
  if (![mean, low, high].every(Number.isFinite)) return drawing;
  const [x, x1, x2] = [mean, low, high].map((value) => String(6 + (108 * (value - from)) / (to - from)));
  drawing.append(shape("line", { x1, x2, y1: "6", y2: "6" }), shape("circle", { cx: x, cy: "6", r: "4" }));
  return drawing;
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 */
function shape(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/**
 * A number's name, which opens its meaning: without a script, as the saved file has none.
 * @param {Column} column
 */
function measureHead(column) {
  const { name } = strings.columns[column.id];
  const summary = element("summary", { title: plainWords(column) }, name);
  return element("th", { scope: "row" }, element("details", {}, summary, meaning(column)));
}

/**
 * In plain words first, then how it is to be read.
 * @param {Column} column
 * @param {string} [style]
 */
function meaning(column, style) {
  const hint = element("small", {}, strings.columns[column.id].hint);
  return element("p", { class: style }, plainWords(column), element("br"), hint);
}

/** @param {Column} column */
function plainWords({ id }) {
  return words.hints[MEASURES[id] ?? /** @type {MeasureId} */ (id)];
}

/** @param {string} text */
function columnHead(text) {
  return text ? element("th", { scope: "col" }, text) : element("td");
}

/**
 * A table that scrolls by itself where the page is narrow.
 * @param {HTMLTableElement} table
 * @param {string} label
 */
function scrolling(table, label) {
  return element("div", { class: "scroll", role: "group", tabindex: "0", "aria-label": label }, table);
}
