/**
 * Two maps that know nothing of the picture, and the same numbers of them: beside those, a map's own numbers mean something.
 */
import { partOf } from "./paint.js";
import { regionOn } from "./region.js";

/** @import { App, Seen } from "./app.js" */
/** @import * as Api from "./camscope.d.ts" */
/** @import { MarkedRegion } from "./region.js" */

/** @typedef {"random" | "gaussian"} Kind */
/** @typedef {{ kind: Kind, map: Api.HeatMap }} Control */
/** @typedef {{ seen: Seen, crop: Api.Crop, region: MarkedRegion | null }} Scene */

/** @type {readonly Kind[]} */
const KINDS = ["random", "gaussian"];

/**
 * @param {Api.Explainer} explainer
 * @param {{ width: number, height: number, signal: AbortSignal }} size
 * @returns {Promise<Control[]>}
 */
export function controlMaps(explainer, size) {
  return Promise.all(KINDS.map(async (kind) => ({ kind, map: await explainer.baseline(kind, size) })));
}

export class Controls {
  /** @type {readonly Control[]} of the latest scene */
  #all = [];
  /** What they were made for. */
  #made = "";
  /** @type {WeakMap<Api.HeatMap, Api.Measures>} */
  #measures = new WeakMap();
  /** @type {WeakMap<Api.HeatMap, MarkedRegion | null>} The region that the share inside is of. */
  #regions = new WeakMap();
  /** @type {WeakMap<Blob, number>} What pictures go by: they stay themselves when another worker classifies them anew. */
  #ids = new WeakMap();
  #lastId = 0;
  #app;

  /** @param {App} app sets the scene, and remembers over a reload */
  constructor(app) {
    this.#app = app;
    // Numbers of the last scene's controls would stand beside this one's maps until its own are known.
    app.on("scene", () => {
      const { seen, crop, target } = app;
      if (seen && target && !this.#made.startsWith(this.#sceneKey(seen, crop, target.index))) this.clear();
    });
  }

  /** Another network, or another scene: what is known is of the last one. */
  clear() {
    this.#all = [];
    this.#made = "";
  }

  /** @returns {readonly Control[]} */
  get all() {
    return this.#all;
  }

  /**
   * What is known of a control.
   * @param {Api.HeatMap} map
   * @returns {Api.Measures | undefined}
   */
  measures(map) {
    return this.#measures.get(map);
  }

  /**
   * The controls of a scene, and what needs no more than a pass each.
   * @param {Api.Explainer} explainer
   * @param {Scene} scene
   * @param {Api.Explanation} like a map of the scene
   * @param {AbortSignal} signal
   * @param {() => void} [changed] called whenever there is something new
   */
  async measure(explainer, { seen, crop, region }, { width, height, target }, signal, changed = () => {}) {
    const { blob } = seen.photo;
    const keyOf = (/** @type {Kind} */ kind, /** @type {Api.HeatMap} */ map) =>
      controlKey(kind, map, crop, target.index);
    const made = `${this.#sceneKey(seen, crop, target.index)}${width} ${height}`;
    if (made !== this.#made) {
      const all = await controlMaps(explainer, { width, height, signal });
      // Another call may have been faster.
      if (made !== this.#made) this.#all = all;
      this.#made = made;
      for (const { kind, map } of this.#all) {
        const kept = this.#app.kept(blob, keyOf(kind, map));
        if (!kept || this.#measures.has(map)) continue;
        this.#measures.set(map, kept);
        this.#regions.set(map, null);
      }
      changed();
    }
    const part = partOf(seen.picture, seen.classification);
    for (const { kind, map } of this.#all) {
      const known = this.#measures.get(map);
      if (known && this.#regions.get(map) === region) continue;
      /** @type {Api.Metric[]} What the network was asked already holds whatever the region. */
      const metrics = known ? ["focus"] : ["focus", "confidence"];
      const place = region ? { region: regionOn(region, part, map) } : {};
      const options = { metrics, target: target.index, crop, signal, ...place };
      const found = await explainer.measure(blob, map, options);
      const measures = { ...found, confidence: found.confidence ?? known?.confidence ?? null };
      this.#measures.set(map, measures);
      this.#regions.set(map, region);
      this.#app.keep(blob, keyOf(kind, map), { ...measures, inside: null });
      changed();
    }
  }

  /**
   * @param {Seen} seen
   * @param {Api.Crop} crop
   * @param {number} target
   */
  #sceneKey({ photo }, crop, target) {
    return `${this.#idOf(photo.blob)} ${crop} ${target} `;
  }

  /** @param {Blob} one */
  #idOf(one) {
    const id = this.#ids.get(one) ?? ++this.#lastId;
    this.#ids.set(one, id);
    return id;
  }
}

/**
 * What numbers of a control go by over a reload.
 * @param {Kind} kind
 * @param {Api.HeatMap} map
 * @param {Api.Crop} crop
 * @param {number} target
 */
export function controlKey(kind, { width, height }, crop, target) {
  return `numbers ${JSON.stringify([kind, width, height, crop, target])}`;
}
