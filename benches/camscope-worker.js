/**
 * camscope's side: its engine, without the page around it.
 */
import { openKernels } from "../www/kernels.js";
import { SIDE, drawBatch, drawPicture } from "./picture.js";
import { serve } from "./rpc.js";

/** @import { Engine, EngineModule } from "../www/wasm-engine.d.ts" */
/** @import { Preprocessing } from "./picture.js" */

const GLUE = new URL("../pkg/camscope.js", import.meta.url);
const WASM = new URL("../pkg/camscope_bg.wasm", import.meta.url);

/**
 * The bare network is for benchmarks only, so it is not among what the page's worker knows.
 * @typedef {object} Bare
 * @property {(values: Float32Array, n: number, height: number, width: number) => Promise<Float32Array>} forward
 * @property {(image: Picture, options: PlainPasses & { crop: "squash" }) => Promise<Float32Array>} plainPasses
 * @property {(options: { batch: number, rounds: number, calls: number }) => Promise<Timing[]>} profile
 */
/** @typedef {Engine & Bare} BareEngine */
/** @typedef {ReturnType<typeof drawPicture>} Picture */
/** One pass for each of a layer's channels that is set to zero. @typedef {{ layer: string, channels: number[], batch: number }} PlainPasses */

/**
 * A convolution by itself; `shape`: side and stride of its kernel, input and output channels, output height and width.
 * @typedef {{ name: string, shape: number[], macs: number, milliseconds: number }} Timing
 */

/** @type {BareEngine} */
let engine;
/** @type {Preprocessing} */
let preprocessing;
/** @type {Float32Array} */
let values;
let count = 0;
/** @type {{ memory: WebAssembly.Memory }} */
let exported;
/** On the CPU. @type {Awaited<ReturnType<typeof openKernels>> | undefined} */
let kernels;

/** Bytes in buffers of the GPU, now and at most so far. */
const buffers = { now: 0, most: 0 };
/** Kernels that were to be compiled, since when, and on which device. The DOM library has no WebGPU yet. */
const kernelsOfGpu = { count: 0, since: 0, device: /** @type {any} */ (undefined) };

countBuffers();
countPipelines();

serve({
  /**
   * @param {{ device: "webgpu" | "webgpu-f16" | "cpu", threads: number, manifest: string }} options
   * @returns {Promise<{ count: number, ms: number } | undefined>} the kernels that a GPU was given to compile as it was
   *   opened, and how long it took until each had run
   */
  async open({ device, threads, manifest: url }) {
    /** @type {EngineModule} */
    const glue = await import(GLUE.href);
    exported = /** @type {any} */ (await glue.default({ module_or_path: await fetched(WASM) }));
    kernels = device === "cpu" ? await openKernels(threads) : undefined;
    engine = /** @type {BareEngine} */ (await glue.Engine.open(device, kernels));
    const { count, since } = kernelsOfGpu;
    const compiled = kernelsOfGpu.device?.queue.onSubmittedWorkDone();
    const compiling = compiled?.then(() => ({ count, ms: performance.now() - since }));
    const manifest = await bytes(url);
    ({ preprocessing } = JSON.parse(new TextDecoder().decode(manifest)));
    const { shards } = engine.beginModel(manifest);
    for (const [index, shard] of shards.entries()) engine.addShard(index, await bytes(new URL(shard.file, url)));
    await engine.finishModel();
    return compiling;
  },

  /** @param {number} n the batch size of the forwards to come */
  prepare(n) {
    count = n;
    values = drawBatch(n, preprocessing);
  },

  /** @returns {Promise<{ ms: number, logits: Float32Array }>} */
  async forward() {
    const start = performance.now();
    const logits = await engine.forward(values, count, SIDE, SIDE);
    return { ms: performance.now() - start, logits };
  },

  /**
   * A map, from the pixels on. The engine remembers the last picture: a new seed makes it start anew.
   * @param {number} seed
   * @param {{ method: string, layer: string, channels?: number | number[] }} options
   * @returns {Promise<{ ms: number, passes: number, scores: Float32Array }>}
   */
  async explain(seed, options) {
    const picture = drawPicture(seed);
    const start = performance.now();
    const { passes, scores } = await engine.explain(picture, { ...options, crop: "squash" }, async () => true);
    return { ms: performance.now() - start, passes, scores };
  },

  /** @param {number} seed @returns {Promise<number>} the likeliest class, which maps are of */
  async classify(seed) {
    const { classes } = await engine.classify(drawPicture(seed), { crop: "squash", topK: 1 });
    return classes[0].index;
  },

  /**
   * @param {number} seed
   * @param {PlainPasses} options
   * @param {number} target a class
   * @returns {Promise<{ ms: number, scores: number[] }>} its score without each channel
   */
  async plainPasses(seed, options, target) {
    const picture = drawPicture(seed);
    const start = performance.now();
    const logits = await engine.plainPasses(picture, { ...options, crop: "squash" });
    const ms = performance.now() - start;
    const classes = logits.length / options.channels.length;
    return { ms, scores: options.channels.map((_, row) => logits[row * classes + target]) };
  },

  /** Each convolution by itself. @param {{ batch: number, rounds: number, calls: number }} options */
  layers: (options) => engine.profile(options),

  /** Bytes: of the GPU's buffers at most so far, of the engine's and the kernels' memory, which only grow. */
  memory: () => ({ gpu: buffers.most, wasm: exported.memory.buffer.byteLength + (kernels?.bytes ?? 0) }),
});

/** Counts the buffers that are created, destroyed, or forgotten. */
function countBuffers() {
  // The DOM library that is checked against has no WebGPU yet.
  const { GPUDevice, GPUBuffer } = /** @type {any} */ (globalThis);
  if (!GPUDevice) return;
  const sizes = new WeakMap();
  const free = (/** @type {number} */ size) => (buffers.now -= size);
  const forgotten = new FinalizationRegistry(free);
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (/** @type {{ size: number }} */ descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    sizes.set(buffer, descriptor.size);
    forgotten.register(buffer, descriptor.size, buffer);
    buffers.now += descriptor.size;
    buffers.most = Math.max(buffers.most, buffers.now);
    return buffer;
  };
  const { destroy } = GPUBuffer.prototype;
  GPUBuffer.prototype.destroy = function () {
    if (forgotten.unregister(this)) free(sizes.get(this));
    destroy.call(this);
  };
}

/** Counts the kernels that are to be compiled. */
function countPipelines() {
  const { GPUAdapter, GPUDevice } = /** @type {any} */ (globalThis);
  if (!GPUDevice) return;
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (/** @type {unknown[]} */ ...options) {
    kernelsOfGpu.device = await requestDevice.apply(this, options);
    return kernelsOfGpu.device;
  };
  for (const name of ["createComputePipeline", "createComputePipelineAsync"]) {
    const create = GPUDevice.prototype[name];
    GPUDevice.prototype[name] = function (/** @type {unknown} */ descriptor) {
      kernelsOfGpu.since ||= performance.now();
      kernelsOfGpu.count++;
      return create.call(this, descriptor);
    };
  }
}

/** @param {string | URL} url */
async function fetched(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP status ${response.status}`);
  return response;
}

/** @param {string | URL} url */
async function bytes(url) {
  return new Uint8Array(await (await fetched(url)).arrayBuffer());
}
