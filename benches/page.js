/**
 * Runs in the browser: holds the engines' workers. The benchmark calls it as `bench`, one call at a time, so that no
 * engine computes while another is measured.
 */
import { Explainer } from "../www/camscope.js";
import { SIDE, drawPicture } from "./picture.js";
import { call } from "./rpc.js";

/** @import { PlainPasses, Timing } from "./camscope-worker.js" */

/** @typedef {{ name: string, ms: number }} Step */
/** A WebGPU adapter in words; `isEmulated`: by the processor. @typedef {{ name: string, isEmulated: boolean }} Adapter */

/** @type {Map<string, Worker>} */
const workers = new Map();

export const bench = {
  /** @returns {Promise<Adapter | null>} null: there is none */
  async adapter() {
    // @ts-ignore: the DOM library that is checked against has no WebGPU yet.
    const ask = async () => (await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }))?.info;
    let info = await ask();
    if (!info) {
      // Asked right after its start, Chromium may still be looking for a GPU.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      info = await ask();
    }
    if (!info) return null;
    const name = [info.vendor, info.architecture, info.description].filter(Boolean).join(" ");
    return { name, isEmulated: info.isFallbackAdapter || /swiftshader|llvmpipe/i.test(name) };
  },

  /**
   * @param {string} name
   * @param {"camscope" | "ort"} engine
   * @param {object} options
   * @returns {Promise<{ count: number, ms: number } | undefined>} what camscope had a GPU compile
   */
  async open(name, engine, options) {
    const worker = new Worker(new URL(`./${engine}-worker.js`, import.meta.url), { type: "module" });
    workers.set(name, worker);
    return call(worker, "open", options);
  },

  /** Ends every worker and frees what it held. */
  close() {
    for (const worker of workers.values()) worker.terminate();
    workers.clear();
  },

  /**
   * @param {string} name
   * @param {number} n the batch size of the forwards to come
   */
  prepare: (name, n) => call(named(name), "prepare", n),

  /**
   * @param {string} name
   * @returns {Promise<{ ms: number, logits: number[] }>}
   */
  async forward(name) {
    const { ms, logits } = await call(named(name), "forward");
    return { ms, logits: Array.from(logits) };
  },

  /**
   * @param {string} name
   * @param {number} seed
   * @param {{ method: string, layer: string, channels?: number | number[] }} options
   * @returns {Promise<{ ms: number, passes: number, scores: number[] }>}
   */
  async explain(name, seed, options) {
    const { scores, ...found } = await call(named(name), "explain", seed, options);
    return { ...found, scores: Array.from(scores) };
  },

  /**
   * @param {string} name
   * @param {number} seed
   * @returns {Promise<number>}
   */
  classify: (name, seed) => call(named(name), "classify", seed),

  /**
   * @param {string} name
   * @param {number} seed
   * @param {PlainPasses} options
   * @param {number} target
   * @returns {Promise<{ ms: number, scores: number[] }>}
   */
  plainPasses: (name, seed, options, target) => call(named(name), "plainPasses", seed, options, target),

  /**
   * @param {string} name
   * @param {{ batch: number, rounds: number, calls: number }} options
   * @returns {Promise<Timing[]>}
   */
  layers: (name, options) => call(named(name), "layers", options),

  /**
   * @param {string} name
   * @returns {Promise<{ gpu: number, wasm: number }>}
   */
  memory: (name) => call(named(name), "memory"),

  /**
   * The public module as a visitor's page uses it, twice: the second load finds the weights in the browser's cache.
   * @param {"webgpu" | "webgpu-f16" | "cpu"} device
   * @param {string} model
   * @returns {Promise<Step[]>}
   */
  async load(device, model) {
    /** @type {Step[]} */
    const steps = [];
    /**
     * @template T
     * @param {string} name
     * @param {() => Promise<T>} step
     */
    const timed = async (name, step) => {
      const start = performance.now();
      const result = await step();
      steps.push({ name, ms: performance.now() - start });
      return result;
    };
    const { data } = drawPicture(0);
    const image = new ImageData(new Uint8ClampedArray(data), SIDE, SIDE);
    for (const visit of ["first visit", "cached visit"]) {
      const explainer = await timed(`${visit}: load`, () => Explainer.load({ device, model }));
      await timed(`${visit}: first prediction`, () => explainer.classify(image, { crop: "squash" }));
      explainer.dispose();
    }
    return steps;
  },
};

/** @typedef {typeof bench} Bench */

/** @param {string} name */
function named(name) {
  const worker = workers.get(name);
  if (!worker) throw new Error(`${name} is not open.`);
  return worker;
}

Object.assign(window, { bench });
