/**
 * What if part of the picture were not there? The edited picture is classified and explained anew, and shown beside the
 * untouched one: whether the network needs what a map calls hot can only be seen by taking it away.
 *
 * Both sides are computed from the same pixels, those of the preview, so every difference is the edit's.
 */
import { context2d, find, on } from "../dom.js";
import { placesOf } from "../edit.js";
import { readHistory, writeHistory } from "../edit-memory.js";
import { className, percent } from "../format.js";
import { reasons, twinOf } from "../methods.js";
import { partOf } from "../paint.js";
import { fixedBudget, hasBudget, inTurn, settingsKey, softmax } from "../plan.js";
import { card, whatif as texts } from "../strings.js";
import { EditorView, fillSelect } from "../views/editor.js";
import { EffectsView } from "../views/effects.js";

/** @import * as Api from "../camscope.d.ts" */
/** @import { App, Seen } from "../app.js" */
/** @import { Edit, Shape } from "../edit.js" */
/** @import { Link } from "../link.js" */

/** @typedef {{ classification: Api.Classification, probabilities: Float32Array }} Said */
/** @typedef {{ which: keyof typeof texts.which, share: number, method: string | null }} Taken what the shortcut took away */
/** @typedef {{ taken: Taken, before: number, after: number }} Try */

const JOB = "what if";
const PLACES = "what if places";
/** What a reload finds again: the steps, and what was found of the untouched picture and after the latest step. */
const STEPS = "what if steps";
const FOUND = "what if found";
/** How many classes are listed of the untouched picture, and of the edited one. */
const LISTED = 3;
/** At least, of a method that takes a pass for each channel: an edit is to be answered in seconds, not minutes. */
const QUICK_CHANNELS = 64;
/** What the shortcut takes away at first. */
const CHECK = Object.freeze({ method: "gradcam", which: "hottest", share: "0.2" });

export class WhatIfController {
  #app;
  #editor;
  #effects;
  #status;
  #method;
  #which;
  #share;
  #take;
  /** @type {Edit[]} No edits, of the picture that is open. */
  #untouched = [];
  /** The steps so far, each with all edits; the last is shown. */
  #history = [this.#untouched];
  /** What the edits are of. @type {Blob | null} */
  #blob = null;
  /** @type {WeakMap<Edit[], Map<string, any>>} What was found after a step, by question. */
  #answers = new WeakMap();
  /** What steps go by over a reload. @type {WeakMap<Edit[], string>} */
  #ids = new WeakMap();
  /** @type {Try[]} */
  #tries = [];
  /** What the shortcut took away last: an entry of the list once it has been answered. @type {Taken | null} */
  #taken = null;
  /** How often something was to be answered. */
  #turn = 0;

