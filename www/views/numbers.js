/**
 * The main numbers of one map, each with its meaning in plain words on hover and focus.
 */
import { element } from "../dom.js";
import { className, percent } from "../format.js";
import { numbers as texts } from "../strings.js";

/** @import { Explanation, Measures } from "../camscope.d.ts" */

/** @typedef {Pick<Measures, "focus"> & Partial<Measures>} Numbers what is known of a map */

export class NumbersView {
  #root;
  #id;
  /** @type {Numbers | null} */
  #shown = null;
  /** @type {Numbers[]} */
  #beside = [];

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
   * @param {Numbers} measures of it
   * @param {Numbers[]} controls the same of the random map and of the centred Gaussian, where they are known
   */
  show({ target, objective, exact }, measures, controls) {
    // The same again would take the focus away.
    const isSame = controls.length === this.#beside.length && controls.every((one, i) => one === this.#beside[i]);
    if (measures === this.#shown && isSame) return;
    const focused = this.#focused;
    [this.#shown, this.#beside] = [measures, controls];
    /** @template T @param {(of: Numbers) => T | undefined} read @param {(value: T) => string} text */
    const besideAs = (read, text) => {
      const [random, gaussian] = controls.map((one) => read(one));
      return random === undefined || gaussian === undefined ? "" : texts.beside(text(random), text(gaussian));
    };
    const beside = (/** @type {(of: Numbers) => number | undefined} */ read) => besideAs(read, percent);
    const { focus, inside, confidence } = measures;
    const items = [];
    if (focus.halfHeat === 0) items.push(element("li", {}, texts.none));
    else {
      const others = beside((one) => one.focus.halfHeat);
      items.push(this.#item("half", texts.half(percent(focus.halfHeat)), texts.halfHint, others));
      if (inside) {
        const text = texts.inside(percent(inside.energy), percent(inside.area));
        const energies = beside((one) => one.inside?.energy);
        items.push(this.#item("inside", text, texts.insideHint, energies));
        const peaks = besideAs((one) => one.inside?.peak, texts.place);
        items.push(this.#item("peak", texts.peak(inside.peak), texts.peakHint, peaks));
      }
      if (confidence) {
        const { before, after } = confidence;
        const label = className(target.label);
        const text = texts.kept(label, percent(before), percent(after));
        const hint = objective.kind === "class" ? texts.keptHint : `${texts.keptHint} ${texts.keptOf(label)}`;
        const afters = beside((one) => one.confidence?.after);
        items.push(this.#item("kept", text, hint, afters));
      }
    }
    if (!exact) items.push(element("li", {}, texts.approximate));
    this.#root.replaceChildren(...items);
    this.#root.hidden = false;
    const again = this.#root.querySelector(`button[aria-describedby="${focused}"]`);
    if (again instanceof HTMLElement) again.focus();
  }

  /** The meaning of the number that has the focus. */
  get #focused() {
    const { activeElement } = document;
    return activeElement && this.#root.contains(activeElement) ? activeElement.getAttribute("aria-describedby") : null;
  }

  clear() {
    this.#shown = null;
    this.#beside = [];
    this.#root.replaceChildren();
    this.#root.hidden = true;
  }

  /**
   * @param {string} key
   * @param {string} text
   * @param {string} hint
   * @param {string} [beside] the controls' numbers
   */
  #item(key, text, hint, beside = "") {
    const id = `${this.#id}-${key}`;
    const button = element("button", { type: "button", class: "number", "aria-describedby": id }, text);
    const others = beside ? [element("small", { class: "beside" }, beside)] : [];
    const item = element("li", {}, button, ...others, element("span", { role: "tooltip", id }, hint));
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
