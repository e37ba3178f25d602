/**
 * The generated module pkg/camscope.js as the worker sees it. Kept apart from the generated declarations so that the
 * type check needs no build, and so that a change of the engine's interface shows up here.
 */
import type {
  Aggregate,
  AggregateOptions,
  Agreement,
  Classification,
  Crop,
  DeviceInfo,
  ExplainOptions,
  Explanation,
  HeatMap,
  Inspection,
  KernelCheck,
  Measures,
  MethodInfo,
  Metric,
  ModelInfo,
  NamedArray,
  NamedFile,
  OwnNetwork,
  PaletteInfo,
  Pixels,
  Region,
  Sanity,
  Substrate,
} from "./camscope.d.ts";

export type EngineImage = Uint8Array | { width: number; height: number; data: Uint8ClampedArray };

export interface Shard {
  file: string;
  sha256: string;
  bytes: number;
}

export interface EngineProgress {
  done: number;
  total: number;
  secondsLeft: number | null;
  partial: HeatMap | null;
}

/** Bytes of a file, at once. */
export type ReadFile = (offset: number, length: number) => Uint8Array;

export type CheckpointOptions = Omit<OwnNetwork, "checkpoint">;

/** Number, channels, height, width of what lies channels first. */
export type KernelSize = number[];

/** The network on the CPU: what kernels.js opens and the engine calls. */
export interface Kernels {
  /** On which it computes. */
  readonly threads: number;
  /** Of memory, which only grows. */
  readonly bytes: number;
  /** Packs a convolution and names it; weights of the shape, `[out, height, width, in]`, and a bias per output. */
  add(weights: Float32Array, shape: Uint32Array, bias: Float32Array, stride: number, padding: number): number;
  remove(conv: number): void;
  /** A convolution's weights, so many, as they came. */
  weights(conv: number, count: number): Float32Array;
  /** Runs the steps that the words spell (kernels/src/module.rs); returns the activations that they ask for. */
  run(words: Uint32Array, x: Float32Array, size: Uint32Array): { values: Float32Array; size: KernelSize }[];
  /**
   * What passes with channels set to zero start from, and names it: the blocks that the words spell, behind activations of
   * the size, `[channels, height, width]`.
   */
  openVariants(words: Uint32Array, activations: Float32Array, size: Uint32Array): number;
  closeVariants(variants: number): void;
  /** Such passes in a batch, at least or at most. */
  variantsInBatch(variants: number, atMost: boolean): number;
  /** What each channel's pass changes in the means at the end, one after the other. */
  without(variants: number, channels: Uint32Array): Float32Array;
}

export interface Engine {
  readonly device: Pick<DeviceInfo, "kind" | "description" | "precision"> & { threads?: number | null };
  beginModel(manifest: Uint8Array): { shards: Shard[] };
  addShard(index: number, bytes: Uint8Array): void;
  addKeptShard(index: number, bytes: Uint8Array): void;
  finishModel(): Promise<ModelInfo>;
  loadCheckpoint(
    read: ReadFile,
    size: number,
    options: CheckpointOptions,
    onProgress: (done: number, total: number) => Promise<boolean>,
  ): Promise<ModelInfo>;
  preview(image: EngineImage, maxSide: number): Promise<Pixels>;
  input(image: EngineImage, crop: Crop): Promise<Pixels>;
  classify(image: EngineImage, options: { crop: Crop; topK: number }): Promise<Classification>;
  explain(
    image: EngineImage,
    options: Omit<ExplainOptions, "signal" | "onProgress">,
    onProgress: (progress: EngineProgress) => Promise<boolean>,
  ): Promise<Explanation>;
  measure(
    image: EngineImage,
    map: HeatMap,
    options: {
      target?: number;
      crop: Crop;
      region?: Region | HeatMap;
      metrics?: Metric[];
      steps?: number;
      substrate?: Substrate;
      explain?: Omit<ExplainOptions, "signal" | "onProgress">;
    },
    onProgress: (progress: EngineProgress) => Promise<boolean>,
  ): Promise<Measures>;
  sanity(
    image: EngineImage,
    options: Omit<ExplainOptions, "signal" | "onProgress">,
    seed: number,
    onProgress: (progress: EngineProgress) => Promise<boolean>,
  ): Promise<Sanity>;
  checkDevice(): Promise<KernelCheck[]>;
}

export interface EngineModule {
  default(options: { module_or_path: Response }): Promise<unknown>;
  /** The CPU needs the kernels. */
  Engine: { open(device: "webgpu" | "webgpu-f16" | "cpu", kernels?: Kernels): Promise<Engine> };
  version(): string;
  palettes(): PaletteInfo[];
  methods(): MethodInfo[];
  inspect(read: ReadFile, size: number): Inspection;
  compare(a: HeatMap, b: HeatMap): Agreement;
  aggregate(options: Required<AggregateOptions>): Aggregate;
  npz(arrays: NamedArray[]): Uint8Array<ArrayBuffer>;
  zip(files: NamedFile[]): Uint8Array<ArrayBuffer>;
  csv(rows: (string | number | null)[][]): string;
  baseline(kind: "random" | "gaussian", width: number, height: number, seed: number): HeatMap;
}
