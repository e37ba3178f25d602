/**
 * The benchmark's options.
 */
import { parseArgs } from "node:util";

/** @typedef {"webgpu" | "webgpu-f16" | "cpu"} Device */

export const USAGE = `Usage: cargo xtask bench -- [OPTIONS]
  --devices LIST   of webgpu, webgpu-f16 (camscope in half precision) and cpu; default: webgpu,cpu
  --batches LIST   pictures in one forward; default: 1,4,16
  --runs N         measured after warm-ups; default: 5
  --model URL      manifest of camscope's model, relative to the site; default: the shipped one
  --only LIST      of forward, layers, maps, ablation (AblationCAM at layer3 beside plain passes), exact (the whole of
                   ScoreCAM) and load; default: all but exact
  --quick          --batches 1 --runs 3 --only forward`;

/** @returns {{ devices: Device[], batches: number[], runs: number, model: string, parts: string[] }} */
export function readOptions() {
  const { values } = parseArgs({
    options: {
      devices: { type: "string", default: "webgpu,cpu" },
      batches: { type: "string" },
      runs: { type: "string" },
      model: { type: "string", default: "pkg/models/resnet50/manifest.json" },
      only: { type: "string" },
      quick: { type: "boolean", default: false },
    },
  });
  const devices = /** @type {Device[]} */ (values.devices.split(","));
  const batches = (values.batches ?? (values.quick ? "1" : "1,4,16")).split(",").map(Number);
  const runs = Number(values.runs ?? (values.quick ? "3" : "5"));
  const parts = (values.only ?? (values.quick ? "forward" : "forward,layers,maps,ablation,load")).split(",");
  const isCount = (/** @type {number} */ value) => Number.isInteger(value) && value > 0;
  if (!devices.every((device) => ["webgpu", "webgpu-f16", "cpu"].includes(device)))
    throw refusal("devices", values.devices);
  if (!batches.every(isCount)) throw refusal("batches", values.batches);
  if (!isCount(runs)) throw refusal("runs", values.runs);
  if (!parts.every((part) => ["forward", "layers", "maps", "ablation", "exact", "load"].includes(part)))
    throw refusal("only", values.only);
  return { devices, batches, runs, model: values.model, parts };
}

/**
 * @param {string} option
 * @param {string | undefined} value
 */
function refusal(option, value) {
  return new Error(`--${option} does not take "${value}". See: cargo xtask bench -- --help`);
}
