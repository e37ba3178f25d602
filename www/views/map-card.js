/**
 * One method's heatmap: the overlay, what it took, what to know about it, and its buttons.
 * Emits "cancel", "save", "again" (compute it without a channel budget), "map" (another map is drawn).
 */
import { describeDrawn, describeMethod } from "../describe.js";
import { element, fillTexts, find, keepFocus } from "../dom.js";
import { duration } from "../format.js";
import { card as texts, fixed, words } from "../strings.js";
import { NumbersView } from "./numbers.js";
import { remarkItems, remarksOf } from "./remarks.js";
import { StageView } from "./stage.js";

/** @import { Explanation, ExplainProgress, HeatMap, Measures, MethodInfo } from "../camscope.d.ts" */
/** @import { Box, Look } from "../paint.js" */
/** @import { Drawable } from "../scale.js" */

export class MapCard extends EventTarget {
  #root;
  #title;
  #target;
  #stage;
  #facts;
  #run;
  #bar;
  #left;
  #remarks;
  #numbers;
  #cancel;
  #save;
  #again;
  #about;
  #name = "";
  /** @type {Explanation | null} */
  #shown = null;
  /** @type {string[]} why the map that is shown may look broken */
  #reasons = [];
  #label = "";
  /** @type {Measures | null} of the map that is shown */
  #measures = null;
  /** @type {Measures[]} of the controls */
  #controls = [];
  /** @type {HeatMap | null} */
  #partial = null;
  /** @type {Look | null} */
  #look = null;

