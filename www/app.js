/**
 * What the parts of the page share: the loaded explainer, what is on screen, and a place for long jobs. Controllers read
 * it and hear its events; the scene is main.js's to set.
 *
 * Events: "model" (another explainer, or none), "scene" (another picture, crop, layer or class), "maps" (a map of the
 * scene has become final, or is no longer shown), "look" (other colours), "scale" (the shared scale ends elsewhere), "view" (another view is shown).
 */
import { isAbort } from "./faults.js";
import * as strings from "./strings.js";

/** @import * as Api from "./camscope.d.ts" */
/** @import { Look } from "./paint.js" */

/** @typedef {{ blob: Blob, name: string, sample: string | null }} Photo */
/** @typedef {{ photo: Photo, picture: HTMLCanvasElement, classification: Api.Classification, probabilities: Float32Array }} Seen */
/** @typedef {{ id: string, name: string, map: Api.Explanation }} Shown a method's map that is final and on screen */
/** @typedef {"model" | "scene" | "maps" | "look" | "scale" | "view"} AppEvent */

export class App extends EventTarget {
  /** @type {Api.Explainer | null} */
  explainer = null;
  /** @type {Seen | null} What is on screen. */
  seen = null;
  /** @type {Api.Crop} */
  crop = "center";
  layer = "layer4";
  /** @type {number | null} Chosen by the visitor; null: the top class. */
  chosen = null;
  /** @type {number | null} Seconds that one pass takes on this device, as last measured. */
  passSeconds = null;
  /** @type {Look | null} null before the engine has given its colour tables */
  look = null;
  /** Where the maps' shared scale ends, in times a map's average; 0 without one. */
  top = 0;
  view = "explain";
  /** @type {() => Shown[]} The maps of the scene that are final. */
  maps = () => [];
  /** @type {(error: unknown) => void} Say on the page what went wrong. */
  report = () => {};
  /** @type {(text: string) => void} Say it to who cannot see the page. */
  say = () => {};
  /** @type {Map<string, AbortController>} */
  #jobs = new Map();

  /** @returns {Api.Class | null} the class that is explained */
  get target() {
    if (!this.seen || !this.explainer) return null;
    const { classification, probabilities } = this.seen;
    const index = this.chosen;
    if (index === null) return classification.classes[0];
    const label = this.explainer.model.labels[index];
    return { index, label, probability: probabilities[index], logit: classification.logits[index] };
  }

  get isLastLayer() {
    return this.layer === this.explainer?.model.layers.at(-1)?.id;
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
