/**
 * The GPU is lost, its memory runs out, the worker dies: the page says so, starts another, and keeps what was finished.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { inRepository, largestDifference, open, setUp, within } from "./fixture.js";
import { serveUnreliably } from "./unreliable.js";

/** @import { Page } from "playwright-core" */
/** @import { Watched } from "./fixture.js" */

setUp();

/** Lets a test at the GPU device, which the engine keeps to itself. */
const GPU_HOOK = `
const { requestDevice } = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = async function (...args) {
  self.gpu = await Reflect.apply(requestDevice, this, args);
  return self.gpu;
};`;

/** A GPU on which no buffer of more than `limit` bytes fits: a buffer that is none, and the error that says so. */
const MEMORY_HOOK = `
const scopes = [];
const { createBuffer, pushErrorScope, popErrorScope } = GPUDevice.prototype;
const memory = (self.memory = { limit: Infinity, largest: 0, exceeded: 0 });
GPUDevice.prototype.pushErrorScope = function (filter) {
  scopes.push({ filter, error: null });
  return Reflect.apply(pushErrorScope, this, [filter]);
};
GPUDevice.prototype.popErrorScope = function () {
  const { error } = scopes.pop();
  return Reflect.apply(popErrorScope, this, []).then((own) => error ?? own);
};
GPUDevice.prototype.createBuffer = function (descriptor) {
  if (descriptor.size <= memory.limit) {
    memory.largest = Math.max(memory.largest, descriptor.size);
    return Reflect.apply(createBuffer, this, [descriptor]);
  }
  memory.exceeded++;
  const scope = scopes.findLast(({ filter }) => filter === "out-of-memory");
  if (!scope) throw new Error("memory ran out where nobody expects it");
  scope.error = new GPUOutOfMemoryError("no room for " + descriptor.size + " bytes");
  // Too large for any device: invalid, as a buffer for which there is no memory is.
  Reflect.apply(pushErrorScope, this, ["validation"]);
  const none = Reflect.apply(createBuffer, this, [{ ...descriptor, size: 2 ** 48 }]);
  Reflect.apply(popErrorScope, this, []);
  return none;
};`;

/** @param {string} method */
const card = (method) => `.card[data-method=${method}]`;

