/**
 * The weights' way into the engine: checked, kept, fetched again when they are wrong.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { FAILED_REQUEST, inRepository, open, openLab, setUp, site, within } from "./fixture.js";
import { impatient } from "./unreliable.js";

/** @import { Page } from "playwright-core" */

setUp();

const SHARD = /resnet50-0000\d-of-0000\d\.safetensors$/;
const SECOND = "resnet50-00002-of-00003.safetensors";

/**
 * @param {Page} page
 * @param {(body: Buffer) => Buffer} change
 */
async function alterShard(page, change) {
  const body = await readFile(inRepository(`pkg/models/resnet50/${SECOND}`));
  await page.route(`**/${SECOND}`, (route) =>
    route.fulfill({ body: change(body), contentType: "application/octet-stream" }),
  );
}

/** @param {Page} page asks again after a short while */
async function hurry(page) {
  const body = impatient(await readFile(inRepository("www/fetching.js"), "utf8"));
  await page.route("**/www/fetching.js", (route) => route.fulfill({ body, contentType: "text/javascript" }));
}

/** @param {Page} page */
const load = (page) => page.evaluate(() => lab.failure(lab.load({ device: "cpu" })));

/** @param {Page} page */
const topClass = (page) =>
  page.evaluate(async () => (await lab.classify(await lab.sample("chelsea.png"))).classes[0].label);

test("an altered shard is refused by name, is not kept, and a retry works", () =>
  within(openLab, async ({ page, requests }) => {
    await alterShard(page, (body) => {
      const altered = Buffer.from(body);
      altered[altered.length >> 1] ^= 1;
      return altered;
    });
    const failure = await load(page);
    assert.equal(failure?.name, "WeightsError");
    assert.ok(failure?.message.includes(SECOND), failure?.message);

    await page.unroute(`**/${SECOND}`);
    requests.length = 0;
    assert.equal(await load(page), null);
    assert.ok(requests.some((url) => url.endsWith(SECOND)));
    assert.equal(await topClass(page), "Egyptian_cat");
  }));

for (const [what, change] of /** @type {[string, (body: Buffer) => Buffer][]} */ ([
  ["a truncated shard", (body) => body.subarray(0, body.length - 1000)],
  ["a shard that is too long", (body) => Buffer.concat([body, Buffer.alloc(10)])],
  ["an empty shard", () => Buffer.alloc(0)],
])) {
  test(`${what} is refused by name`, () =>
    within(openLab, async ({ page }) => {
      await hurry(page);
      await alterShard(page, change);
      const failure = await load(page);
      assert.equal(failure?.name, "WeightsError");
      assert.ok(failure?.message.includes(SECOND), failure?.message);
    }));
}

test("a missing shard and a missing or senseless manifest are WeightsErrors", () =>
  within(openLab, async ({ page, allow }) => {
    allow(FAILED_REQUEST);
    await hurry(page);
    await page.route(`**/${SECOND}`, (route) => route.fulfill({ status: 404 }));
    const shard = await load(page);
    assert.equal(shard?.name, "WeightsError");
    assert.ok(shard?.message.includes(SECOND) && shard.message.includes("404"), shard?.message);

    await page.route("**/manifest.json", (route) => route.fulfill({ status: 503 }));
    const missing = await load(page);
    assert.equal(missing?.name, "WeightsError");
    assert.match(missing?.message ?? "", /manifest\.json.*503/);

    await page.unroute("**/manifest.json");
    await page.route("**/manifest.json", (route) => route.fulfill({ body: "<html>", contentType: "text/html" }));
    assert.equal((await load(page))?.name, "WeightsError");
  }));

test("a second load takes every shard from the cache, without the network", () =>
  within(openLab, async ({ page, requests, allow }) => {
    assert.equal(await load(page), null);
    assert.equal(requests.filter((url) => SHARD.test(url)).length, 3);

    requests.length = 0;
    assert.equal(await load(page), null);
    assert.deepEqual(
      requests.filter((url) => SHARD.test(url)),
      [],
    );

    // Now nothing of the model can be reached at all, its manifest included.
    allow(FAILED_REQUEST);
    await page.route("**/pkg/models/**", (route) => route.abort());
    assert.equal(await load(page), null);
    assert.equal(await topClass(page), "Egyptian_cat");
  }));

