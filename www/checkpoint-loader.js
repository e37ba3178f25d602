/**
 * Worker side: bring a visitor's own checkpoint to the engine. The file is read in pieces as the engine asks for them,
 * and stays on this device.
 */
import { manifestOf } from "./model-loader.js";

/** @import { ModelInfo } from "./camscope.d.ts" */
/** @import { SentCheckpoint } from "./protocol.js" */
/** @import { CheckpointOptions, Engine, EngineModule } from "./wasm-engine.d.ts" */

const IMAGENET_CLASSES = 1000;

/**
 * @param {Blob} file
 * @returns {(offset: number, length: number) => Uint8Array}
 */
function reader(file) {
  // Only workers have it; the types that are checked against are a page's.
  const sync = new /** @type {any} */ (self).FileReaderSync();
  return (offset, length) => new Uint8Array(sync.readAsArrayBuffer(file.slice(offset, offset + length)));
}

/**
 * @param {EngineModule} glue
 * @param {Blob} file
 */
export function inspectCheckpoint(glue, file) {
  return glue.inspect(reader(file), file.size);
}

/**
 * @param {EngineModule} glue
 * @param {Engine} engine
 * @param {SentCheckpoint} sent
 * @param {AbortSignal} signal
 * @param {(done: number, total: number) => Promise<boolean>} onProgress in bytes; answers whether to go on
 * @returns {Promise<ModelInfo>}
 */
export async function loadCheckpoint(glue, engine, { checkpoint, imagenet, ...options }, signal, onProgress) {
  /** @type {ModelInfo["labelSource"]} */
  let labelSource = options.labels ? "given" : "none";
  /** @type {CheckpointOptions} */
  const complete = { ...options };
  if (!options.labels && inspectCheckpoint(glue, checkpoint).classes === IMAGENET_CLASSES) {
    try {
      complete.labels = (await manifestOf(imagenet, signal)).labels;
      labelSource = "imagenet";
    } catch (error) {
      if (signal.aborted) throw error;
      console.warn("camscope: without the default model there are no names for ImageNet's classes:", error);
    }
  }
  const model = await engine.loadCheckpoint(reader(checkpoint), checkpoint.size, complete, onProgress);
  return { ...model, labelSource };
}
