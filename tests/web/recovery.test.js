/**
 * The GPU is lost, the worker dies: the page says so, starts another, and keeps what was finished.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { inRepository, largestDifference, open, setUp, within } from "./fixture.js";
import { holdBack } from "./hold.js";
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

/** @param {Page} page the worker is ended, and another is there */
async function replaced(page) {
  await page
    .workers()[0]
    .evaluate(() => self.close())
    .catch(() => null);
  const alert = page.getByRole("alert").filter({ hasText: "It has been started again, on CPU." });
  await alert.waitFor();
  return alert;
}

/** @param {Page} page @param {string} selector @returns {Promise<string[]>} what the canvases show */
const drawn = (page, selector) =>
  page.$$eval(selector, (all) => all.map((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL()));

/** @param {Page} page @returns {Promise<() => Promise<string[]>>} the methods whose maps are asked for from now on */
async function asking(page) {
  await page.evaluate(() => {
    window.sent = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (/** @type {any[]} */ ...args) {
      window.sent?.push({ action: args[0].action, method: args[0].args?.method });
      return Reflect.apply(post, this, args);
    };
  });
  return async () => {
    const sent = (await page.evaluate(() => window.sent)) ?? [];
    return sent.flatMap(({ action, method }) => (action === "explain" && method ? [method] : []));
  };
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
      const asked = await asking(page);
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
      assert.deepEqual(await asked(), ["scorecam"]);
      assert.equal(shards(), 3, "the weights come from the cache");
      await page.keyboard.press("Escape");
      for (const [method, shown] of Object.entries(before)) assert.equal(await pixels(page, method), shown);
    }));
}

test("in Grid the finished maps stay when the worker ends, and the one under way waits until it is asked for", () =>
  hooked("", async ({ page, url }) => {
    await page.goto(`${url}?device=cpu#view=grid&grid-methods=gradcam.layercam.scorecam&grid-layers=layer4`);
    const state = page.locator("#map-grid .state");
    await state.filter({ hasText: /^\s*[1-9]\d* of/ }).waitFor();
    const start = page.locator("#map-grid .start");
    await start.click();
    await page
      .locator("#map-grid td[data-method=scorecam] .facts", { hasText: /^\d+ of [\d,]+$/ })
      .first()
      .waitFor();
    const finished = "#map-grid td:not([data-method=scorecam]) canvas";
    const before = await drawn(page, finished);
    const ready = await state.innerText();
    assert.ok(before.length > 0);
    const asked = await asking(page);
    const alert = await replaced(page);
    assert.deepEqual(await drawn(page, finished), before);
    assert.equal((await state.innerText()).split("ready")[0], ready.split("ready")[0]);
    for (const facts of await page.locator("#map-grid td[data-method=scorecam] .facts").all()) {
      assert.equal(await facts.innerText(), "waits");
    }
    assert.equal(await start.isVisible(), true);
    assert.deepEqual(await asked(), []);
    // The picture is read anew, and the table laid out anew.
    await page.$$eval("#map-grid tbody", (all) => all.forEach((body) => body.setAttribute("data-old", "")));
    await alert.getByRole("button", { name: "Continue" }).click();
    await page.locator("#map-grid tbody:not([data-old])").first().waitFor();
    assert.deepEqual(await drawn(page, finished), before);
    assert.deepEqual(
      (await asked()).filter((method) => method !== "scorecam"),
      [],
    );
    await page.keyboard.press("Escape");
  }));

