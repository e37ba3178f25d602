/**
 * The main numbers of one map, each with its meaning in plain words on hover and focus.
 */
import { element } from "../dom.js";
import { className, percent } from "../format.js";
import { numbers as texts } from "../strings.js";

/** @import { Explanation, Measures } from "../camscope.d.ts" */

export class NumbersView {
  #root;
  #id;
  /** @type {Measures | null} */
  #shown = null;

  /**
   * @param {HTMLElement} root a list
   * @param {string} id unique in the page
   */
  constructor(root, id) {
    this.#root = root;
    this.#id = id;
  }

  /**
   * @param {Explanation} map
   * @param {Measures} measures of it
   */
  show({ target, exact }, measures) {
    // The same again would take the focus away.
    if (measures === this.#shown) return;
    this.#shown = measures;
    const { focus, inside, confidence } = measures;
    const items = [];
    if (focus.halfHeat === 0) items.push(element("li", {}, texts.none));
    else {
      items.push(this.#item("half", texts.half(percent(focus.halfHeat)), texts.halfHint));
      if (inside) {
        const text = texts.inside(percent(inside.energy), percent(inside.area));
        items.push(this.#item("inside", text, texts.insideHint));
        items.push(this.#item("peak", texts.peak(inside.peak), texts.peakHint));
      }
      if (confidence) {
        const { before, after } = confidence;
        const text = texts.kept(className(target.label), percent(before), percent(after));
        items.push(this.#item("kept", text, texts.keptHint));
      }
    }
    if (!exact) items.push(element("li", {}, texts.approximate));
    this.#root.replaceChildren(...items);
    this.#root.hidden = false;
  }

  clear() {
    this.#shown = null;
    this.#root.replaceChildren();
    this.#root.hidden = true;
  }

  /**
   * @param {string} key
   * @param {string} text
   * @param {string} hint
   */
  #item(key, text, hint) {
    const id = `${this.#id}-${key}`;
    const button = element("button", { type: "button", class: "number", "aria-describedby": id }, text);
    const item = element("li", {}, button, element("span", { role: "tooltip", id }, hint));
    // The first Escape puts the words away; it must not cancel a computation as well.
    button.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || "dismissed" in item.dataset) return;
      event.stopPropagation();
      item.dataset.dismissed = "";
    });
    for (const type of ["blur", "pointerenter", "click"]) {
      button.addEventListener(type, () => delete item.dataset.dismissed);
    }
    return item;
  }
}
