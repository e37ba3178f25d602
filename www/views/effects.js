/**
 * What an edit changes: the classes' probabilities and one method's map, before and after, and what was tried so far.
 */
import { describeMap } from "../describe.js";
import { element, find, on } from "../dom.js";
import { className, percent } from "../format.js";
import { words } from "../strings.js";
import { whatif as texts } from "../strings/whatif.js";
import { StageView } from "./stage.js";

/** @import { Explanation } from "../camscope.d.ts" */
/** @import { Box, Look } from "../paint.js" */
/** @import { Place } from "./stage.js" */

/** @typedef {{ label: string, before: number, after: number | null, isTarget: boolean }} ClassChange after: null: not known yet */
/** @typedef {"before" | "after"} Side */

const SIDES = /** @type {const} */ (["before", "after"]);

export class EffectsView extends EventTarget {
  #root;
  #classes;
  #tries;
  #stages;
  #captions;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#classes = find(root, ".changes", HTMLElement);
    this.#tries = find(root, ".tries", HTMLElement);
    const figures = { before: find(root, ".before", HTMLElement), after: find(root, ".after", HTMLElement) };
    this.#captions = {
      before: find(figures.before, "figcaption", HTMLElement),
      after: find(figures.after, "figcaption", HTMLElement),
    };
    this.#stages = {
      before: new StageView(find(figures.before, ".stage", HTMLElement)),
      after: new StageView(find(figures.after, ".stage", HTMLElement)),
    };
    for (const side of SIDES) {
      this.#stages[side].setName(texts.sides[side]);
      this.#stages[side].canvas.setAttribute("aria-label", words.empty(texts.sides[side]));
      on(this.#stages[side], "place", (/** @type {Place | null} */ place) => this.#setPlace(place));
      on(this.#stages[side], "key", (/** @type {Place} */ place) => {
        this.#setPlace(place);
        const found = SIDES.map((one) => `${texts.sides[one]}: ${this.#stages[one].read()}`);
        this.dispatchEvent(new CustomEvent("read", { detail: found.join("; ") }));
      });
    }
  }

  /** @param {boolean} isBusy */
  setBusy(isBusy) {
    this.#root.setAttribute("aria-busy", String(isBusy));
  }

  /** @param {ClassChange[]} changes */
  showClasses(changes) {
    const bar = (/** @type {number} */ share, /** @type {Side} */ side) => {
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
   * @param {Side} side
   * @param {object} shown
   * @param {HTMLCanvasElement} shown.picture
   * @param {Box} shown.part in the pixels of `picture`
   * @param {Explanation | null} shown.map
   * @param {string} shown.method the method's name
   * @param {Look | null} look
   */
  showMap(side, { picture, part, map, method }, look) {
    const stage = this.#stages[side];
    stage.setGround(picture, part);
    stage.setName(`${method}, ${texts.sides[side]}`);
    stage.setLook(look && { ...look, shared: false }, 0);
    stage.show(map);
    this.#captions[side].textContent = `${method}, ${texts.sides[side]}`;
    const label = map ? words.map(method, className(map.target.label), describeMap(map)) : words.empty(method);
    stage.canvas.setAttribute("aria-label", `${texts.sides[side]}: ${label}`);
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
    for (const side of SIDES) this.#stages[side].setPlace(place);
  }
}
