/**
 * The worker: the only importer of pkg/. A table of actions, one onmessage, one call at a time; but what takes a few passes
 * is answered between two batches of what takes many.
 */
import { BUILD } from "./build.js";
import { inspectCheckpoint, loadCheckpoint } from "./checkpoint-loader.js";
import { openEngine, openModule } from "./engine.js";
import { noticingStalls } from "./fetching.js";
import { loadModel } from "./model-loader.js";
import { isLong, workOf } from "./plan.js";
import { MAX_FILE_BYTES, abortError, namedError, packError } from "./protocol.js";
import { countTraffic } from "./traffic.js";

/** @import { MethodInfo } from "./camscope.d.ts" */
/** @import { Arguments, Action, Loaded, SentPicture } from "./protocol.js" */
/** @import { Engine, EngineImage, EngineModule, EngineProgress } from "./wasm-engine.d.ts" */

/**
 * @typedef {object} Call
 * @property {AbortSignal} signal
 * @property {(value: object, transfer?: Transferable[]) => void} progress
 */

/** Behind it there is only the classifier. */
const LAST = "layer4";

/** @type {Engine | null} */
let engine = null;
/** What the engine's module computes without a model. @type {EngineModule | null} */
let glue = null;
/** @type {Map<number, AbortController>} */
const calls = new Map();
let queue = Promise.resolve();
/** Calls that take a few passes at most, and have not begun. @type {(() => Promise<void>)[]} */
const short = [];
let isAnsweringShort = false;
/** Of the engine. @type {MethodInfo[]} */
let methods = [];
/** Whether the model is what it should be, as far as that can wait. @type {(() => Promise<void>) | null} */
let check = null;

const actions = {
  /**
   * @param {Arguments["load"]} args
   * @param {Call} call
   * @returns {Promise<Loaded>}
   */
  async load({ model: source, sha256, device: choice, threads }, call) {
    const { signal } = call;
    const download = noticingStalls(call.progress);
    try {
      download.report({ stage: "engine", done: 0, total: null });
      const opened = await openEngine({ device: choice, threads }, signal, (done, total) =>
        download.report({ stage: "engine", done, total }),
      );
      let model;
      if (typeof source === "string") {
        const address = { url: source, sha256 };
        ({ model, check } = await loadModel(opened.engine, address, signal, (done, total) =>
          download.report({ stage: "weights", done, total }),
        ));
      } else {
        model = await loadCheckpoint(opened.glue, opened.engine, source, signal, async (done, total) => {
          call.progress({ stage: "weights", done, total, stalled: false });
          await macrotask();
          return !signal.aborted;
        });
      }
      engine = opened.engine;
      glue = opened.glue;
      const { device, palettes } = opened;
      ({ methods } = opened);
      return { version: opened.glue.version(), device, model, methods, palettes };
    } finally {
      download.end();
    }
  },

  /**
   * @param {Arguments["inspect"]} args
   * @param {Call} call
   */
  async inspect({ checkpoint }, call) {
    return inspectCheckpoint(glue ?? (await openModule(call.signal, () => {})), checkpoint);
  },

  /** @param {Arguments["classify"]} args */
  async classify({ image, ...options }) {
    return loaded().classify(await picture(image), options);
  },

  /**
   * @param {Arguments["explain"]} args
   * @param {Call} call
   */
  async explain({ image, ...options }, call) {
    return loaded().explain(await picture(image), options, reporter(call));
  },

  /** @param {Arguments["preview"]} args */
  async preview({ image, maxSide }) {
    return loaded().preview(await picture(image), maxSide);
  },

  /** @param {Arguments["input"]} args */
  async input({ image, crop }) {
    return loaded().input(await picture(image), crop);
  },

  /**
   * @param {Arguments["measure"]} args
   * @param {Call} call
   */
  async measure({ image, map, ...options }, call) {
    return loaded().measure(await picture(image), map, options, reporter(call));
  },

  /** @param {Arguments["baseline"]} args */
  async baseline({ kind, width, height, seed }) {
    return module().baseline(kind, width, height, seed);
  },

  /**
   * @param {Arguments["sanity"]} args
   * @param {Call} call
   */
  async sanity({ image, seed, ...options }, call) {
    return loaded().sanity(await picture(image), options, seed, reporter(call));
  },

  /** @param {Arguments["aggregate"]} args */
  async aggregate(args) {
    return module().aggregate(args);
  },

  /** @param {Arguments["npz"]} args */
  async npz({ arrays }) {
    return module().npz(arrays);
  },

  /** @param {Arguments["zip"]} args */
  async zip({ files }) {
    return module().zip(files);
  },

  /** @param {Arguments["csv"]} args */
  async csv({ rows }) {
    return module().csv(rows);
  },

  async checkDevice() {
    return loaded().checkDevice();
  },

  /** @param {Arguments["compare"]} args */
  async compare({ a, b }) {
    return module().compare(a, b);
  },
};

