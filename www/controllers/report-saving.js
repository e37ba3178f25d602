/**
 * A report's files.
 */
import { saveBlob } from "../download.js";
import { readMap } from "../report/examine.js";
import { entryName, finished, toArrays, toJson, toTable } from "../report/export.js";
import { toHtml } from "../report/html.js";
import { linkTo } from "../report/settings.js";
import { report as strings } from "../strings.js";
import { overlay, toBlob } from "../views/report-thumbs.js";

/** @import { Explainer } from "../camscope.d.ts" */
/** @import { Look } from "../paint.js" */
/** @import { Report } from "../report/export.js" */
/** @import { ReportDocument } from "../views/report-document.js" */
/** @import { Format } from "../views/report-files.js" */

/** @typedef {{ explainer: Explainer, look: Look, view: ReportDocument }} Tools */
/** @typedef {AsyncGenerator<Blob, void, undefined>} Blobs */

/** Of the longer side of the pictures whose overlays are saved. */
const PNG_SIDE = 768;
/** Parts of a large archive, so that no more than this is in memory at once. */
const MOST_BYTES = 128 * 2 ** 20;

/** @type {Record<Format, { extension: string, make: (report: Report, tools: Tools) => Blobs }>} */
const FORMATS = {
  html: { extension: "html", make: html },
  csv: { extension: "csv", make: csv },
  json: { extension: "json", make: json },
  png: { extension: "zip", make: png },
  npz: { extension: "npz", make: npz },
};

/**
 * @param {Format} format
 * @param {Report} report
 * @param {Tools} tools
 * @returns {Promise<string[]>} the files' names: several where one would be too large
 */
export async function saveReport(format, report, tools) {
  const { extension, make } = FORMATS[format];
  const stem = `camscope-report-${report.began.slice(0, 10)}`;
  /** @type {string[]} */
  const files = [];
  for await (const blob of make(report, tools)) {
    const part = files.length === 0 ? "" : `-${files.length + 1}`;
    const file = `${stem}${part}.${extension}`;
    saveBlob(blob, file);
    files.push(file);
  }
  return files;
}

/** @param {Report} _ @param {Tools} tools @returns {Blobs} */
async function* html(_, { view }) {
  await view.drawn;
  yield toHtml(view.root, strings.document.title, (address) => view.pictureAt(address));
}

/** @param {Report} report @param {Tools} tools @returns {Blobs} */
async function* csv(report, { explainer }) {
  yield new Blob([await explainer.csv(toTable(report))], { type: "text/csv" });
}

/** @param {Report} report @returns {Blobs} */
async function* json(report) {
  const made = {
    browser: navigator.userAgent,
    link: linkTo(location.href, report.settings),
  };
  const text = JSON.stringify(toJson(report, made), null, 2);
  yield new Blob([text, "\n"], { type: "application/json" });
}

/** @param {Report} report @param {Tools} tools @returns {Blobs} */
async function* npz(report, { explainer }) {
  for await (const arrays of toArrays(report)) yield archive(await explainer.npz(arrays));
}

/**
 * Each picture as the network sees it, and each overlay, in the report's colours.
 * @param {Report} report
 * @param {Tools} tools
 * @returns {Blobs}
 */
async function* png({ rows, look }, { explainer, look: current }) {
  /** @type {{ name: string, bytes: Uint8Array }[]} */
  let portion = [];
  let bytes = 0;
  const { signal } = new AbortController();
  for (const [index, { name, open, result }] of finished(rows).entries()) {
    const pixels = await explainer.preview(await open(signal), { maxSide: PNG_SIDE });
    const maps = await Promise.all([...result.maps].map(async ([id, kept]) => ({ id, map: await readMap(kept) })));
    for (const { id, map } of [{ id: "picture", map: null }, ...maps]) {
      const blob = await toBlob(overlay(pixels, result, map, look ?? current), "image/png");
      portion.push({ name: `${entryName(index, name)}-${id}.png`, bytes: new Uint8Array(await blob.arrayBuffer()) });
      bytes += blob.size;
    }
    if (bytes > MOST_BYTES) {
      yield archive(await explainer.zip(portion));
      [portion, bytes] = [[], 0];
    }
  }
  if (portion.length > 0) yield archive(await explainer.zip(portion));
}

/** @param {Uint8Array} bytes */
function archive(bytes) {
  return new Blob([/** @type {BlobPart} */ (bytes)], { type: "application/zip" });
}