  /**
   * @param {HTMLElement} grid
   * @param {HTMLTemplateElement} template
   * @param {string} id the method's
   * @param {string} name
   */
  constructor(grid, template, id, name) {
    super();
    const fragment = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    fillTexts(fragment, fixed);
    this.#root = find(fragment, "article", HTMLElement);
    this.#title = find(fragment, "h3", HTMLElement);
    this.#target = find(fragment, ".target", HTMLElement);
    this.#stage = new StageView(find(fragment, ".stage", HTMLElement));
    this.#facts = find(fragment, ".facts", HTMLElement);
    this.#run = find(fragment, ".run", HTMLElement);
    this.#bar = find(fragment, "progress", HTMLProgressElement);
    this.#left = find(fragment, ".run p", HTMLElement);
    this.#remarks = find(fragment, ".remarks", HTMLElement);
    this.#numbers = new NumbersView(find(fragment, ".numbers", HTMLElement), `numbers-${id}`);
    this.#save = find(fragment, ".save", HTMLButtonElement);
    this.#again = find(fragment, ".again", HTMLButtonElement);
    this.#about = find(fragment, ".about", HTMLDetailsElement);
    this.#root.dataset.method = id;
    this.#cancel = find(fragment, ".cancel", HTMLButtonElement);
    for (const [button, type] of /** @type {[HTMLButtonElement, string][]} */ ([
      [this.#cancel, "cancel"],
      [this.#save, "save"],
      [this.#again, "again"],
    ])) {
      button.addEventListener("click", () => this.dispatchEvent(new CustomEvent(type)));
    }
    this.#setName(name);
    this.#cancel.setAttribute("aria-label", texts.cancelLabel(name));
    this.#describe();
    grid.append(fragment);
  }

  get id() {
    return this.#root.dataset.method ?? "";
  }

  get name() {
    return this.#name;
  }

  /** @returns {HTMLCanvasElement} */
  get canvas() {
    return this.#stage.canvas;
  }

  get stage() {
    return this.#stage;
  }

  /** @returns {Drawable | null} the map that is drawn, which may be one that is still being computed */
  get drawn() {
    return this.#partial ?? this.#shown;
  }

  get isBusy() {
    return this.#root.getAttribute("aria-busy") === "true";
  }

  /** @returns {Explanation | null} the map that is shown */
  get shown() {
    return this.#shown;
  }

  /** @param {MethodInfo} method */
  setMethod(method) {
    const { name, paper, year, url } = method;
    const { summary, cost, lang } = describeMethod(method);
    this.#setName(name);
    const text = find(this.#about, "p", HTMLElement);
    text.textContent = `${summary} ${cost}.`;
    if (lang) text.lang = lang;
    const link = find(this.#about, "a", HTMLAnchorElement);
    link.href = url;
    link.textContent = `${paper} (${year})`;
    this.#about.hidden = false;
  }

  /**
   * A new picture, or another part of it: a map of the last one does not belong on it.
   * @param {HTMLCanvasElement} picture
   * @param {Box} part in the pixels of `picture`
   */
  setGround(picture, part) {
    this.#stage.setGround(picture, part);
    this.#shown = null;
    this.#measures = null;
    this.#partial = null;
    this.#numbers.clear();
    this.#target.textContent = "";
    this.#facts.textContent = "";
    this.#remarks.replaceChildren();
    this.#save.disabled = true;
    this.#again.hidden = true;
    this.#describe();
    this.#paint();
  }

  /**
   * @param {Look | null} look
   * @param {number} top end of the shared scale
   */
  setLook(look, top) {
    const isOther = look?.signed !== this.#look?.signed;
    this.#look = look;
    this.#stage.setLook(look, top);
    if (isOther) this.#describe();
  }

  /** Its turn comes later; a map that is there stays, under its own class's name. */
  showWaiting() {
    this.#settle();
    this.#busy(true);
    if (this.#shown) this.#showFacts(this.#shown);
    else this.#remarks.replaceChildren();
    this.#facts.textContent = texts.waiting;
    this.#paint();
    this.#showButtons(null);
  }

  showComputing() {
    this.#busy(true);
    this.#facts.textContent = texts.computing(this.#name);
    this.#bar.removeAttribute("value");
    this.#left.textContent = "";
    this.#showButtons(null, true);
  }

  /**
   * @param {ExplainProgress} progress
   * @param {string} label what is being explained, in words
   */
  showProgress({ done, total, secondsLeft, partial }, label) {
    this.#bar.max = Math.max(1, total);
    this.#bar.value = done;
    this.#left.textContent = texts.progress(done, total, secondsLeft === null ? null : duration(secondsLeft));
    if (!partial) return;
    this.#partial = partial;
    this.#root.dataset.live = "";
    this.#target.textContent = texts.target(label);
    this.#remarks.replaceChildren();
    this.#numbers.clear();
    this.#paint();
  }

  /**
   * @param {Explanation} explanation
   * @param {string} label what is explained, in words
   * @param {string | null} exactTime how long an exact run would take at most, where this one is not exact
   * @param {string[]} reasons why the map may look broken though it is right
   */
  show(explanation, label, exactTime, reasons) {
    this.#label = label;
    this.#reasons = reasons;
    this.#stage.hide(false);
    if (explanation !== this.#shown) this.#measures = null;
    this.#shown = explanation;
    this.#settle();
    this.#showFacts(explanation);
    this.#showButtons(explanation.exact ? null : texts.runExactly(exactTime));
    this.#describe();
    this.#paint();
  }

  /**
   * Another card has this map.
   * @param {string} why
   */
  showSame(why) {
    this.#shown = null;
    this.#measures = null;
    this.#settle();
    this.#stage.hide(true);
    this.#target.textContent = "";
    this.#facts.textContent = "";
    this.#remarks.replaceChildren(element("li", {}, why));
    this.#numbers.clear();
    this.#showButtons(null);
    this.#describe();
  }

  remove() {
    this.#root.remove();
  }

  /**
   * @param {Explanation} map that was measured: the numbers of another than the one that is shown stay away
   * @param {Measures} measures
   * @param {Measures[]} controls the same of the controls, where they are known
   */
  showMeasures(map, measures, controls) {
    if (map !== this.#shown) return;
    [this.#measures, this.#controls] = [measures, controls];
    if (!this.#partial) this.#numbers.show(map, measures, controls);
  }

  /**
   * The computation ended without a map: show the last one again, or the picture alone.
   * @param {string} why
   */
  showEnded(why) {
    const { shown } = this;
    this.#settle();
    if (shown) this.#showFacts(shown);
    else this.#facts.replaceChildren();
    this.#facts.append(" ", why);
    this.#showButtons(texts.start(this.#name));
    this.#paint();
  }

  /** @param {Explanation} explanation */
  #showFacts(explanation) {
    const { seconds, passes, exact, notes } = explanation;
    this.#target.textContent = texts.target(this.#label);
    this.#target.title = this.#label;
    this.#facts.replaceChildren(`${duration(seconds)} · ${texts.passes(passes)}`);
    if (!exact) this.#facts.append(" ", element("mark", {}, texts.approximate));
    this.#remarks.replaceChildren(...remarkItems(remarksOf(notes, this.#reasons)));
    if (this.#measures) this.#numbers.show(explanation, this.#measures, this.#controls);
    else this.#numbers.clear();
  }

  #settle() {
    this.#busy(false);
    this.#partial = null;
    delete this.#root.dataset.live;
  }

  /**
   * @param {string | null} again what the button says that computes the map anew; null: there is none
   * @param {boolean} [isRunning]
   */
  #showButtons(again, isRunning = false) {
    keepFocus(
      () => {
        this.#run.hidden = !isRunning;
        this.#save.disabled = this.isBusy || !this.#shown;
        this.#again.hidden = again === null;
        this.#again.textContent = again;
      },
      () => [this.#again, this.#cancel, this.#save, this.#stage.root],
    );
  }

  /** @param {boolean} isBusy */
  #busy(isBusy) {
    this.#root.setAttribute("aria-busy", String(isBusy));
    if (isBusy) this.#stage.hide(false);
  }

  /** @param {string} name */
  #setName(name) {
    this.#name = name;
    this.#title.textContent = name;
    this.#bar.setAttribute("aria-label", texts.progressLabel(name));
    this.#save.setAttribute("aria-label", texts.saveLabel(name));
    this.#stage.setName(name);
  }

  #describe() {
    const shown = this.#shown;
    const text = shown ? words.map(this.#name, this.#label, describeDrawn(shown, this.#look)) : words.empty(this.#name);
    this.canvas.setAttribute("aria-label", text);
  }

  #paint() {
    this.#stage.show(this.drawn);
    this.dispatchEvent(new CustomEvent("map"));
  }
}
