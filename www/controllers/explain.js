/**
 * The heatmaps of the scene: what is computed, in what turn, and the numbers about it. Each change of the scene cancels
 * what the last one still had running: the latest wins.
 */
import { saveOverlay } from "../download.js";
import { find, on } from "../dom.js";
import { isAbort, isFatal } from "../faults.js";
import { className, duration } from "../format.js";
import { Judge } from "../judge.js";
import { MAIN, reasons, twinOf } from "../methods.js";
import { partOf } from "../paint.js";
import { budgetFor, exactSeconds, inTurn, isLong, settingsKey } from "../plan.js";
import * as strings from "../strings.js";
import { AgreementView } from "../views/agreement.js";
import { CardGrid } from "../views/card-grid.js";
import { MethodPicker } from "../views/method-picker.js";

/** @import * as Api from "../camscope.d.ts" */
/** @import { App } from "../app.js" */
/** @import { MapCard } from "../views/map-card.js" */

/** What is being computed that is no method's map. */
const NUMBERS = "numbers";

export class ExplainController {
  #app;
  #scene = new AbortController();
  /** @type {Map<string, AbortController>} What is being computed, by method, and the numbers. */
  #running = new Map();
  /** How many exact maps are being computed because the visitor asked for them. */
  #byHand = 0;
  /** @type {WeakMap<Api.Explanation, string>} the scene that a map belongs to */
  #scenes = new WeakMap();
  #judge;
  #cards;
  #picker;

