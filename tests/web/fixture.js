/**
 * What every test stands on: one Chromium, and pages that are watched. A test fails on any console error, any uncaught
 * exception, and any request to another origin.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { ISOLATION, serve } from "./server.js";

/** @import { Browser, BrowserContextOptions, Page } from "playwright-core" */

/** WebGPU without a GPU, and a Chromium that talks to nobody of its own accord. */
const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--ignore-gpu-blocklist",
  // A name that is not this machine's own: a page there is an insecure context.
  "--host-resolver-rules=MAP camscope.test 127.0.0.1",
];

/** What a test that makes requests fail expects the console to say. */
export const FAILED_REQUEST = /Failed to load resource/;

export const repository = new URL("../../", import.meta.url);

/** @type {Browser} */
let browser;
/** @type {string} */
let base;

/** Call once at the top of a test file. */
export function setUp() {
  /** @type {(() => void) | undefined} */
  let close;
  before(async () => {
    if (process.env.CAMSCOPE_URL) {
      base = new URL("./", process.env.CAMSCOPE_URL).href;
    } else {
      const server = await serve();
      base = server.url;
      close = server.close;
    }
    const executablePath = process.env.CHROME || "/usr/bin/chromium";
    browser = await chromium.launch({ executablePath, args: FLAGS });
  });
  after(async () => {
    await browser?.close();
    close?.();
  });
}

/** @returns {string} the site's address, with a slash at its end */
export function site() {
  return base;
}

/**
 * @typedef {object} Watched
 * @property {Page} page
 * @property {string[]} requests every address that was asked for
 * @property {(pattern: RegExp) => void} allow console errors that match are expected from now on
 * @property {() => Promise<void>} done closes the page; fails on what should not have happened
 */

/**
 * A page in a browser context of its own: its own cache, its own storage. Visitors have been here before, unless it is
 * their first visit that is tested.
 * @param {BrowserContextOptions & { origin?: string, isFirstVisit?: boolean }} [options]
 * @returns {Promise<Watched>}
 */
export async function open({ origin = new URL(base).origin, isFirstVisit = false, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  if (!isFirstVisit) {
    await context.addInitScript(() => {
      // An empty page, which has no storage, may come before the site.
      if (location.origin !== "null") localStorage.setItem("camscope.guide", "seen");
    });
  }
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  /** @type {string[]} */
  const faults = [];
  /** @type {string[]} */
  const requests = [];
  /** @type {RegExp[]} */
  const allowed = [];
  /** @param {string} text */
  const fault = (text) => {
    if (!allowed.some((pattern) => pattern.test(text))) faults.push(text);
  };
  page.on("console", (message) => {
    if (message.type() === "error") fault(`console error: ${message.text()}`);
  });
  page.on("pageerror", (error) => fault(`uncaught: ${error.message}`));
  context.on("request", (request) => {
    const url = request.url();
    requests.push(url);
    const isOwn = /^(blob|data):/.test(url) || new URL(url).origin === origin;
    if (!isOwn) fault(`request to another origin: ${url}`);
  });
  return {
    page,
    requests,
    allow: (pattern) => allowed.push(pattern),
    async done() {
      await context.close();
      assert.deepEqual(faults, []);
    },
  };
}

/**
 * An empty page of the site's origin with the public module loaded: `window.lab` is lab.js.
 * @param {string} [policy] a Content-Security-Policy of the page
 * @returns {Promise<Watched>}
 */
export async function openLab(policy) {
  const watched = await open();
  const { page } = watched;
  const meta = policy ? `<meta http-equiv="Content-Security-Policy" content="${policy}">` : "";
  const html = `<!doctype html>${meta}<title>lab</title><link rel="icon" href="data:,"><script type="module" src="lab.js"></script>`;
  // Not from the server: it may serve a site without its tests.
  await page.route(`${base}tests/web/lab.html`, (route) =>
    route.fulfill({ contentType: "text/html", headers: ISOLATION, body: html }),
  );
  await page.route(`${base}tests/web/lab.js`, async (route) => {
    const body = await readFile(new URL("lab.js", import.meta.url), "utf8");
    await route.fulfill({ contentType: "text/javascript", body });
  });
  await page.goto(`${base}tests/web/lab.html`);
  await page.waitForFunction(() => "lab" in window);
  return watched;
}

/**
 * The settings in the page's address, which Playwright's copy of it may not have yet.
 * @param {Page} page
 * @returns {Promise<Record<string, string>>}
 */
export async function settingsOf(page) {
  const hash = await page.evaluate(() => location.hash);
  return Object.fromEntries(new URLSearchParams(hash.slice(1)));
}

/**
 * @param {() => Promise<Watched>} opening
 * @param {(watched: Watched) => Promise<void>} run
 */
export async function within(opening, run) {
  const watched = await opening();
  try {
    await run(watched);
  } catch (error) {
    await watched.done().catch((fault) => console.error(fault.message));
    throw error;
  }
  await watched.done();
}

/** @param {string} path in the repository */
export function inRepository(path) {
  return fileURLToPath(new URL(path, repository));
}

/**
 * The tensors of a safetensors file that the tests' reference consists of.
 * @param {string} file
 * @returns {Promise<Map<string, Float32Array | Int32Array>>}
 */
export async function readTensors(file) {
  const bytes = await readFile(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString("utf8"));
  const data = bytes.subarray(8 + length);
  const tensors = new Map();
  for (const [name, info] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const buffer = Uint8Array.from(data.subarray(...info.data_offsets)).buffer;
    tensors.set(name, info.dtype === "I32" ? new Int32Array(buffer) : new Float32Array(buffer));
  }
  return tensors;
}

/** @returns {string | null} the folder with the full reference maps, where this machine has it */
export function fullReference() {
  const folder = process.env.CAMSCOPE_REFERENCE;
  return folder && existsSync(`${folder}/index.json`) ? folder : null;
}

/**
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function largestDifference(a, b) {
  assert.equal(a.length, b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    // A NaN on either side is no agreement.
    most = difference <= most ? most : difference;
  }
  return most;
}

/**
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function pearson(a, b) {
  assert.equal(a.length, b.length);
  const mean = (/** @type {ArrayLike<number>} */ values) =>
    Array.from(values).reduce((x, y) => x + y, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/**
 * A file of the report's.
 * @param {Page} page
 * @param {string} format
 */
export async function saved(page, format) {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(`#report-files [data-format=${format}]`).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/**
 * The report's exported table, its lines as objects.
 * @param {Page} page
 * @returns {Promise<Record<string, string>[]>}
 */
export async function savedTable(page) {
  const [head, ...lines] = (await saved(page, "csv")).bytes.toString("utf8").trim().split(/\r?\n/);
  const keys = head.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, index) => [keys[index], cell])));
}

/**
 * Opens every panel of the view.
 * @param {Page} page
 */
export async function openAll(page) {
  const closed = page.locator("main details:not([open]) > summary:visible");
  while ((await closed.count()) > 0) await closed.first().click();
}

/**
 * How a visitor leaves the page and is there again.
 * @type {[string, (page: Page) => Promise<unknown>][]}
 */
export const RETURNS = [
  ["a reload", (page) => page.reload()],
  [
    "going away and back",
    async (page) => {
      await page.goto("about:blank");
      await page.goBack();
    },
  ],
];
