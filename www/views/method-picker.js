/**
 * Which methods are shown beside the main ones, by family; kept for the browser tab's session.
 * Emits "method" with `{ id, isOn }`.
 */
import { element, find } from "../dom.js";
import { FAMILIES, MAIN, familyOf } from "../methods.js";
import { methods as texts } from "../strings.js";

/** @import { MethodInfo } from "../camscope.d.ts" */

const KEY = "camscope.methods";

export class MethodPicker extends EventTarget {
  #families;
  #chosen = new Set(readChosen());

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#families = find(root, ".families", HTMLElement);
    this.#families.replaceChildren(element("p", { class: "hint" }, texts.waiting));
    this.#families.addEventListener("change", (event) => {
      const { value: id, checked: isOn } = /** @type {HTMLInputElement} */ (event.target);
      if (isOn) this.#chosen.add(id);
      else this.#chosen.delete(id);
      keep([...this.#chosen]);
      this.dispatchEvent(new CustomEvent("method", { detail: { id, isOn } }));
    });
  }

  /** @param {string} id */
  isChosen(id) {
    return this.#chosen.has(id);
  }

  /** @param {readonly MethodInfo[]} methods */
  setMethods(methods) {
    const families = /** @type {(keyof typeof FAMILIES)[]} */ (Object.keys(FAMILIES));
    const groups = families.flatMap((family) => {
      const members = methods.filter(({ id }) => familyOf(id) === family);
      if (members.length === 0) return [];
      const legend = element("legend", {}, texts.families[family]);
      return [element("fieldset", { class: "field" }, legend, ...members.map((method) => this.#row(method)))];
    });
    this.#families.replaceChildren(...groups);
  }

  /** @param {MethodInfo} method */
  #row({ id, name, summary, cost }) {
    const isMain = MAIN.includes(id);
    const [label, detail] = [`method-${id}`, `method-${id}-detail`];
    const attributes = { type: "checkbox", name: "method", value: id, disabled: isMain };
    const input = element("input", { ...attributes, "aria-labelledby": label, "aria-describedby": detail });
    input.checked = isMain || this.#chosen.has(id);
    const facts = `${summary} ${cost}.${isMain ? ` ${texts.always}` : ""}`;
    return element(
      "label",
      {},
      input,
      element("span", {}, element("b", { id: label }, name), " ", element("small", { id: detail }, facts)),
    );
  }
}

/** Storage may be blocked: then the choice lasts as long as the page. */
function readChosen() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

/** @param {string[]} ids */
function keep(ids) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(ids));
  } catch {
    // See readChosen.
  }
}
