/**
 * The report's progress and what can be done with it; and, in the page's other views, a line that says where it is
 * running. Emits "start", "pause", "resume", "cancel".
 */
import { element, keepFocus, setText } from "../dom.js";
import { report } from "../strings.js";

/** @import { State } from "../report/queue.js" */

const texts = report.bar;

/** @typedef {{ state: State, isReady: boolean, canStart: boolean, hasResults: boolean, hasWaiting: boolean }} Situation */

export class ReportBar extends EventTarget {
  #start = this.#button("start", texts.start);
  #pause = this.#button("pause", texts.pause);
  #resume = this.#button("resume", texts.resume);
  #cancel = this.#button("cancel", texts.cancel);
  #bar = element("progress", { "aria-label": texts.progress, max: "1", value: "0" });
  #text = element("p");
  #warning = element("p", { role: "status" });
  #live = element("p", { class: "visually-hidden", role: "status" });
  #elsewhere;
  #elsewhereText = element("span");

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} elsewhere
   */
  constructor(root, elsewhere) {
    super();
    this.#start.classList.add("primary");
    const buttons = [this.#start, this.#pause, this.#resume, this.#cancel];
    root.replaceChildren(this.#bar, this.#text, this.#live, ...buttons, this.#warning);
    this.#elsewhere = elsewhere;
    elsewhere.replaceChildren(this.#elsewhereText, " ", element("a", { href: "#view=report" }, texts.show));
  }

  /** The line in the other views. @returns {HTMLAnchorElement} */
  get link() {
    return /** @type {HTMLAnchorElement} */ (this.#elsewhere.querySelector("a"));
  }

  /** @param {Situation} situation */
  showState({ state, isReady, canStart, hasResults, hasWaiting }) {
    this.#start.ariaDisabled = null;
    this.#start.textContent = !hasResults ? texts.start : hasWaiting ? texts.more : texts.again;
    this.#bar.hidden = state === "idle" && !hasResults;
    keepFocus(
      () => {
        this.#start.hidden = state !== "idle";
        this.#start.disabled = !isReady || !canStart;
        this.#pause.hidden = state !== "running";
        this.#resume.hidden = state !== "paused";
        this.#resume.disabled = !isReady;
        this.#cancel.hidden = state === "idle";
      },
      () => [this.#start, this.#pause, this.#resume, this.#cancel],
    );
  }

  /** Until the next state; a button that is disabled would lose the focus. */
  disable() {
    this.#start.ariaDisabled = "true";
  }

  /**
   * @param {number} share
   * @param {string} text
   */
  showProgress(share, text) {
    this.#bar.value = share;
    this.#text.textContent = text;
  }

  /** @param {string} text of what may be lost; "" for nothing */
  showWarning(text) {
    setText(this.#warning, text);
  }

  /** @param {string} text for who does not see the bar */
  say(text) {
    this.#live.textContent = text;
  }

  /** @param {string | null} text of the line in the other views; null: none */
  showElsewhere(text) {
    this.#elsewhere.hidden = text === null;
    if (text !== null) this.#elsewhereText.textContent = texts.elsewhere(text);
  }

  /**
   * @param {string} type
   * @param {string} text
   */
  #button(type, text) {
    const made = element("button", { type: "button", hidden: true }, text);
    made.addEventListener("click", () => {
      if (made.ariaDisabled !== "true") this.dispatchEvent(new CustomEvent(type));
    });
    return made;
  }
}
