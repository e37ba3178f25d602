/**
 * Runs in the browser, on an empty page: the public module, used as a stranger would. Tests call it as `lab`.
 */
import { Explainer } from "../../www/camscope.js";

/** @import { ExplainOptions, LoadOptions, LoadProgress, Picture } from "../../www/camscope.d.ts" */

const SAMPLES = new URL("../../pkg/samples/", import.meta.url);

export const lab = {
  Explainer,
  /** @type {import("../../www/camscope.d.ts").Explainer} */
  explainer: /** @type {any} */ (null),

  /**
   * @param {LoadOptions} [options]
   */
  async load(options = {}) {
    /** @type {LoadProgress[]} */
    const progress = [];
    lab.explainer = await Explainer.load({ ...options, onProgress: (step) => progress.push(step) });
    const { device, model } = lab.explainer;
    return { device, model, progress };
  },

  /**
   * @param {string} file
   * @returns {Promise<Blob>}
   */
  async sample(file) {
    const response = await fetch(new URL(file, SAMPLES));
    if (!response.ok) throw new Error(`${file}: HTTP status ${response.status}`);
    return response.blob();
  },

  /** @param {number[]} bytes */
  blob: (bytes) => new Blob([new Uint8Array(bytes)]),

  /**
   * With plain arrays, which travel out of the page.
   * @param {Picture} image
   * @param {import("../../www/camscope.d.ts").ClassifyOptions} [options]
   */
  async classify(image, options) {
    const { logits, ...rest } = await lab.explainer.classify(image, options);
    return { ...rest, logits: Array.from(logits) };
  },

  /**
   * @param {Picture} image
   * @param {ExplainOptions} options
   */
  async explain(image, options) {
    const found = await lab.explainer.explain(image, options);
    return {
      ...found,
      values: Array.from(found.values),
      raw: { ...found.raw, values: Array.from(found.raw.values) },
      weights: Array.from(found.weights),
      scores: Array.from(found.scores),
    };
  },

  /**
   * How a promise fails.
   * @param {Promise<unknown>} promise
   * @returns {Promise<{ name: string, message: string } | null>} null: it does not
   */
  async failure(promise) {
    try {
      await promise;
      return null;
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      return { name, message };
    }
  },
};

/** @typedef {typeof lab} Lab */

Object.assign(window, { lab });
