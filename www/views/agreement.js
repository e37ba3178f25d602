/**
 * How far every two of the maps agree: a table, one measure at a time.
 * Emits "measure" when the visitor chooses another.
 */
import { element, find, radioRow } from "../dom.js";
import { agreement as texts } from "../strings.js";

/** @import { Agreement } from "../camscope.d.ts" */

/** @typedef {(row: number, column: number) => Agreement | undefined} Values undefined: not compared yet */
/** @typedef {{ kinds: ("random" | "gaussian")[], values: Values }} ControlRows maps that know nothing of the picture */

/** @type {keyof Agreement} */
const FIRST = "pearson";

export class AgreementView extends EventTarget {
  #radios;
  #table;
  #scroll;
  #hint;
  #explanation;
  #measure = FIRST;
  /** @type {string[]} */
  #names = [];
  /** @type {Values} */
  #values = () => undefined;
  /** @type {ControlRows} */
  #controls = { kinds: [], values: () => undefined };

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#table = find(root, "table", HTMLTableElement);
    this.#scroll = find(root, ".scroll", HTMLElement);
    this.#hint = find(root, ".waiting", HTMLElement);
    this.#explanation = find(root, ".explanation", HTMLElement);
    this.#radios = find(root, ".radios", HTMLElement);
    const options = Object.entries(texts.measures).map(([value, { name }]) => ({ value, text: name }));
    radioRow(this.#radios, "agreement", options, this.#measure);
    this.#radios.addEventListener("change", (event) => {
      this.measure = /** @type {HTMLInputElement} */ (event.target).value;
      this.dispatchEvent(new CustomEvent("measure"));
    });
    this.#draw();
  }

  /** As a link has it: null for the first. @returns {string | null} */
  get measure() {
    return this.#measure === FIRST ? null : this.#measure;
  }

  /** Unknown ones are the first. */
  set measure(text) {
    const known = /** @type {(keyof Agreement)[]} */ (Object.keys(texts.measures));
    this.#measure = known.find((one) => one === text) ?? FIRST;
    for (const radio of this.#radios.querySelectorAll("input")) radio.checked = radio.value === this.#measure;
    this.#draw();
  }

  /** @param {string} name of a method whose map is approximate */
  approximate(name) {
    return texts.approximate(name);
  }

  /**
   * @param {string[]} names of the maps
   * @param {Values} values by the names' places
   * @param {ControlRows} [controls] how far each map agrees with these
   */
  show(names, values, controls = { kinds: [], values: () => undefined }) {
    [this.#names, this.#values, this.#controls] = [names, values, controls];
    this.#draw();
  }

  /** The lower triangle: the upper would say the same again. Below it what agreement comes to by chance. */
  #draw() {
    const names = this.#names;
    const isEmpty = names.length < 2;
    this.#hint.hidden = !isEmpty;
    this.#scroll.hidden = isEmpty;
    this.#explanation.textContent = texts.measures[this.#measure].hint;
    const columns = names.map((name) => element("th", { scope: "col" }, name));
    const chance = this.#controls.kinds.map((kind, row) => {
      const cells = names.map((_, column) => this.#cell(this.#controls.values(row, column), "control"));
      return element("tr", {}, element("th", { scope: "row" }, texts.controls[kind]), ...cells);
    });
    const rows = names.slice(1).map((name, index) => {
      const cells = names.map((_, column) => (column <= index ? this.#cell(this.#values(index + 1, column)) : null));
      const blanks = cells.map((cell) => cell ?? element("td", {}));
      return element("tr", {}, element("th", { scope: "row" }, name), ...blanks);
    });
    this.#table.replaceChildren(
      element("caption", { class: "visually-hidden" }, texts.measures[this.#measure].name),
      element("thead", {}, element("tr", {}, element("td", {}), ...columns)),
      element("tbody", {}, ...rows),
      element("tbody", { class: "controls" }, ...chance),
    );
  }

  /**
   * @param {Agreement | undefined} agreement
   * @param {string} [kind] class of the cell
   */
  #cell(agreement, kind = "value") {
    const found = agreement?.[this.#measure];
    const cell = element("td", { class: kind }, found === undefined ? texts.waiting : texts.value(found));
    cell.style.setProperty("--share", String(Math.max(0, found ?? 0)));
    return cell;
  }
}
