/**
 * The buttons that print a report and save it. Emits "print", and "save" with the format.
 */
import { element } from "../dom.js";
import { report } from "../strings.js";

const texts = report.document;

/** @typedef {"html" | "csv" | "json" | "png" | "npz"} Format */
/** @type {readonly Format[]} */
const FORMATS = ["html", "csv", "json", "png", "npz"];

export class ReportFiles extends EventTarget {
  #root;
  #status = element("p", { role: "status" });

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    const print = element("button", { type: "button" }, texts.print);
    print.addEventListener("click", () => this.dispatchEvent(new CustomEvent("print")));
    const saves = FORMATS.map((format) => {
      const button = element("button", { type: "button", "data-format": format }, texts[format]);
      button.addEventListener("click", () => this.dispatchEvent(new CustomEvent("save", { detail: format })));
      return button;
    });
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", texts.exports);
    root.replaceChildren(print, ...saves, this.#status);
  }

  /** @param {boolean} isShown there is something to save */
  show(isShown) {
    this.#root.hidden = !isShown;
  }

  /** @param {string} text */
  say(text) {
    this.#status.textContent = text;
  }
}
