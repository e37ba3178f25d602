/**
 * Worker side: the network on the CPU, a WebAssembly module beside the engine's. Where the page is cross-origin isolated
 * its memory is shared with further workers (kernel-thread.js), which lend it their threads.
 */
import { BUILD } from "./build.js";
import { checkBuild } from "./fetching.js";
import { namedError, updateError } from "./protocol.js";
import { startWorker } from "./trusted.js";

/** @import { KernelSize, Kernels } from "./wasm-engine.d.ts" */

/**
 * What the module exports; pointers are numbers.
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {(floats: number) => number} allocate
 * @property {(floats: number, count: number) => void} release
 * @property {(weights: number, bias: number, out: number, kernelHeight: number, kernelWidth: number, input: number,
 *   stride: number, padding: number) => number} add
 * @property {(conv: number) => void} remove
 * @property {(conv: number, to: number) => void} weights
 * @property {(words: number, count: number, x: number, n: number, channels: number, height: number,
 *   width: number) => void} compute
 * @property {(words: number, count: number, activations: number, channels: number, height: number,
 *   width: number) => number} open_variants
 * @property {(variants: number) => void} close_variants
 * @property {(variants: number, atMost: number) => number} variants_in_batch
 * @property {(variants: number, channels: number, count: number) => void} without
 * @property {(lanes: number) => void} set_lanes
 */

/** More threads bring little: the weights must come from memory for each pass. */
const MOST_THREADS = 8;
const STACK_BYTES = 1 << 17;
/** What a shared memory may grow to: it must be said beforehand. In pages of 64 KiB. */
const MOST_PAGES = 1 << 14;
/** Threads that have not started by then are done without. */
const START_MS = 20_000;

/** A module with one instruction of relaxed SIMD: f32x4.relaxed_madd. */
const RELAXED = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2,
  253, 133, 2, 11,
]);

/**
 * @param {number | undefined} wanted how many threads; default: as many as the processor has, within reason
 * @returns {Promise<Kernels>}
 */
export async function openKernels(wanted) {
  const isShared = self.crossOriginIsolated && typeof SharedArrayBuffer === "function";
  const most = Math.min(navigator.hardwareConcurrency || 1, MOST_THREADS);
  const threads = isShared ? Math.max(1, Math.min(wanted ?? most, MOST_THREADS)) : 1;
  const relaxed = WebAssembly.validate(RELAXED) ? "-relaxed" : "";
  const module = await fetchModule(`kernels${threads > 1 ? "-threads" : ""}${relaxed}.wasm`);
  if (threads === 1) return new LoadedKernels(module, null, 1);
  const memory = new WebAssembly.Memory({ initial: 64, maximum: MOST_PAGES, shared: true });
  const kernels = new LoadedKernels(module, memory, threads);
  await kernels.startThreads(module, memory);
  return kernels;
}

/** @param {string} file */
async function fetchModule(file) {
  const path = `pkg/${file}`;
  try {
    const response = await fetch(new URL(`../${path}`, import.meta.url));
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    const bytes = await response.arrayBuffer();
    await checkBuild(path, [bytes]);
    return await WebAssembly.compile(bytes);
  } catch (error) {
    if (isUpdate(error)) throw error;
    const why = error instanceof Error ? error.message : error;
    const text = `The engine's file pkg/${file} could not be loaded (${why}). Check the connection, or build it with "cargo xtask build".`;
    throw namedError("DeviceError", text, error);
  }
}

/** @implements {Kernels} */
class LoadedKernels {
  #exports;
  #memory;
  /** Activations of the computation that runs. @type {{ values: Float32Array, size: KernelSize }[]} */
  #found = [];

  /**
   * @param {WebAssembly.Module} module
   * @param {WebAssembly.Memory | null} memory the shared one
   * @param {number} threads
   */
  constructor(module, memory, threads) {
    /** @type {(at: number, size: KernelSize) => void} */
    const keep = (at, size) => this.#found.push({ values: this.#read(at, product(size)), size });
    const instance = new WebAssembly.Instance(module, imports(memory, keep));
    this.#exports = /** @type {Exports} */ (/** @type {unknown} */ (instance.exports));
    this.#memory = memory ?? this.#exports.memory;
    this.threads = threads;
  }

