/**
 * The maps themselves: a section for each class, a row for each method, a column for each layer; on one scale where that
 * is asked for, and read at one place. Under each stands how focused it is, in plain words when that is pointed at or the
 * map has the focus. What is to be said of a map stands once, under the table, however many it concerns.
 * Emits "read" with what the map with the focus says at the place that the keyboard chose.
 */
import { describeDrawn } from "../describe.js";
import { element, on } from "../dom.js";
import { percent } from "../format.js";
import { hasHeat } from "../measures.js";
import { sharedTop, valuesOf } from "../scale.js";
import { measures, numbers, grid as texts } from "../strings.js";
import { placeTexts } from "./mark.js";
import { StageView } from "./stage.js";
import { TipView } from "./tip.js";

/** @import { Explanation } from "../camscope.d.ts" */
/** @import { Focused } from "../focus.js" */
/** @import { Cell, Reason } from "../grid.js" */
/** @import { Box, Look } from "../paint.js" */
/** @import { Drawable } from "../scale.js" */
/** @import { Place } from "./stage.js" */

/**
 * @typedef {object} Layout
 * @property {{ index: number, title: string, label: string }[]} classes
 * @property {{ id: string, name: string }[]} methods
 * @property {string[]} layers
 * @property {(cell: Cell) => Reason | null} reasonFor
 */

/**
 * @typedef {object} Shown
 * @property {StageView} stage
 * @property {HTMLElement} facts
 * @property {HTMLElement} number how focused it is
 * @property {HTMLCanvasElement} canvas
 * @property {string} name
 * @property {Drawable | null} drawn
 * @property {Focused | null} focused of what is drawn, where it is known
 * @property {boolean} isFinished what is drawn is no map that is still being computed
 */

export class GridTable extends EventTarget {
  #table;
  #notes;
  #tip = new TipView();
  /** @type {Map<string, Shown>} */
  #cells = new Map();
  /** @type {string[]} what has been noted, in the order of the numbers */
  #noted = [];
  /** @type {Look | null} */
  #look = null;
  #top = 0;
  /** Where the pointer was moved to last, on the screen. @type {[number, number]} */
  #pointer = [NaN, NaN];

