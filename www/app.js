/**
 * What the parts of the page share: the loaded explainer, what is on screen, and a place for long jobs. Controllers read
 * it and hear its events; the scene is main.js's to set.
 *
 * Events: "model" (another explainer, or none), "network" (nothing that the last network made holds any longer), "scene"
 * (another picture, crop, layer or class), "maps" (a map of the scene has become final, or is no longer shown),
 * "measures" (more is known of the maps), "look" (other colours), "scale" (the shared scale ends elsewhere), "view"
 * (another view is shown), "region" (the visitor marked the object, or no longer does), "settings" (something else that
 * a link keeps), "lasting" (a reload brings the network back, or no longer does).
 */
import { Controls } from "./controls.js";
import { isAbort } from "./faults.js";
import { FocusMemory } from "./focus.js";
import { className } from "./format.js";
import { ResultCache, isLong, settingsKey, workOf } from "./plan.js";
import * as strings from "./strings.js";
import { classOf, describeTarget, withClass } from "./targets.js";

/** @import * as Api from "./camscope.d.ts" */
/** @import { Place } from "./methods.js" */
/** @import { Look } from "./paint.js" */
/** @import { Mark, MarkedRegion } from "./region.js" */

/** @typedef {{ blob: Blob, name: string, sample: string | null }} Photo */
/**
 * @typedef {object} Seen
 * @property {Photo} photo
 * @property {HTMLCanvasElement} picture
 * @property {Api.Crop} crop that it was classified with
 * @property {Api.Classification} classification
 * @property {Float32Array} probabilities
 */
/**
 * How the scene is explained, beyond its layer and class.
 * @typedef {object} Options
 * @property {Api.Target | null} target null: the class
 * @property {string[] | null} layers that are fused; null: the one layer
 * @property {Api.Fusion} fusion
 * @property {Api.Smoothing[]} smoothing
 * @property {boolean} reference
 */

/** @typedef {Omit<Api.ExplainOptions, "method" | "signal" | "onProgress">} How */
/** @typedef {{ id: string, name: string, map: Api.Explanation }} Shown a method's map that is final and on screen */
/** @typedef {"model" | "network" | "scene" | "maps" | "look" | "measures" | "scale" | "view" | "region" | "settings" | "lasting"} AppEvent */

/** In the place of a budget of channels: a map that was made with any. */
export const ANY_BUDGET = 0;

export class App extends EventTarget {
  /** @type {Api.Explainer | null} */
  explainer = null;
  /** Counts the networks, as they have been loaded: one that is loaded again may be prepared in another way. */
  network = 0;
  /**
   * What tells the network in use from all others, over reloads too: its weights' hashes, or what a visitor's own goes by;
   * null where nothing does. @type {string | null}
   */
  weights = null;
  /** Whether a reload brings the network in use back. */
  isLasting = true;
  /** @type {Seen | null} What is on screen. */
  seen = null;
  /** @type {Api.Crop} */
  crop = "center";
  layer = "layer4";
  /** @type {Options} */
  options = { target: null, layers: null, fusion: "mean", smoothing: [], reference: false };
  /** @type {number | null} Chosen by the visitor; null: the top class. */
  chosen = null;
  /** @type {number | null} Seconds that one pass takes on this device, as last measured. */
  passSeconds = null;
  /** @type {Look | null} null before the engine has given its colour tables */
  look = null;
  /** @type {MarkedRegion | null} where the visitor says the object is */
  region = null;
  /** @type {(sample: string | null, blob: Blob, sha256: string | null) => Promise<Mark | null>} Where the object was marked on any picture. */
  markOf = async () => null;
  /** Where the maps' shared scale ends, in times a map's average; 0 without one. */
  top = 0;
  view = "explain";
  /** @type {() => Shown[]} The maps of the scene that are final. */
  maps = () => [];
  /** @type {() => { id: string, name: string }[]} The methods that the visitor chose and that have a map of their own here. */
  methods = () => [];
  /** What the maps of the scene stand beside. */
  controls = new Controls(this);
  /** @type {(map: Api.HeatMap) => Api.Measures | undefined} What is known of a map of the scene without many passes. */
  measures = () => undefined;
  /** How focused the maps of all views are. */
  focus = new FocusMemory();
  /** @type {(error: unknown) => void} Say on the page what went wrong. */
  report = () => {};
  /** @type {(text: string) => void} Say it to who cannot see the page. */
  say = () => {};
  /** @type {(blob: Blob, key: string, map: Api.Explanation) => void} A map has been computed. */
  remember = () => {};
  /**
   * Something else was found of a picture, by what it depends on besides the picture, the network and the device.
   * @type {(blob: Blob, key: string, value: unknown) => void}
   */
  keep = () => {};
  /** @type {(blob: Blob, key: string) => any} The same, also from before a reload; undefined where there is nothing. */
  kept = () => undefined;
  /** The maps of all views, so that none is computed twice. */
  #results = new ResultCache();
  /** @type {Map<string, AbortController>} */
  #jobs = new Map();

  /** @returns {Api.Class | null} the class that is explained */
  get target() {
    if (!this.seen || !this.explainer) return null;
    const { classification, probabilities } = this.seen;
    const index = this.options.target === null ? this.chosen : classOf(this.options.target);
    if (index === null) return classification.classes[0];
    const label = this.explainer.model.labels[index];
    return { index, label, probability: probabilities[index], logit: classification.logits[index] };
  }

