/**
 * camscope's JavaScript module: classify a picture and explain the classification, on the visitor's own machine.
 *
 * These declarations are kept by hand and are the reference for the module; `npm run check` in `tests/web`
 * checks camscope.js against them.
 *
 * @example
 * import { Explainer } from "./www/camscope.js";
 * const explainer = await Explainer.load();
 * const { classes } = await explainer.classify(file);
 * const map = await explainer.explain(file, { method: "gradcam", target: classes[0].index });
 * explainer.dispose();
 */

/** An encoded picture (PNG, JPEG, GIF, WebP, BMP … as a Blob, ArrayBuffer or Uint8Array) or decoded RGBA pixels. */
export type Picture = Blob | ArrayBuffer | Uint8Array | ImageData;

/**
 * How a picture becomes the network's input.
 * - `"center"`: the shorter side to 256, the middle 224 × 224: the model's own evaluation transform.
 * - `"squash"`: the whole picture to 224 × 224, aspect not kept. A 224 × 224 picture passes unchanged.
 * - `"full"`: aspect kept and nothing cropped; the network runs fully convolutionally.
 */
export type Crop = "center" | "squash" | "full";

/**
 * `"auto"`: WebGPU where the browser has an adapter, else the CPU. `"webgpu-f16"`: WebGPU with weights and activations in
 * half precision, where the GPU has that: half the memory traffic. Maps at layer3 and layer4 were within 0.005 of the exact
 * ones (one photo, an H200); earlier layers, up to 0.08 off there, are refused.
 */
export type DeviceChoice = "auto" | "webgpu" | "webgpu-f16" | "cpu";

/** The names that a rejected promise's `error.name` can have. */
export type ErrorName =
  /** The file is not a picture that can be read, is truncated, or is over the decode limits. */
  | "DecodeError"
  /** A manifest, shard or checkpoint is missing, truncated, altered, or does not fit; the message names what. */
  | "WeightsError"
  /** The engine could not start, ran out of memory, crashed, or its worker died. Load a new explainer. */
  | "DeviceError"
  /** No such class. */
  | "ClassError"
  /** No such layer, or the method is not defined there. */
  | "LayerError"
  /** The site was updated while the page was open, so that its engine is another build's. Load the page again. */
  | "UpdateError"
  /** An option has a value that does not exist. */
  | "OptionError"
  /** The call was cancelled, or the explainer disposed of. */
  | "AbortError";

export interface DeviceInfo {
  kind: "webgpu" | "cpu";
  /** In words, such as the adapter's name. */
  description: string;
  /** What weights and activations are kept as. */
  precision: "f32" | "f16";
  /** That the network computes on; null for a GPU. */
  threads: number | null;
  /** The WebGPU adapter is emulated by the processor: correct, and slower than `"cpu"`. */
  software: boolean;
  /** Why `"auto"` fell back to the CPU although WebGPU is there, if it did. */
  fallback: string | null;
}

export interface LayerInfo {
  id: string;
  channels: number;
  /** Of the activations, for a 224 × 224 input. */
  height: number;
  width: number;
}

export interface ModelInfo {
  name: string;
  title: string;
  /** `"v1"`: stride 2 on a stage's first 1×1 convolution; `"v1.5"`: on its 3×3. */
  variant: string;
  /** How many classes. */
  classes: number;
  /** The classes' names, in the order of their indices. */
  labels: string[];
  /**
   * Where they come from: the model itself; the caller; ImageNet's list, because a checkpoint that names none has as
   * many classes; or nowhere (`"class 0"` …).
   */
  labelSource: "model" | "given" | "imagenet" | "none";
  preprocessing: Required<Preprocessing>;
  layers: LayerInfo[];
  source: string;
  license: string;
  /** SHA-256 of each of the weights' files, in their order; missing where they were not checked against any. */
  weights?: string[];
  /** As published, 0…1. */
  accuracy: { top1: number; top5: number } | null;
}

