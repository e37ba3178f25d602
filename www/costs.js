/**
 * What a map will take on this device, before it is computed.
 */
import { duration } from "./format.js";
import { budgetFor } from "./plan.js";
import { costs as texts } from "./strings.js";

/** @import { LayerInfo, Smoothing, Work } from "./camscope.d.ts" */

/**
 * @typedef {object} Setting what the cost of a method depends on
 * @property {readonly LayerInfo[]} layers that are looked at
 * @property {readonly Smoothing[]} smoothing
 * @property {boolean} isCpu whether the network is on the CPU
 * @property {boolean} [reference] reference mode, where every map is exact
 */

/**
 * Share of one forward pass that lies behind each layer, in multiplications: ResNet50's 118, 668, 951, 1387 and 732
 * million from the stem to layer4. The other depths differ by less than an estimate may.
 * @type {Readonly<Record<string, number>>}
 */
const BEHIND = Object.freeze({ stem: 0.97, layer1: 0.8, layer2: 0.55, layer3: 0.19, layer4: 0 });

/** Forward and backward, as multiples of forward. */
const BOTH_WAYS = 3;
/** What an ablated channel takes on the CPU of what a pass through the layers behind would: docs/benchmarks.md. */
const CHANGES = 0.25;
/** The inputs of augmentation smoothing. */
const AUGMENTED = 6;

/**
 * About how many forward passes a map takes beyond the classification, at most.
 * @param {Work} work
 * @param {Setting} setting
 */
export function passesOf(work, { layers, smoothing, isCpu }) {
  const looked = work.kind === "whole-gradient" ? layers.slice(0, 1) : layers;
  const once = looked.reduce((sum, layer) => sum + passesAt(layer, work, isCpu), 0);
  return smoothing.includes("aug") ? AUGMENTED * once + AUGMENTED - 1 : once;
}

/**
 * At one layer.
 * @param {LayerInfo} layer
 * @param {Work} work
 * @param {boolean} isCpu
 */
function passesAt({ id, channels, width, height }, work, isCpu) {
  const behind = BEHIND[id] ?? 1;
  switch (work.kind) {
    case "none":
      return 0;
    case "gradient":
    case "own-gradient":
      return BOTH_WAYS * behind;
    case "whole-gradient":
      return BOTH_WAYS;
    case "masks":
      return work.count + BOTH_WAYS * behind;
    case "channels":
      return channels;
    case "ablations":
      return channels * behind * (isCpu ? CHANGES : 1);
    case "places":
      return width * height * behind;
  }
}

/**
 * How many maps of one layer and one input make the one that is asked for.
 * @param {Setting} setting
 */
export function runsOf({ layers, smoothing }) {
  return layers.length * (smoothing.includes("aug") ? AUGMENTED : 1);
}

/**
 * The cost in words.
 * @param {Work} work
 * @param {Setting} setting
 * @param {number | null} passSeconds
 */
export function costText(work, setting, passSeconds) {
  const passes = passesOf(work, setting);
  if (passes === 0) return texts.none;
  if (passSeconds === null) return texts.passes(texts.count(Math.max(1, Math.round(passes))));
  const seconds = passes * passSeconds;
  const { layers, reference } = setting;
  const isLastLayer = layers.every(({ id }) => BEHIND[id] === 0);
  const budget = budgetFor(work, { layers, isLastLayer, passes, passSeconds, runs: runsOf(setting), reference });
  if (budget !== null) {
    const channels = layers.reduce((sum, layer) => sum + layer.channels, 0);
    return texts.budget(duration(seconds), duration(rounded((seconds * budget * layers.length) / channels)));
  }
  return texts.time(duration(rounded(seconds)));
}

/** An estimate's one digit. @param {number} seconds */
function rounded(seconds) {
  const unit = 10 ** Math.floor(Math.log10(Math.max(seconds, 0.01)));
  return Math.round(seconds / unit) * unit;
}