test("a kept shard that was altered is found out after the first result, dropped, and fetched again", () =>
  within(openLab, async ({ page, requests }) => {
    assert.equal(await load(page), null);
    const altered = await page.evaluate(async () => {
      const cache = await caches.open("camscope-models-1");
      const keys = (await cache.keys()).filter(({ url }) => url.includes("sha256"));
      const bytes = new Uint8Array((await (await cache.match(keys[1]))?.arrayBuffer()) ?? []);
      bytes[bytes.length >> 1] ^= 1;
      await cache.put(keys[1], new Response(bytes));
      return keys.length;
    });
    assert.equal(altered, 3);

    requests.length = 0;
    assert.equal(await load(page), null);
    assert.equal(requests.filter((url) => SHARD.test(url)).length, 0);
    const lost = await page.evaluate(async () => {
      const { lost } = lab.explainer;
      await lab.classify(await lab.sample("chelsea.png"));
      return lab.failure(lost.then((error) => Promise.reject(error)));
    });
    assert.equal(lost?.name, "WeightsError");
    assert.match(lost?.message ?? "", /has been altered since/);

    assert.equal(await load(page), null);
    assert.equal(requests.filter((url) => SHARD.test(url)).length, 1);
    requests.length = 0;
    assert.equal(await load(page), null);
    assert.equal(requests.filter((url) => SHARD.test(url)).length, 0);
    assert.equal(await topClass(page), "Egyptian_cat");
  }));

test("a kept shard that is no longer whole is dropped and fetched again at once", () =>
  within(openLab, async ({ page, requests }) => {
    assert.equal(await load(page), null);
    await page.evaluate(async () => {
      const cache = await caches.open("camscope-models-1");
      const [key] = (await cache.keys()).filter(({ url }) => url.includes("sha256"));
      await cache.put(key, new Response(new Uint8Array(1000)));
    });
    requests.length = 0;
    assert.equal(await load(page), null);
    assert.equal(requests.filter((url) => SHARD.test(url)).length, 1);
    assert.equal(await topClass(page), "Egyptian_cat");
  }));

test("without Cache storage and without WebGPU (an insecure context) the page works, on the CPU, and says so", () => {
  const origin = `http://camscope.test:${new URL(site()).port}`;
  return within(
    () => open({ origin }),
    async ({ page, allow }) => {
      // The headers that isolate a page are for secure contexts; the browser remarks that.
      allow(/Cross-Origin-Opener-Policy header has been ignored/);
      await page.goto(new URL(new URL(site()).pathname, origin).href);
      assert.equal(await page.evaluate(() => isSecureContext || "caches" in window || "gpu" in navigator), false);
      await page.locator("#bars button").first().waitFor();
      assert.match(await page.locator("#bars button").first().innerText(), /Egyptian cat/);
      assert.equal(await page.locator("#device").getAttribute("data-kind"), "cpu");
      assert.match(await page.locator("#banner").innerText(), /no WebGPU adapter.*CPU/);
    },
  );
});

test('"auto" takes WebGPU where there is an adapter', () =>
  within(openLab, async ({ page }) => {
    const loaded = await page.evaluate(() => lab.load());
    assert.equal(loaded.device.kind, "webgpu");
    assert.notEqual(loaded.device.description, "");
  }));

test("an engine that is missing is a DeviceError that names the file", () =>
  within(openLab, async ({ page, allow }) => {
    allow(FAILED_REQUEST);
    await page.route("**/camscope_bg.wasm", (route) => route.fulfill({ status: 404 }));
    const failure = await load(page);
    assert.equal(failure?.name, "DeviceError");
    assert.match(failure?.message ?? "", /camscope_bg\.wasm.*404/);
  }));
