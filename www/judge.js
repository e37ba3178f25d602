/**
 * Numbers about the maps on screen. Each is kept with the explanation that it was worked out for, so that no number can
 * come to stand beside another map.
 */

import { numbersKey } from "./measures.js";
import { partOf } from "./paint.js";
import { regionOn } from "./region.js";

/** @import { App, How, Seen } from "./app.js" */
/** @import { Controls } from "./controls.js" */
/** @import { Agreement, Crop, Explainer, HeatMap, Measures, Metric } from "./camscope.d.ts" */
/** @import { MarkedRegion } from "./region.js" */
/** @import { AgreementView } from "./views/agreement.js" */
/** @import { MapCard } from "./views/map-card.js" */

/** @type {Metric[]} What needs no pass. */
const FREE = ["focus"];

export class Judge {
  #view;
  #controls;
  #memory;
  /** @type {WeakMap<HeatMap, Measures>} */
  #measures = new WeakMap();
  /** @type {WeakMap<HeatMap, MarkedRegion | null>} The region that a map's measures are of. */
  #regions = new WeakMap();
  /** @type {WeakMap<HeatMap, WeakMap<HeatMap, Agreement>>} */
  #agreements = new WeakMap();

  /**
   * @param {AgreementView} view
   * @param {Controls} controls what the numbers stand beside
   * @param {Pick<App, "keep" | "kept">} memory over a reload
   */
  constructor(view, controls, memory) {
    this.#view = view;
    this.#controls = controls;
    this.#memory = memory;
  }

  /**
   * Measure each map and compare every two, the controls too: one network pass a map, at most once.
   * @param {Explainer} explainer
   * @param {{ seen: Seen, crop: Crop, region: MarkedRegion | null, how: How }} scene
   * @param {MapCard[]} cards with final maps of the scene
   * @param {AbortSignal} signal
   */
  async judge(explainer, { seen, crop, region, how }, cards, signal) {
    const { blob } = seen.photo;
    for (const { id, shown } of cards) if (shown) this.#recall(blob, numbersKey(how, id, shown), shown);
    this.show(cards);
    const part = partOf(seen.picture, seen.classification);
    for (const card of cards) {
      const { shown } = card;
      if (!shown) continue;
      const known = this.#measures.get(shown);
      if (known && this.#regions.get(shown) === region) continue;
      const inside = region ? { region: regionOn(region, part, shown) } : {};
      // What the network was asked already holds whatever the region.
      const asked = known ? { metrics: FREE } : { target: shown.target.index };
      const found = await explainer.measure(blob, shown, { ...asked, ...inside, crop, signal });
      const measures = { ...known, ...found, confidence: known?.confidence ?? found.confidence };
      this.#measures.set(shown, measures);
      this.#regions.set(shown, region);
      // The object can be marked otherwise by then.
      this.#memory.keep(blob, numbersKey(how, card.id, shown), { ...measures, inside: null });
      card.showMeasures(shown, measures, this.#beside);
    }
    const like = cards.find(({ shown }) => shown)?.shown;
    if (like) await this.#controls.measure(explainer, { seen, crop, region }, like, signal);
    this.show(cards);
    const controls = this.#controls.all.map(({ map }) => map);
    for (const [index, card] of cards.entries()) {
      for (const b of [...cards.slice(0, index).map(({ shown }) => shown), ...controls]) {
        const a = card.shown;
        if (!a || !b || this.#agreement(a, b)) continue;
        const found = await explainer.compare(a, b, { signal });
        this.#agreements.set(a, (this.#agreements.get(a) ?? new WeakMap()).set(b, found));
      }
    }
    this.show(cards);
  }

  /**
   * Numbers from before a reload.
   * @param {Blob} blob
   * @param {string} key
   * @param {HeatMap} map
   */
  #recall(blob, key, map) {
    const kept = this.#measures.has(map) ? undefined : this.#memory.kept(blob, key);
    if (!kept) return;
    this.#measures.set(map, kept);
    this.#regions.set(map, null);
  }

  /**
   * What is known already.
   * @param {MapCard[]} cards
   */
  show(cards) {
    const final = cards.flatMap(({ name, shown }) => (shown ? [{ name, map: shown }] : []));
    for (const card of cards) {
      const measures = card.shown && this.#measures.get(card.shown);
      if (card.shown && measures) card.showMeasures(card.shown, measures, this.#beside);
    }
    const controls = this.#controls.all;
    this.#view.show(
      final.map(({ name, map }) => (map.exact ? name : this.#view.approximate(name))),
      (row, column) => this.#agreement(final[row].map, final[column].map),
      {
        kinds: controls.map(({ kind }) => kind),
        values: (row, column) => this.#agreement(controls[row].map, final[column].map),
      },
    );
  }

  /** What is known of the controls, if it is known of both. */
  get #beside() {
    const known = this.#controls.all.flatMap(({ map }) => this.#controls.measures(map) ?? []);
    return known.length === this.#controls.all.length ? known : [];
  }

  /**
   * What is known of a map.
   * @param {HeatMap} map
   * @returns {Measures | undefined}
   */
  of(map) {
    return this.#measures.get(map);
  }

  /**
   * It is the same both ways.
   * @param {HeatMap} a
   * @param {HeatMap} b
   */
  #agreement(a, b) {
    return this.#agreements.get(a)?.get(b) ?? this.#agreements.get(b)?.get(a);
  }
}