  /**
   * Lends it the other threads; where they do not start it works on one.
   * @param {WebAssembly.Module} module
   * @param {WebAssembly.Memory} memory
   */
  async startThreads(module, memory) {
    const lanes = Array.from({ length: this.threads - 1 }, (_, index) => index + 1);
    const script = new URL("./kernel-thread.js", import.meta.url);
    // As this worker was started, so are its own.
    const options = { confined: self.location.protocol === "blob:", name: "camscope kernels" };
    const workers = lanes.map(() => startWorker(script, options));
    try {
      await Promise.all(
        workers.map((worker, index) => {
          // It grows downwards, in steps of 16 bytes.
          const stack = (this.#exports.allocate(STACK_BYTES / 4) + STACK_BYTES) & -16;
          worker.postMessage({ module, memory, stack, lane: lanes[index] });
          return started(worker);
        }),
      );
      this.#exports.set_lanes(this.threads);
    } catch (error) {
      for (const worker of workers) worker.terminate();
      if (isUpdate(error)) throw error;
      console.warn("camscope: the CPU computes on one thread:", error);
      this.threads = 1;
    }
  }

  /** Of memory, which only grows. */
  get bytes() {
    return this.#memory.buffer.byteLength;
  }

  /** @type {Kernels["add"]} */
  add(weights, [out, kernelHeight, kernelWidth, input], bias, stride, padding) {
    return this.#lend([weights, bias], (from, added) =>
      this.#exports.add(from, added, out, kernelHeight, kernelWidth, input, stride, padding),
    );
  }

  /** @type {Kernels["remove"]} */
  remove(conv) {
    this.#exports.remove(conv);
  }

  /** @type {Kernels["weights"]} */
  weights(conv, count) {
    const to = this.#exports.allocate(count) >>> 0;
    this.#exports.weights(conv, to);
    const weights = this.#read(to, count);
    this.#exports.release(to, count);
    return weights;
  }

  /** @type {Kernels["run"]} */
  run(words, x, [n, channels, height, width]) {
    this.#lend([words, x], (steps, input) =>
      this.#exports.compute(steps, words.length, input, n, channels, height, width),
    );
    return this.#found.splice(0);
  }

  /** @type {Kernels["openVariants"]} */
  openVariants(words, activations, [channels, height, width]) {
    return this.#lend([words, activations], (blocks, known) =>
      this.#exports.open_variants(blocks, words.length, known, channels, height, width),
    );
  }

  /** @type {Kernels["closeVariants"]} */
  closeVariants(variants) {
    this.#exports.close_variants(variants);
  }

  /** @type {Kernels["variantsInBatch"]} */
  variantsInBatch(variants, atMost) {
    return this.#exports.variants_in_batch(variants, Number(atMost));
  }

  /** @type {Kernels["without"]} */
  without(variants, channels) {
    this.#lend([channels], (at) => this.#exports.without(variants, at, channels.length));
    const [{ values }] = this.#found.splice(0);
    return values;
  }

  /**
   * Numbers of four bytes each, in the module's memory for a call.
   * @template T
   * @param {(Float32Array | Uint32Array)[]} arrays
   * @param {(...at: number[]) => T} call
   */
  #lend(arrays, call) {
    const lent = arrays.map((values) => this.#write(values));
    const result = call(...lent);
    for (const [index, { length }] of arrays.entries()) this.#exports.release(lent[index], length);
    return result;
  }

  /** @param {Float32Array | Uint32Array} values */
  #write(values) {
    const at = this.#exports.allocate(values.length) >>> 0;
    const Kind = values instanceof Float32Array ? Float32Array : Uint32Array;
    new Kind(this.#memory.buffer, at, values.length).set(values);
    return at;
  }

  /**
   * @param {number} at
   * @param {number} count
   */
  #read(at, count) {
    // A copy, and one that is not shared.
    return new Float32Array(new Float32Array(this.#memory.buffer, at, count));
  }
}

/**
 * What the module wants of the page.
 * @param {WebAssembly.Memory | null} memory the shared one
 * @param {(at: number, size: KernelSize) => void} emit
 */
export function imports(memory, emit) {
  /** @param {number} at */
  const word = (at) => ({ words: new Int32Array(/** @type {WebAssembly.Memory} */ (memory).buffer), index: at / 4 });
  const page = {
    /** @type {(at: number, n: number, channels: number, height: number, width: number) => void} */
    emit: (at, ...size) => emit(at >>> 0, size),
    /** @type {(at: number, value: number) => void} */
    sleep: (at, value) => {
      const { words, index } = word(at);
      Atomics.wait(words, index, value);
    },
    /** @type {(at: number) => void} */
    wake: (at) => {
      const { words, index } = word(at);
      Atomics.notify(words, index);
    },
  };
  /** @type {WebAssembly.ModuleImports} */
  const env = memory ? { memory } : {};
  return { page, env };
}

/** @param {KernelSize} size */
function product(size) {
  return size.reduce((a, b) => a * b, 1);
}

/** @param {Worker} worker */
function started(worker) {
  return /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("a thread did not start")), START_MS);
      worker.onmessage = ({ data }) => {
        clearTimeout(timer);
        if (data.build === BUILD) resolve();
        else reject(updateError());
      };
      worker.onerror = (event) => (clearTimeout(timer), reject(new Error(event.message ?? "a thread failed")));
    })
  );
}

/** @param {unknown} error */
function isUpdate(error) {
  return error instanceof Error && error.name === "UpdateError";
}
