/**
 * The sanity check of Adebayo et al. (2018): the network's weights are drawn anew from the top layer down, and a map that
 * stays the same all the while says nothing about the network.
 */
import { translateNote } from "../describe.js";
import { element, find, keepFocus, on } from "../dom.js";
import { duration } from "../format.js";
import { sanityPlan, settingsKey } from "../plan.js";
import { sanity as texts } from "../strings.js";
import { ChartView } from "../views/chart.js";

/** @import * as Api from "../camscope.d.ts" */
/** @import { App } from "../app.js" */

/** @typedef {Omit<Api.Sanity, "maps">} Found */
/** @typedef {{ id: string, name: string, found: Found }} Result */

const JOB = "sanity";
/** The engine's note of what an approximate map rests on. */
const BUDGET = "budget";

export class SanityController {
  #app;
  #chart;
  #start;
  #run;
  #cancel;
  #charts;
  #bar;
  #left;
  #verdicts;
  /** @type {Result[]} */
  #results = [];
  #isRunning = false;
  /** @type {{ blob: Blob | undefined, key: string } | null} What they are of. */
  #of = null;

  /**
   * @param {App} app
   * @param {HTMLElement} root
   */
  constructor(app, root) {
    this.#app = app;
    this.#charts = find(root, ".charts", HTMLElement);
    this.#chart = new ChartView(this.#charts);
    this.#start = find(root, ".start", HTMLButtonElement);
    this.#run = find(root, ".run", HTMLElement);
    this.#bar = find(root, "progress", HTMLProgressElement);
    this.#left = find(root, ".run p", HTMLElement);
    this.#verdicts = find(root, ".verdicts", HTMLElement);
    this.#bar.setAttribute("aria-label", texts.progress);
    this.#start.addEventListener("click", () => this.#check());
    this.#cancel = find(root, ".cancel", HTMLButtonElement);
    this.#cancel.addEventListener("click", () => app.cancel(JOB));
    on(this.#chart, "read", (/** @type {string} */ text) => app.say(text));
    for (const type of /** @type {const} */ (["network", "scene"])) {
      app.on(type, () => {
        app.cancel(JOB);
        // A worker that took another's place goes on with the same scene.
        if (!this.#isOfScene) this.#results = [];
        this.#of = this.#scene;
        this.#draw();
      });
    }
    app.on("maps", () => this.#draw());
    this.#draw();
  }

  /** What can be checked, and by how many channels; without a budget the maps are exact. */
  get #methods() {
    const { isLastLayer, layerInfos, options } = this.#app;
    return this.#app.maps().flatMap(({ id, name }) => {
      const plan = sanityPlan(this.#app.workOf(id), isLastLayer, layerInfos, options.reference);
      if (plan === null) return [];
      const { channels } = plan;
      return { id, name: channels === undefined ? name : texts.approximate(name, channels), channels };
    });
  }

  get #missing() {
    return this.#methods.filter(({ id }) => !this.#results.some((one) => one.id === id));
  }

  get #scene() {
    const { network, seen, how } = this.#app;
    return { blob: seen?.photo.blob, key: `${network} ${settingsKey({ ...how, method: "" })}` };
  }

  get #isOfScene() {
    const { blob, key } = this.#scene;
    return this.#of?.blob === blob && this.#of?.key === key;
  }

  /** What was found of the scene before. */
  #recall() {
    const { seen, kept } = this.#app;
    if (!seen) return;
    for (const { id, name, channels } of this.#methods) {
      const found = kept(seen.photo.blob, this.#keyOf(id, channels));
      if (found && !this.#results.some((one) => one.id === id)) this.#results.push({ id, name, found });
    }
  }

  /**
   * What a result goes by over a reload.
   * @param {string} method
   * @param {number | undefined} channels
   */
  #keyOf(method, channels) {
    return `sanity ${settingsKey({ ...this.#app.how, method, channels })}`;
  }

  async #check() {
    // The network is the same, and so what it says is: what was stopped goes on.
    this.#results = this.#results.filter(({ id }) => this.#methods.some((one) => one.id === id));
    this.#isRunning = true;
    this.#showButtons();
    const wasDone = await this.#app.run(JOB, (signal) => this.#checkAll(signal));
    this.#isRunning = false;
    this.#draw();
    if (wasDone) this.#app.say(texts.done);
  }

  /** @param {AbortSignal} signal */
  async #checkAll(signal) {
    const { explainer, seen, how } = this.#app;
    if (!explainer || !seen) return;
    const methods = this.#missing;
    this.#bar.max = methods.length;
    for (const [index, { id, name, channels }] of methods.entries()) {
      const settings = { ...how, method: id, channels, signal };
      const progress = (/** @type {number} */ share, /** @type {number | null} */ seconds) => {
        if (signal.aborted) return;
        this.#bar.value = index + share;
        this.#left.textContent = texts.doing(name, seconds === null ? null : duration(seconds));
      };
      progress(0, null);
      const key = this.#keyOf(id, channels);
      const { stages, reacts, text, notes } = await explainer.sanity(seen.photo.blob, {
        ...settings,
        onProgress: ({ done, total, secondsLeft }) => progress(done / Math.max(1, total), secondsLeft),
      });
      const found = { stages, reacts, text, notes };
      this.#app.keep(seen.photo.blob, key, found);
      this.#results.push({ id, name, found });
      this.#show();
    }
  }

  #draw() {
    if (this.#isRunning) return;
    this.#recall();
    this.#show();
    this.#showButtons();
  }

  #showButtons() {
    keepFocus(
      () => {
        this.#run.hidden = !this.#isRunning;
        this.#start.hidden = this.#isRunning;
        this.#start.disabled = this.#missing.length === 0;
      },
      () => [this.#start, this.#cancel, this.#charts.querySelector("[tabindex]")],
    );
  }

  #show() {
    const [first] = this.#results;
    this.#verdicts.replaceChildren(
      ...this.#results.map(({ name, found }) => {
        const notes = found.notes.filter(({ code }) => code === BUDGET);
        const said = [found, ...notes].map((note) => translateNote(note).text);
        return element("li", { class: !found.reacts && "flagged" }, element("b", {}, `${name}: `), said.join(" "));
      }),
    );
    if (!first) {
      this.#chart.show(null);
      return;
    }
    // The untouched network's map is the one that all are compared with.
    const ticks = [texts.untouched, ...first.found.stages.map(({ stage }) => stage)];
    const lines = this.#results.map(({ name, found }) => {
      return { name, control: null, values: [1, ...found.stages.map(({ spearman }) => spearman)] };
    });
    this.#chart.show({ ...texts.chart, at: ticks.map((_, index) => index), ticks, lines });
  }
}