/**
 * What a map takes of the network beyond the classification, at most:
 *
 * - `"none"`: nothing.
 * - `"gradient"`: the gradient of the target at the layer, which is computed once for all methods that take it.
 * - `"own-gradient"`: the gradient of another target than the one that is asked for.
 * - `"whole-gradient"`: a gradient through the whole network, whichever layer is asked for.
 * - `"masks"`: a pass for each of so many masks of the picture, and the gradient that they are made of.
 * - `"channels"`: a pass for each channel, or for as many as {@link ExplainOptions.channels} says.
 * - `"ablations"`: a pass through the layers behind for each channel, or for as many as {@link ExplainOptions.channels}
 *   says; nothing at the last layer.
 * - `"places"`: a pass through the layers behind for each place; next to nothing at the last layer.
 */
export type Work =
  | { kind: "none" | "gradient" | "own-gradient" | "whole-gradient" | "channels" | "ablations" | "places" }
  | { kind: "masks"; count: number };

export interface MethodInfo {
  id: string;
  name: string;
  year: number;
  paper: string;
  url: string;
  summary: string;
  /** In words. */
  cost: string;
  work: Work;
  /**
   * What it asks the network for: how the target changes with the features, the features alone, what becomes of the target
   * when something is taken away (`"group"`: many features at once), or nothing.
   */
  family: "gradient" | "activation" | "perturbation" | "group" | "control";
}

export interface PaletteInfo {
  id: string;
  name: string;
  /** Perceptually uniform: equal steps in value look like equal steps in colour. */
  uniform: boolean;
  /** For values with a sign: two colours that meet in the middle, which is zero: cold below, warm above. */
  diverging: boolean;
  /** 256 RGB triples. */
  rgb: Uint8Array;
}

/** Progress of {@link ExplainerStatic.load}. */
export interface LoadProgress {
  /** `"engine"`: the WebAssembly file; `"weights"`: the model's shards. */
  stage: "engine" | "weights";
  /** Bytes so far. */
  done: number;
  /** Bytes in all; null where the server does not say. */
  total: number | null;
  /** Nothing has come for some seconds. What broke off is asked for again by itself. */
  stalled: boolean;
}

/** From an RGB picture to a network's input: resized, cropped to the middle, then `(pixel * scale - mean) / std`. */
export interface Preprocessing {
  /** The shorter side is resized to this many pixels. Default: 256, or `crop` where that is more. */
  resize?: number;
  /** Side of the square input, 32 to 1024 pixels. Default: 224. */
  crop?: number;
  /** Default: `"rgb"`. */
  channelOrder?: "rgb" | "bgr";
  /** Factor on a pixel's 0…255. Default: 1/255. */
  scale?: number;
  /** Per channel, in `channelOrder`. Default: ImageNet's, 0.485, 0.456, 0.406. */
  mean?: [number, number, number];
  /** Likewise. Default: 0.229, 0.224, 0.225. */
  std?: [number, number, number];
}

/**
 * A ResNet-18, -34, -50, -101 or -152 in torchvision's naming, with any number of classes. The file is read on this
 * device and nothing of it is sent anywhere.
 */
export interface OwnNetwork {
  /** A `.safetensors` or `.pth` file of up to 2 GB. Of a `.pth` only tensors are read; nothing in it is run. */
  checkpoint: Blob;
  /** One per class. Default: ImageNet's where there are 1000 classes, else `"class 0"` and so on. */
  labels?: string[];
  /** Default: ImageNet's with torchvision. */
  preprocessing?: Preprocessing;
  /** Of batch norm, which a checkpoint does not say. Default: 1e-5, PyTorch's. */
  epsilon?: number;
  /** Name to show. Default: what network it is. */
  name?: string;
}

/** What is in a checkpoint. */
export interface Inspection {
  /** `"ResNet-50"`. */
  architecture: string;
  classes: number;
  /** Weights that are used. */
  parameters: number;
  /** The file's tensors by name, without wrappers' prefixes and what stands beside a wrapped network. */
  tensors: { name: string; shape: number[] }[];
  /**
   * The tensors that the network must have, in the order of the pass. `found`: the shape in the file; null: it is missing.
   */
  expected: { name: string; shape: number[]; found: number[] | null }[];
  /** Why it cannot be loaded: what is missing, misshapen, foreign or of a type that is not read. null: nothing. */
  fault: string | null;
  /** Size of the file. */
  bytes: number;
  /** Checkpoints have none. */
  labels: null;
}