  /**
   * @param {HTMLTableElement} table
   * @param {HTMLElement} notes a list
   */
  constructor(table, notes) {
    super();
    this.#table = table;
    this.#notes = notes;
    notes.setAttribute("aria-label", texts.notes);
    // Not the pointer's events: a finger's pointer is gone when it is lifted.
    table.addEventListener("mouseover", (event) => {
      if (!this.#isOvertaken(event)) this.#point(/** @type {Element} */ (event.target), ".number");
    });
    table.addEventListener("mouseleave", (event) => this.#isOvertaken(event) || this.#tip.hide());
    document.addEventListener("mousemove", ({ screenX, screenY }) => (this.#pointer = [screenX, screenY]), true);
    table.addEventListener("focusin", (event) => this.#point(/** @type {Element} */ (event.target), ":focus-visible"));
    table.addEventListener("focusout", () => this.#tip.hide());
    // Whoever reads values with the keyboard looks at the maps that the words would lie on.
    table.addEventListener("keydown", ({ key }) => key !== "Escape" && this.#tip.hide());
  }

  /** End of the shared scale; 0 without one. */
  get top() {
    return this.#top;
  }

  clear() {
    this.#cells.clear();
    this.#noted = [];
    this.#table.replaceChildren();
    this.#notes.replaceChildren();
  }

  /**
   * A grid without maps.
   * @param {Layout} layout
   * @param {{ picture: HTMLCanvasElement, part: Box }} ground
   */
  lay({ classes, methods, layers, reasonFor }, { picture, part }) {
    this.clear();
    const column = (/** @type {string} */ text) => element("th", { scope: "col" }, text);
    const bodies = classes.map(({ index, title, label }) => {
      const head = element("th", { scope: "rowgroup", colspan: String(layers.length + 1) }, title);
      const rows = methods.map(({ id, name }) => {
        const cells = layers.map((layer) => {
          const cell = { method: id, layer, target: index };
          const reason = reasonFor(cell);
          const attributes = { "data-method": id, "data-layer": layer, "data-class": String(index) };
          if (reason) return element("td", attributes, this.#same(reason));
          const shown = this.#stage(texts.cell(name, layer, label));
          shown.stage.setGround(picture, part);
          this.#cells.set(keyOf(cell), shown);
          return element("td", attributes, shown.root, shown.number, shown.facts);
        });
        return element("tr", {}, element("th", { scope: "row" }, name), ...cells);
      });
      return element("tbody", {}, element("tr", { class: "class" }, head), ...rows);
    });
    this.#table.replaceChildren(
      element("caption", { class: "visually-hidden" }, texts.caption),
      element("thead", {}, element("tr", {}, column(texts.method), ...layers.map(column))),
      ...bodies,
    );
    this.setLook(this.#look);
  }

  /**
   * @param {Cell} cell
   * @param {Explanation} map
   * @param {string[]} remarks
   */
  showMap(cell, map, remarks) {
    const shown = this.#cells.get(keyOf(cell));
    if (!shown) return;
    this.#set(shown, map);
    shown.isFinished = true;
    this.#describe(shown);
    shown.facts.replaceChildren(
      ...(map.exact ? [] : [element("mark", {}, texts.approximate)]),
      ...remarks.map((text) => this.#note(text)),
    );
    this.#draw(shown);
  }

  /**
   * @param {Cell} cell
   * @param {Explanation} map that was measured: another than the one that is shown does not get its number
   * @param {Focused} focused
   */
  showFocus(cell, map, focused) {
    const shown = this.#cells.get(keyOf(cell));
    if (shown?.drawn !== map || shown.focused) return;
    const { focus } = focused;
    shown.focused = focused;
    shown.number.textContent = hasHeat({ focus }) ? texts.half(percent(focus.halfHeat)) : numbers.none;
    this.#describe(shown);
  }

  /**
   * A map that fills in, or one that is waited for.
   * @param {Cell} cell
   * @param {string} text
   * @param {Drawable | null} [partial]
   */
  showState(cell, text, partial = null) {
    const shown = this.#cells.get(keyOf(cell));
    if (!shown) return;
    shown.facts.textContent = text;
    if (!partial) return;
    shown.isFinished = false;
    this.#set(shown, partial);
    this.#draw(shown);
  }

  /**
   * Nothing is being computed for it any more: what is drawn of it is no map.
   * @param {Cell} cell
   * @param {string} text
   */
  showNone(cell, text) {
    const shown = this.#cells.get(keyOf(cell));
    if (shown) this.#empty(shown, text);
  }

  /**
   * Nothing is being computed any more: only finished maps stay.
   * @param {string} text
   */
  end(text) {
    for (const shown of this.#cells.values()) if (!shown.isFinished) this.#empty(shown, text);
  }

  /** @param {Look | null} look */
  setLook(look) {
    const isOther = look?.signed !== this.#look?.signed;
    this.#look = look;
    this.#top = this.#findTop();
    for (const shown of this.#cells.values()) {
      shown.stage.setLook(look, this.#top);
      if (isOther) this.#describe(shown);
    }
  }

  /**
   * @param {Shown} shown
   * @param {string} text
   */
  #empty(shown, text) {
    shown.facts.textContent = text;
    shown.isFinished = false;
    if (!shown.drawn) return;
    this.#set(shown, null);
    this.#describe(shown);
    this.#draw(shown);
  }

  /**
   * Another map's number is not its own.
   * @param {Shown} shown
   * @param {Drawable | null} drawn
   */
  #set(shown, drawn) {
    if (drawn === shown.drawn) return;
    shown.drawn = drawn;
    shown.focused = null;
    shown.number.replaceChildren();
  }

  /** @param {Shown} shown */
  #describe({ canvas, name, drawn, focused }) {
    const half = focused && hasHeat(focused) ? ` ${numbers.half(percent(focused.focus.halfHeat))}.` : "";
    const text = drawn ? texts.map(name, describeDrawn(drawn, this.#look) + half) : texts.empty(name);
    canvas.setAttribute("aria-label", text);
  }

  /**
   * Whether the keyboard has scrolled the table under a pointer that rests: what comes to lie there is not pointed at.
   * @param {MouseEvent} event
   */
  #isOvertaken({ screenX, screenY }) {
    const [x, y] = this.#pointer;
    return screenX === x && screenY === y && this.#table.querySelector(":focus-visible") !== null;
  }

  /**
   * What the number means, if it or its map is meant.
   * @param {Element} target of an event
   * @param {string} selector
   */
  #point(target, selector) {
    const at = target.closest(selector);
    const number = at?.closest("td")?.querySelector(".number");
    const shown = [...this.#cells.values()].find((one) => one.number === number);
    if (!shown?.focused || !hasHeat(shown.focused)) {
      this.#tip.hide();
      return;
    }
    const { focus, beside } = shown.focused;
    const { halfHeat, aboveHalf, effectiveArea, gini } = focus;
    const [random, gaussian] = beside.map((control) => percent(control.halfHeat));
    const rest = texts.rest(percent(aboveHalf), percent(effectiveArea), measures.value(gini));
    const half = `${numbers.half(percent(halfHeat))} (${numbers.beside(random, gaussian)}).`;
    this.#tip.show(shown.number, `${half} ${numbers.halfHint} ${rest}`);
  }

  /** @param {Shown} shown */
  #draw({ stage, drawn }) {
    stage.show(drawn);
    // Another map may be the one that the shared scale ends with.
    if (this.#look?.shared && this.#top !== this.#findTop()) this.setLook(this.#look);
  }

  #findTop() {
    const { signed = false, shared } = this.#look ?? {};
    if (!shared) return 0;
    const maps = [...this.#cells.values()].flatMap(({ drawn }) => (drawn ? [valuesOf(drawn, signed)] : []));
    return sharedTop(maps);
  }

  /**
   * @param {string} name
   * @returns {Shown & { root: HTMLElement }}
   */
  #stage(name) {
    const canvas = element("canvas", { role: "img", width: "1", height: "1", "aria-label": texts.empty(name) });
    const root = element("div", { class: "stage", tabindex: "0", role: "application" }, canvas);
    const stage = new StageView(root);
    stage.setName(name);
    on(stage, "place", (/** @type {Place | null} */ place) => this.#setPlace(place));
    on(stage, "key", (/** @type {Place} */ place) => {
      this.#setPlace(place);
      this.dispatchEvent(new CustomEvent("read", { detail: [{ name, value: stage.read() }, ...placeTexts(place)] }));
    });
    const [number, facts] = [element("p", { class: "number" }), element("p", { class: "facts" })];
    return { root, stage, canvas, name, drawn: null, focused: null, isFinished: false, number, facts };
  }

  /** @param {Place | null} place */
  #setPlace(place) {
    for (const { stage } of this.#cells.values()) stage.setPlace(place);
  }

  /** @param {Reason} reason */
  #same({ as, why }) {
    return element("p", { class: "same" }, texts.as(as), " ", this.#note(why));
  }

  /**
   * The number of a remark, which stands under the table.
   * @param {string} text
   */
  #note(text) {
    let place = this.#noted.indexOf(text) + 1;
    if (place === 0) {
      place = this.#noted.push(text);
      this.#notes.append(element("li", {}, text));
    }
    const number = element("span", { "aria-hidden": "true" }, String(place));
    return element("sup", { title: text }, number, element("span", { class: "visually-hidden" }, texts.note(place)));
  }
}

/** @param {Cell} cell */
function keyOf({ method, layer, target }) {
  return `${method} ${layer} ${target}`;
}
