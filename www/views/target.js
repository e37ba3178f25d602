/**
 * What is explained: the class, the sum of several, one rather than another, or a class and not the nearest.
 * Emits "target" with the target, or null for the class alone.
 */
import { element, keepFocus, placeIn, radioRow } from "../dom.js";
import { className } from "../format.js";
import { how as texts } from "../strings.js";
import { AGAINST, MOST_SUMMED, classOf, kindOf, nearest } from "../targets.js";
import { SearchView, combobox } from "./search.js";

/** @import { Target } from "../camscope.d.ts" */

/** @typedef {ReturnType<typeof kindOf>} Kind */

export class TargetView extends EventTarget {
  #kinds;
  #chosen;
  #search;
  #label;
  #searchBox;
  #hint;
  /** @type {Target} */
  #target = 0;
  /** @type {readonly string[]} */
  #labels = [];
  /** @type {ArrayLike<number>} */
  #logits = [];

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#kinds = element("div", { class: "radios", id: "target-kind" });
    this.#chosen = element("p", { class: "chosen-classes" });
    this.#searchBox = combobox("target-search", texts.add);
    this.#label = /** @type {HTMLElement} */ (this.#searchBox.querySelector("label"));
    this.#hint = element("p", { class: "hint" });
    root.append(element("legend", {}, texts.target), this.#kinds, this.#hint, this.#chosen, this.#searchBox);
    this.#search = new SearchView(this.#searchBox, "target-search");
    this.#kinds.addEventListener("change", (event) => {
      this.#become(/** @type {Kind} */ (/** @type {HTMLInputElement} */ (event.target).value));
    });
    this.#search.addEventListener("class", (event) => {
      this.#add(/** @type {CustomEvent<number>} */ (event).detail);
    });
    const options = Object.entries(texts.targets).map(([value, { name }]) => ({ value, text: name }));
    radioRow(this.#kinds, "target-kind", options, "class");
    this.#arrange();
  }

  /**
   * @param {Target} target
   * @param {{ labels: readonly string[], logits: ArrayLike<number>, probabilities: ArrayLike<number> }} about
   */
  show(target, { labels, logits, probabilities }) {
    if (labels !== this.#labels) this.#search.setLabels([...labels]);
    this.#search.setProbabilities(probabilities);
    [this.#target, this.#labels, this.#logits] = [target, labels, logits];
    const kind = kindOf(target);
    for (const input of this.#kinds.querySelectorAll("input")) input.checked = input.value === kind;
    this.#arrange();
  }

  /** @param {number} index */
  #name(index) {
    return className(this.#labels[index] ?? "");
  }

  /**
   * The same class, asked for in another way.
   * @param {Kind} kind
   */
  #become(kind) {
    const index = classOf(this.#target);
    // To hold it against, or to add: what the network finds likeliest besides.
    let next = index === 0 ? 1 : 0;
    for (let i = 0; i < this.#logits.length; i++) if (i !== index && this.#logits[i] > this.#logits[next]) next = i;
    /** @type {Record<Kind, Target>} */
    const targets = {
      class: index,
      sum: [index, next],
      over: { class: index, over: next },
      contrastive: { class: index, contrastive: true },
    };
    this.#set(targets[kind]);
  }

  /** @param {number} index chosen in the search */
  #add(index) {
    const target = this.#target;
    if (Array.isArray(target) && !target.includes(index)) this.#set([...target, index]);
    if (typeof target === "object" && "over" in target && index !== target.class) {
      this.#set({ ...target, over: index });
    }
  }

  /** @param {Target} target */
  #set(target) {
    this.#target = target;
    this.#arrange();
    this.dispatchEvent(new CustomEvent("target", { detail: typeof target === "number" ? null : target }));
  }

  #arrange() {
    const target = this.#target;
    const kind = kindOf(target);
    const isKnown = this.#labels.length > 0;
    for (const input of this.#kinds.querySelectorAll("input")) input.disabled = !isKnown;
    // One class can be held against no other, and added to none.
    this.#kinds.hidden = this.#labels.length === 1;
    const isFull = Array.isArray(target) && target.length >= MOST_SUMMED;
    this.#label.textContent = kind === "sum" ? texts.add : texts.other;
    const against = kind === "contrastive" && isKnown ? nearest(classOf(target), this.#logits, AGAINST) : [];
    const names = against.map((index) => this.#name(index)).join(", ");
    const more = [...(names ? [texts.nearest(names)] : []), ...(isFull ? [texts.most(MOST_SUMMED)] : [])];
    this.#hint.textContent = [texts.targets[kind].hint, ...more].join(" ");
    const place = placeIn(this.#chosen);
    keepFocus(
      () => {
        this.#searchBox.hidden = !isKnown || isFull || (kind !== "sum" && kind !== "over");
        this.#chosen.replaceChildren(...this.#described());
        this.#chosen.hidden = this.#chosen.childNodes.length === 0;
      },
      () => [...place(), this.#searchBox.querySelector("input"), this.#kinds.querySelector(`[value=${kind}]`)],
    );
  }

  /** @returns {(Node | string)[]} */
  #described() {
    const target = this.#target;
    if (this.#labels.length === 0 || typeof target === "number") return [];
    if (Array.isArray(target)) return target.map((index) => this.#chip(index, target.length > 1));
    if (!("over" in target)) return [];
    return [texts.rather(this.#name(target.class)), " ", element("strong", {}, this.#name(target.over))];
  }

  /**
   * @param {number} index
   * @param {boolean} canGo
   */
  #chip(index, canGo) {
    const name = this.#name(index);
    const attributes = { type: "button", class: "tag", "aria-label": texts.remove(name), "data-class": String(index) };
    const button = element("button", attributes, name, element("span", { "aria-hidden": "true" }, " ×"));
    button.disabled = !canGo;
    button.addEventListener("click", () => {
      const rest = /** @type {number[]} */ (this.#target).filter((one) => one !== index);
      this.#set(rest.length > 1 ? rest : rest[0]);
    });
    return button;
  }
}
