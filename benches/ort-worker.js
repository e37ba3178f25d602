/**
 * onnxruntime-web's side: the same weights from an ONNX file.
 */
import { SIDE, drawBatch } from "./picture.js";
import { serve } from "./rpc.js";

/** @import * as Ort from "onnxruntime-web" */
/** @import { Preprocessing } from "./picture.js" */

const DIST = new URL("./node_modules/onnxruntime-web/dist/", import.meta.url);

/** @type {typeof Ort} */
let ort;
/** @type {Ort.InferenceSession} */
let session;
/** @type {Preprocessing} */
let preprocessing;
/** @type {Float32Array} */
let values;
let count = 0;

serve({
  /**
   * @param {{ device: "webgpu" | "webgpu-f16" | "cpu", threads: number, onnx: string, manifest: string }} options
   */
  async open({ device, threads, onnx, manifest }) {
    ({ preprocessing } = await (await fetched(manifest)).json());
    const kind = device === "cpu" ? "wasm" : "webgpu";
    ort = await import(new URL(`ort.${kind}.bundle.min.mjs`, DIST).href);
    ort.env.wasm.numThreads = threads;
    ort.env.logLevel = "error";
    // As burn asks for it.
    if (kind === "webgpu") ort.env.webgpu.powerPreference = "high-performance";
    const model = new Uint8Array(await (await fetched(onnx)).arrayBuffer());
    session = await ort.InferenceSession.create(model, { executionProviders: [kind] });
  },

  /** @param {number} n the batch size of the forwards to come */
  prepare(n) {
    count = n;
    values = drawBatch(n, preprocessing);
  },

  /** @returns {Promise<{ ms: number, logits: Float32Array }>} */
  async forward() {
    const start = performance.now();
    const input = new ort.Tensor("float32", values, [count, 3, SIDE, SIDE]);
    const outputs = await session.run({ [session.inputNames[0]]: input });
    const logits = /** @type {Float32Array} */ (await outputs[session.outputNames[0]].getData());
    return { ms: performance.now() - start, logits };
  },
});

/** @param {string} url */
async function fetched(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP status ${response.status}`);
  return response;
}
