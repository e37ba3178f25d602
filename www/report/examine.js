/**
 * One picture of a report: its class, each method's map, and the measures of each map and of the controls. A picture
 * that is stopped half-way keeps what it has in its draft.
 */
import { describeMap } from "../describe.js";
import { sha256 as hash } from "../hash.js";
import { reasons } from "../methods.js";
import { partOf } from "../paint.js";
import { workOf } from "../plan.js";
import { regionOn, runsOf } from "../region.js";
import { placeOf } from "./chosen.js";
import { explainCost, measureCost } from "./cost.js";
import { CONTROLS, SUBSTRATE } from "./measures.js";

/** @import * as Api from "../camscope.d.ts" */
/** @import { Box } from "../paint.js" */
/** @import { Mark } from "../region.js" */
/** @import { Layer } from "./cost.js" */
/** @import { Control } from "./measures.js" */
/** @import { Row } from "./queue.js" */
/** @import { Resolved } from "./settings.js" */

/**
 * What is kept of a map. Its values go into a Blob, which the browser may put on disk.
 * @typedef {object} KeptMap
 * @property {Blob} overlay a small picture
 * @property {string} heat the map in words
 * @property {number} width
 * @property {number} height
 * @property {Blob} values `width` × `height` 32-bit floats, 0…1
 * @property {Api.HeatMap} raw
 * @property {boolean} exact
 * @property {number} passes
 * @property {number} seconds
 * @property {Api.Note[]} notes
 * @property {string[]} reasons why it may look broken though it is right
 * @property {Api.Measures} measures
 */

/** @typedef {{ kind: "brush", width: number, height: number, runs: number[] }} Brushed what the measures took for inside: of the maps' pixels, as `runsOf` (region.js) counts them */

/**
 * What is known of a finished picture.
 * @typedef {object} Result
 * @property {string | null} sha256 of the file; null where the browser does not hash (an insecure context)
 * @property {number} bytes
 * @property {number} width
 * @property {number} height
 * @property {Api.Classification["crop"]} crop what the network sees of it
 * @property {Api.Class} top
 * @property {Blob} picture what the network sees of it, small
 * @property {(({ kind: "box" } & Box) | Brushed) & { by?: "camscope" } | null} mark where the object was marked: a box in the picture's pixels, or a brushed area; `by`: if it was not the visitor who did
 * @property {Map<string, KeptMap>} maps by method
 * @property {Map<Control, Api.Measures>} controls
 * @property {number} seed of the random control
 * @property {number | null} agreement mean Pearson correlation of every two methods' maps; null for a single one
 */

/**
 * @typedef {object} Draft
 * @property {Api.Classification} [classification]
 * @property {Mark | null} [mark]
 * @property {Map<string, Api.Explanation>} explanations
 * @property {Map<string, Api.Measures>} measures by method
 * @property {Map<Control, Api.Measures>} controls
 */

/**
 * @typedef {object} Context
 * @property {Api.Explainer} explainer
 * @property {Resolved} settings
 * @property {Layer} layer
 * @property {(picture: Api.Pixels, classification: Api.Classification, map: Api.HeatMap | null) => Promise<Blob>} paint
 * @property {(sample: string | null, blob: Blob, sha256: string | null, size: { width: number }) => Promise<Mark | null>} markOf where a picture's object is marked
 * @property {(sha256: string) => string | null} sameAs the name of a finished picture of the same bytes, which would count twice
 */

const PREVIEW_SIDE = 512;

/**
 * @param {Context} context
 * @param {Row} row
 * @param {AbortSignal} signal
 * @param {(cost: number) => void} onProgress in passes
 * @returns {Promise<Result>}
 */
