/**
 * The GPU is lost, the worker dies: the page says so, starts another, and keeps what was finished.
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

/**
 * The device's memory runs out under the nth batch from now on: what the browser says of it is said in its place. Time
 * runs a thousandth as fast, so that the emulated GPU looks like a quick one, whose batches grow.
 */
const FULL_HOOK = `
const now = performance.now.bind(performance);
performance.now = () => now() / 1000;
const { pushErrorScope, popErrorScope } = GPUDevice.prototype;
const filters = [];
self.untilFull = Infinity;
GPUDevice.prototype.pushErrorScope = function (filter) {
  filters.push(filter);
  return Reflect.apply(pushErrorScope, this, [filter]);
};
GPUDevice.prototype.popErrorScope = async function () {
  const isMemory = filters.pop() === "out-of-memory";
  const isFull = isMemory && --self.untilFull === 0;
  const found = await Reflect.apply(popErrorScope, this, []);
  return isFull ? new GPUOutOfMemoryError("no room") : found;
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

test("a batch for which the GPU's memory does not suffice is tried again at half its size, and nothing is lost", () =>
  hooked(FULL_HOOK, async ({ page, url }) => {
    await page.route(`${url}empty.html`, (route) =>
      route.fulfill({ contentType: "text/html", body: '<!doctype html><link rel="icon" href="data:,">' }),
    );
    await page.goto(`${url}empty.html`);
    const bytes = [...(await readFile(inRepository("tests/fixtures/torchvision_tiny.safetensors")))];
    await page.evaluate(
      async ({ url, bytes }) => {
        const { Explainer } = await import(`${url}www/camscope.js`);
        const checkpoint = new Blob([new Uint8Array(bytes)]);
        const preprocessing = { resize: 64, crop: 64, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
        window.apart = await Explainer.load({ device: "webgpu", model: { checkpoint, preprocessing } });
      },
      { url, bytes },
    );
    const fullAfter = (/** @type {number} */ nth) =>
      page.workers()[0].evaluate((nth) => void Reflect.set(self, "untilFull", nth), nth);
    const left = () => page.workers()[0].evaluate(() => Number(Reflect.get(self, "untilFull")));
    const explain = async (/** @type {number} */ untilFull) => {
      await fullAfter(untilFull);
      return page.evaluate(async () => {
        const picture = new ImageData(64, 64);
        picture.data.forEach((_, i) => (picture.data[i] = i % 4 === 3 ? 255 : (i * 7 + (i >> 8) * 13) % 256));
        /** @type {number[]} */
        const steps = [];
        if (!window.apart) throw new Error("no explainer");
        const found = await window.apart.explain(picture, {
          method: "scorecam",
          layer: "layer3",
          onProgress: ({ done }) => steps.push(done),
        });
        return { values: Array.from(found.values), passes: found.passes, steps };
      });
    };
    const untouched = await explain(Infinity);
    const found = await explain(4);
    assert.ok((await left()) < 0, "it did not run out");
    assert.equal(found.passes, untouched.passes);
    assert.ok(largestDifference(found.values, untouched.values) <= 1e-4);
    const batches = found.steps.slice(1).map((done, i) => done - found.steps[i]);
    // Three were done; the fourth was at most twice the third.
    assert.ok(Math.max(...batches.slice(3)) <= batches[2], `${batches}`);
    assert.ok(Math.max(...batches) > 1, `${batches}`);
    // So it is for a measurement.
    const measure = async (/** @type {number} */ untilFull) => {
      await fullAfter(untilFull);
      return page.evaluate(async () => {
        const picture = new ImageData(64, 64);
        picture.data.forEach((_, i) => (picture.data[i] = i % 4 === 3 ? 255 : (i * 7 + (i >> 8) * 13) % 256));
        if (!window.apart) throw new Error("no explainer");
        const map = await window.apart.baseline("random", { width: 64, height: 64 });
        const { deletion } = await window.apart.measure(picture, map, { metrics: ["deletion"], steps: 24 });
        return Array.from(deletion?.probabilities ?? []);
      });
    };
    const whole = await measure(Infinity);
    const halved = await measure(4);
    assert.ok((await left()) < 0, "it did not run out");
    assert.equal(whole.length, 25);
    assert.ok(largestDifference(halved, whole) <= 1e-5);
  }));
