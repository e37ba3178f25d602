/**
 * How focused maps are, in whatever view, beside the controls: each is measured once, and that takes no pass of the network.
 */
import { controlMaps } from "./controls.js";

/** @import { Explainer, Focus, HeatMap } from "./camscope.d.ts" */

/** A map's focus is its own: no picture is needed for it. */
const NO_PICTURE = new Blob();

/** @typedef {{ focus: Focus, beside: Focus[] }} Focused a map's, and that of each control of its size */

export class FocusMemory {
  /** @type {WeakMap<HeatMap, Focused>} */
  #known = new WeakMap();
  /** Of the controls, by size. @type {Map<string, Focus[]>} */
  #controls = new Map();

  /** @param {HeatMap} map */
  of(map) {
    return this.#known.get(map) ?? null;
  }

  /**
   * @param {Explainer} explainer
   * @param {HeatMap} map
   * @param {AbortSignal} signal
   * @returns {Promise<Focused>}
   */
  async measure(explainer, map, signal) {
    const known = this.#known.get(map);
    if (known) return known;
    const focusOf = async (/** @type {HeatMap} */ one) =>
      (await explainer.measure(NO_PICTURE, one, { metrics: ["focus"], signal })).focus;
    const { width, height } = map;
    const size = `${width} ${height}`;
    const controls = async () => {
      const all = await controlMaps(explainer, { width, height, signal });
      return Promise.all(all.map((control) => focusOf(control.map)));
    };
    const beside = this.#controls.get(size) ?? (await controls());
    this.#controls.set(size, beside);
    const focused = { focus: await focusOf(map), beside };
    this.#known.set(map, focused);
    return focused;
  }
}
