/**
 * What the page's thread and the worker say to each other: message shapes, defaults, errors.
 * No DOM and no WebAssembly here, so both sides can import it.
 *
 * To the worker:   `{ id, action, args }`, `{ cancel: id }`
 * From the worker: `{ build }`, first of all: the build of the site that it is of;
 *                  `{ id, progress }` any number of times, then exactly one of `{ id, value }` and `{ id, error }`;
 *                  `{ traffic }` whenever it has asked something of the network;
 *                  `{ alive: lock }`, once: the name of a lock that it holds as long as it lives;
 *                  `{ fatal: error }` when the engine or its device has stopped and can answer nothing more.
 */

/** @import { Crop, DeviceInfo, ErrorName, Fusion, HeatMap, MethodInfo, Metric, ModelInfo, NamedArray, NamedFile,
 *   OwnNetwork, PaletteInfo, Region, Smoothing, Substrate, Target } from "./camscope.d.ts" */

/**
 * A picture on its way to the worker.
 * @typedef {Blob | Uint8Array | { width: number, height: number, data: Uint8ClampedArray }} SentPicture
 */

/**
 * A visitor's own network on its way to the worker; `imagenet`: the manifest with the names of ImageNet's classes.
 * @typedef {OwnNetwork & { imagenet: string }} SentCheckpoint
 */

/**
 * @typedef {object} HowToExplain
 * @property {string} method
 * @property {string | string[]} layer
 * @property {Fusion | undefined} fusion
 * @property {Target | undefined} target
 * @property {Crop} crop
 * @property {number | number[] | undefined} channels
 * @property {Smoothing[] | undefined} smoothing
 * @property {boolean | undefined} reference
 */

/**
 * What each action takes.
 * @typedef {object} Arguments
 * @property {{ model: string | SentCheckpoint, sha256: string | undefined, device: string,
 *   threads: number | undefined }} load
 * @property {{ checkpoint: Blob }} inspect
 * @property {{ image: SentPicture, crop: Crop, topK: number }} classify
 * @property {{ image: SentPicture } & HowToExplain} explain
 * @property {{ image: SentPicture, seed: number } & HowToExplain} sanity
 * @property {{ image: SentPicture, maxSide: number }} preview
 * @property {{ image: SentPicture, crop: Crop }} input
 * @property {{ image: SentPicture, map: HeatMap, target: number | undefined, crop: Crop,
 *   region: Region | HeatMap | undefined, metrics: Metric[] | undefined, steps: number | undefined,
 *   substrate: Substrate | undefined, explain: HowToExplain | undefined }} measure
 * @property {{ groups: string[], values: number[][], higherIsBetter: boolean, seed: number }} aggregate
 * @property {{ arrays: NamedArray[] }} npz
 * @property {{ files: NamedFile[] }} zip
 * @property {{ rows: (string | number | null)[][] }} csv
 * @property {{ kind: "random" | "gaussian", width: number, height: number, seed: number }} baseline
 * @property {{ a: HeatMap, b: HeatMap }} compare
 * @property {{}} checkDevice
 */

/** @typedef {keyof Arguments} Action */
/** @typedef {{ version: string, device: DeviceInfo, model: ModelInfo, methods: MethodInfo[], palettes: PaletteInfo[] }} Loaded */
/** @typedef {{ name: string, message: string }} SentError */

export const DEFAULTS = Object.freeze({
  device: "auto",
  crop: /** @type {Crop} */ ("center"),
  layer: "layer4",
  topK: 5,
  maxSide: 1024,
});

/** No photo is this large; reading more into memory to find that out would be the harm itself. */
export const MAX_FILE_BYTES = 256 * 2 ** 20;

/**
 * @param {ErrorName} name
 * @param {string} message
 * @param {unknown} [cause]
 * @returns {Error}
 */
export function namedError(name, message, cause) {
  if (name === "AbortError") return new DOMException(message, "AbortError");
  const error = new Error(message, { cause });
  error.name = name;
  return error;
}

/** @returns {Error} */
export function abortError() {
  return namedError("AbortError", "The call was cancelled.");
}

/** @returns {Error} */
export function updateError() {
  return namedError(
    "UpdateError",
    "This site was updated while the page was open, and what it loads now does not fit what it has. Load the page again.",
  );
}

/**
 * @param {unknown} error
 * @returns {SentError}
 */
export function packError(error) {
  if (error instanceof Error || error instanceof DOMException) {
    return { name: error.name, message: error.message };
  }
  return { name: "Error", message: String(error) };
}

/**
 * @param {SentError} sent
 * @returns {Error}
 */
export function unpackError({ name, message }) {
  return namedError(/** @type {ErrorName} */ (name), message);
}
