/**
 * Which methods are shown beside the main ones, by family, each with what it does, what it costs here, and its paper.
 * Emits "method" with `{ id, isOn }`.
 */
import { costText } from "../costs.js";
import { describeMethod } from "../describe.js";
import { element, find } from "../dom.js";
import { FAMILIES, MAIN } from "../methods.js";
import { costs, methods as texts } from "../strings.js";

/** @import { MethodInfo } from "../camscope.d.ts" */
/** @import { Setting } from "../costs.js" */

export class MethodPicker extends EventTarget {
  #families;
  /** @type {Set<string>} */
  #chosen = new Set();
  /** @type {readonly MethodInfo[]} */
  #methods = [];

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#families = find(root, ".families", HTMLElement);
    this.#families.replaceChildren(element("p", { class: "hint" }, texts.waiting));
    this.#families.addEventListener("change", (event) => {
      const { value: id, checked: isOn } = /** @type {HTMLInputElement} */ (event.target);
      this.#turn(id, isOn);
    });
  }

  /** @param {string} id */
  isChosen(id) {
    return this.#chosen.has(id);
  }

  /** @returns {string[]} beside the main ones, in the order of the methods */
  get chosen() {
    return this.#methods.map(({ id }) => id).filter((id) => this.#chosen.has(id));
  }

  /** @param {string[]} ids no others */
  choose(ids) {
    for (const { id } of this.#methods) {
      const isOn = ids.includes(id);
      if (MAIN.includes(id) || isOn === this.#chosen.has(id)) continue;
      find(this.#families, `input[value="${id}"]`, HTMLInputElement).checked = isOn;
      this.#turn(id, isOn);
    }
  }

  /**
   * @param {string} id
   * @param {boolean} isOn
   */
  #turn(id, isOn) {
    if (isOn) this.#chosen.add(id);
    else this.#chosen.delete(id);
    this.dispatchEvent(new CustomEvent("method", { detail: { id, isOn } }));
  }

  /** @param {readonly MethodInfo[]} methods */
  setMethods(methods) {
    this.#methods = methods;
    const groups = FAMILIES.flatMap((family) => {
      const members = methods.filter((method) => method.family === family);
      if (members.length === 0) return [];
      const legend = element("legend", {}, texts.families[family]);
      return [element("fieldset", { class: "field" }, legend, ...members.map((method) => this.#row(method)))];
    });
    this.#families.replaceChildren(...groups);
  }

  /**
   * What each takes on this device, before it is run.
   * @param {Setting} setting
   * @param {number | null} passSeconds
   * @param {{ isKnown: (id: string) => boolean }} about
   */
  showCosts(setting, passSeconds, { isKnown }) {
    for (const method of this.#methods) {
      const { id, work } = method;
      const cost = isKnown(id) ? costs.known : costText(work, setting, passSeconds);
      find(this.#families, `#method-${id}-cost`, HTMLElement).textContent = cost;
    }
  }

  /** @param {MethodInfo} method */
  #row(method) {
    const { id, name, paper, year, url } = method;
    const { summary, lang } = describeMethod(method);
    const isMain = MAIN.includes(id);
    const [label, detail, cost] = [`method-${id}`, `method-${id}-detail`, `method-${id}-cost`];
    const attributes = { type: "checkbox", name: "method", value: id, disabled: isMain };
    const about = { "aria-labelledby": label, "aria-describedby": `${detail} ${cost}` };
    const input = element("input", { ...attributes, ...about });
    input.checked = isMain || this.#chosen.has(id);
    const link = element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, texts.paper(paper, year));
    return element(
      "div",
      { class: "method" },
      element("label", {}, input, element("b", { id: label }, name)),
      element("small", { id: detail, lang }, isMain ? `${summary} ${texts.always}` : summary),
      element("small", { class: "cost", id: cost }),
      element("small", {}, link),
    );
  }
}
