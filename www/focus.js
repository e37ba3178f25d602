/**
 * How focused maps are, in whatever view: each is measured once, and that takes no pass of the network.
 */

/** @import { Explainer, Focus, HeatMap } from "./camscope.d.ts" */

/** A map's focus is its own: no picture is needed for it. */
const NO_PICTURE = new Blob();

export class FocusMemory {
  /** @type {WeakMap<HeatMap, Focus>} */
  #known = new WeakMap();

  /** @param {HeatMap} map */
  of(map) {
    return this.#known.get(map) ?? null;
  }

  /**
   * @param {Explainer} explainer
   * @param {HeatMap} map
   * @param {AbortSignal} signal
   */
  async measure(explainer, map, signal) {
    const known = this.#known.get(map);
    if (known) return known;
    const { focus } = await explainer.measure(NO_PICTURE, map, { metrics: ["focus"], signal });
    this.#known.set(map, focus);
    return focus;
  }
}