/** A model beside the page. */
export interface ModelEntry {
  name: string;
  title: string;
  /** Address of its manifest, for {@link LoadOptions.model}. */
  manifest: string;
}

/** How the worker is started. */
export interface WorkerOptions {
  /**
   * Whether the worker and its threads are bound by the page's Content-Security-Policy: they start from a `blob:` address,
   * as a policy that stands in the page does not bind a worker from an address of its own. The policy must allow
   * `worker-src blob:`, and this module's folder and `'wasm-unsafe-eval'` in `script-src`; where it does not, the call
   * rejects with `DeviceError`. Default: false.
   */
  confined?: boolean;
}

export interface LoadOptions extends WorkerOptions {
  /**
   * Address of a model's manifest.json, relative to the page, or a network of your own. Default: the ResNet50 beside
   * this module.
   */
  model?: string | URL | OwnNetwork;
  /** SHA-256 of the manifest, in lower-case hexadecimal: with another one the load rejects with `WeightsError`. */
  manifestSha256?: string;
  /** Default: `"auto"`. */
  device?: DeviceChoice;
  /**
   * How many threads the CPU computes on, at most 8. Default: as many as the processor has. Needs a page that is
   * cross-origin isolated; without it, and for a GPU, it is 1 whatever is asked for.
   */
  threads?: number;
  signal?: AbortSignal;
  onProgress?: (progress: LoadProgress) => void;
  /** Called whenever the worker has asked something of the network, for as long as it lives. */
  onTraffic?: (traffic: Traffic) => void;
}

/** What a worker has asked of the network since it started. */
export interface Traffic {
  requests: number;
  /** Sent, in request bodies; camscope never sends any. */
  bytes: number;
  /** Address of the latest request. */
  last: string;
}

export interface CallOptions {
  /** An aborted call rejects with `AbortError`; the engine stops within one batch and stays usable. */
  signal?: AbortSignal;
}

export interface ClassifyOptions extends CallOptions {
  /** Default: `"center"`. */
  crop?: Crop;
  /** How many classes to return, the most probable first. Default: 5. */
  topK?: number;
}

export interface Class {
  index: number;
  label: string;
  /** Softmax, 0…1. */
  probability: number;
  logit: number;
}

export interface Classification {
  /** Of the picture, in pixels, after its EXIF rotation. */
  width: number;
  height: number;
  /** What the network sees of it, in the picture's pixels. */
  crop: { x: number; y: number; width: number; height: number };
  /** The top `topK`, the most probable first. */
  classes: Class[];
  /** All of them, by class index. */
  logits: Float32Array;
}

export interface ExplainProgress {
  /** Passes done and in all; of several layers or with augmentation smoothing, equal steps for each of them. */
  done: number;
  total: number;
  /** Null until it can be estimated. */
  secondsLeft: number | null;
  /** The map as it stands. */
  partial: HeatMap | null;
}

/**
 * What a map explains: one number made of the network's logits.
 * - a class index: the class's logit;
 * - several: the sum of their logits;
 * - `{ class, over }`: how far one class is ahead of another;
 * - `{ class, contrastive }`: Finer-CAM's target, the class against the `against` (3) classes nearest to it in logit,
 *   these weighed by `alpha` (1) and by their probabilities.
 */
export type Target =
  | number
  | number[]
  | { class: number; over: number }
  | { class: number; contrastive: true; alpha?: number; against?: number };

/** How several layers' maps become one: pytorch-grad-cam's mean, torch-cam's maximum, RefineCAM's product. */
export type Fusion = "mean" | "max" | "product";

/**
 * As pytorch-grad-cam smooths.
 * - `"aug"`: the mean of the maps of six inputs: as it is and mirrored, each at 0.9, 1 and 1.1 times its values;
 * - `"eigen"`: the first principal component of the products per channel instead of their sum.
 */
export type Smoothing = "aug" | "eigen";