  /** What the maps are for, in words: a class, or several in their relation. "" before there is one. */
  get targetText() {
    const { target, options, explainer } = this;
    if (!target || !explainer) return "";
    return describeTarget(options.target ?? target.index, (index) => className(explainer.model.labels[index]));
  }

  /**
   * Another class in the place of the one that is explained.
   * @param {number} index
   */
  choose(index) {
    this.chosen = index;
    const { target } = this.options;
    if (target !== null) this.options = { ...this.options, target: withClass(target, index) };
  }

  /** The class is the network's first again. */
  forgetTarget() {
    this.chosen = null;
    this.options = { ...this.options, target: null };
  }

  /** @returns {How} how the scene is explained, by whatever method */
  get how() {
    const { target, layers, fusion, smoothing, reference } = this.options;
    const layer = layers && layers.length > 1 ? layers : (layers?.[0] ?? this.layer);
    return { layer, fusion, target: target ?? this.target?.index, crop: this.crop, smoothing, reference };
  }

  /** @returns {{ against: string, for: string } | null} the two sides of a contrast; a grid has a class of its own for each map */
  get sides() {
    const { target } = this.options;
    const labels = this.explainer?.model.labels;
    if (!labels || this.view === "grid" || target === null || typeof target !== "object") return null;
    return "over" in target ? { against: className(labels[target.over]), for: className(labels[target.class]) } : null;
  }

  /** @returns {string[]} the layers that are looked at */
  get layers() {
    return [this.how.layer ?? []].flat();
  }

  /** @returns {Api.LayerInfo[]} the same, with what is known of them */
  get layerInfos() {
    return this.explainer?.model.layers.filter(({ id }) => this.layers.includes(id)) ?? [];
  }

  /** @returns {Place} where and how the methods are asked */
  get place() {
    const { layers, isLastLayer, how, options } = this;
    return { layers, isLastLayer, target: how.target, smoothing: options.smoothing, reference: options.reference };
  }

  get isLastLayer() {
    const last = this.explainer?.model.layers.at(-1)?.id;
    return this.layers.every((id) => id === last);
  }

  /**
   * What a map by a method takes of the network.
   * @param {string} id
   */
  workOf(id) {
    return workOf(this.explainer?.methods ?? [], id);
  }

  /**
   * Whether a map by a method takes many passes here.
   * @param {string} id
   */
  isLong(id) {
    return isLong(this.workOf(id), this.isLastLayer);
  }

  /**
   * A map of what is on screen that has been computed before.
   * @param {Api.ExplainOptions} settings
   */
  known(settings) {
    return this.seen ? this.#results.get(this.seen.photo.blob, this.#key(settings)) : undefined;
  }

  /**
   * A map of what is on screen, computed unless it is known.
   * @param {Api.ExplainOptions} settings
   * @returns {Promise<Api.Explanation>}
   */
  async explain(settings) {
    const known = this.known(settings);
    if (known) return known;
    if (!this.explainer || !this.seen) throw new DOMException("", "AbortError");
    const { blob } = this.seen.photo;
    const [results, key] = [this.#results, this.#key(settings)];
    const found = await this.explainer.explain(blob, settings);
    const quick = typeof settings.channels === "number" ? this.#key({ ...settings, channels: ANY_BUDGET }) : null;
    results.set(blob, key, found, quick);
    if (results === this.#results) this.remember(blob, quick ?? key, found);
    return found;
  }

  /**
   * A map that was computed before the page was loaded anew.
   * @param {Blob} blob
   * @param {string} key as `remember` got it
   * @param {Api.Explanation} map
   */
  recall(blob, key, map) {
    this.#results.set(blob, key, map);
  }

  /** @param {Api.ExplainOptions} settings */
  #key(settings) {
    return `${this.explainer?.device.kind} ${this.explainer?.model.name} ${settingsKey(settings)}`;
  }

  /** Another network, which may have the last one's name: nothing that is known is of it. */
  forget() {
    this.network++;
    this.seen = null;
    this.#results = new ResultCache();
    this.controls.clear();
    this.emit("network");
  }

  /** @param {AppEvent} type */
  emit(type) {
    this.dispatchEvent(new Event(type));
  }

  /**
   * @param {AppEvent} type
   * @param {() => void} run
   */
  on(type, run) {
    this.addEventListener(type, run);
  }

  /**
   * Run a long job; a newer one of the same name cancels it. Failures are reported, cancelling is silent.
   * @param {string} name
   * @param {(signal: AbortSignal) => Promise<void>} work
   * @returns {Promise<boolean>} whether it came to its end
   */
  async run(name, work) {
    this.cancel(name);
    const own = new AbortController();
    this.#jobs.set(name, own);
    try {
      await work(own.signal);
      return true;
    } catch (error) {
      if (!isAbort(error)) this.report(error);
      return false;
    } finally {
      if (this.#jobs.get(name) === own) this.#jobs.delete(name);
    }
  }

  /** @param {string} name of a job */
  cancel(name) {
    this.#jobs.get(name)?.abort();
    this.#jobs.delete(name);
  }

  /** Cancel every job. */
  cancelAll() {
    if (this.#jobs.size === 0) return;
    for (const name of [...this.#jobs.keys()]) this.cancel(name);
    this.say(strings.say.cancelled);
  }
}
