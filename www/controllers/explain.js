/**
 * The heatmaps of the scene: what is computed, in what turn, and the numbers about it. Each change of the scene cancels
 * what the last one still had running: the latest wins.
 */
import { ANY_BUDGET } from "../app.js";
import { passesOf, runsOf } from "../costs.js";
import { saveOverlay } from "../download.js";
import { find, on } from "../dom.js";
import { isAbort, isFatal } from "../faults.js";
import { duration } from "../format.js";
import { Judge } from "../judge.js";
import { MAIN, reasons, twinOf } from "../methods.js";
import { partOf } from "../paint.js";
import { PATIENCE_SECONDS, budgetFor, inTurn, settingsKey } from "../plan.js";
import * as strings from "../strings.js";
import { AgreementView } from "../views/agreement.js";
import { CardGrid } from "../views/card-grid.js";
import { MethodPicker } from "../views/method-picker.js";

/** @import * as Api from "../camscope.d.ts" */
/** @import { App } from "../app.js" */
/** @import { MapCard } from "../views/map-card.js" */

/** Where the maps of the scene are looked at. */
const VIEWS = ["explain", "compare", "whatif"];
/** How long a scrubber must rest before long methods follow. */
const REST_MS = 500;
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
  /** The scene has changed, or was left, while another view was shown. */
  #isOwing = false;
  /** @type {AbortController | undefined} The numbers of the maps that were finished when the rest was cancelled. */
  #last;
  #judge;
  #cards;
  #picker;

  /**
   * @param {App} app
   * @param {{ grid: HTMLElement, methods: HTMLElement, agreement: HTMLElement }} roots
   */
  constructor(app, { grid, methods, agreement }) {
    this.#app = app;
    this.agreement = new AgreementView(agreement);
    this.#judge = new Judge(this.agreement, app.controls, app);
    on(this.agreement, "measure", () => app.emit("settings"));
    this.#cards = new CardGrid(grid, find(document, "#map-card", HTMLTemplateElement));
    this.#picker = new MethodPicker(methods);
    for (const id of MAIN) this.#cards.add(id, strings.methodNames[id]);
    app.methods = () => this.#ownMaps().map((id) => ({ id, name: this.#cards.get(id)?.name ?? id }));
    app.maps = () => this.#finalCards().flatMap(({ id, name, shown }) => (shown ? [{ id, name, map: shown }] : []));
    app.measures = (map) => this.#judge.of(map);
    for (const type of /** @type {const} */ (["model", "scene", "maps"])) app.on(type, () => this.#showCosts());
    app.on("network", () => this.#clear());
    app.on("view", () => this.#turnTo());
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

  /** The methods that are shown beside the main ones: a setting. */
  get methods() {
    return this.#picker;
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
  #clear() {
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

  /** Other views have their own maps to compute: the scene's wait for the visitor's return. */
  #turnTo() {
    const isLooked = VIEWS.includes(this.#app.view);
    // Where the shared scale ends is said of the maps that are looked at.
    if (isLooked) this.#cards.setLook(this.#app.look);
    if (isLooked && this.#isOwing) this.start();
    // What was cancelled twice.
    else if (isLooked && !this.isRunning) this.#judgeScene();
    else if (!isLooked && this.#isEnding) this.#halt();
    else if (!isLooked && this.isRunning) {
      this.stop();
      this.end();
      this.#isOwing = true;
    }
  }

  #setting() {
    const { explainer, layerInfos, options } = this.#app;
    const { smoothing, reference } = options;
    return { layers: layerInfos, smoothing, reference, isCpu: explainer?.device.kind === "cpu" };
  }

  #showCosts() {
    const { passSeconds, how } = this.#app;
    this.#picker.showCosts(this.#setting(), passSeconds, {
      isKnown: (method) => this.#app.known({ method, ...how }) !== undefined,
    });
  }

  /**
   * Explain the scene by every method, the cheap ones first, and measure their maps before the long ones.
   * @param {boolean} [isScrubbing] another scene will follow soon: the long ones wait until none has for a while
   */
  async start(isScrubbing = false) {
    const app = this.#app;
    if (!app.explainer || !app.seen) return;
    this.stop();
    this.#isOwing = !VIEWS.includes(app.view);
    if (this.#isOwing) return;
    const { signal } = (this.#scene = new AbortController());
    this.#cards.showWaiting();
    this.#judge.show([]);
    const ids = inTurn(this.#cards.ids, (id) => app.isLong(id));
    // What is known already is there at once, whatever the others take.
    for (const id of ids) if (app.known({ method: id, ...app.how })) await this.#explain(id, true);
    for (const id of ids) {
      if (signal.aborted) return;
      if (app.isLong(id)) {
        await this.#judgeScene();
        if (isScrubbing) await new Promise((resolve) => setTimeout(resolve, REST_MS));
      }
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

  /**
   * Cancel what is being computed, and what waits for its turn. The maps that are there get their numbers, which take
   * few passes, unless those are cancelled too.
   */
  cancel() {
    if (!this.isRunning) return;
    const wasEnding = this.#isEnding;
    this.#halt();
    this.#app.say(strings.say.cancelled);
    if (wasEnding) return;
    this.#judgeScene();
    this.#last = this.#running.get(NUMBERS);
  }

  /** Nothing but the numbers of what was finished before a cancel is being worked out. */
  get #isEnding() {
    return this.#running.size === 1 && this.#last !== undefined && this.#running.get(NUMBERS) === this.#last;
  }

  /** Compute nothing more of the scene until something is asked of it again. */
  #halt() {
    this.stop();
    this.#scene = new AbortController();
    this.end();
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
    const { explainer, seen, crop, region, how } = this.#app;
    if (!explainer || !seen) return;
    const own = new AbortController();
    this.#running.get(NUMBERS)?.abort();
    this.#running.set(NUMBERS, own);
    const signal = AbortSignal.any([own.signal, this.#scene.signal]);
    try {
      await this.#judge.judge(explainer, { seen, crop, region, how }, this.#finalCards(), signal);
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
   * Why a method has no map of its own here; null where it has.
   * @param {string} id
   */
  #remark(id) {
    const { layers } = this.#app;
    const twin = twinOf(id, this.#app.place, this.#cards.ids);
    const name = twin && this.#cards.get(twin.id)?.name;
    return name ? twin.why(name, layers.join(", ")) : null;
  }

  /** The methods that are shown whose map is not another's. */
  #ownMaps() {
    return this.#cards.ids.filter((id) => this.#remark(id) === null);
  }

  /**
   * Whether a method would take long and has no quick map to begin with.
   * @param {string} id
   */
  #isTooLong(id) {
    const { passSeconds } = this.#app;
    if (!this.#app.isLong(id) || passSeconds === null || this.#budget(id) !== null) return false;
    return this.#passes(id) * passSeconds > PATIENCE_SECONDS;
  }

  /** @param {string} id */
  #passes(id) {
    return passesOf(this.#app.workOf(id), this.#setting());
  }

  /** @param {string} id */
  #budget(id) {
    const { isLastLayer, passSeconds } = this.#app;
    const setting = this.#setting();
    return budgetFor(this.#app.workOf(id), {
      layers: setting.layers,
      isLastLayer,
      passes: this.#passes(id),
      passSeconds,
      runs: runsOf(setting),
      reference: setting.reference,
    });
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
    const remark = this.#remark(id);
    if (remark !== null) {
      this.#running.get(id)?.abort();
      card.showSame(remark);
      return;
    }
    if (!exactly && this.#isTooLong(id)) {
      const seconds = this.#passes(id) * (app.passSeconds ?? 0);
      card.showEnded(strings.card.tooLong(duration(seconds)));
      return;
    }
    const own = new AbortController();
    this.#running.get(id)?.abort();
    this.#running.set(id, own);
    const signal = AbortSignal.any([own.signal, this.#scene.signal]);
    try {
      const plan = () => (exactly ? null : this.#budget(id));
      let budget = plan();
      await this.#run(card, id, budget, signal);
      if (budget !== null) {
        budget = plan();
        if (budget === null) await this.#run(card, id, null, signal);
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
   * @param {number | null} budget of channels; null: all
   * @param {AbortSignal} signal
   */
  async #run(card, method, budget, signal) {
    const app = this.#app;
    const { explainer } = app;
    if (!explainer) return;
    const scene = this.#sceneKey();
    const label = app.targetText;
    const settings = { method, ...app.how, channels: budget ?? undefined };
    const quick = budget === null ? undefined : app.known({ ...settings, channels: ANY_BUDGET });
    // The budget is the device's speed, which is never twice the same.
    const isGoodEnough = quick && budget !== null && 2 * quick.passes >= budget;
    let explanation = app.known(settings) ?? (isGoodEnough ? quick : undefined);
    if (!explanation) {
      card.showComputing();
      explanation = await app.explain({
        ...settings,
        signal,
        onProgress: (progress) => {
          if (!signal.aborted) card.showProgress(progress, label);
        },
      });
      const isTimed = app.workOf(method).kind === "channels" && explanation.passes > 1;
      if (isTimed) app.passSeconds = explanation.seconds / explanation.passes;
    }
    this.#scenes.set(explanation, scene);
    const left =
      explanation.exact || app.passSeconds === null ? null : duration(this.#passes(method) * app.passSeconds);
    card.show(explanation, label, left, reasons(method, app.place, explainer.model.variant));
    app.emit("maps");
    app.say(strings.say.explained(card.name, label));
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
    const before = new Map(this.#cards.ids.map((one) => [one, this.#remark(one)]));
    app.emit("settings");
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
    const affected = this.#cards.ids.filter((one) => one === id || before.get(one) !== this.#remark(one));
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