export interface ExplainOptions extends CallOptions {
  /** `"gradcam"`, `"ablationcam"`, `"scorecam"`: {@link Explainer.methods} lists them. */
  method: string;
  /** One, or several whose maps are fused. Default: `"layer4"`. */
  layer?: string | string[];
  /** Default: `"mean"`. Matters for several layers only. */
  fusion?: Fusion;
  /** Default: the top class. */
  target?: Target;
  /** Default: `"center"`. */
  crop?: Crop;
  /** A budget of passes (AblationCAM, ScoreCAM: for the channels that promise most; what the others would do is predicted
   * from these) or the channels' indices. Default: all. */
  channels?: number | number[];
  /** Default: none. */
  smoothing?: Smoothing[];
  /** Follow pytorch-grad-cam to the letter where the default departs from it. Default: false. */
  reference?: boolean;
  onProgress?: (progress: ExplainProgress) => void;
}

export interface HeatMap {
  width: number;
  height: number;
  /** Row by row. */
  values: Float32Array;
}

/** A box in a map, in its pixels. A pixel counts where its centre is inside. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** How concentrated a map is: shares of the frame, 0…1. All are 0 for a map without heat. */
export interface Focus {
  /** Share of the frame above half of the maximum. */
  aboveHalf: number;
  /** The smallest share of the frame that holds half of the heat (of the sum of all values). */
  halfHeat: number;
  /** `exp(entropy) / pixels`: 1 for a constant map, `1 / pixels` for a single one. */
  effectiveArea: number;
  /** 0 for a constant map, towards 1 for a single pixel. */
  gini: number;
  /** Centre of the heat, as shares of the frame's width and height; the middle for a map without heat. */
  centre: [number, number];
}

/** A region of any shape: a map of the same size whose values above 0.5 are inside. */
export type Mask = HeatMap;

/** How much of a map lies in a {@link Region} or {@link Mask}. */
export interface Inside {
  /** Share of the heat inside, 0…1 (the energy-based pointing game: Wang et al. 2020). */
  energy: number;
  /** Whether the map's largest value is inside (the pointing game: Zhang et al. 2016). */
  peak: boolean;
  /** Share of the frame that the region covers: what `energy` is for a constant map. */
  area: number;
}

/** What the network says of a class when every pixel of its input is multiplied by the map (Chattopadhay et al. 2018). */
export interface Confidence {
  /** The class's probability with the whole picture, 0…1. */
  before: number;
  /** With what the map keeps, 0…1. */
  after: number;
  /** `max(0, before - after)`. */
  drop: number;
  /** Whether the network is surer without the rest. */
  increase: boolean;
}

/** How the class's probability falls or rises as pixels go or come, the hottest first (RISE: Petsiuk et al. 2018). */
export interface Curve {
  /** Shares of the pixels, from 0 to 1, one more than there are steps. */
  shares: Float32Array;
  /** The class's probability at each share, 0…1. */
  probabilities: Float32Array;
  /** Area under the curve, 0…1: small is good for deletion, large for insertion. */
  area: number;
}

/**
 * - `"focus"`: {@link Focus}; free, and always there.
 * - `"confidence"`: {@link Confidence}; one pass.
 * - `"deletion"`, `"insertion"`: {@link Curve}; a pass a step.
 * - `"road"`: {@link Road}; 18 passes.
 * - `"adcc"`: {@link Adcc}; a pass, and another map where `explain` says how.
 * - `"arcc"`: {@link Arcc}; 8 passes unless ROAD is measured too, and another map where `explain` says how.
 */
export type Metric = "focus" | "confidence" | "deletion" | "insertion" | "road" | "adcc" | "arcc";

/**
 * How the class's probability changes when pixels are removed and filled in from their neighbours (Rong et al. 2022).
 */
export interface Road {
  /** 10, 20 … 90: where the map's pixels are parted into those that stay and those that go. */
  percentiles: number[];
  /** Change, -1…1, at each percentile without the pixels above it: the hottest go. Negative for a good map. */
  morf: Float32Array;
  /** Change without as many of the coldest. Near 0, or above, for a good map. */
  lerf: Float32Array;
  morfMean: number;
  lerfMean: number;
  /** `(lerfMean - morfMean) / 2`: large is good. */
  combined: number;
}

