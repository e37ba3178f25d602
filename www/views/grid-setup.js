/**
 * What a grid consists of: ticks for methods and layers, names for classes.
 * Emits "choice" with the new one.
 */
import { describeMethod } from "../describe.js";
import { element, keepFocus, placeIn } from "../dom.js";
import { className } from "../format.js";
import { MOST_CLASSES } from "../grid.js";
import { FAMILIES } from "../methods.js";
import { methods as families, grid as texts } from "../strings.js";
import { SearchView, combobox } from "./search.js";

/** @import { LayerInfo, MethodInfo } from "../camscope.d.ts" */
/** @import { Choice } from "../grid.js" */

export class GridSetup extends EventTarget {
  #methods = element("div", { class: "grid-methods" });
  #layers = element("div", { class: "radios" });
  #classes = element("p", { class: "chosen-classes" });
  #hint = element("p", { class: "hint" });
  #likeliest = element("button", { type: "button", class: "likeliest" }, texts.likeliest);
  #box = combobox("grid-search", texts.add);
  #search;
  /** @type {Choice} */
  #choice = { methods: [], layers: [], classes: null };
  /** @type {readonly number[]} the classes that are shown, chosen or not */
  #shown = [];
  /** @type {readonly string[]} */
  #labels = [];

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    const field = (/** @type {string} */ legend, /** @type {Node[]} */ ...parts) =>
      element("fieldset", { class: "field" }, element("legend", {}, legend), ...parts);
    root.replaceChildren(
      field(texts.methods, this.#methods),
      field(texts.layers, this.#layers),
      field(
        texts.classes,
        this.#classes,
        this.#hint,
        element("div", { class: "grid-add" }, this.#box, this.#likeliest),
      ),
    );
    this.#search = new SearchView(this.#box, "grid-search");
    this.#methods.addEventListener("change", () => this.#set({ methods: ticked(this.#methods) }));
    this.#layers.addEventListener("change", () => this.#set({ layers: ticked(this.#layers) }));
    this.#likeliest.addEventListener("click", () => this.#set({ classes: null }));
    this.#search.addEventListener("class", (event) => {
      const index = /** @type {CustomEvent<number>} */ (event).detail;
      if (!this.#shown.includes(index)) this.#set({ classes: [...this.#shown, index] });
    });
  }

  /**
   * What the loaded network and engine offer.
   * @param {readonly MethodInfo[]} methods
   * @param {readonly LayerInfo[]} layers
   * @param {string[]} labels
   */
  setOptions(methods, layers, labels) {
    this.#labels = labels;
    this.#search.setLabels(labels);
    this.#methods.replaceChildren(
      ...FAMILIES.flatMap((family) => {
        const members = methods.filter((method) => method.family === family);
        const ticks = members.map((method) => {
          const { summary } = describeMethod(method);
          return tick("grid-method", method.id, method.name, summary);
        });
        return ticks.length === 0
          ? []
          : [element("div", { role: "group", "aria-label": families.families[family], class: "radios" }, ...ticks)];
      }),
    );
    this.#layers.replaceChildren(...layers.map(({ id }) => tick("grid-layer", id, id)));
  }

  /**
   * @param {Choice} choice
   * @param {readonly number[]} shown the classes that it comes to
   * @param {ArrayLike<number>} probabilities
   */
  show(choice, shown, probabilities) {
    [this.#choice, this.#shown] = [choice, shown];
    this.#search.setProbabilities(probabilities);
    for (const [root, ids] of /** @type {[HTMLElement, string[]][]} */ ([
      [this.#methods, choice.methods],
      [this.#layers, choice.layers],
    ])) {
      for (const input of root.querySelectorAll("input")) input.checked = ids.includes(input.value);
    }
    this.#hint.textContent = choice.classes === null ? texts.likeliestHint(shown.length) : "";
    this.#hint.hidden = choice.classes !== null || shown.length === 0;
    const place = placeIn(this.#classes);
    keepFocus(
      () => {
        this.#box.hidden = shown.length >= MOST_CLASSES;
        this.#likeliest.hidden = choice.classes === null;
        this.#classes.replaceChildren(...shown.map((index) => this.#chip(index, shown.length > 1)));
      },
      () => [...place(), this.#box.querySelector("input"), this.#likeliest],
    );
  }

  /**
   * @param {number} index
   * @param {boolean} canGo
   */
  #chip(index, canGo) {
    const name = className(this.#labels[index] ?? "");
    const attributes = { type: "button", class: "tag", "aria-label": texts.remove(name), "data-class": String(index) };
    const button = element("button", attributes, name, element("span", { "aria-hidden": "true" }, " ×"));
    button.disabled = !canGo;
    button.addEventListener("click", () => this.#set({ classes: this.#shown.filter((one) => one !== index) }));
    return button;
  }

  /** @param {Partial<Choice>} part */
  #set(part) {
    this.dispatchEvent(new CustomEvent("choice", { detail: { ...this.#choice, ...part } }));
  }
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} text
 * @param {string} [title]
 */
function tick(name, value, text, title) {
  return element("label", { title }, element("input", { type: "checkbox", name, value }), element("span", {}, text));
}

/** @param {HTMLElement} root */
function ticked(root) {
  const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll("input:checked"));
  return Array.from(boxes, ({ value }) => value);
}