  /**
   * @param {App} app
   * @param {HTMLElement} root
   */
  constructor(app, root) {
    this.#app = app;
    this.#editor = new EditorView(find(root, ".editor", HTMLElement));
    this.#effects = new EffectsView(find(root, ".effects", HTMLElement));
    this.#status = find(root, ".verdict", HTMLElement);
    this.#method = find(root, ".method", HTMLSelectElement);
    this.#which = find(root, ".which", HTMLSelectElement);
    this.#share = find(root, ".share", HTMLSelectElement);
    this.#take = find(root, ".take", HTMLButtonElement);
    const options = (/** @type {Record<string, string>} */ choices) =>
      Object.entries(choices).map(([value, text]) => ({ value, text }));
    fillSelect(this.#which, options(texts.which), CHECK.which);
    const shares = [10, 20, 40].map((share) => ({ value: String(share / 100), text: texts.share(share) }));
    fillSelect(this.#share, shares, CHECK.share);
    on(this.#editor, "edit", (/** @type {Shape} */ shape) => {
      this.#push([...this.#edits, { shape, ...this.#editor.paint }]);
    });
    on(this.#editor, "undo", () => {
      this.#history.pop();
      this.#keep();
      this.#changed();
    });
    on(this.#editor, "reset", () => this.#push(this.#untouched));
    on(this.#effects, "cancel", () => app.cancel(JOB));
    on(this.#effects, "again", () => this.#changed());
    for (const view of [this.#editor, this.#effects]) on(view, "read", (/** @type {string} */ text) => app.say(text));
    this.#method.addEventListener("change", () => this.#changed());
    on(this.#editor, "tools", () => app.emit("settings"));
    for (const choice of [this.#method, this.#which, this.#share]) {
      choice.addEventListener("change", () => app.emit("settings"));
    }
    this.#take.addEventListener("click", () => app.run(PLACES, (signal) => this.#takePlaces(signal)));
    app.on("model", () => this.#setMethods());
    app.on("network", () => this.#clear());
    for (const type of /** @type {const} */ (["view", "scene"])) app.on(type, () => this.#open());
    app.on("look", () => this.#open());
  }

  /**
   * What a link keeps of it: the tools, and what the shortcut takes away. The edits are the picture's.
   * @param {Link} link
   */
  bind(link) {
    const editor = this.#editor;
    for (const key of editor.keys) link.bind(key, { get: () => editor.get(key), set: (text) => editor.set(key, text) });
    link.bind("check-method", {
      get: () => ([CHECK.method, ""].includes(this.#method.value) ? null : this.#method.value),
      set: (text) => {
        this.#setMethods(text);
        if (this.#app.view === "whatif") this.#changed();
      },
    });
    const lists = /** @type {const} */ ([
      ["check-which", this.#which, CHECK.which],
      ["check-share", this.#share, CHECK.share],
    ]);
    for (const [key, list, usual] of lists) {
      link.bind(key, {
        get: () => (list.value === usual ? null : list.value),
        set: (text) => (list.value = [...list.options].some(({ value }) => value === text) ? (text ?? usual) : usual),
      });
    }
  }

  get #edits() {
    return this.#history[this.#history.length - 1];
  }

  /** @param {Edit[]} edits */
  #push(edits) {
    this.#history.push(edits);
    this.#keep();
    this.#changed();
  }

  /** For a reload. */
  #keep() {
    if (!this.#blob) return;
    const history = this.#history.map((edits) => ({ id: this.#idOf(edits), edits }));
    this.#app.keep(this.#blob, STEPS, { ...writeHistory(history), tries: [...this.#tries] });
  }

  /** @param {Edit[]} edits */
  #idOf(edits) {
    if (edits === this.#untouched) return "";
    const id = this.#ids.get(edits) ?? `${Date.now()} ${Math.random()}`;
    this.#ids.set(edits, id);
    return id;
  }

  /**
   * What this network has answered about the picture before.
   * @param {Blob} blob
   */
  #restore(blob) {
    this.#untouched = [];
    const kept = this.#app.kept(blob, STEPS);
    this.#tries = [...(kept?.tries ?? [])];
    this.#history = kept
      ? readHistory(kept).map(({ id, edits }) => {
          if (id === "") return this.#untouched;
          this.#ids.set(edits, id);
          return edits;
        })
      : [this.#untouched];
  }

  /** @param {string | null} [wanted] of those that are quick here; Grad-CAM where it is none of them */
  #setMethods(wanted = this.#method.value) {
    const { explainer } = this.#app;
    if (!explainer) return;
    const cheap = explainer.methods.filter(({ id }) => !this.#app.isLong(id));
    fillSelect(
      this.#method,
      cheap.map(({ id, name }) => ({ value: id, text: name })),
      cheap.find(({ id }) => id === wanted)?.id ?? CHECK.method,
    );
  }

  /** Another network: nothing that the last one said may stay. */
  #clear() {
    for (const job of [JOB, PLACES]) this.#app.cancel(job);
    this.#answers = new WeakMap();
    this.#blob = null;
    this.#tries = [];
    this.#taken = null;
    this.#status.textContent = "";
    this.#effects.clear();
    this.#effects.setBusy(false);
  }

  /** The view is shown, or the scene is another. */
  #open() {
    const { seen, view, explainer } = this.#app;
    if (!seen || !explainer) return;
    // It is read anew when the engine has been started again.
    if (this.#blob !== seen.photo.blob) {
      this.#blob = seen.photo.blob;
      this.#restore(seen.photo.blob);
    }
    if (view !== "whatif") return;
    this.#setMethods();
    this.#changed();
  }

  async #changed() {
    const { seen } = this.#app;
    if (!seen) return;
    this.#editor.show(seen.picture, this.#edits, this.#history.length > 1);
    this.#showTries();
    const turn = ++this.#turn;
    let wasCancelled = false;
    this.#effects.setBusy(true);
    const wasDone = await this.#app.run(JOB, async (signal) => {
      signal.addEventListener("abort", () => (wasCancelled = true));
      await this.#answer(seen, signal);
    });
    // A newer one shows its own state.
    if (turn !== this.#turn) return;
    this.#effects.setBusy(false);
    if (!wasDone) this.#effects.end(wasCancelled ? card.stopped : card.failed);
  }

  /**
   * Classes first, then the maps: each as soon as it is known.
   * @param {Seen} seen
   * @param {AbortSignal} signal
   */
  async #answer(seen, signal) {
    const { target } = this.#app;
    if (!target) return;
    const inOrder = this.#shownMethods();
    this.#effects.setMethods(inOrder);
    const isEdited = this.#edits.length > 0;
    const taken = this.#taken;
    const edits = this.#edits;
    const picture = this.#editor.canvas;
    const part = partOf(seen.picture, seen.classification);
    const sides = /** @type {const} */ ([
      { side: "before", edits: this.#untouched, picture: seen.picture },
      { side: "after", edits, picture },
    ]);
    // What is known already is there at once, whatever the others take.
    for (const { id, remarks } of inOrder) {
      const pair = this.#effects.pair(id);
      for (const { side, edits, picture } of sides) {
        const map = this.#known(edits, settingsKey(this.#settingsOf(id)));
        const focus = map && this.#app.focus.of(map);
        if (map) pair?.show(side, { picture, part, map, remarks });
        if (focus) pair?.showFocus(side, map, focus);
        if (!map) pair?.wait(side, { picture, part }, !this.#app.isLong(id));
      }
    }
    this.#showLook();
    const before = await this.#classify(this.#untouched, seen.picture, signal);
    this.#showClasses(before, null);
    const after = await this.#classify(edits, picture, signal);
    this.#showClasses(before, after);
    const [was, is] = [before, after].map(({ probabilities }) => probabilities[target.index]);
    const label = className(target.label);
    this.#status.textContent = isEdited ? texts.verdict(label, percent(was), percent(is)) : texts.untouched;
    if (taken) {
      this.#taken = null;
      this.#tries.push({ taken, before: was, after: is });
      this.#keep();
      this.#showTries();
    }
    for (const { id, remarks } of inOrder) {
      const pair = this.#effects.pair(id);
      const isLong = this.#app.isLong(id);
      if (isLong) this.#effects.setBusy(false);
      for (const { side, edits, picture } of sides) {
        if (isLong && !this.#known(edits, settingsKey(this.#settingsOf(id)))) pair?.showComputing();
        const onProgress = (/** @type {Api.ExplainProgress} */ progress) => {
          if (!signal.aborted) pair?.showProgress(side, progress);
        };
        const map = await this.#explain(id, edits, picture, signal, onProgress);
        pair?.show(side, { picture, part, map, remarks });
        this.#showLook();
        const { explainer, focus } = this.#app;
        if (explainer) pair?.showFocus(side, map, await focus.measure(explainer, map, signal));
      }
    }
  }

  #showTries() {
    const tries = this.#tries.map(({ taken: { which, share, method }, before, after }) => {
      return { what: texts.taken(texts.which[which], texts.share(100 * share), method), before, after };
    });
    this.#effects.showTries(tries);
  }

  /** As the look is now; another map may be the one that the shared scale ends with. */
  #showLook() {
    const app = this.#app;
    const top = this.#effects.setLook(app.look);
    if (app.view !== "whatif") return;
    app.top = top;
    app.emit("scale");
  }

  /**
   * The method whose places are taken away, then the others that are chosen: those that take long are last. One that
   * draws the first one's map is named with it.
   */
  #shownMethods() {
    const { explainer, layers, place } = this.#app;
    const first = { id: this.#method.value, name: this.#methodName };
    /** @type {string[]} */
    const same = [];
    const others = this.#app.methods().filter(({ id, name }) => {
      if (id === first.id) return false;
      const [own, its] = [first.id, id].map((one) => twinOf(one, place, [first.id, id]));
      if (own) same.push(own.why(name, layers.join(", ")));
      if (its) same.push(`${name}: ${its.why(first.name, layers.join(", "))}`);
      return !own && !its;
    });
    const ids = inTurn(
      others.map(({ id }) => id),
      (id) => this.#app.isLong(id),
    );
    const sorted = ids.flatMap((id) => others.find((one) => one.id === id) ?? []);
    const broken = (/** @type {string} */ id) => (explainer ? reasons(id, place, explainer.model.variant) : []);
    return [first, ...sorted].map(({ id, name }) => {
      return { id, name, remarks: [...broken(id), ...(id === first.id ? same : [])] };
    });
  }

  get #methodName() {
    return this.#method.selectedOptions[0]?.text ?? "";
  }

  /**
   * @param {Edit[]} edits that `picture` shows
   * @param {HTMLCanvasElement} picture
   * @param {AbortSignal} signal
   * @returns {Promise<Said>}
   */
  #classify(edits, picture, signal) {
    const { explainer, crop } = this.#app;
    return this.#remembered(edits, `classes ${crop}`, signal, async () => {
      if (!explainer) throw new DOMException("", "AbortError");
      const classification = await explainer.classify(pixelsOf(picture), { crop, topK: LISTED, signal });
      return { classification, probabilities: softmax(classification.logits) };
    });
  }

  /**
   * @param {string} method
   * @param {Edit[]} edits that `picture` shows
   * @param {HTMLCanvasElement} picture
   * @param {AbortSignal} signal
   * @param {(progress: Api.ExplainProgress) => void} [onProgress]
   * @returns {Promise<Api.Explanation>}
   */
  #explain(method, edits, picture, signal, onProgress) {
    const { explainer } = this.#app;
    const settings = this.#settingsOf(method);
    return this.#remembered(edits, settingsKey(settings), signal, async () => {
      if (!explainer) throw new DOMException("", "AbortError");
      return explainer.explain(pixelsOf(picture), { ...settings, signal, onProgress });
    });
  }

  /**
   * @param {string} method
   * @returns {Api.ExplainOptions}
   */
  #settingsOf(method) {
    const { how, isLastLayer, layerInfos } = this.#app;
    const isPart = !how.reference && hasBudget(this.#app.workOf(method), isLastLayer);
    return { method, ...how, channels: isPart ? fixedBudget(QUICK_CHANNELS, layerInfos) : undefined };
  }

  /** @param {string} question */
  #keyOf(question) {
    return `${this.#app.explainer?.device.kind} ${question}`;
  }

  /**
   * @param {Edit[]} edits
   * @param {string} question
   * @returns {any} undefined: it has not been answered
   */
  #known(edits, question) {
    const known = this.#answers.get(edits)?.get(this.#keyOf(question));
    if (known !== undefined || !this.#blob) return known;
    const kept = this.#app.kept(this.#blob, this.#foundOf(edits, question));
    return kept?.id === this.#idOf(edits) ? kept.answer : undefined;
  }

  /**
   * What an answer goes by over a reload: those after an earlier step make room for those after the latest.
   * @param {Edit[]} edits
   * @param {string} question
   */
  #foundOf(edits, question) {
    return `${FOUND} ${edits === this.#untouched ? "before" : "after"} ${question}`;
  }

  /**
   * @template T
   * @param {Edit[]} edits
   * @param {string} question
   * @param {AbortSignal} signal
   * @param {() => Promise<T>} ask
   * @returns {Promise<T>}
   */
  async #remembered(edits, question, signal, ask) {
    // Another network's are kept elsewhere.
    const answers = this.#answers;
    const known = answers.get(edits) ?? new Map();
    const key = this.#keyOf(question);
    const blob = this.#blob;
    const kept = this.#known(edits, question);
    if (kept !== undefined) known.set(key, kept);
    else {
      const [id, place] = [this.#idOf(edits), this.#foundOf(edits, question)];
      const answer = await ask();
      known.set(key, answer);
      // After a later step it is not the latest.
      if (blob && (id === "" || edits === this.#edits)) this.#app.keep(blob, place, { id, answer });
    }
    answers.set(edits, known);
    signal.throwIfAborted();
    return known.get(key);
  }

  /**
   * @param {Said} before
   * @param {Said | null} after null: not known yet
   */
  #showClasses(before, after) {
    const { explainer, target } = this.#app;
    if (!explainer || !target) return;
    const first = before.classification.classes;
    const then = after?.classification.classes ?? [];
    const indices = new Set([target, ...first, ...then].map(({ index }) => index));
    const { labels } = explainer.model;
    this.#effects.showClasses(
      [...indices].map((index) => ({
        label: labels[index],
        before: before.probabilities[index],
        after: after?.probabilities[index] ?? null,
        isTarget: index === target.index,
      })),
    );
  }

  /**
   * The causal check: from the untouched picture, take away what a map calls hottest or coldest, or as much by chance.
   * @param {AbortSignal} signal
   */
  async #takePlaces(signal) {
    const { seen, explainer } = this.#app;
    if (!seen || !explainer) return;
    const share = Number(this.#share.value);
    const which = /** @type {keyof typeof texts.which} */ (this.#which.value);
    const map = await this.#explain(this.#method.value, this.#untouched, seen.picture, signal);
    const { width, height } = map;
    const isChance = which === "random";
    const seed = this.#tries.length;
    const from = isChance ? await explainer.baseline("random", { width, height, seed, signal }) : map;
    const mask = placesOf(from, share, isChance ? "hottest" : which);
    const part = partOf(seen.picture, seen.classification);
    this.#taken = { which, share, method: isChance ? null : this.#methodName };
    this.#push([{ shape: { kind: "places", mask, part }, ...this.#editor.paint }]);
  }
}

/** @param {HTMLCanvasElement} picture */
function pixelsOf(picture) {
  return context2d(picture).getImageData(0, 0, picture.width, picture.height);
}
