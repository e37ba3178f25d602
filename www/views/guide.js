/**
 * The tour for a first visit: a few words before each part of the page, in the page's own order, so that it is read in its
 * place with or without eyes. It takes no focus before the visitor has asked for the next step.
 * Emits "end" when it is finished or skipped.
 */
import { element } from "../dom.js";
import { guide as texts } from "../strings.js";

/** @typedef {{ id: keyof typeof texts.steps, before: HTMLElement, marks: HTMLElement[] }} Step */

export class GuideView extends EventTarget {
  #steps;
  #at = 0;
  #panel = element("section", { class: "panel guide", id: "guide", "aria-labelledby": "guide-title", hidden: true });
  #count = element("p", { class: "hint" });
  #title = element("h2", { id: "guide-title", tabindex: "-1" });
  #text = element("p");
  #back = element("button", { type: "button" }, texts.back);
  #next = element("button", { type: "button", class: "primary" });
  #skip = element("button", { type: "button" }, texts.skip);

  /** @param {Step[]} steps where each is shown, and what it is about */
  constructor(steps) {
    super();
    this.#steps = steps;
    this.#panel.dataset.views = "explain";
    this.#panel.append(
      this.#count,
      this.#title,
      this.#text,
      element("div", { class: "actions" }, this.#next, this.#back, this.#skip),
    );
    this.#next.addEventListener("click", () => (this.#isLast ? this.#end() : this.#go(this.#at + 1)));
    this.#back.addEventListener("click", () => this.#go(this.#at - 1));
    this.#skip.addEventListener("click", () => this.#end());
    this.#panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      // It must not cancel a computation as well.
      event.stopPropagation();
      this.#end();
    });
  }

  /** @param {boolean} takesFocus the visitor asked for it */
  start(takesFocus) {
    this.#at = 0;
    this.#show();
    if (takesFocus) this.#focus();
  }

  get #isLast() {
    return this.#at === this.#steps.length - 1;
  }

  /** @param {number} at */
  #go(at) {
    this.#at = at;
    this.#show();
    this.#focus();
  }

  #show() {
    const { id, before, marks } = this.#steps[this.#at];
    this.#count.textContent = texts.step(this.#at + 1, this.#steps.length);
    this.#title.textContent = texts.steps[id].title;
    this.#text.textContent = texts.steps[id].text;
    this.#next.textContent = this.#isLast ? texts.finish : texts.next;
    this.#back.hidden = this.#at === 0;
    this.#skip.hidden = this.#isLast;
    this.#unmark();
    for (const mark of marks) mark.classList.add("guided");
    before.before(this.#panel);
    this.#panel.hidden = false;
  }

  #focus() {
    this.#title.focus({ preventScroll: true });
    this.#panel.scrollIntoView({ block: "start" });
  }

  #unmark() {
    for (const { marks } of this.#steps) for (const mark of marks) mark.classList.remove("guided");
  }

  #end() {
    this.#unmark();
    this.#panel.remove();
    this.dispatchEvent(new CustomEvent("end"));
  }
}
