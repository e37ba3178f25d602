/**
 * camscope and onnxruntime-web in one Chromium, by turns, on the same network. `cargo xtask bench` prepares the files,
 * serves the repository and calls this with CHROME, CAMSCOPE_URL and CAMSCOPE_ONNX.
 */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { brotliCompressSync } from "node:zlib";
import { chromium } from "playwright-core";
import { LAYER, measureAblation } from "./ablation.js";
import { watchHeap } from "./heap.js";
import { measureLayers } from "./layers.js";
import { EXACT, MAPS, measureMaps } from "./maps.js";
import { USAGE, readOptions } from "./options.js";
import { digits, largestDifference, median, note, spread, table } from "./report.js";

/** @import { Browser, Page } from "playwright-core" */
/** @import { Device } from "./options.js" */
/** @import { Adapter, Step } from "./page.js" */

/** SharedArrayBuffer stands for the headers of a cross-origin isolated page: onnxruntime-web needs it for threads. */
const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
  "--ignore-gpu-blocklist",
  "--enable-features=Vulkan,SharedArrayBuffer",
];

/** Largest difference of two logits (they span about ±20) that counts as the same answer, by the weights' type. */
const TOLERANCE = { f16: 0.05, f32: 0.001 };
/** The same where camscope computes in half precision. */
const TOLERANCE_HALF = 0.5;

/** A browser without a display finds a GPU through Vulkan alone, and not while it may fall back to the processor. */
const ADAPTERS = [["--use-angle=vulkan", "--disable-vulkan-surface"], [], ["--use-webgpu-adapter=swiftshader"]];

/** The first compiles, the second is recorded. */
const WARM_UPS = 3;

/**
 * @typedef {object} Settings
 * @property {Device[]} devices
 * @property {number[]} batches
 * @property {number} runs
 * @property {string} manifest
 * @property {string} onnx
 * @property {number} tolerance
 */