  /**
   * @param {App} app
   * @param {{ grid: HTMLElement, methods: HTMLElement, agreement: HTMLElement }} roots
   */
  constructor(app, { grid, methods, agreement }) {
    this.#app = app;
    this.#judge = new Judge(new AgreementView(agreement));
    this.#cards = new CardGrid(grid, find(document, "#map-card", HTMLTemplateElement));
    this.#picker = new MethodPicker(methods);
    for (const id of MAIN) this.#cards.add(id, strings.methodNames[id]);
    app.maps = () => this.#finalCards().flatMap(({ id, name, shown }) => (shown ? [{ id, name, map: shown }] : []));
    app.measures = (map) => this.#judge.of(map);
    app.on("look", () => this.#cards.setLook(app.look));
    app.on("region", () => {
      this.#cards.setRegion(app.region);
      this.#judgeScene();
    });
    on(this.#picker, "method", (/** @type {{ id: string, isOn: boolean }} */ choice) => this.#chooseMethod(choice));
    on(this.#cards, "read", (/** @type {{ name: string, value: string }[]} */ found) =>
      app.say(strings.reading.all(found)),
    );
    on(this.#cards, "scale", (/** @type {number} */ top) => {
      app.top = top;
      app.emit("scale");
    });
    on(this.#cards, "cancel", () => this.cancel());
    on(this.#cards, "save", (/** @type {string} */ id) => this.#save(id));
    on(this.#cards, "again", (/** @type {string} */ id) => this.#runExactly(id));
  }

  get isRunning() {
    return this.#running.size > 0;
  }

  /** The explainer's methods are known. */
  setMethods() {
    const { explainer } = this.#app;
    if (!explainer) return;
    this.#picker.setMethods(explainer.methods);
    for (const { id } of explainer.methods) if (this.#picker.isChosen(id)) this.#addCard(id);
    this.#cards.setMethods(explainer.methods);
  }

  /** Another network: no map of the last one's may stay. */
  clear() {
    this.stop();
    this.#judge.show([]);
    for (const { id, name } of this.#cards.all) {
      this.#cards.remove(id);
      this.#cards.add(id, name);
    }
  }

  /** Another picture, or another part of it. */
  setGround() {
    const { seen } = this.#app;
    if (seen) this.#cards.setGround(seen.picture, partOf(seen.picture, seen.classification));
  }

  /** Explain the scene by every method, the cheap ones first, and measure their maps before the long ones. */
  async start() {
    const app = this.#app;
    if (!app.explainer || !app.seen) return;
    this.stop();
    const { signal } = (this.#scene = new AbortController());
    this.#cards.showWaiting();
    this.#judge.show([]);
    for (const id of inTurn(this.#cards.ids, app.isLastLayer)) {
      if (isLong(id, app.isLastLayer)) await this.#judgeScene();
      if (signal.aborted) return;
      await this.#explain(id);
      if (signal.aborted) return;
    }
    await this.#judgeScene();
  }

  /** Stop what is being computed; the cards are the caller's to settle. */
  stop() {
    this.#scene.abort();
    this.#running.clear();
  }

  /** Cancel what is being computed, and what waits for its turn. */
  cancel() {
    if (!this.isRunning) return;
    this.stop();
    this.#scene = new AbortController();
    this.end();
    this.#app.say(strings.say.cancelled);
  }

  /** Nothing is being computed any more. */
  end() {
    this.#cards.end(strings.card.stopped);
  }

  #finalCards() {
    const scene = this.#sceneKey();
    return this.#cards.all.filter(({ isBusy, shown }) => !isBusy && shown && this.#scenes.get(shown) === scene);
  }

  /** What all maps of the scene have in common. */
  #sceneKey() {
    return settingsKey({ method: "", ...this.#app.how });
  }

  /** Numbers about the maps of the scene that are final. Whatever newer job comes, they give way. */
  async #judgeScene() {
    const { explainer, seen, crop, region } = this.#app;
    if (!explainer || !seen) return;
    const own = new AbortController();
    this.#running.get(NUMBERS)?.abort();
    this.#running.set(NUMBERS, own);
    const signal = AbortSignal.any([own.signal, this.#scene.signal]);
    try {
      await this.#judge.judge(explainer, { seen, crop, region }, this.#finalCards(), signal);
      this.#app.emit("measures");
    } catch (error) {
      if (isAbort(error)) return;
      this.#app.report(error);
      if (!isFatal(error)) return;
      this.stop();
      this.end();
    } finally {
      if (this.#running.get(NUMBERS) === own) this.#running.delete(NUMBERS);
    }
  }

  /**
   * One method's map: a quick one first where the exact one would take long, and then the exact one, if the quick one
   * has shown that it does not.
   * @param {string} id
   * @param {boolean} [exactly] the visitor asked for it, however long it takes
   */
  async #explain(id, exactly = false) {
    const app = this.#app;
    const card = this.#cards.get(id);
    const { target } = app;
    if (!card || !target) return;
    const twin = twinOf(id, app.isLastLayer);
    const other = twin && this.#cards.get(twin.id);
    if (other) {
      this.#running.get(id)?.abort();
      card.showSame(twin.why(other.name, app.layer));
      return;
    }
    const own = new AbortController();
    this.#running.get(id)?.abort();
    this.#running.set(id, own);
    const signal = AbortSignal.any([own.signal, this.#scene.signal]);
    try {
      const plan = () =>
        exactly ? null : budgetFor(id, app.isLastLayer, this.#channelsOf(app.layer), app.passSeconds);
      let budget = plan();
      await this.#run(card, id, target, budget, signal);
      if (budget !== null) {
        budget = plan();
        if (budget === null) await this.#run(card, id, target, null, signal);
      }
    } catch (error) {
      // Whoever cancelled has taken care of the card.
      if (isAbort(error)) return;
      app.report(error);
      if (isFatal(error)) this.stop();
      card.showEnded(strings.card.failed);
      if (isFatal(error)) this.end();
    } finally {
      if (this.#running.get(id) === own) this.#running.delete(id);
    }
  }

  /**
   * @param {MapCard} card
   * @param {string} method
   * @param {Api.Class} target
   * @param {number | null} budget of channels; null: all
   * @param {AbortSignal} signal
   */
  async #run(card, method, target, budget, signal) {
    const app = this.#app;
    const { explainer } = app;
    if (!explainer) return;
    const scene = this.#sceneKey();
    const settings = { method, ...app.how, channels: budget ?? undefined };
    let explanation = app.known(settings);
    if (!explanation) {
      card.showComputing();
      explanation = await app.explain({
        ...settings,
        signal,
        onProgress: (progress) => {
          if (!signal.aborted) card.showProgress(progress, target.label);
        },
      });
      if (method === "scorecam" && explanation.passes > 1) app.passSeconds = explanation.seconds / explanation.passes;
    }
    this.#scenes.set(explanation, scene);
    const left =
      explanation.exact || app.passSeconds === null
        ? null
        : duration(exactSeconds(this.#channelsOf(explanation.layer), app.passSeconds));
    card.show(explanation, left, reasons(method, explanation.layer, explainer.model.variant));
    app.emit("maps");
    app.say(strings.say.explained(card.name, className(target.label)));
  }

  /** @param {string} id */
  #channelsOf(id) {
    return this.#app.explainer?.model.layers.find((one) => one.id === id)?.channels ?? 0;
  }

  /** @param {string} id */
  #addCard(id) {
    const method = this.#app.explainer?.methods.find((one) => one.id === id);
    if (method && !this.#cards.get(id)) this.#cards.add(id, method.name).setMethod(method);
  }

  /** @param {{ id: string, isOn: boolean }} choice */
  async #chooseMethod({ id, isOn }) {
    const app = this.#app;
    const isAlive = app.seen !== null && !this.#scene.signal.aborted;
    if (isOn) this.#addCard(id);
    else {
      this.#running.get(id)?.abort();
      this.#cards.remove(id);
      app.emit("maps");
    }
    if (!isAlive) return;
    // Ahead of the long methods, which begin again.
    if (isOn && this.isRunning && this.#byHand === 0) return this.start();
    const { signal } = this.#scene;
    const affected = this.#cards.ids.filter((one) => one === id || twinOf(one, app.isLastLayer)?.id === id);
    for (const one of affected) if (!signal.aborted) await this.#explain(one);
    if (!signal.aborted) this.#judgeScene();
  }

  /** @param {string} id */
  async #runExactly(id) {
    if (!this.#app.seen) return;
    const { signal } = this.#scene;
    this.#byHand++;
    await this.#explain(id, true);
    this.#byHand--;
    if (!signal.aborted) this.#judgeScene();
  }

  /** @param {string} id */
  #save(id) {
    const { seen, say } = this.#app;
    const card = this.#cards.get(id);
    if (!card?.shown || !seen) return;
    saveOverlay(card.canvas, seen.photo.name, card.shown, (file) => say(strings.say.saved(file)));
  }
}
