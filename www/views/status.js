/**
 * What the page has to say: the loading bar, the banner for errors, the line for screen readers.
 */
import { element, find } from "../dom.js";
import { fixed } from "../strings.js";
import { said } from "./said.js";

/** The browser may not have looked in between. */
const TOGETHER_MS = 50;

export class StatusView {
  #banner;
  #loading;
  #text;
  #bar;
  #hint;
  #live;
  #saidAt = -Infinity;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#banner = find(root, "#banner", HTMLElement);
    this.#loading = find(root, "#loading", HTMLElement);
    this.#text = find(root, "#loading-text", HTMLElement);
    this.#bar = find(root, "#loading-bar", HTMLProgressElement);
    this.#hint = find(root, "#loading-hint", HTMLElement);
    this.#live = find(root, "#live", HTMLElement);
  }

  /**
   * @param {{ text: string, share: number | null, hint: string }} progress `share`: 0…1, null where it is not known
   */
  showLoading({ text, share, hint }) {
    this.#loading.hidden = false;
    this.#text.textContent = text;
    if (share === null) this.#bar.removeAttribute("value");
    else this.#bar.value = share;
    this.#hint.textContent = hint;
  }

  hideLoading() {
    this.#loading.hidden = true;
  }

  /**
   * @param {object} message
   * @param {string} message.title
   * @param {string} message.text
   * @param {string} [message.message] what the engine says, before the text
   * @param {boolean} [message.isError]
   * @param {{ label: string, run: () => void }[]} [message.actions]
   */
  showBanner({ title, text, message = "", isError = true, actions = [] }) {
    const close = element("button", { type: "button", "aria-label": fixed.dismiss }, "✕");
    close.addEventListener("click", () => this.hideBanner());
    const buttons = actions.map(({ label, run }) => {
      const button = element("button", { type: "button" }, label);
      button.addEventListener("click", () => {
        this.hideBanner();
        run();
      });
      return button;
    });
    this.#banner.classList.toggle("info", !isError);
    this.#banner.replaceChildren(
      element("div", {}, element("strong", {}, title), ...(message ? [" ", said(message)] : []), ` ${text}`),
      ...buttons,
      close,
    );
    this.#banner.hidden = false;
  }

  /** What failed is being tried again; a remark that is no error stays. */
  hideError() {
    if (!this.#banner.classList.contains("info")) this.hideBanner();
  }

  hideBanner() {
    this.#banner.hidden = true;
    this.#banner.replaceChildren();
  }

  /**
   * What comes right after something else stands beside it: in its place it would be heard instead of it.
   * @param {string} text
   */
  say(text) {
    const now = performance.now();
    if (now - this.#saidAt > TOGETHER_MS) this.#live.replaceChildren();
    this.#saidAt = now;
    this.#live.append(element("span", {}, text), " ");
  }
}
