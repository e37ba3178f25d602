/**
 * Many pictures in one visit: methods, classes and layers mixed, calls cancelled at random. What is computed is the same
 * for everyone who asks with the same seed.
 */
import { readFileSync, readdirSync } from "node:fs";
import { openLab, site } from "./fixture.js";
import { randomOf } from "./random.js";

/** @import { Page } from "playwright-core" */

/**
 * @typedef {object} Memory in MB
 * @property {number} page the page's JavaScript heap
 * @property {number} engine the engine's memory, which never shrinks
 * @property {number | null} processes of the pages' processes, resident; null where the system does not say
 */

/** @typedef {{ digest: string, method: string, memory: Memory | null }} Step */

/**
 * What takes the most memory, asked of the first pictures: the engine's memory never shrinks, so that what it grows by
 * after them is lost.
 */
const FIRST = [
  ["ablationcam", "stem"],
  ["ablationcam", "layer1"],
  ["fullgrad", "layer4"],
];

/**
 * What is asked of the nth picture: drawn, classified, explained in one way, after a call that was perhaps cancelled.
 * @param {number} nth
 */
function plan(nth) {
  const random = randomOf(nth);
  const pick = (/** @type {number} */ count) => Math.floor(random() * count);
  return {
    shapes: Array.from({ length: 6 + pick(10) }, () => Array.from({ length: 8 }, random)),
    width: 200 + pick(500),
    height: 200 + pick(500),
    rank: pick(5),
    method: random(),
    layer: random(),
    first: FIRST[nth - 1] ?? null,
    crop: /** @type {const} */ (["center", "squash"])[pick(2)],
    cancelAfter: random() < 0.4 ? pick(1500) : null,
  };
}

/**
 * @param {Page} page with the lab
 * @param {number[]} which pictures, in their order
 * @param {boolean} cancels whether calls are cancelled on the way
 * @param {(step: Step & { nth: number }) => void} tell
 * @returns {Promise<Map<number, Step>>}
 */
async function soak(page, which, cancels, tell = () => {}) {
  await page.evaluate(() => lab.load({ device: "cpu" }));
  const browser = await page.context().newCDPSession(page);
  /** @type {Map<number, Step>} */
  const steps = new Map();
  for (const nth of which) {
    const asked = plan(nth);
    const found = await page.evaluate(explainOne, { ...asked, cancelAfter: cancels ? asked.cancelAfter : null });
    const step = { ...found, memory: await memory(page, browser) };
    steps.set(nth, step);
    tell({ ...step, nth });
  }
  return steps;
}

/**
 * In the page.
 * @param {ReturnType<typeof plan>} asked
 */