export async function examine({ explainer, settings, layer, paint, markOf, sameAs }, row, signal, onProgress) {
  const { crop, methods, steps } = settings;
  const measuring = { crop, metrics: metricsOf(settings.measures), steps, substrate: SUBSTRATE.kind };
  const blob = await row.open(signal);
  const sha256 = await hash(blob);
  const same = sha256 === null ? null : sameAs(sha256);
  if (same !== null) throw new Error(`The same picture as ${same}, which is in the report already.`);
  /** @type {Draft} */
  const draft = (row.draft ??= { explanations: new Map(), measures: new Map(), controls: new Map() });

  let before = 0;
  /**
   * One call of the engine, unless the draft has its answer.
   * @template K, V
   * @param {Map<K, V>} kept
   * @param {K} key
   * @param {number} cost
   * @param {(onProgress: (progress: { done: number, total: number }) => void) => Promise<V>} call
   * @returns {Promise<V>}
   */
  const step = async (kept, key, cost, call) => {
    const known = kept.get(key);
    const value =
      known ?? (await call(({ done, total }) => onProgress(before + cost * Math.min(1, done / Math.max(1, total)))));
    kept.set(key, value);
    onProgress((before += cost));
    return value;
  };

  const classification = (draft.classification ??= await explainer.classify(blob, { crop, topK: 1, signal }));
  const [top] = classification.classes;
  if (draft.mark === undefined) draft.mark = await markOf(row.sample ?? null, blob, sha256, classification);
  const { mark } = draft;
  const inside = (/** @type {Api.HeatMap} */ map) =>
    mark ? { region: regionOn(mark.region, partOf(mark.picture, classification), map) } : {};
  onProgress((before = 1));
  for (const method of methods) {
    const work = workOf(explainer.methods, method);
    const options = {
      method,
      layer: settings.layer,
      crop,
      target: top.index,
      channels: settings.channels ?? undefined,
    };
    const map = await step(draft.explanations, method, explainCost(work, settings, layer), (onProgress) =>
      explainer.explain(blob, { ...options, signal, onProgress }),
    );
    await step(draft.measures, method, measureCost(work, settings, layer), (onProgress) =>
      explainer.measure(blob, map, {
        ...measuring,
        ...inside(map),
        ...{ target: top.index, explain: options, signal, onProgress },
      }),
    );
  }
  const maps = methods.map((method) => /** @type {Api.Explanation} */ (draft.explanations.get(method)));
  const [{ width, height }] = maps;
  const seed = sha256 ? parseInt(sha256.slice(0, 8), 16) : row.id;
  for (const control of CONTROLS) {
    await step(draft.controls, control, measureCost(null, settings, layer), async (onProgress) => {
      const map = await explainer.baseline(control, { width, height, seed, signal });
      return explainer.measure(blob, map, { ...measuring, ...inside(map), target: top.index, signal, onProgress });
    });
  }

  const picture = await explainer.preview(blob, { maxSide: PREVIEW_SIDE, signal });
  const place = placeOf(settings.layer, explainer);
  const kept = await Promise.all(
    maps.map(async (map) => {
      const overlay = await paint(picture, classification, map);
      const why = reasons(map.method, place, explainer.model.variant);
      return keep(map, draft.measures.get(map.method), overlay, why);
    }),
  );
  return {
    sha256,
    bytes: blob.size,
    width: classification.width,
    height: classification.height,
    crop: classification.crop,
    top,
    picture: await paint(picture, classification, null),
    mark: mark && { ...markOn(mark, classification, { width, height }), ...(mark.isOurs && { by: "camscope" }) },
    maps: new Map(methods.map((method, index) => [method, kept[index]])),
    controls: draft.controls,
    seed,
    agreement: await agreement(explainer, maps, signal),
  };
}

/**
 * @param {Mark} mark
 * @param {Api.Classification} classification
 * @param {{ width: number, height: number }} size of the maps
 * @returns {NonNullable<Result["mark"]>}
 */
function markOn({ region, picture }, classification, size) {
  if (region.kind === "brush") {
    const mask = /** @type {Api.Mask} */ (regionOn(region, partOf(picture, classification), size));
    return { kind: "brush", width: mask.width, height: mask.height, runs: runsOf(mask) };
  }
  const scale = classification.width / picture.width;
  const { box } = region;
  return {
    kind: "box",
    x: scale * box.x,
    y: scale * box.y,
    width: scale * box.width,
    height: scale * box.height,
  };
}

/**
 * @param {Pick<KeptMap, "width" | "height" | "values">} map
 * @returns {Promise<Api.HeatMap>}
 */
export async function readMap({ width, height, values }) {
  return { width, height, values: new Float32Array(await values.arrayBuffer()) };
}

/** @param {string[]} measures chosen @returns {Api.Metric[]} */
function metricsOf(measures) {
  return /** @type {Api.Metric[]} */ (measures);
}

/**
 * @param {Api.Explanation} map
 * @param {Api.Measures | undefined} measures
 * @param {Blob} overlay
 * @param {string[]} reasons
 * @returns {KeptMap}
 */
function keep(map, measures, overlay, reasons) {
  const { width, height, values, raw, exact, passes, seconds, notes } = map;
  if (!measures) throw new Error("A map has not been measured.");
  const blob = new Blob([/** @type {BlobPart} */ (values)]);
  return {
    ...{ overlay, heat: describeMap(map), width, height, values: blob, raw },
    ...{ exact, passes, seconds, notes, reasons, measures },
  };
}

/**
 * @param {Api.Explainer} explainer
 * @param {Api.Explanation[]} maps
 * @param {AbortSignal} signal
 */
async function agreement(explainer, maps, signal) {
  const found = [];
  for (const [index, a] of maps.entries()) {
    for (const b of maps.slice(0, index)) found.push((await explainer.compare(a, b, { signal })).pearson);
  }
  return found.length === 0 ? null : found.reduce((sum, value) => sum + value, 0) / found.length;
}
