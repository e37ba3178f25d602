/**
 * The public module. What it offers is declared and documented in camscope.d.ts.
 *
 * The work is done by a worker (worker.js), so nothing here blocks the page's thread, and calls queue there.
 */
import { BUILD } from "./build.js";
import { Messenger } from "./messenger.js";
import { DEFAULTS, abortError, namedError } from "./protocol.js";
import { startWorker } from "./trusted.js";

/** @import * as Api from "./camscope.d.ts" */
/** @import { Loaded, SentPicture } from "./protocol.js" */

const MODELS = new URL("../pkg/models/index.json", import.meta.url);
const DEFAULT_MODEL = new URL("../pkg/models/resnet50/manifest.json", import.meta.url);

/** @implements {Api.Explainer} */
class LoadedExplainer {
  #messenger;

  /**
   * @param {Messenger} messenger
   * @param {Loaded} loaded
   */
  constructor(messenger, loaded) {
    this.#messenger = messenger;
    this.lost = messenger.lost;
    this.version = loaded.version;
    this.build = BUILD;
    this.device = Object.freeze(loaded.device);
    this.model = Object.freeze(loaded.model);
    this.methods = Object.freeze(loaded.methods);
    this.palettes = Object.freeze(loaded.palettes);
  }

  /** @type {Api.Explainer["classify"]} */
  async classify(image, { crop = DEFAULTS.crop, topK = DEFAULTS.topK, signal } = {}) {
    const sent = send(image);
    return this.#messenger.call("classify", { image: sent.image, crop, topK }, { signal, ...sent.options });
  }

  /** @type {Api.Explainer["explain"]} */
  async explain(image, options) {
    const how = howToExplain(options, "explain");
    const sent = send(image);
    const { signal, onProgress } = options;
    const calling = { signal, onProgress, ...sent.options };
    const found = await this.#messenger.call("explain", { image: sent.image, ...how }, calling);
    // The weights do not tell: those of channels that were not tried are predicted.
    return { ...found, channels: how.channels ?? null };
  }

  /** @type {Api.Explainer["preview"]} */
  async preview(image, { maxSide = DEFAULTS.maxSide, signal } = {}) {
    const sent = send(image);
    return this.#messenger.call("preview", { image: sent.image, maxSide }, { signal, ...sent.options });
  }

  /** @type {Api.Explainer["input"]} */
  async input(image, { crop = DEFAULTS.crop, signal } = {}) {
    const sent = send(image);
    return this.#messenger.call("input", { image: sent.image, crop }, { signal, ...sent.options });
  }

  /**
   * Numbers about a map: how concentrated it is; with a `region`, how much of it lies there; and what the network still
   * says of the class when the map decides which pixels it sees.
   * @type {Api.Explainer["measure"]}
   */
  async measure(image, map, options = {}) {
    const { target, crop = DEFAULTS.crop, metrics, steps, substrate, signal, onProgress } = options;
    const heat = heatOf(map);
    const region = options.region && "values" in options.region ? heatOf(options.region) : options.region;
    const explain = options.explain && howToExplain(options.explain, "the measure's explain");
    const sent = send(image);
    const args = { image: sent.image, map: heat, target, crop, region, metrics, steps, substrate, explain };
    return this.#messenger.call("measure", args, { signal, onProgress, ...sent.options });
  }

  /**
   * A map that knows nothing of the picture, to compare measures with.
   * @type {Api.Explainer["baseline"]}
   */
  async baseline(kind, { width, height, seed = 0, signal }) {
    return this.#messenger.call("baseline", { kind, width, height, seed }, { signal });
  }

  /**
   * How far two maps of the same size agree.
   * @type {Api.Explainer["compare"]}
   */
  async compare(a, b, { signal } = {}) {
    return this.#messenger.call("compare", { a: heatOf(a), b: heatOf(b) }, { signal });
  }

  /**
   * Whether a method's map changes when the network forgets what it has learned.
   * @type {Api.Explainer["sanity"]}
   */
  async sanity(image, options) {
    const how = howToExplain(options, "sanity");
    const sent = send(image);
    const { seed = 0, signal, onProgress } = options;
    const args = { image: sent.image, seed, ...how };
    return this.#messenger.call("sanity", args, { signal, onProgress, ...sent.options });
  }

  /**
   * What the values of several methods over several pictures say together.
   * @type {Api.Explainer["aggregate"]}
   */
  async aggregate({ groups, values, higherIsBetter, seed = 0 }) {
    return this.#messenger.call("aggregate", { groups, values, higherIsBetter, seed });
  }

  /** @type {Api.Explainer["npz"]} */
  async npz(arrays) {
    return this.#messenger.call("npz", { arrays: arrays.map(({ name, shape, values }) => ({ name, shape, values })) });
  }

  /** @type {Api.Explainer["zip"]} */
  async zip(files) {
    return this.#messenger.call("zip", { files: files.map(({ name, bytes }) => ({ name, bytes })) });
  }