/** Harmonic mean of coherency, `1 - complexity` and `1 - averageDrop` (Poppi et al. 2021). All are 0…1. */
export interface Adcc {
  /** 1 is best. */
  adcc: number;
  /** How like the map that of the picture multiplied by the map is: `(Pearson's correlation + 1) / 2`. */
  coherency: number;
  /** Mean of the map. */
  complexity: number;
  /** Share of its probability that the class loses when the picture is multiplied by the map. */
  averageDrop: number;
}

/** Harmonic mean of coherency, sparsity and ROAD (arXiv 2605.14641). All are 0…1. */
export interface Arcc {
  /** 1 is best. */
  arcc: number;
  /** As in {@link Adcc}. */
  coherency: number;
  /** 1 - complexity. */
  sparsity: number;
  /** Twice ROAD's combined value over the percentiles 20, 40, 60 and 80, cut to 0…1. */
  road: number;
}

/**
 * What a pixel becomes when it is deleted, and is before it is inserted.
 * - `"blur"`: the picture blurred by a Gaussian of 10 pixels.
 * - `"mean"`: the mean colour of the training pictures.
 */
export type Substrate = "blur" | "mean";

export interface MeasureProgress {
  /** Passes done and in all; of several layers or with augmentation smoothing, equal steps for each of them. */
  done: number;
  total: number;
  /** Null until it can be estimated. */
  secondsLeft: number | null;
}

export interface MeasureOptions extends CallOptions {
  /** Index of the class whose probability counts. Default: the top class. */
  target?: number;
  /** That the map was made with. Default: `"center"`. */
  crop?: Crop;
  /** Measure how much of the map lies {@link Inside} it. */
  region?: Region | Mask;
  /** Default: focus, and confidence if there is a `target`. */
  metrics?: Metric[];
  /** Steps of the deletion and insertion curves, 1…224. Default: 32. */
  steps?: number;
  /** Of the deletion and insertion curves. Default: `"blur"`. */
  substrate?: Substrate;
  /**
   * How the map was made, for the coherency of ADCC and ARCC: the masked picture is explained the same way. Without it
   * the map is taken not to depend on the picture, as a control map does not, and its coherency is 1.
   */
  explain?: ExplainOptions;
  /** Called before the first pass and between batches. */
  onProgress?: (progress: MeasureProgress) => void;
}

/** What was not asked for is null. */
export interface Measures {
  focus: Focus;
  /** Null without a `region`. */
  inside: Inside | null;
  confidence: Confidence | null;
  deletion: Curve | null;
  insertion: Curve | null;
  road: Road | null;
  adcc: Adcc | null;
  arcc: Arcc | null;
}

export interface SanityOptions extends ExplainOptions {
  /** Of the weights that are drawn. Default: 0. */
  seed?: number;
}

/** The model-randomisation check (Adebayo et al. 2018). */
export interface Sanity {
  /**
   * How like the trained network's map the map is (Pearson's and Spearman's correlation, -1…1) when this part and all
   * parts behind it have random weights, drawn for each stage, from `"fc"` over `"layer4"` … `"layer1"` to `"stem"`.
   */
  stages: { stage: string; pearson: number; spearman: number }[];
  /** The map of each stage, 0…1. */
  maps: HeatMap[];
  /** False where the mean of Spearman's correlation over the last three stages is 0.5 or more. */
  reacts: boolean;
  /** The same in plain words. */
  text: string;
  /** Of the trained network's map: what an approximate one rests on, for one. */
  notes: Note[];
}

export interface AggregateOptions {
  /** The groups' names. */
  groups: string[];
  /** `values[group][picture]`, NaN where missing. */
  values: number[][];
  /** Which end is rank 1. */
  higherIsBetter: boolean;
  /** Of the bootstrap. Default: 0. */
  seed?: number;
}

