/**
 * Two maps that know nothing of the picture, and the same numbers of them: beside those, a map's own numbers mean something.
 */
import { partOf } from "./paint.js";
import { regionOn } from "./region.js";

/** @import { Seen } from "./app.js" */
/** @import * as Api from "./camscope.d.ts" */
/** @import { MarkedRegion } from "./region.js" */

/** @typedef {"random" | "gaussian"} Kind */
/** @typedef {{ kind: Kind, map: Api.HeatMap }} Control */
/** @typedef {{ seen: Seen, crop: Api.Crop, region: MarkedRegion | null }} Scene */

/** @type {readonly Kind[]} */
const KINDS = ["random", "gaussian"];

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

  /** Another network: what is known was measured by the last one. */
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
    const made = [this.#idOf(seen.photo.blob), crop, width, height, target.index].join(" ");
    if (made !== this.#made) {
      const maps = await Promise.all(KINDS.map((kind) => explainer.baseline(kind, { width, height, signal })));
      // Another call may have been faster.
      if (made !== this.#made) this.#all = KINDS.map((kind, index) => ({ kind, map: maps[index] }));
      this.#made = made;
      changed();
    }
    const part = partOf(seen.picture, seen.classification);
    for (const { map } of this.#all) {
      const known = this.#measures.get(map);
      if (known && this.#regions.get(map) === region) continue;
      /** @type {Api.Metric[]} What the network was asked already holds whatever the region. */
      const metrics = known ? ["focus"] : ["focus", "confidence"];
      const place = region ? { region: regionOn(region, part, map) } : {};
      const options = { metrics, target: target.index, crop, signal, ...place };
      const found = await explainer.measure(seen.photo.blob, map, options);
      this.#measures.set(map, { ...found, confidence: found.confidence ?? known?.confidence ?? null });
      this.#regions.set(map, region);
      changed();
    }
  }

  /** @param {Blob} one */
  #idOf(one) {
    const id = this.#ids.get(one) ?? ++this.#lastId;
    this.#ids.set(one, id);
    return id;
  }
}
