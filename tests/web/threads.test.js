/**
 * Threads on the CPU: they need a cross-origin isolated page, a host without its headers still serves the page, and the
 * number of threads does not change what is computed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { largestDifference, open, openLab, setUp, within } from "./fixture.js";
import { serve } from "./server.js";

setUp();

const SITE = process.env.CAMSCOPE_SITE;
const skip = SITE ? false : "CAMSCOPE_SITE is not set: `cargo xtask test` writes a site and sets it";

/** @param {import("playwright-core").Page} page */
const isIsolated = (page) => page.evaluate(() => crossOriginIsolated);

test("one thread and three compute the same, and the device tells how many there are", () =>
  within(openLab, async ({ page }) => {
    assert.ok(await isIsolated(page));
    /** @param {number} threads */
    const run = (threads) =>
      page.evaluate(async (threads) => {
        const { device } = await lab.load({ device: "cpu", threads });
        const image = await lab.sample("chelsea.png");
        const { logits, classes } = await lab.classify(image);
        const { values } = await lab.explain(image, { method: "scorecam", layer: "layer4", channels: 8 });
        lab.explainer.dispose();
        return { device, logits, best: classes[0].index, values };
      }, threads);
    const [one, three] = [await run(1), await run(3)];
    assert.equal(one.device.threads, 1);
    assert.equal(three.device.threads, 3);
    assert.equal(one.best, 285);
    // Who computes a sum is a matter of chance, the order within it is not.
    assert.equal(largestDifference(one.logits, three.logits), 0);
    assert.equal(largestDifference(one.values, three.values), 0);
  }));

test("a number of threads that makes no sense is refused", () =>
  within(openLab, async ({ page }) => {
    for (const threads of [0, 1.5, -1]) {
      const failure = await page.evaluate(
        (threads) => lab.failure(lab.Explainer.load({ device: "cpu", threads })),
        threads,
      );
      assert.equal(failure?.name, "OptionError");
      assert.ok(failure?.message.includes(`${threads} threads`));
    }
  }));

test("on a host without the headers the page computes on one thread", async () => {
  const server = await serve(0, undefined, false);
  try {
    await within(
      () => open({ origin: new URL(server.url).origin }),
      async ({ page }) => {
        await page.goto(`${server.url}?device=cpu`);
        assert.ok(!(await isIsolated(page)));
        await page.locator("#bars button", { hasText: "Egyptian cat" }).first().waitFor();
        await page.locator("#device", { hasText: "CPU · 1 thread" }).waitFor();
      },
    );
  } finally {
    server.close();
  }
});

test("such a host's page has threads from the second visit on, by its service worker", { skip }, async () => {
  const server = await serve(0, SITE, false);
  try {
    await within(
      () => open({ origin: new URL(server.url).origin }),
      async ({ page }) => {
        await page.goto(`${server.url}?device=cpu`);
        assert.ok(!(await isIsolated(page)));
        await page.evaluate(async () => void (await navigator.serviceWorker.ready));
        await page.reload();
        assert.ok(await isIsolated(page));
        await page.locator("#bars button", { hasText: "Egyptian cat" }).first().waitFor();
        const cores = await page.evaluate(() => navigator.hardwareConcurrency);
        const threads = cores === 1 ? "1 thread" : `${Math.min(cores, 8)} threads`;
        await page.locator("#device", { hasText: `CPU · ${threads}` }).waitFor();
      },
    );
  } finally {
    server.close();
  }
});