export interface Aggregate {
  /** In the order that they came in. */
  groups: {
    name: string;
    /** NaN without a value. */
    mean: number;
    /** 95 % percentile bootstrap interval of the mean; NaN with fewer than two values. */
    low: number;
    high: number;
    /** How many pictures have a value. */
    n: number;
    /** Mean rank over the pictures that every group has a value for, 1 the best; NaN where there is none. */
    rank: number;
  }[];
  /** Every two groups once, `a` the earlier, over the pictures that both have a value for. */
  pairs: {
    a: string;
    b: string;
    /** Mean of a - b. */
    difference: number;
    /** Its 95 % percentile bootstrap interval; NaN with fewer than two pictures. */
    low: number;
    high: number;
    /** Wilcoxon's signed-rank test, two-sided, exact for up to 50 pictures. */
    p: number;
    n: number;
  }[];
}

export interface NamedArray {
  name: string;
  /** Length of each side, outermost first. */
  shape: number[];
  /** Row by row. */
  values: Float32Array;
}

export interface NamedFile {
  /** May have folders, with `/` between them. */
  name: string;
  bytes: Uint8Array;
}

export interface BaselineOptions extends CallOptions {
  /** Of the map, in pixels. */
  width: number;
  height: number;
  /** Of the random map. The same seed gives the same map everywhere. Default: 0. */
  seed?: number;
}

/** How far two maps agree. */
export interface Agreement {
  /** Pearson's correlation, -1…1; 0 where a map is constant. */
  pearson: number;
  /** Spearman's rank correlation, -1…1, ties ranked by their mean. */
  spearman: number;
  /** Intersection over union of each map's hottest fifth, 0…1. */
  iou: number;
}

export interface Note {
  code: string;
  text: string;
}

/** What a map explains, with its classes known. */
export interface Objective {
  kind: "class" | "sum" | "over" | "contrastive";
  /** The class that is explained (the first of several), then those that it is added to or compared with. */
  classes: Class[];
  /** The target's value: a logit, or the combination of several. */
  score: number;
}

export interface Explanation extends HeatMap {
  method: string;
  /** The first of {@link Explanation.layers}. */
  layer: string;
  layers: string[];
  /** Null for a single layer. */
  fusion: Fusion | null;
  /** The first of the objective's classes. */
  target: Class;
  objective: Objective;
  /**
   * Before ReLU, at the input's size: the raw map divided by its largest absolute value, so -1…1, and 0 for neither for nor
   * against. Of several layers the mean.
   */
  signed: HeatMap;
  /**
   * The signed map before ReLU, at the activations' size. This, `weights` and `scores` are of the first layer and the input
   * as it is. {@link HeatMap.values} of the explanation are 0…1.
   */
  raw: HeatMap;
  /** One entry per channel, NaN where not evaluated; empty where the method has none. */
  weights: Float32Array;
  /** The target's value per channel's mask or ablation; one entry per channel, NaN where not evaluated; empty where the
   * method has none. */
  scores: Float32Array;
  /** False when a channel budget made it an approximation. */
  exact: boolean;
  /** The budget or the channels that were asked for ({@link ExplainOptions.channels}); null: all. */
  channels: number | number[] | null;
  /** Forward passes that it took; none where an earlier map's could be used. */
  passes: number;
  seconds: number;
  /** What a reader of the map should know: why it is blank, approximate, or looks broken. */
  notes: Note[];
}

