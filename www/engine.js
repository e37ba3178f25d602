/**
 * Worker side: fetch the WebAssembly engine with byte progress and open a device.
 */
import { DownloadError, Silence, ask, checkBuild, insist } from "./fetching.js";
import { openKernels } from "./kernels.js";
import { namedError } from "./protocol.js";

/** @import { DeviceInfo, MethodInfo, PaletteInfo } from "./camscope.d.ts" */
/** @import { Engine, EngineModule } from "./wasm-engine.d.ts" */

const GLUE = new URL("../pkg/camscope.js", import.meta.url);
const WASM_PATH = "pkg/camscope_bg.wasm";
const WASM = new URL(`../${WASM_PATH}`, import.meta.url);

/**
 * @typedef {object} Choice
 * @property {string} device
 * @property {number | undefined} threads on the CPU
 */

/**
 * @param {Choice} choice
 * @param {AbortSignal} signal
 * @param {(done: number, total: number | null) => void} onProgress
 * @returns {Promise<{ engine: Engine, device: DeviceInfo, methods: MethodInfo[], palettes: PaletteInfo[],
 *   glue: EngineModule }>}
 */
export async function openEngine(choice, signal, onProgress) {
  const glue = await openModule(signal, onProgress);
  const { engine, fallback } = await openDevice(glue, choice);
  const device = await describeDevice(engine, fallback);
  return { engine, device, methods: glue.methods(), palettes: glue.palettes(), glue };
}

/**
 * The engine without a device.
 * @param {AbortSignal} signal
 * @param {(done: number, total: number | null) => void} onProgress
 */
export async function openModule(signal, onProgress) {
  try {
    return await insist(async () => {
      const [glue, { wasm, chunks }] = await Promise.all([importGlue(), fetchWasm(signal, onProgress)]);
      try {
        await glue.default({ module_or_path: wasm });
      } catch (error) {
        const brokeOff = error instanceof TypeError || (error instanceof DOMException && error.name === "AbortError");
        // Another build's does not fit the glue.
        if (!brokeOff) await checkBuild(WASM_PATH, chunks);
        throw new DownloadError(
          brokeOff ? "the download broke off" : `it could not be used: ${error}`,
          brokeOff,
          error,
        );
      }
      await checkBuild(WASM_PATH, chunks);
      return glue;
    }, signal);
  } catch (error) {
    if (error instanceof DownloadError) throw missing(WASM_PATH, error.message, error);
    throw error;
  }
}

/**
 * @param {Engine} engine
 * @param {string | null} fallback
 * @returns {Promise<DeviceInfo>}
 */
async function describeDevice({ device: { kind, description, precision, threads = null } }, fallback) {
  if (kind === "cpu") return { kind, description, precision, threads, software: false, fallback };
  // Browsers often leave an adapter's description empty, but name its maker and architecture.
  const info = (await requestAdapter())?.info;
  const name = description || [info?.vendor, info?.architecture].filter(Boolean).join(" ") || "WebGPU";
  const software = info?.isFallbackAdapter === true || /swiftshader|llvmpipe|basic render/i.test(name);
  return { kind, description: name, precision, threads, software, fallback };
}

/** @returns {Promise<{ info?: { vendor: string, architecture: string, isFallbackAdapter?: boolean } } | null>} */
async function requestAdapter() {
  // @ts-ignore: the DOM library that is checked against has no WebGPU yet.
  return (await navigator.gpu?.requestAdapter().catch(() => null)) ?? null;
}

/** @returns {Promise<EngineModule>} */
async function importGlue() {
  try {
    return await import(GLUE.href);
  } catch (error) {
    throw missing("pkg/camscope.js", String(error), error);
  }
}

/**
 * @param {AbortSignal} signal
 * @param {(done: number, total: number | null) => void} onProgress
 */
async function fetchWasm(signal, onProgress) {
  const silence = new Silence();
  const response = await ask(WASM, { signal: AbortSignal.any([signal, silence.signal]) });
  if (!response.body) throw new DownloadError("it is empty", false);
  // With a content encoding the length counts the compressed bytes, not the ones that arrive here.
  const length = response.headers.get("content-encoding")
    ? null
    : Number(response.headers.get("content-length")) || null;
  let done = 0;
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const chunks = [];
  const counted = response.body.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        silence.restart();
        done += chunk.length;
        chunks.push(chunk);
        onProgress(done, length);
        controller.enqueue(chunk);
      },
      flush() {
        silence.end();
        onProgress(done, done);
      },
    }),
  );
  // The type makes every host good enough for streaming compilation.
  return { wasm: new Response(counted, { headers: { "content-type": "application/wasm" } }), chunks };
}

/**
 * @param {EngineModule} glue
 * @param {Choice} choice
 * @returns {Promise<{ engine: Engine, fallback: string | null }>}
 */
async function openDevice(glue, { device, threads }) {
  const openCpu = async () => glue.Engine.open("cpu", await openKernels(threads));
  if (device === "cpu") return { engine: await openCpu(), fallback: null };
  if (device !== "auto") {
    return { engine: await glue.Engine.open(/** @type {"webgpu" | "webgpu-f16"} */ (device)), fallback: null };
  }
  const adapter = await requestAdapter();
  if (!adapter) return { engine: await openCpu(), fallback: null };
  try {
    return { engine: await glue.Engine.open("webgpu"), fallback: null };
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    return { engine: await openCpu(), fallback: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * @param {string} file
 * @param {string} why
 * @param {unknown} [cause]
 */
function missing(file, why, cause) {
  const text = `The engine's file ${file} could not be loaded (${why}). Check the connection, or build it with "cargo xtask build".`;
  return namedError("DeviceError", text, cause);
}
