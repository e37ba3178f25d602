/**
 * What the page has to say: the loading bar, the banner for errors, the line for screen readers.
 */
import { element, find, keepFocus } from "../dom.js";
import { fixed } from "../strings.js";
import { said } from "./said.js";

/** Once the browser has drawn what was said, whoever reads it aloud has it after so long. */
const HEARD_MS = 50;

export class StatusView {
  #banner;
  #loading;
  #text;
  #bar;
  #hint;
  #live;
  /** Whether what was said last need not stay. */
  #isHeard = true;
  #frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

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
    const words = element(
      "div",
      {},
      element("strong", {}, title),
      ...(message ? [" ", said(message)] : []),
      ` ${text}`,
    );
    keepFocus(
      () => this.#banner.replaceChildren(words, ...buttons, close),
      () => [close],
    );
    this.#banner.hidden = false;
  }

  /** What failed is being tried again; a remark that is no error stays. */
  hideError() {
    if (!this.#banner.classList.contains("info")) this.hideBanner();
  }

  hideBanner() {
    keepFocus(
      () => (this.#banner.hidden = true),
      () => [this.#banner.closest("main")],
    );
    this.#banner.replaceChildren();
  }

  /**
   * What comes right after something else stands beside it: in its place it would be heard instead of it. How soon it is
   * heard depends on the device, which may be slow to draw.
   * @param {string} text
   */
  say(text) {
    if (this.#isHeard) this.#live.replaceChildren();
    this.#live.append(element("span", {}, text), " ");
    this.#isHeard = false;
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
    const wait = () => (this.#timer = setTimeout(() => (this.#isHeard = true), HEARD_MS));
    // In the background nothing is drawn.
    if (document.hidden) wait();
    else this.#frame = requestAnimationFrame(wait);
  }
}