self.postMessage({ build: BUILD });
countTraffic((traffic) => self.postMessage({ traffic }));

// Where there are no locks (an insecure context) the page does not notice when the browser ends this worker.
const alive = `camscope worker ${self.crypto.randomUUID?.()}`;
self.navigator.locks
  ?.request(alive, () => {
    self.postMessage({ alive });
    return new Promise(() => {});
  })
  .catch(() => {});

self.onmessage = ({ data }) => {
  if ("cancel" in data) {
    calls.get(data.cancel)?.abort();
    return;
  }
  const controller = new AbortController();
  calls.set(data.id, controller);
  const run = () => answer(data, controller.signal);
  if (isFree(data)) run();
  else if (isShort(data)) {
    short.push(run);
    queue = queue.then(answerShort);
  } else queue = queue.then(run);
};

/** Answers what is short, one after the other. */
async function answerShort() {
  if (isAnsweringShort) return;
  isAnsweringShort = true;
  for (let run = short.shift(); run; run = short.shift()) await run();
  isAnsweringShort = false;
}

/**
 * Whether a call needs no pass through the network: it is answered between two batches of what takes long.
 * @param {{ action: Action, args: any }} message
 */
function isFree({ action, args }) {
  if (action === "measure") return args.metrics?.every((/** @type {string} */ metric) => metric === "focus") ?? false;
  return ["compare", "baseline", "aggregate", "npz", "zip", "csv"].includes(action);
}

/**
 * Whether a call takes a few passes at most.
 * @param {{ action: Action, args: any }} message
 */
function isShort({ action, args }) {
  if (action !== "explain") return ["classify", "preview", "input"].includes(action);
  const isAtLast = [args.layer ?? LAST].flat().every((/** @type {string} */ layer) => layer === LAST);
  return !isLong(workOf(methods, args.method), isAtLast);
}

// A panic inside a running future settles no promise: it surfaces only here.
self.onunhandledrejection = (event) => crashed(event.reason);

/**
 * @param {{ id: number, action: Action, args: any }} message
 * @param {AbortSignal} signal
 */
async function answer({ id, action, args }, signal) {
  try {
    if (signal.aborted) throw abortError();
    const value = await actions[action](args, { signal, progress: (progress) => self.postMessage({ id, progress }) });
    if (signal.aborted) throw abortError();
    self.postMessage({ id, value });
    if (action === "classify") checkNow();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) crashed(error);
    else if (engine && error instanceof Error && error.name === "DeviceError")
      self.postMessage({ fatal: packError(error) });
    else self.postMessage({ id, error: packError(error) });
  } finally {
    calls.delete(id);
  }
}

/** What a model computes that is not what it should be is worth nothing. */
function checkNow() {
  check?.().catch((error) => self.postMessage({ fatal: packError(error) }));
  check = null;
}

/** @param {unknown} reason */
function crashed(reason) {
  const why = packError(reason).message;
  const error = namedError("DeviceError", `The engine has stopped unexpectedly (${why}). Load the explainer again.`);
  self.postMessage({ fatal: packError(error) });
}

function loaded() {
  if (!engine) throw notLoaded();
  return engine;
}

function module() {
  if (!glue) throw notLoaded();
  return glue;
}

/**
 * What the engine tells of progress, between two batches; answers whether to go on.
 * @param {Call} call
 * @returns {(progress: EngineProgress) => Promise<boolean>}
 */
function reporter(call) {
  return async (progress) => {
    call.progress(progress);
    await macrotask();
    await answerShort();
    return !call.signal.aborted;
  };
}

function notLoaded() {
  return namedError("DeviceError", "No model is loaded.");
}

/**
 * @param {SentPicture} image
 * @returns {Promise<EngineImage>}
 */
async function picture(image) {
  if (!(image instanceof Blob)) return image;
  if (image.size > MAX_FILE_BYTES) {
    const size = Math.round(image.size / 2 ** 20);
    throw namedError(
      "DecodeError",
      `The file has ${size} MiB; pictures of up to ${MAX_FILE_BYTES / 2 ** 20} MiB are read.`,
    );
  }
  try {
    return new Uint8Array(await image.arrayBuffer());
  } catch (error) {
    throw namedError(
      "DecodeError",
      "The file could not be read. It may have been moved or changed: choose it again.",
      error,
    );
  }
}

/** Let waiting messages in, a cancel among them. A resolved promise would not: it runs before them. */
function macrotask() {
  return /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => (port1.close(), resolve());
      port2.postMessage(null);
    })
  );
}
