/**
 * One method's maps of two pictures side by side, read at the same place: before an edit, and after it.
 * Emits "place" with the place under the pointer (shares of the frame) or null, "key" with one that the keyboard chose.
 */
import { describeDrawn } from "../describe.js";
import { element, on } from "../dom.js";
import { className } from "../format.js";
import { words } from "../strings.js";
import { whatif as texts } from "../strings/whatif.js";
import { remarkItems, remarksOf } from "./remarks.js";
import { StageView } from "./stage.js";

/** @import { Explanation } from "../camscope.d.ts" */
/** @import { Box, Look } from "../paint.js" */
/** @import { Remark } from "./remarks.js" */
/** @import { Place } from "./stage.js" */

/** @typedef {"before" | "after"} Side */

const SIDES = /** @type {const} */ (["before", "after"]);

export class MapPairView extends EventTarget {
  root = element("div", { class: "sides" });
  #remarks = element("ul", { class: "hint", hidden: true });
  #name;
  /** @type {Record<Side, Remark[]>} */
  #said = { before: [], after: [] };
  /** @type {Record<Side, { figure: HTMLElement, stage: StageView }>} */
  #sides;

  /** @type {Partial<Record<Side, Explanation>>} */
  #shown = {};
  /** @type {Look | null} */
  #look = null;
  /** End of the shared scale. */
  #top = 0;

  /** @param {string} name of the method */
  constructor(name) {
    super();
    this.#name = name;
    this.#sides = { before: this.#side("before"), after: this.#side("after") };
    this.root.append(...SIDES.map((side) => this.#sides[side].figure), this.#remarks);
  }

  /** @param {Side} side */
  #side(side) {
    const frame = element(
      "div",
      { class: "stage", tabindex: "0", role: "application" },
      element("canvas", { role: "img", width: "1", height: "1" }),
    );
    const caption = `${this.#name}, ${texts.sides[side]}`;
    const figure = element("figure", { class: side }, frame, element("figcaption", {}, caption));
    const stage = new StageView(frame);
    stage.setName(caption);
    stage.canvas.setAttribute("aria-label", words.empty(caption));
    for (const type of /** @type {const} */ (["place", "key"])) {
      on(stage, type, (/** @type {Place | null} */ place) =>
        this.dispatchEvent(new CustomEvent(type, { detail: place })),
      );
    }
    return { figure, stage };
  }

  /** @param {boolean} isBusy the map after the edit is not known yet */
  setBusy(isBusy) {
    this.#sides.after.figure.setAttribute("aria-busy", String(isBusy));
  }

  /**
   * In the look that was set last.
   * @param {Side} side
   * @param {object} shown
   * @param {HTMLCanvasElement} shown.picture
   * @param {Box} shown.part in the pixels of `picture`
   * @param {Explanation} shown.map
   * @param {string[]} shown.remarks beyond the map's own
   */
  show(side, { picture, part, map, remarks }) {
    const { stage } = this.#sides[side];
    this.#shown[side] = map;
    stage.setGround(picture, part);
    stage.show(map);
    const label = words.map(this.#name, className(map.target.label), describeDrawn(map, this.#look));
    stage.canvas.setAttribute("aria-label", `${texts.sides[side]}: ${label}`);
    this.#said[side] = remarksOf(map.notes, remarks);
    this.#showRemarks();
  }

  /** The maps that are there. */
  get maps() {
    return Object.values(this.#shown);
  }

  /**
   * It is set with each map that is shown, of whatever pair: most often nothing has changed.
   * @param {Look | null} look
   * @param {number} top where the shared scale ends
   */
  setLook(look, top) {
    if (look === this.#look && top === this.#top) return;
    this.#look = look;
    this.#top = top;
    for (const side of SIDES) this.#sides[side].stage.setLook(look, top);
  }

  /** What holds of both maps is said once; else it is said which one it is of. */
  #showRemarks() {
    const { before, after } = this.#said;
    const isIn = (/** @type {Remark[]} */ others) => (/** @type {Remark} */ one) =>
      others.some(({ text }) => text === one.text);
    const onlyOf = (/** @type {Side} */ side, /** @type {Remark[]} */ others) =>
      this.#said[side]
        .filter((one) => !isIn(others)(one))
        .map(({ text, lang }) => ({ text: `${texts.sides[side]}: ${text}`, lang }));
    const all = [...before.filter(isIn(after)), ...onlyOf("before", after), ...onlyOf("after", before)];
    this.#remarks.hidden = all.length === 0;
    this.#remarks.replaceChildren(...remarkItems(all));
  }

  /** @param {Place | null} place */
  setPlace(place) {
    for (const side of SIDES) this.#sides[side].stage.setPlace(place);
  }

  /** What both maps say at the place. */
  read() {
    return SIDES.map((side) => `${texts.sides[side]}: ${this.#sides[side].stage.read()}`).join("; ");
  }
}
