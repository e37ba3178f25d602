/**
 * What an edit changes: the classes' probabilities and the methods' maps, before and after, and what was tried so far.
 * Emits "read" with what the maps say where the keyboard points, "cancel", and "again" (compute what was cancelled).
 */
import { element, find, on } from "../dom.js";
import { className, percent } from "../format.js";
import { sharedTop, valuesOf } from "../scale.js";
import { reading, whatif as texts } from "../strings.js";
import { MapPairView } from "./map-pair.js";
import { placeTexts } from "./mark.js";

/** @import { Look } from "../paint.js" */
/** @import { Place } from "./stage.js" */

/** @typedef {{ label: string, before: number, after: number | null, isTarget: boolean }} ClassChange after: null: not known yet */

export class EffectsView extends EventTarget {
  #root;
  #classes;
  #tries;
  #maps;
  /** @type {Map<string, MapPairView>} by method */
  #pairs = new Map();

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#classes = find(root, ".changes", HTMLElement);
    this.#tries = find(root, ".tries", HTMLElement);
    this.#maps = find(root, ".pairs", HTMLElement);
  }

  /** @param {boolean} isBusy */
  setBusy(isBusy) {
    this.#root.setAttribute("aria-busy", String(isBusy));
  }

  clear() {
    this.showClasses([]);
    this.showTries([]);
    this.setMethods([]);
  }

  /** @param {ClassChange[]} changes */
  showClasses(changes) {
    const bar = (/** @type {number} */ share, /** @type {"before" | "after"} */ side) => {
      const made = element("i", { class: side });
      made.style.setProperty("--share", String(share));
      return made;
    };
    const rows = changes.map(({ label, before, after, isTarget }) => {
      const text = texts.change(percent(before), after === null ? null : percent(after));
      const bars = element("span", { class: "pair", "aria-hidden": "true" }, bar(before, "before"));
      if (after !== null) bars.append(bar(after, "after"));
      return element("li", { class: isTarget && "target" }, className(label), element("b", {}, text), bars);
    });
    this.#classes.replaceChildren(...rows);
  }

  /**
   * A pair of maps for each of these, in this order; those that are there stay.
   * @param {readonly { id: string, name: string }[]} methods
   */
  setMethods(methods) {
    const before = this.#pairs;
    this.#pairs = new Map(methods.map(({ id, name }) => [id, before.get(id) ?? this.#pair(id, name)]));
    const roots = [...this.#pairs.values()].map(({ root }) => root);
    const isSame = roots.length === before.size && roots.every((root, i) => root === this.#maps.children[i]);
    // Whoever has the focus keeps it.
    if (!isSame) this.#maps.replaceChildren(...roots);
  }

  /** @param {string} id of a method that was set */
  pair(id) {
    return this.#pairs.get(id);
  }

  /**
   * Nothing is being computed any more.
   * @param {string} why
   */
  end(why) {
    for (const pair of this.#pairs.values()) pair.end(why);
  }

  /**
   * All maps in the same colours, and on one scale where that is asked for.
   * @param {Look | null} look
   * @returns {number} where the shared scale ends
   */
  setLook(look) {
    const pairs = [...this.#pairs.values()];
    const values = pairs.flatMap(({ maps }) => maps.map((map) => valuesOf(map, look?.signed ?? false)));
    const top = look?.shared ? sharedTop(values) : 0;
    for (const pair of pairs) pair.setLook(look, top);
    return top;
  }

  /**
   * @param {string} id
   * @param {string} name
   */
  #pair(id, name) {
    const pair = new MapPairView(id, name);
    for (const type of ["cancel", "again"]) on(pair, type, () => this.dispatchEvent(new CustomEvent(type)));
    on(pair, "place", (/** @type {Place | null} */ place) => this.#setPlace(place));
    on(pair, "key", (/** @type {Place} */ place) => {
      this.#setPlace(place);
      this.dispatchEvent(new CustomEvent("read", { detail: `${pair.read()}; ${reading.all(placeTexts(place))}` }));
    });
    return pair;
  }

  /** @param {{ what: string, before: number, after: number }[]} tries */
  showTries(tries) {
    const items = tries.map(({ what, before, after }) =>
      element("li", {}, `${what}: `, element("b", {}, texts.change(percent(before), percent(after)))),
    );
    this.#tries.replaceChildren(...items);
    this.#tries.hidden = tries.length === 0;
  }

  /** @param {Place | null} place */
  #setPlace(place) {
    for (const pair of this.#pairs.values()) pair.setPlace(place);
  }
}
