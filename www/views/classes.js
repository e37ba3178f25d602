/**
 * The most probable classes with bars; each is a button that explains the class.
 * Emits "class" with the class index.
 */
import { element, find } from "../dom.js";
import { className, percent } from "../format.js";
import { classes as texts } from "../strings.js";

/** @import { Class } from "../camscope.d.ts" */

export class ClassesView extends EventTarget {
  #list;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#list = find(root, "#bars", HTMLElement);
    this.clear();
  }

  /** Nothing has been classified. */
  clear() {
    this.#list.replaceChildren(element("li", { class: "hint" }, texts.waiting));
  }

  /**
   * @param {Class[]} classes the most probable first
   * @param {Class} target the one that is explained; gets a row of its own where it is not among them
   */
  show(classes, target) {
    const rows = classes.some(({ index }) => index === target.index) ? classes : [...classes, target];
    const hadFocus = this.#list.contains(document.activeElement);
    this.#list.replaceChildren(...rows.map((row) => this.#row(row, row.index === target.index)));
    if (hadFocus) find(this.#list, "[aria-pressed=true]", HTMLButtonElement).focus();
  }

  /**
   * @param {Class} row
   * @param {boolean} isTarget
   */
  #row({ index, label, probability }, isTarget) {
    const bar = element("i", { "aria-hidden": "true" });
    bar.style.setProperty("--share", String(probability));
    const button = element(
      "button",
      { type: "button", "aria-pressed": String(isTarget), "data-class": String(index) },
      element("span", {}, className(label)),
      element("b", {}, percent(probability)),
      bar,
    );
    button.addEventListener("click", () => this.dispatchEvent(new CustomEvent("class", { detail: index })));
    return element("li", {}, button);
  }
}
