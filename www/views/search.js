/**
 * Search all classes by name: an ARIA combobox with a list.
 * Emits "class" with the class index.
 */
import { element, find } from "../dom.js";
import { className, percent } from "../format.js";
import { classes as texts, fixed } from "../strings.js";

/**
 * The markup of such a combobox, for where the page has none.
 * @param {string} id
 * @param {string} label
 * @returns {HTMLElement}
 */
export function combobox(id, label) {
  const input = element("input", {
    ...{ id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false" },
    ...{ "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list" },
  });
  input.disabled = true;
  return element(
    "div",
    { class: "combobox" },
    element("label", { for: id }, label),
    input,
    element("ul", { id: `${id}-list`, role: "listbox", "aria-label": label, hidden: true }),
    element("p", { class: "visually-hidden", id: `${id}-count`, role: "status" }),
  );
}

/** More rows than this are not read, they are searched further. */
const MOST_ROWS = 50;

export class SearchView extends EventTarget {
  #id;
  #input;
  #list;
  #count;
  /** @type {{ index: number, name: string, folded: string }[]} */
  #names = [];
  /** @type {ArrayLike<number>} */
  #probabilities = [];
  /** @type {number[]} the classes in the list */
  #found = [];
  #active = -1;

  /**
   * @param {HTMLElement} root
   * @param {string} [id] of its input
   */
  constructor(root, id = "search") {
    super();
    this.#id = id;
    this.#input = find(root, `#${id}`, HTMLInputElement);
    this.#list = find(root, `#${id}-list`, HTMLElement);
    this.#count = find(root, `#${id}-count`, HTMLElement);
    this.#input.placeholder = fixed.searchHint;
    this.#input.addEventListener("input", () => this.#open());
    this.#input.addEventListener("click", () => this.#open());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("blur", () => this.#close());
    // Before the blur that would close the list.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const row = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (row instanceof HTMLElement) this.#choose(Number(row.dataset.class));
    });
  }

  /** @param {string[]} labels by class index */
  setLabels(labels) {
    this.#names = labels.map((label, index) => {
      const name = className(label);
      return { index, name, folded: fold(name) };
    });
    this.#input.disabled = false;
  }

  /** @param {ArrayLike<number>} probabilities by class index */
  setProbabilities(probabilities) {
    this.#probabilities = probabilities;
  }

  #open() {
    const wanted = fold(this.#input.value).split(/\s+/).filter(Boolean);
    const matches = this.#names.filter(({ folded }) => wanted.every((word) => folded.includes(word)));
    matches.sort((a, b) => (this.#probabilities[b.index] ?? 0) - (this.#probabilities[a.index] ?? 0));
    const shown = matches.slice(0, MOST_ROWS);
    this.#found = shown.map(({ index }) => index);
    const rows = shown.map(({ index, name }, row) => {
      const attributes = {
        role: "option",
        id: `${this.#id}-${row}`,
        "data-class": String(index),
        "aria-selected": "false",
      };
      const share = this.#probabilities[index];
      const detail = share === undefined ? [] : [element("span", {}, percent(share))];
      return element("li", attributes, name, ...detail);
    });
    const more = matches.length - shown.length;
    const remark = shown.length === 0 ? texts.found(0) : more > 0 ? texts.more(more) : null;
    if (remark) rows.push(element("li", { role: "presentation" }, remark));
    this.#list.replaceChildren(...rows);
    this.#list.hidden = false;
    this.#list.scrollTop = 0;
    this.#input.setAttribute("aria-expanded", "true");
    this.#count.textContent = texts.found(matches.length);
    this.#mark(-1);
  }

  #close() {
    this.#list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#count.textContent = "";
    this.#mark(-1);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const isOpen = !this.#list.hidden;
    const last = this.#found.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!isOpen) this.#open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = this.#active === -1 && step === -1 ? 0 : this.#active;
      this.#mark((from + step + last + 1) % (last + 1));
    } else if (event.key === "Enter" && isOpen && last >= 0) {
      this.#choose(this.#found[Math.max(0, this.#active)]);
    } else if (event.key === "Escape" && (isOpen || this.#input.value)) {
      // This Escape is the list's: it must not cancel a computation as well.
      event.stopPropagation();
      if (!isOpen) this.#input.value = "";
      this.#close();
    } else {
      return;
    }
    event.preventDefault();
  }

  /** @param {number} row -1: none */
  #mark(row) {
    this.#active = Number.isNaN(row) ? -1 : row;
    for (const option of this.#list.querySelectorAll("[role=option]")) {
      const isActive = option.id === `${this.#id}-${this.#active}`;
      option.setAttribute("aria-selected", String(isActive));
      if (isActive) option.scrollIntoView({ block: "nearest" });
    }
    if (this.#active === -1) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", `${this.#id}-${this.#active}`);
  }

  /** @param {number} index */
  #choose(index) {
    this.#input.value = "";
    this.#close();
    this.dispatchEvent(new CustomEvent("class", { detail: index }));
  }
}

/**
 * So that "cafe" finds "café".
 * @param {string} text
 */
function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
