/**
 * A report as data: JSON with all that is needed to repeat it, a table for CSV, and the maps as arrays.
 */
import { fileName } from "../format.js";
import { hasHeat } from "../measures.js";
import { BOOTSTRAP, valueOf } from "./aggregate.js";
import { SIGNIFICANT } from "./claims.js";
import { CONTROLS, SUBSTRATE, columnsOf, markedOf, partsOf } from "./measures.js";

/** @import { DeviceInfo, Measures, ModelInfo } from "../camscope.d.ts" */
/** @import { Look } from "../paint.js" */
/** @import { Summary } from "./aggregate.js" */
/** @import { LeftOut } from "./chosen.js" */
/** @import { Claim } from "./claims.js" */
/** @import { Result } from "./examine.js" */
/** @import { Row } from "./queue.js" */
/** @import { Resolved } from "./settings.js" */

/**
 * A report as it stands.
 * @typedef {object} Report
 * @property {string} began ISO 8601
 * @property {string} version of camscope
 * @property {string} build of the site
 * @property {DeviceInfo} device
 * @property {ModelInfo} model
 * @property {string | null} weights of its network, as `App` has them
 * @property {Map<string, string>} names of methods
 * @property {Resolved} settings its methods are those with a map of their own
 * @property {LeftOut[]} leftOut the other methods that were chosen
 * @property {Look | null} look the colours of all its overlays; null before the first
 * @property {Blob | null} legend of these colours
 * @property {Row[]} rows all of them
 * @property {Summary[]} summaries
 * @property {Claim[]} claims
 */

/** @typedef {Row & { result: Result }} Finished */

/**
 * @param {Row[]} rows
 * @returns {Finished[]}
 */
export function finished(rows) {
  return rows.filter((row) => row.result !== null).map((row) => /** @type {Finished} */ (row));
}

/** Parts of a large archive, so that no more than this is in memory at once. */
const MOST_BYTES = 128 * 2 ** 20;

/**
 * What differs by picture is in `pictures`, its mark as {@link Result} has it. `look` is that of the report's overlays: the
 * palette's id, how opaque (0…1), and how they are blended.
 * @param {Report} report
 * @param {{ browser: string, link: string }} made `link`: an address that has the settings
 */
export function toJson(
  { began, version, build, device, model, settings, leftOut, look, rows, summaries, claims },
  { browser, link },
) {
  const { labels, ...network } = model;
  return {
    format: "camscope-report/1",
    began,
    camscope: version,
    build,
    link,
    browser,
    device,
    model: { ...network, classes: labels.length },
    settings,
    leftOut: leftOut.map(({ id, as, why }) => ({ method: id, as, why })),
    look: look && { palette: look.palette, opacity: look.opacity, blend: look.blend },
    substrate: SUBSTRATE,
    statistics: { ...BOOTSTRAP, significance: SIGNIFICANT },
    pictures: finished(rows).map(({ name, result }) => pictureOf(name, result)),
    failures: rows.filter(({ state }) => state === "failed").map(({ name, reason }) => ({ name, reason })),
    aggregate: summaries.map(({ column: { id, metric, higherIsBetter }, groups, pairs }) => ({
      number: id,
      measure: metric,
      higherIsBetter,
      groups,
      pairs,
    })),
    claims,
  };
}

/**
 * @param {string} name
 * @param {Result} result
 */
function pictureOf(name, { sha256, bytes, width, height, crop, top, mark, maps, controls, seed, agreement }) {
  return {
    name,
    sha256,
    bytes,
    width,
    height,
    crop,
    top,
    mark,
    agreement,
    maps: Object.fromEntries(
      [...maps].map(([method, { exact, passes, seconds, notes, reasons, measures }]) => {
        const all = [...notes, ...reasons.map((text) => ({ code: "looks-broken", text }))];
        return [method, { exact, passes, seconds, notes: all, heat: hasHeat(measures), measures: plain(measures) }];
      }),
    ),
    controls: { seed, ...Object.fromEntries([...controls].map(([id, measures]) => [id, plain(measures)])) },
  };
}

/**
 * Typed arrays as arrays.
 * @param {Measures} measures
 */
function plain(measures) {
  return JSON.parse(JSON.stringify(measures, (_, value) => (value instanceof Float32Array ? [...value] : value)));
}

/**
 * A line for each map of each picture: its numbers, and then what they are made of.
 * @param {Report} report
 * @returns {(string | number | null)[][]}
 */
export function toTable({ names, settings, rows }) {
  const done = finished(rows);
  const isMarked = markedOf(done.map(({ result }) => result)) > 0;
  const columns = [columnsOf, partsOf].flatMap((of) => of(settings.measures, isMarked));
  const head = ["picture", "sha256", "class", "label", "probability", "map", "name", "exact", "passes", "seconds"];
  const table = [[...head, ...columns.map(({ id }) => id)]];
  for (const { name, result } of done) {
    const { sha256, top, maps } = result;
    for (const group of [...settings.methods, ...CONTROLS]) {
      const map = maps.get(group);
      const own = map ? [String(map.exact), map.passes, map.seconds] : [null, null, null];
      const numbers = columns.map((column) => {
        const value = valueOf(result, group, column);
        return Number.isFinite(value) ? value : null;
      });
      const about = [name, sha256, top.index, top.label, top.probability, group, names.get(group) ?? group];
      table.push(/** @type {string[]} */ ([...about, ...own, ...numbers]));
    }
  }
  return table;
}

/**
 * The maps as named arrays, in portions: `PLACE.METHOD.map`, 0…1 at the network's size, and `PLACE.METHOD.raw`, signed at
 * the activations' size.
 * @param {Report} report
 * @returns {AsyncGenerator<{ name: string, shape: number[], values: Float32Array }[]>}
 */
export async function* toArrays({ rows }) {
  /** @type {{ name: string, shape: number[], values: Float32Array }[]} */
  let portion = [];
  let bytes = 0;
  for (const [index, { result }] of finished(rows).entries()) {
    for (const [method, { width, height, values, raw }] of result.maps) {
      const name = `${String(index + 1).padStart(3, "0")}.${method}`;
      const map = new Float32Array(await values.arrayBuffer());
      portion.push({ name: `${name}.map`, shape: [height, width], values: map });
      portion.push({ name: `${name}.raw`, shape: [raw.height, raw.width], values: raw.values });
      bytes += 4 * (map.length + raw.values.length);
    }
    if (bytes > MOST_BYTES) {
      yield portion;
      [portion, bytes] = [[], 0];
    }
  }
  if (portion.length > 0) yield portion;
}

/**
 * Name of a picture in an archive: its place in the report, and as much of its own name as every system takes.
 * @param {number} index
 * @param {string} name
 */
export function entryName(index, name) {
  return fileName(String(index + 1).padStart(3, "0"), name.replace(/\.\w+$/, ""));
}