/** @param {Page} page @param {string} method */
const pixels = (page, method) =>
  page.$eval(`${card(method)} canvas`, (canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());

/** @param {Page} page @param {string} method */
const idle = (page, method) => page.locator(`${card(method)}[aria-busy=false] .facts`).waitFor();

/** @param {Page} page ScoreCAM is being computed, and the others are finished */
async function midRun(page) {
  await page.locator(`${card("scorecam")} .run p`, { hasText: /of [\d,]+ passes/ }).waitFor();
  await page
    .locator(`${card("gradcam")} .number`)
    .first()
    .waitFor();
}

/**
 * @param {string} hook in the worker
 * @param {(watched: Watched & { url: string, shards: () => number }) => Promise<void>} run
 */
async function hooked(hook, run) {
  const { url, asked, close } = await serveUnreliably(({ path }) =>
    path === "/www/worker.js" ? { change: (text) => text + hook } : null,
  );
  const shards = () => asked.filter(({ path }) => path.endsWith(".safetensors")).length;
  try {
    await within(
      () => open({ origin: new URL(url).origin }),
      (watched) => run({ ...watched, url, shards }),
    );
  } finally {
    close();
  }
}

for (const [how, kill, why] of /** @type {[string, () => void, RegExp][]} */ ([
  ["is ended", () => self.close(), /the browser has ended it/],
  [
    "fails",
    () => {
      setTimeout(() => {
        throw new Error("boom");
      });
    },
    /boom/,
  ],
])) {
  test(`a worker that ${how} in mid-run is replaced; what was finished stays, and the rest goes on when asked`, () =>
    hooked("", async ({ page, url, allow, shards }) => {
      allow(/boom/);
      await page.goto(`${url}?device=cpu`);
      await midRun(page);
      assert.equal(shards(), 3);
      const before = { gradcam: await pixels(page, "gradcam"), ablationcam: await pixels(page, "ablationcam") };
      await page.evaluate(() => {
        window.sent = [];
        const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (/** @type {any[]} */ ...args) {
          window.sent?.push({ action: args[0].action, method: args[0].args?.method });
          return Reflect.apply(post, this, args);
        };
      });
      await page
        .workers()[0]
        .evaluate(kill)
        .catch(() => null);
      const alert = page.getByRole("alert").filter({ hasText: "The computation has stopped" });
      await alert.filter({ hasText: "It has been started again, on CPU." }).waitFor();
      assert.match(await alert.innerText(), why);
      assert.match(await alert.innerText(), /The last result is still shown/);
      await idle(page, "scorecam");
      assert.equal(await page.locator("#device").getAttribute("data-kind"), "cpu");
      for (const [method, shown] of Object.entries(before)) assert.equal(await pixels(page, method), shown);

      await alert.getByRole("button", { name: "Continue" }).click();
      await page.locator(`${card("scorecam")} .run p`, { hasText: /of [\d,]+ passes/ }).waitFor();
      assert.equal(await alert.isVisible(), false);
      const sent = (await page.evaluate(() => window.sent)) ?? [];
      assert.deepEqual(
        sent.filter(({ action }) => action === "explain").map(({ method }) => method),
        ["scorecam"],
      );
      assert.equal(shards(), 3, "the weights come from the cache");
      await page.keyboard.press("Escape");
      for (const [method, shown] of Object.entries(before)) assert.equal(await pixels(page, method), shown);
    }));
}

test("a GPU that is lost in mid-run is opened again, or the CPU goes on", () =>
  hooked(GPU_HOOK, async ({ page, url, allow, shards }) => {
    // The engine's own words.
    allow(/device was lost|wgpu/i);
    await page.goto(url);
    await page.locator(`${card("scorecam")}[aria-busy=true]`).waitFor();
    await idle(page, "ablationcam");
    const before = await pixels(page, "gradcam");
    await page.workers()[0].evaluate(() => /** @type {any} */ (self).gpu.destroy());
    const alert = page.getByRole("alert").filter({ hasText: "The computation has stopped" });
    await alert.filter({ hasText: "It has been started again, on GPU (WebGPU)." }).waitFor();
    assert.equal(await pixels(page, "gradcam"), before);
    assert.equal(await alert.getByRole("button", { name: "Continue" }).count(), 1);
    await alert.getByRole("button", { name: "Use the CPU" }).click();
    await page.locator("#device[data-kind=cpu]").waitFor();
    await page
      .locator(`${card("gradcam")} .number`)
      .first()
      .waitFor();
    await page.locator(`${card("scorecam")} .run`).waitFor();
    assert.equal(shards(), 3, "the weights come from the cache");
    await page.keyboard.press("Escape");
  }));

/**
 * Scores of AblationCAM's many passes on a GPU with little memory.
 * @param {Watched & { url: string }} watched
 * @param {number} limit in bytes, of one buffer
 */
async function scoresWithin({ page, url }, limit) {
  const html = `<!doctype html><title>lab</title><link rel="icon" href="data:,"><script type="module" src="lab.js"></script>`;
  await page.route(`${url}tests/web/lab.html`, (route) => route.fulfill({ contentType: "text/html", body: html }));
  await page.goto(`${url}tests/web/lab.html`);
  await page.waitForFunction(() => "lab" in window);
  const bytes = Array.from(await readFile(inRepository("tests/fixtures/torchvision_tiny.safetensors")));
  await page.evaluate(async (bytes) => {
    const preprocessing = { resize: 64, crop: 64 };
    await lab.load({ device: "webgpu", model: { checkpoint: lab.blob(bytes), preprocessing } });
    const picture = new ImageData(64, 64);
    for (let i = 0; i < picture.data.length; i++) picture.data[i] = i % 4 === 3 ? 255 : (i * 7919) % 256;
    Object.assign(window, { picture });
    await lab.classify(picture);
  }, bytes);
  const [worker] = page.workers();
  await worker.evaluate((limit) => {
    const { memory } = /** @type {any} */ (self);
    Object.assign(memory, { limit: limit || Infinity, largest: 0 });
  }, limit);
  const scores = await page.evaluate(async () => {
    const { picture } = /** @type {any} */ (window);
    const found = await lab.explain(picture, { method: "ablationcam", layer: "layer1" });
    return found.scores;
  });
  const memory = await worker.evaluate(() => {
    const { largest, exceeded } = /** @type {any} */ (self).memory;
    return { largest, exceeded };
  });
  return { scores, ...memory };
}

test("where the GPU's memory does not suffice for a batch, half of it is tried, and the result is the same", () =>
  hooked(MEMORY_HOOK, async (watched) => {
    const ample = await scoresWithin(watched, 0);
    assert.equal(ample.exceeded, 0);
    const scarce = await scoresWithin(watched, Math.floor(ample.largest / 3));
    assert.ok(scarce.exceeded >= 2, `memory ran out ${scarce.exceeded} times`);
    assert.ok(scarce.largest <= ample.largest / 3);
    assert.equal(scarce.scores.length, ample.scores.length);
    assert.ok(largestDifference(scarce.scores, ample.scores) < 1e-4);
  }));