test("in Compare the numbers, the controls and the sanity check stay when the worker ends", () =>
  hooked("", async ({ page, url }) => {
    await page.goto(`${url}?device=cpu`);
    await midRun(page);
    await page.keyboard.press("Escape");
    await page.locator("#views a", { hasText: "Compare" }).click();
    await page.waitForFunction(() => {
      const cells = [...document.querySelectorAll("#compare td[data-measure=drop]")];
      return cells.length === 4 && cells.every(({ textContent }) => textContent !== "–");
    });
    await page.getByRole("button", { name: "Randomise the network" }).click();
    const verdicts = page.locator("#sanity .verdicts li");
    await verdicts.nth(1).waitFor();
    await page.locator("#sanity .run").waitFor({ state: "hidden" });
    const numbers = () => page.locator("#compare .scroll").first().innerText();
    const stand = async () => [await numbers(), ...(await verdicts.allInnerTexts())];
    const before = await stand();
    await asking(page);
    const alert = await replaced(page);
    assert.deepEqual(await stand(), before);
    await alert.getByRole("button", { name: "Continue" }).click();
    // ScoreCAM goes on, and nothing else is asked for again but the picture's classes.
    await page.waitForFunction(() => window.sent?.some(({ method }) => method === "scorecam"));
    await page.keyboard.press("Escape");
    assert.deepEqual(await stand(), before);
    const sent = (await page.evaluate(() => window.sent)) ?? [];
    const asked = sent.map(({ action, method }) => method ?? action);
    for (const one of ["baseline", "measure", "sanity", "gradcam", "ablationcam"])
      assert.ok(!asked.includes(one), `${asked}`);
    // Another class is another scene.
    await page.locator("#views a", { hasText: "Explain" }).click();
    await page.locator("#classes button").nth(1).click();
    await verdicts.first().waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
  }));

test("a report keeps its finished pictures when the worker ends, and goes on with the others", () =>
  hooked("", async ({ page, url }) => {
    const third = await holdBack(page, "gradcam", 2);
    await page.goto(`${url}?device=cpu#view=report&report-methods=gradcam&report-measures=focus,confidence`);
    await page.getByRole("button", { name: "The 10 ImageNet photos" }).click();
    await page.getByRole("button", { name: "Make the report", exact: true }).click();
    const rows = page.locator(".report-row");
    await rows.nth(1).waitFor();
    const alert = await replaced(page);
    const finished = await rows.allInnerTexts();
    assert.equal(finished.length, 2);
    await third.off();
    const asked = await asking(page);
    await alert.getByRole("button", { name: "Continue" }).click();
    await page.getByText("The report is complete.").waitFor();
    const all = await rows.allInnerTexts();
    assert.equal(all.length, 10);
    assert.deepEqual(all.slice(0, finished.length), finished);
    const again = (await asked()).length;
    assert.equal(again, 8, `${again} maps after two pictures of ten`);
  }));

test("in What if the edits, the tries and their maps stay when the worker ends", () =>
  hooked("", async ({ page, url }) => {
    await page.goto(`${url}?device=cpu#view=whatif`);
    await page.locator("#whatif .effects[aria-busy=false] .pairs canvas").first().waitFor();
    await page.locator("#whatif .take").click();
    await page.locator("#whatif .tries li").waitFor();
    await page.locator("#whatif .after[aria-busy=false]").first().waitFor();
    const first = "#whatif .pairs .sides:first-child canvas[role=img]";
    const before = { maps: await drawn(page, first), edited: await drawn(page, "#whatif .editor canvas") };
    const said = await page.locator("#whatif .verdict").innerText();
    const asked = await asking(page);
    const alert = await replaced(page);
    const stays = async () => {
      assert.deepEqual(await drawn(page, first), before.maps);
      assert.deepEqual(await drawn(page, "#whatif .editor canvas"), before.edited);
      assert.equal(await page.locator("#whatif .tries li").count(), 1);
      assert.equal(await page.locator("#whatif .verdict").innerText(), said);
    };
    await stays();
    await alert.getByRole("button", { name: "Continue" }).click();
    await page.locator("#whatif .after[aria-busy=false]").first().waitFor();
    await stays();
    assert.ok(!(await asked()).includes("gradcam"), `${await asked()}`);
    await page.keyboard.press("Escape");
  }));

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