export interface Pixels {
  width: number;
  height: number;
  /** RGBA. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * A loaded model on a device. Everything is computed in a worker. Calls queue, but what takes a few passes at most
 * (`classify`, most methods) is answered between two batches of what takes many.
 */
export interface Explainer {
  /** Of camscope, such as `"0.1.0"`. */
  readonly version: string;
  /** Of the site: a published one's version, 16 hexadecimal digits; `"development"` in a working copy. */
  readonly build: string;
  readonly device: DeviceInfo;
  readonly model: ModelInfo;
  readonly methods: readonly MethodInfo[];
  readonly palettes: readonly PaletteInfo[];
  /**
   * Settled with the reason when it can do no more: a `DeviceError` where the worker or its device has stopped (a GPU
   * that was reset, memory that ran out), a `WeightsError` where the browser's copy of the weights turns out, after the
   * first result, to have been altered. Every call under way, and every later one, rejects with it: load another
   * explainer. Not settled by `dispose`.
   */
  readonly lost: Promise<Error>;
  /** Name the picture. */
  classify(image: Picture, options?: ClassifyOptions): Promise<Classification>;
  /** Say where a class is seen in the picture. */
  explain(image: Picture, options: ExplainOptions): Promise<Explanation>;
  /** The picture as decoded, rotated as its EXIF says, its longer side at most `maxSide` (default 1024) pixels. */
  preview(image: Picture, options?: CallOptions & { maxSide?: number }): Promise<Pixels>;
  /** Exactly what the network sees. */
  input(image: Picture, options?: CallOptions & { crop?: Crop }): Promise<Pixels>;
  /**
   * Numbers about a map of a picture, such as an {@link Explanation}. They compare maps; they do not prove one right.
   * Rejects with `OptionError` where the map is malformed or, if the network is asked, does not have the input's size.
   */
  measure(image: Picture, map: HeatMap, options?: MeasureOptions): Promise<Measures>;
  /**
   * A map that knows nothing of the picture, 0…1: measures mean something beside its own.
   * - `"random"`: a coarse grid of random values, one for each 32 × 32 pixels, smoothly enlarged.
   * - `"gaussian"`: a Gaussian around the middle, σ a quarter of the side.
   */
  baseline(kind: "random" | "gaussian", options: BaselineOptions): Promise<HeatMap>;
  /** How far two maps agree. Rejects with `OptionError` where their sizes differ. */
  compare(a: HeatMap, b: HeatMap, options?: CallOptions): Promise<Agreement>;
  /**
   * Does the method's map change when the network forgets what it has learned? Makes seven maps and needs memory for a
   * second network. Progress is in hundredths of a map.
   */
  sanity(image: Picture, options: SanityOptions): Promise<Sanity>;
  /** What the values of several methods over several pictures say together. */
  aggregate(options: AggregateOptions): Promise<Aggregate>;
  /** A file that `numpy.load` opens. Rejects with `OptionError` where values do not fill a shape. */
  npz(arrays: NamedArray[]): Promise<Uint8Array<ArrayBuffer>>;
  /** An archive, not compressed. Rejects with `OptionError` where a name is used twice or leads out of its folder. */
  zip(files: NamedFile[]): Promise<Uint8Array<ArrayBuffer>>;
  /** A table as comma-separated values; null, NaN and infinity become empty cells. All rows must be equally long. */
  csv(rows: (string | number | null)[][]): Promise<string>;
  /**
   * Hold each of the kernels written for GPUs against plain operations on the device at hand: drivers have errors too.
   * Where all is well every error is below 1e-5. Empty on the CPU.
   */
  checkDevice(options?: CallOptions): Promise<KernelCheck[]>;
  /** End the worker and free its memory. Calls under way reject with `AbortError`. */
  dispose(): void;
}

/** How far a kernel was from the plain operation. */
export interface KernelCheck {
  /** What was computed, such as `"3×3 stride 2, 2×64×9×7 → 20 channels, shortcut, ReLU"`. */
  name: string;
  /** Largest difference of a result, over the largest size of a result. */
  error: number;
}

export interface ExplainerStatic {
  /**
   * Start a worker, open the device and load the model, from the browser's cache where it is there.
   * Rejects with `WeightsError`, `DeviceError`, `UpdateError`, `OptionError` or `AbortError`.
   */
  load(options?: LoadOptions): Promise<Explainer>;
  /** The models that are there beside the page, the default one first. Rejects with `WeightsError`. */
  models(options?: CallOptions): Promise<ModelEntry[]>;
  /**
   * What is in a checkpoint and what its network must have, before anything is allocated for its weights. Rejects with
   * `WeightsError` where it is not a checkpoint, is incomplete or too large, or is nothing like a network that
   * {@link OwnNetwork} describes. One that is like it and does not fit has a `fault`, with which it cannot be loaded.
   */
  inspect(checkpoint: Blob, options?: CallOptions & WorkerOptions): Promise<Inspection>;
}

export const Explainer: ExplainerStatic;
