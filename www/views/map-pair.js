/**
 * One method's maps of two pictures side by side, read at the same place: before an edit, and after it. Under each stand
 * its numbers, so that a change can be seen.
 * Emits "place" with the place under the pointer (shares of the frame) or null, "key" with one that the keyboard chose,
 * "cancel", and "again" (compute what was cancelled).
 */
import { describeDrawn } from "../describe.js";
import { element, on } from "../dom.js";
import { className, duration } from "../format.js";
import { card, fixed, whatif as texts, words } from "../strings.js";
import { NumbersView } from "./numbers.js";
import { remarkItems, remarksOf } from "./remarks.js";
import { StageView } from "./stage.js";

/** @import { Explanation, ExplainProgress } from "../camscope.d.ts" */
/** @import { Focused } from "../focus.js" */
/** @import { Box, Look } from "../paint.js" */
/** @import { Remark } from "./remarks.js" */
/** @import { Place } from "./stage.js" */

/** @typedef {"before" | "after"} Side */
/** @typedef {{ picture: HTMLCanvasElement, part: Box }} Ground `part`: in the pixels of `picture` */

const SIDES = /** @type {const} */ (["before", "after"]);

export class MapPairView extends EventTarget {
  root = element("div", { class: "sides" });
  #remarks = element("ul", { class: "hint", hidden: true });
  #doing = element("p", { class: "facts" });
  #bar = element("progress");
  #left = element("p");
  #cancel = element("button", { type: "button" }, fixed.cancel);
  #again = element("button", { type: "button" });
  #run = element("div", { class: "run", hidden: true }, this.#doing, this.#bar, this.#left, this.#cancel, this.#again);
  #name;
  /** @type {Record<Side, Remark[]>} */
  #said = { before: [], after: [] };
  /** @type {Record<Side, { figure: HTMLElement, stage: StageView, numbers: NumbersView }>} */
  #sides;

  /** @type {Partial<Record<Side, Explanation>>} */
  #shown = {};
  /** What a map that is not known yet will be of. @type {Partial<Record<Side, Ground>>} */
  #awaited = {};
  /** @type {Look | null} */
  #look = null;
  /** End of the shared scale. */
  #top = 0;

  /**
   * @param {string} id of the method
   * @param {string} name
   */
  constructor(id, name) {
    super();
    this.#name = name;
    this.#sides = { before: this.#side("before", id), after: this.#side("after", id) };
    this.#bar.setAttribute("aria-label", card.progressLabel(name));
    this.#cancel.setAttribute("aria-label", card.cancelLabel(name));
    this.#again.textContent = card.start(name);
    for (const [button, type] of /** @type {const} */ ([
      [this.#cancel, "cancel"],
      [this.#again, "again"],
    ])) {
      button.addEventListener("click", () => this.dispatchEvent(new CustomEvent(type)));
    }
    this.root.append(...SIDES.map((side) => this.#sides[side].figure), this.#run, this.#remarks);
  }

  /**
   * @param {Side} side
   * @param {string} id of the method
   */
  #side(side, id) {
    const frame = element(
      "div",
      { class: "stage", tabindex: "0", role: "application" },
      element("canvas", { role: "img", width: "1", height: "1" }),
    );
    const caption = `${this.#name}, ${texts.sides[side]}`;
    const list = element("ul", { class: "numbers", hidden: true });
    const figure = element("figure", { class: side }, frame, element("figcaption", {}, caption), list);
    const stage = new StageView(frame);
    stage.setName(caption);
    stage.canvas.setAttribute("aria-label", this.#empty(side));
    for (const type of /** @type {const} */ (["place", "key"])) {
      on(stage, type, (/** @type {Place | null} */ place) =>
        this.dispatchEvent(new CustomEvent(type, { detail: place })),
      );
    }
    return { figure, stage, numbers: new NumbersView(list, `numbers-${id}-${side}`) };
  }

  /** @param {Side} side */
  #empty(side) {
    return words.empty(`${this.#name}, ${texts.sides[side]}`);
  }

  /**
   * A map is not known yet: the picture alone, or until then the last one.
   * @param {Side} side
   * @param {Ground} ground
   * @param {boolean} isQuick the new map comes so soon that the last one may stay
   */
  wait(side, ground, isQuick) {
    this.#awaited[side] = ground;
    this.#sides[side].figure.setAttribute("aria-busy", "true");
    this.#hideRun();
    if (!isQuick || !this.#shown[side]) this.#showBare(side, ground);
  }

  /**
   * @param {Side} side
   * @param {Ground} ground
   */
  #showBare(side, { picture, part }) {
    const { figure, stage, numbers } = this.#sides[side];
    delete this.#shown[side];
    numbers.clear();
    this.#said[side] = [];
    this.#showRemarks();
    figure.classList.add("bare");
    stage.setGround(picture, part);
    stage.show(null);
    stage.canvas.setAttribute("aria-label", this.#empty(side));
  }

  /** Whoever has the focus there keeps it at the maps. */
  #hideRun() {
    if (this.#run.contains(document.activeElement)) this.#sides.after.stage.focus();
    this.#run.hidden = true;
  }

  /** Its turn has come. */
  showComputing() {
    this.#doing.textContent = card.computing(this.#name);
    this.#bar.removeAttribute("value");
    this.#left.textContent = "";
    this.#bar.hidden = this.#cancel.hidden = false;
    this.#again.hidden = true;
    this.#run.hidden = false;
  }

  /**
   * @param {Side} side
   * @param {ExplainProgress} progress
   */
  showProgress(side, { done, total, secondsLeft }) {
    this.#bar.max = Math.max(1, total);
    this.#bar.value = done;
    const text = card.progress(done, total, secondsLeft === null ? null : duration(secondsLeft));
    this.#left.textContent = `${texts.sides[side]}: ${text}`;
  }

  /**
   * What is not known by now will not be, unless it is asked for again.
   * @param {string} why
   */
  end(why) {
    if (Object.keys(this.#awaited).length === 0) return;
    const hadFocus = document.activeElement === this.#cancel;
    for (const side of SIDES) {
      const ground = this.#awaited[side];
      if (!ground) continue;
      delete this.#awaited[side];
      this.#sides[side].figure.setAttribute("aria-busy", "false");
      this.#showBare(side, ground);
    }
    this.#doing.textContent = why;
    this.#left.textContent = "";
    this.#bar.hidden = this.#cancel.hidden = true;
    this.#again.hidden = this.#run.hidden = false;
    if (hadFocus) this.#again.focus();
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
    const { figure, stage, numbers } = this.#sides[side];
    figure.setAttribute("aria-busy", "false");
    figure.classList.remove("bare");
    delete this.#awaited[side];
    if (map !== this.#shown[side]) numbers.clear();
    this.#shown[side] = map;
    stage.setGround(picture, part);
    stage.show(map);
    const label = words.map(this.#name, className(map.target.label), describeDrawn(map, this.#look));
    stage.canvas.setAttribute("aria-label", `${texts.sides[side]}: ${label}`);
    this.#said[side] = remarksOf(map.notes, remarks);
    this.#showRemarks();
    this.#hideRun();
  }

  /**
   * @param {Side} side
   * @param {Explanation} map that was measured: the number of another than the one that is shown stays away
   * @param {Focused} focused
   */
  showFocus(side, map, { focus, beside }) {
    if (map !== this.#shown[side]) return;
    const controls = beside.map((control) => ({ focus: control }));
    this.#sides[side].numbers.show(map, { focus }, controls);
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