/** @param {string} name */
function environment(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this through "cargo xtask bench".`);
  return value;
}

/**
 * A browser on the machine's own GPU, else on SwiftShader.
 * @param {string} base
 * @returns {Promise<{ browser: Browser, adapter: Adapter | null }>}
 */
async function launch(base) {
  /** @type {{ browser: Browser, adapter: Adapter | null } | undefined} */
  let found;
  for (const extra of ADAPTERS) {
    const browser = await chromium.launch({
      executablePath: environment("CHROME"),
      args: [...FLAGS, ...extra],
      ignoreDefaultArgs: ["--enable-unsafe-swiftshader"],
    });
    try {
      const page = await open(browser, base);
      const adapter = await page.evaluate(() => bench.adapter());
      await page.context().close();
      if (adapter && !adapter.isEmulated) {
        await found?.browser.close();
        return { browser, adapter };
      }
      if (!found?.adapter) {
        await found?.browser.close();
        found = { browser, adapter };
        continue;
      }
    } catch (error) {
      note(`no GPU with ${extra.join(" ")}: ${error instanceof Error ? error.message : error}`);
    }
    await browser.close();
  }
  if (!found) throw new Error("Chromium does not start.");
  return found;
}

/**
 * The benchmark's page, with nothing cached.
 * @param {Browser} browser
 * @param {string} base
 * @returns {Promise<Page>}
 */
async function open(browser, base) {
  const page = await (await browser.newContext()).newPage();
  page.on("console", (message) => {
    if (message.type() === "error") note(`console error: ${message.text()}`);
  });
  page.on("pageerror", (error) => note(`uncaught: ${error.message}`));
  await page.goto(`${base}benches/page.html`);
  await page.waitForFunction(() => "bench" in window);
  return page;
}

/**
 * Forwards by turns: each round asks every engine once, the order reversed from round to round.
 * @param {Page} page
 * @param {Device} device
 * @param {Settings} settings
 * @returns {Promise<{ rows: string[][], wrong: string[] }>}
 */
async function compareForwards(page, device, { batches, runs, manifest, onnx, tolerance: least }) {
  const tolerance = device === "webgpu-f16" ? TOLERANCE_HALF : least;
  /** @type {[own: string, rival: string][]} */
  const pairs = [];
  const most = cpus().length;
  for (const threads of device === "cpu" && most > 1 ? [1, most] : [1]) {
    const suffix = device === "cpu" ? `, ${threads} thread${threads > 1 ? "s" : ""}` : "";
    const [own, rival] = /** @type {[string, string]} */ (["camscope", "onnxruntime-web"].map((name) => name + suffix));
    const options = { device, threads, onnx, manifest };
    for (const [name, engine] of /** @type {const} */ ([
      [own, "camscope"],
      [rival, "ort"],
    ])) {
      note(`${device}: opening ${name}`);
      const argument = /** @type {const} */ ([name, engine, options]);
      await page.evaluate(([name, engine, options]) => bench.open(name, engine, options), argument);
    }
    pairs.push([own, rival]);
  }
  const names = pairs.flat();
  /** @type {string[][]} */
  const rows = [];
  /** @type {string[]} */
  const wrong = [];
  for (const batch of batches) {
    /** @type {Map<string, number[]>} */
    const times = new Map();
    /** @type {Map<string, number[]>} */
    const logits = new Map();
    for (const name of names) {
      await page.evaluate(([name, batch]) => bench.prepare(name, batch), /** @type {const} */ ([name, batch]));
      for (let run = 0; run < WARM_UPS; run++) {
        const first = await page.evaluate((name) => bench.forward(name), name);
        note(`${device}, batch ${batch}: ${name} warm-up ${digits(first.ms)} ms`);
        logits.set(name, first.logits);
      }
      times.set(name, []);
    }
    for (let run = 0; run < runs; run++) {
      for (const name of run % 2 ? names.toReversed() : names) {
        const { ms } = await page.evaluate((name) => bench.forward(name), name);
        note(`${device}, batch ${batch}, run ${run + 1}: ${name} ${digits(ms)} ms`);
        times.get(name)?.push(ms);
      }
    }
    for (const [owner, name] of pairs) {
      const own = times.get(owner) ?? [];
      const theirs = times.get(name) ?? [];
      const difference = largestDifference(logits.get(owner) ?? [], logits.get(name) ?? []);
      // So that a NaN fails.
      if (!(difference <= tolerance)) {
        wrong.push(
          `${device}, batch ${batch}, ${name}: logits differ by ${difference}, at most ${tolerance} is expected`,
        );
      }
      const ratio = `${(median(theirs) / median(own)).toFixed(2)}×`;
      const cells = [spread(own, batch), name, spread(theirs, batch), ratio, difference.toExponential(1)];
      rows.push([device, String(batch), ...cells]);
    }
  }
  return { rows, wrong };
}

/**
 * Each run in a browser context of its own, so that its first visit finds nothing cached.
 * @param {Browser} browser
 * @param {string} base
 * @param {Device} device
 * @param {Settings} settings
 * @returns {Promise<string[][]>}
 */
async function measureLoads(browser, base, device, { runs, manifest }) {
  /** @type {Map<string, number[]>} */
  const times = new Map();
  for (let run = 0; run < runs; run++) {
    const page = await open(browser, base);
    const argument = /** @type {const} */ ([device, manifest]);
    /** @type {Step[]} */
    const steps = await page.evaluate(([device, manifest]) => bench.load(device, manifest), argument);
    await page.context().close();
    for (const { name, ms } of steps) {
      note(`${device}: ${name} ${digits(ms)} ms`);
      times.set(name, [...(times.get(name) ?? []), ms]);
    }
  }
  return [...times].map(([name, each]) => [device, name, spread(each)]);
}

/** @param {string} path in the repository */
async function source(path) {
  return readFile(new URL(`../${path}`, import.meta.url), "utf8");
}

/** Bytes of the engine, as published where that has been built. */
async function engineSizes() {
  for (const path of ["dist/pkg/camscope_bg.wasm", "pkg/camscope_bg.wasm"]) {
    try {
      const bytes = await readFile(new URL(`../${path}`, import.meta.url));
      return { path, raw: bytes.length, brotli: brotliCompressSync(bytes).length };
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOENT") throw error;
    }
  }
  throw new Error("there is no engine");
}

/** camscope's version, with the commit where git knows it. */
async function ownVersion() {
  const version = /^version = "(.+)"$/m.exec(await source("Cargo.toml"))?.[1] ?? "";
  const burn = /name = "burn"\nversion = "(.+)"/.exec(await source("Cargo.lock"))?.[1] ?? "";
  let commit = "";
  try {
    const hash = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8", stdio: "pipe" });
    commit = ` ${hash.trim()}`;
  } catch {
    // A copy without its history.
  }
  return `${version}${commit} (burn ${burn})`;
}

async function main() {
  const { devices, batches, runs, model, parts } = readOptions();
  const base = environment("CAMSCOPE_URL");
  const manifest = new URL(model, base).href;
  const { dtype } = await (await fetch(manifest)).json();
  const tolerance = TOLERANCE[/** @type {"f16" | "f32"} */ (dtype)];
  const settings = { devices, batches, runs, manifest, onnx: environment("CAMSCOPE_ONNX"), tolerance };
  const { browser, adapter } = await launch(base);
  /** @type {string[][]} */
  const forwards = [];
  /** @type {string[][]} */
  const maps = [];
  /** @type {string[][]} */
  const ablations = [];
  /** @type {string[][]} */
  const layers = [];
  /** @type {string[][]} */
  const memories = [];
  /** @type {string[][]} */
  const shaders = [];
  /** @type {string[][]} */
  const loads = [];
  /** @type {string[]} */
  const wrong = [];
  try {
    for (const device of devices) {
      if (device !== "cpu" && !adapter) {
        note(`${device}: left out, there is no adapter`);
        continue;
      }
      const isGpu = device !== "cpu" && !adapter?.isEmulated;
      if (["forward", "layers", "maps", "ablation", "exact"].some((part) => parts.includes(part))) {
        const page = await open(browser, base);
        const heap = await watchHeap(page, "camscope-worker.js");
        const most = Math.min(cpus().length, 8);
        const options = { device, threads: most, manifest };
        note(`${device}: opening camscope`);
        const opened = () => page.evaluate((options) => bench.open("camscope", "camscope", options), options);
        const compiled = await opened();
        // What the browser has compiled once it has at hand.
        if (compiled) shaders.push([device, String(compiled.count), digits(compiled.ms)]);
        if (parts.includes("forward")) {
          await page.evaluate(() => bench.close());
          const found = await compareForwards(page, device, settings);
          forwards.push(...found.rows);
          wrong.push(...found.wrong);
          await page.evaluate(() => bench.close());
          await opened();
        }
        if (parts.includes("layers")) {
          for (const batch of isGpu ? batches : [1]) layers.push(...(await measureLayers(page, device, batch, isGpu)));
        }
        if (parts.includes("maps")) maps.push(...(await measureMaps(page, device, MAPS, runs, isGpu)));
        if (parts.includes("ablation")) {
          const isEmulated = device !== "cpu" && !isGpu;
          const found = await measureAblation(page, { device, threads: most, isEmulated }, runs);
          ablations.push(found.row);
          wrong.push(...found.wrong);
        }
        if (parts.includes("exact")) maps.push(...(await measureMaps(page, device, EXACT, runs, isGpu)));
        const { gpu, wasm } = await page.evaluate(() => bench.memory("camscope"));
        const megabytes = (/** @type {number} */ bytes) => digits(bytes / 1e6);
        memories.push([device, device === "cpu" ? "–" : megabytes(gpu), megabytes(wasm), megabytes(heap.most())]);
        await page.evaluate(() => bench.close());
        await page.context().close();
      }
      if (parts.includes("load")) loads.push(...(await measureLoads(browser, base, device, settings)));
    }
  } finally {
    await browser.close();
  }

  const ort = JSON.parse(await source("benches/node_modules/onnxruntime-web/package.json")).version;
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(`camscope ${await ownVersion()}, weights ${dtype}; onnxruntime-web ${ort}, weights f32`);
  console.log(`Chromium ${browser.version()}; WebGPU adapter: ${adapter?.name ?? "none"}`);
  console.log(`CPU: ${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${memory} GiB of memory`);
  if (adapter?.isEmulated) {
    console.log("That adapter is emulated by the CPU: its times mean something only against each other.");
  }
  console.log(`Median (least–most) of ${runs} runs after warm-ups.\n`);
  if (forwards.length) {
    console.log("One forward, 224×224, milliseconds a picture; ratio: onnxruntime-web's time / camscope's\n");
    console.log(table(["device", "batch", "camscope", "against", "its time", "ratio", "max Δlogit"], forwards), "\n");
  }
  if (maps.length) {
    console.log("A map of a new picture, the forward that classifies it included, milliseconds\n");
    console.log(table(["device", "map", "forwards", "time", "time a forward"], maps), "\n");
  }
  if (ablations.length) {
    console.log(
      `AblationCAM at ${LAYER}, beside plain passes through the layers behind in batches, milliseconds a pass\n`,
    );
    const head = ["device", "threads", "passes", "time a pass", "plain", "its time", "ratio", "max Δscore"];
    console.log(table(head, ablations), "\n");
  }
  if (layers.length) {
    console.log("Each convolution by itself, milliseconds; GMAC/s against a large matrix product's\n");
    console.log(
      table(["device", "batch", "convolution", "times", "time", "share", "GMAC/s", "of the product"], layers),
      "\n",
    );
  }
  if (memories.length) {
    console.log("Memory at most, megabytes, over all of the above\n");
    console.log(table(["device", "buffers of the GPU", "engine", "JS heap"], memories), "\n");
    const sizes = await engineSizes();
    console.log(
      `The engine: ${digits(sizes.raw / 1e6)} MB, ${digits(sizes.brotli / 1e6)} MB with Brotli (${sizes.path})\n`,
    );
  }
  if (shaders.length) {
    console.log("Kernels that the GPU compiles as it is opened, while weights download, until each has run once\n");
    console.log(table(["device", "kernels", "milliseconds"], shaders), "\n");
  }
  if (loads.length) {
    console.log("The page's module, from this machine's own disk, milliseconds\n");
    console.log(table(["device", "step", "time"], loads), "\n");
  }
  for (const text of wrong) console.error(`error: the answers disagree: ${text}`);
  if (wrong.length) process.exitCode = 1;
}

if (process.argv.includes("--help")) {
  console.log(USAGE);
} else {
  try {
    await main();
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