async function explainOne({ shapes, width, height, rank, method: at, layer: place, first, crop, cancelAfter }) {
  const canvas = new OffscreenCanvas(width, height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  for (const [x, y, w, h, hue, light, turn, kind] of shapes) {
    context.fillStyle = `hsl(${360 * hue} 70% ${20 + 60 * light}%)`;
    context.beginPath();
    if (kind < 0.5) context.ellipse(x * width, y * height, (w * width) / 2, (h * height) / 2, turn * 6, 0, 7);
    else context.rect(x * width, y * height, (w * width) / 2, (h * height) / 2);
    context.fill();
  }
  const picture = context.getImageData(0, 0, width, height);
  const { explainer } = lab;
  const layers = explainer.model.layers.map(({ id }) => id);
  const someLayer = layers[Math.floor(place * layers.length)];
  // Behind these a pass for each place, or group of channels, would take minutes.
  const slow = someLayer === layers.at(-1) ? [] : ["reciprocam", "groupcam"];
  const able = explainer.methods.filter(({ id }) => !slow.includes(id));
  const [method, layer] = first ?? [able[Math.floor(at * able.length)].id, someLayer];

  if (cancelAfter !== null) {
    const stop = new AbortController();
    const options = { method: "scorecam", crop, signal: stop.signal };
    const cancelled = explainer.explain(picture, options).then(
      () => "finished",
      (/** @type {Error} */ error) => error.name,
    );
    setTimeout(() => stop.abort(), cancelAfter);
    const end = await cancelled;
    if (end !== "AbortError" && end !== "finished") throw new Error(end);
  }
  const { classes, logits } = await explainer.classify(picture, { crop, topK: 5 });
  const target = classes[rank].index;
  const map = await explainer.explain(picture, { method, layer, target, crop, channels: 8 });
  const focus = await explainer.measure(picture, map, { metrics: ["focus"] });
  const numbers = new TextEncoder().encode(JSON.stringify([target, focus]));
  const parts = [logits, map.values, map.raw.values, map.weights, map.scores, numbers];
  const hash = await crypto.subtle.digest("SHA-256", await new Blob(/** @type {BlobPart[]} */ (parts)).arrayBuffer());
  const digest = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { digest, method: `${method} ${layer}` };
}

/**
 * @param {Page} page
 * @param {import("playwright-core").CDPSession} browser
 * @returns {Promise<Memory>}
 */
export async function memory(page, browser) {
  await browser.send("HeapProfiler.collectGarbage");
  const { usedSize } = await browser.send("Runtime.getHeapUsage");
  // Those that lend the kernels their threads wait, and answer nobody.
  const [worker] = page.workers();
  if (!worker) throw new Error("The page has no worker.");
  const engine = await worker.evaluate(async (glue) => {
    const { default: init } = await import(glue);
    return (await init()).memory.buffer.byteLength;
  }, `${site()}pkg/camscope.js`);
  return { page: usedSize / 1e6, engine: engine / 1e6, processes: resident() };
}

/** What Linux says of this program's own browser: MB of all processes that run pages. */
function resident() {
  try {
    const status = (/** @type {string} */ pid) => readFileSync(`/proc/${pid}/status`, "utf8");
    const parent = (/** @type {string} */ pid) => /PPid:\s*(\d+)/.exec(status(pid))?.[1] ?? "0";
    let sum = 0;
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer")) continue;
        let ancestor = pid;
        while (ancestor !== "0" && ancestor !== String(process.pid)) ancestor = parent(ancestor);
        if (ancestor === "0") continue;
        sum += Number(/VmRSS:\s*(\d+)/.exec(status(pid))?.[1] ?? 0) / 1000;
      } catch {
        // It has ended meanwhile.
      }
    }
    return sum > 0 ? sum : null;
  } catch {
    return null;
  }
}

/**
 * The same pictures on another page in the opposite order, and each `every`th on a page of its own.
 * @param {Map<number, { digest: string | null }>} steps null: there is nothing to compare
 * @param {number} every
 * @param {(which: number[]) => Promise<Map<number, { digest: string | null }>>} ask on a new page
 * @returns {Promise<{ compared: number, fresh: number, different: number[] }>}
 */
export async function compareWithOthers(steps, every, ask) {
  /** @type {Set<number>} */
  const different = new Set();
  const compare = async (/** @type {number[]} */ which) => {
    for (const [nth, { digest }] of await ask(which)) {
      if (digest !== steps.get(nth)?.digest) different.add(nth);
    }
  };
  const all = [...steps].flatMap(([nth, { digest }]) => (digest === null ? [] : [nth])).reverse();
  await compare(all);
  const alone = all.filter((_, i) => i % every === 0);
  for (const nth of alone) await compare([nth]);
  return { compared: all.length, fresh: alone.length, different: [...different] };
}

/**
 * On a page of its own.
 * @param {number[]} which pictures, in their order
 * @param {boolean} cancels whether calls are cancelled on the way
 * @param {(step: Step & { nth: number }) => void} [tell]
 */
export async function soakAlone(which, cancels, tell) {
  const { page, done } = await openLab();
  const steps = await soak(page, which, cancels, tell);
  await done();
  return steps;
}
