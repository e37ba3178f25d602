/**
 * Numbers about the maps on screen. Each is kept with the explanation that it was worked out for, so that no number can
 * come to stand beside another map.
 */

/** @import { Agreement, Crop, Explainer, Explanation, Measures } from "./camscope.d.ts" */
/** @import { AgreementView } from "./views/agreement.js" */
/** @import { MapCard } from "./views/map-card.js" */

export class Judge {
  #view;
  /** @type {WeakMap<Explanation, Measures>} */
  #measures = new WeakMap();
  /** @type {WeakMap<Explanation, WeakMap<Explanation, Agreement>>} */
  #agreements = new WeakMap();

  /** @param {AgreementView} view */
  constructor(view) {
    this.#view = view;
  }

  /**
   * Measure each map and compare every two: one network pass a map, at most once.
   * @param {Explainer} explainer
   * @param {Blob} blob the picture
   * @param {Crop} crop
   * @param {MapCard[]} cards with final maps of one scene
   * @param {AbortSignal} signal
   */
  async judge(explainer, blob, crop, cards, signal) {
    this.show(cards);
    for (const card of cards) {
      const { shown } = card;
      if (!shown || this.#measures.has(shown)) continue;
      const measures = await explainer.measure(blob, shown, { target: shown.target.index, crop, signal });
      this.#measures.set(shown, measures);
      card.showMeasures(shown, measures);
    }
    for (const [index, card] of cards.entries()) {
      for (const other of cards.slice(0, index)) {
        const [a, b] = [card.shown, other.shown];
        if (!a || !b || this.#agreement(a, b)) continue;
        const found = await explainer.compare(a, b, { signal });
        this.#agreements.set(a, (this.#agreements.get(a) ?? new WeakMap()).set(b, found));
      }
    }
    this.show(cards);
  }

  /**
   * What is known already.
   * @param {MapCard[]} cards
   */
  show(cards) {
    const final = cards.flatMap(({ name, shown }) => (shown ? [{ name, map: shown }] : []));
    for (const card of cards) {
      const measures = card.shown && this.#measures.get(card.shown);
      if (card.shown && measures) card.showMeasures(card.shown, measures);
    }
    this.#view.show(
      final.map(({ name, map }) => (map.exact ? name : this.#view.approximate(name))),
      (row, column) => this.#agreement(final[row].map, final[column].map),
    );
  }

  /**
   * It is the same both ways.
   * @param {Explanation} a
   * @param {Explanation} b
   */
  #agreement(a, b) {
    return this.#agreements.get(a)?.get(b) ?? this.#agreements.get(b)?.get(a);
  }
}