  /** @type {Api.Explainer["csv"]} */
  async csv(rows) {
    return this.#messenger.call("csv", { rows });
  }

  /** @type {Api.Explainer["checkDevice"]} */
  async checkDevice({ signal } = {}) {
    return this.#messenger.call("checkDevice", {}, { signal });
  }

  dispose() {
    this.#messenger.close(namedError("AbortError", "The explainer was disposed of."));
  }
}

/** @type {Api.ExplainerStatic} */
export const Explainer = Object.freeze({
  async load(options = {}) {
    const { model = DEFAULT_MODEL, device = DEFAULTS.device, threads, manifestSha256 } = options;
    const { signal, onProgress, onTraffic, confined } = options;
    if (!["auto", "webgpu", "webgpu-f16", "cpu"].includes(device)) {
      throw namedError("OptionError", `There is no device "${device}": use "auto", "webgpu", "webgpu-f16" or "cpu".`);
    }
    if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
      throw namedError("OptionError", `The CPU cannot compute on ${threads} threads: use a whole number from 1 on.`);
    }
    const source =
      typeof model === "string" || model instanceof URL
        ? new URL(model, document.baseURI).href
        : { ...model, checkpoint: checkpointOf(model.checkpoint), imagenet: DEFAULT_MODEL.href };
    const messenger = openWorker(confined, onTraffic);
    try {
      const args = { model: source, sha256: manifestSha256, device, threads };
      const loaded = await messenger.call("load", args, { signal, onProgress });
      return new LoadedExplainer(messenger, loaded);
    } catch (error) {
      messenger.close(namedError("AbortError", "The model was not loaded."));
      throw error;
    }
  },

  async models({ signal } = {}) {
    try {
      const response = await fetch(MODELS, { signal, cache: "no-cache" });
      if (!response.ok) throw new Error(`HTTP status ${response.status}`);
      /** @type {Api.ModelEntry[]} */
      const entries = await response.json();
      return entries.map(({ name, title, manifest }) => ({ name, title, manifest: new URL(manifest, MODELS).href }));
    } catch (error) {
      if (signal?.aborted) throw abortError();
      const text = `The list of models could not be loaded (${error}). Check the connection.`;
      throw namedError("WeightsError", text, error);
    }
  },

  async inspect(checkpoint, { signal, confined } = {}) {
    const file = checkpointOf(checkpoint);
    const messenger = openWorker(confined);
    try {
      return await messenger.call("inspect", { checkpoint: file }, { signal });
    } finally {
      messenger.close(namedError("AbortError", "The file was inspected."));
    }
  },
});

/**
 * @param {boolean} [confined]
 * @param {Api.LoadOptions["onTraffic"]} [onTraffic]
 */
function openWorker(confined = false, onTraffic) {
  return new Messenger(startWorker(new URL("./worker.js", import.meta.url), { confined }), onTraffic);
}

/** @param {unknown} file */
function checkpointOf(file) {
  if (file instanceof Blob) return file;
  throw namedError("OptionError", "The checkpoint must be a Blob, such as a chosen file.");
}

/**
 * What says how a map is made, its defaults filled in.
 * @param {Api.ExplainOptions} options
 * @param {string} call
 */
function howToExplain(options, call) {
  const {
    method,
    layer = DEFAULTS.layer,
    fusion,
    target,
    crop = DEFAULTS.crop,
    channels,
    smoothing = [],
    reference = false,
  } = options ?? {};
  if (!method) throw namedError("OptionError", `${call} needs a method, such as { method: "gradcam" }.`);
  return { method, layer, fusion, target, crop, channels, smoothing, reference };
}

/**
 * Only what a map consists of travels: an explanation has more.
 * @param {Api.HeatMap} map
 * @returns {Api.HeatMap}
 */
function heatOf(map) {
  const { width, height, values } = map ?? {};
  if (!(values instanceof Float32Array) || values.length !== width * height) {
    throw namedError("OptionError", "A map must have a width, a height, and a Float32Array of width × height values.");
  }
  return { width, height, values };
}

/**
 * Pixels and bytes are copied and the copy handed over, so that the caller's buffer stays as it is.
 * @param {Api.Picture} image
 * @returns {{ image: SentPicture, options: { transfer: Transferable[] } }}
 */
function send(image) {
  if (image instanceof Blob) return { image, options: { transfer: [] } };
  if (image instanceof ImageData) {
    const data = new Uint8ClampedArray(image.data);
    return { image: { width: image.width, height: image.height, data }, options: { transfer: [data.buffer] } };
  }
  if (image instanceof ArrayBuffer || image instanceof Uint8Array) {
    const bytes = image instanceof ArrayBuffer ? new Uint8Array(image.slice(0)) : new Uint8Array(image);
    return { image: bytes, options: { transfer: [bytes.buffer] } };
  }
  throw namedError("OptionError", "The picture must be a Blob, an ArrayBuffer, a Uint8Array or an ImageData.");
}
