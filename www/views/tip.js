/**
 * Words about one of many things, over the page and out of reach of a box that scrolls: one tooltip for all of them.
 */
import { element } from "../dom.js";

/** Between it and the window's edge, in pixels. */
const MARGIN = 8;

export class TipView {
  #root = element("span", { role: "tooltip", class: "tip", hidden: true });

  constructor() {
    // The first Escape puts the words away; it must not cancel a computation as well.
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape" || !this.#isShown) return;
        event.stopPropagation();
        this.hide();
      },
      true,
    );
    document.addEventListener("scroll", () => this.#isShown && this.#place(), true);
  }

  get #isShown() {
    return this.#root.isConnected && !this.#root.hidden;
  }

  /**
   * @param {HTMLElement} owner that the words are of; they are part of it, so that the pointer may move onto them
   * @param {string} text
   */
  show(owner, text) {
    if (this.#isShown && this.#root.parentElement === owner) return;
    this.#root.textContent = text;
    this.#root.hidden = false;
    owner.append(this.#root);
    this.#place();
  }

  hide() {
    this.#root.hidden = true;
  }

  /** Below its owner, or above where there is no room. */
  #place() {
    const { left, top, bottom } = /** @type {HTMLElement} */ (this.#root.parentElement).getBoundingClientRect();
    const { width, height } = this.#root.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const isBelow = bottom + height + MARGIN <= clientHeight;
    this.#root.style.left = `${Math.max(MARGIN, Math.min(left, clientWidth - width - MARGIN))}px`;
    this.#root.style.top = `${Math.max(MARGIN, isBelow ? bottom : top - height)}px`;
  }
}
