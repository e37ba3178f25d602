/**
 * The page's views: what is marked with `data-views` is shown in those alone. The view is part of the address, so a
 * link opens it and Back leaves it.
 * Emits "view" with the id.
 */
import { element } from "../dom.js";
import { views as texts } from "../strings.js";

/** @import { Link } from "../link.js" */

const FIRST = "explain";

export class NavView extends EventTarget {
  #root;
  #link;

  /**
   * @param {HTMLElement} root
   * @param {Link} link
   */
  constructor(root, link) {
    super();
    this.#root = root;
    this.#link = link;
    const items = Object.entries(texts).map(([id, text]) => {
      const anchor = element("a", { href: `#view=${id}`, "data-view": id }, text);
      // Settings that came into the address since belong to the link too.
      anchor.addEventListener("click", () => (anchor.href = link.with("view", id)));
      return element("li", {}, anchor);
    });
    root.replaceChildren(element("ul", {}, ...items));
    link.addEventListener("change", () => this.#show());
  }

  /** @returns {string} */
  get view() {
    const asked = this.#link.get("view") ?? FIRST;
    return asked in texts ? asked : FIRST;
  }

  /** Show what the address asks for. Call once when all views are there. */
  start() {
    this.#show();
  }

  /**
   * Show another view, as its link does.
   * @param {string} id
   * @returns {Promise<void>} resolves once it is shown
   */
  go(id) {
    return new Promise((resolve) => {
      this.addEventListener("view", () => resolve(), { once: true });
      location.hash = this.#link.with("view", id);
    });
  }

  #show() {
    const { view } = this;
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-views]"))) {
      part.hidden = !part.dataset.views?.split(" ").includes(view);
    }
    for (const anchor of this.#root.querySelectorAll("a")) {
      if (anchor.dataset.view === view) anchor.setAttribute("aria-current", "page");
      else anchor.removeAttribute("aria-current");
    }
    this.dispatchEvent(new CustomEvent("view", { detail: view }));
  }
}
