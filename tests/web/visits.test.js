/**
 * Reload in mid-run, back and forward, two tabs, a tab in the background: nothing is lost that was finished.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { RETURNS, inRepository, open, setUp, site, within } from "./fixture.js";

/** @import { Page } from "playwright-core" */
/** @import { Watched } from "./fixture.js" */

setUp();

/** @param {string} method */
const card = (method) => `.card[data-method=${method}]`;

/** @param {Page} page @param {string} method */
const pixels = (page, method) =>
  page.$eval(`${card(method)} canvas`, (canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());

/** @param {Page} page */
const measured = (page) =>
  page
    .locator(`${card("gradcam")}[aria-busy=false] .number`)
    .first()
    .waitFor();

/** @param {Page} page ScoreCAM is being computed, and the others are finished */
async function midRun(page) {
  await page.locator(`${card("scorecam")} .run p`, { hasText: /of [\d,]+ passes/ }).waitFor();
  await measured(page);
}

/**
 * @param {Page} page
 * @param {string} name
 */
async function openDrawn(page, name) {
  const buffer = await readFile(inRepository("tests/fixtures/reference/drawn.png"));
  await page.locator("#file").setInputFiles({ name, mimeType: "image/png", buffer });
  await page.locator(".card.picture .target", { hasText: name }).waitFor();
}

/** @param {Page} page the methods whose maps the worker was asked for */
const asked = (page) =>
  page.evaluate(() => window.sent?.flatMap(({ action, method }) => (action === "explain" ? [method] : [])));

/** @param {Watched} watched */
const counting = ({ page }) =>
  page.addInitScript(() => {
    window.sent = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (/** @type {any[]} */ ...args) {
      window.sent?.push({ action: args[0].action, method: args[0].args?.method });
      return Reflect.apply(post, this, args);
    };
  });

for (const [how, leave] of RETURNS) {
  test(`${how} in mid-run brings the visitor's picture and its finished maps back`, () =>
    within(open, async (watched) => {
      const { page } = watched;
      await counting(watched);
      await page.goto(`${site()}?device=cpu`);
      await measured(page);
      await openDrawn(page, "mine.png");
      await page.locator("#bars button").nth(1).click();
      await midRun(page);
      const before = { gradcam: await pixels(page, "gradcam"), ablationcam: await pixels(page, "ablationcam") };
      const target = await page.locator(`${card("gradcam")} .target`).innerText();

      await leave(page);
      await page.locator(".card.picture .target", { hasText: "mine.png" }).waitFor();
      await midRun(page);
      assert.equal(await page.locator(`${card("gradcam")} .target`).innerText(), target);
      for (const [method, shown] of Object.entries(before)) assert.equal(await pixels(page, method), shown);
      assert.deepEqual(await asked(page), ["scorecam"]);
    }));
}

test("a quick map that is finished comes back as well", () =>
  within(open, async (watched) => {
    const { page } = watched;
    await counting(watched);
    await page.goto(`${site()}?device=cpu`);
    await page.locator(`${card("scorecam")}[aria-busy=false] .facts`, { hasText: "approximate" }).waitFor();
    const before = await pixels(page, "scorecam");
    await page.reload();
    await page.locator(`${card("scorecam")}[aria-busy=false] .facts`, { hasText: "approximate" }).waitFor();
    assert.equal(await pixels(page, "scorecam"), before);
    assert.deepEqual(await asked(page), []);
  }));

test("two tabs keep their own; what a closed one leaves cannot be read, and is cleared away", () =>
  within(open, async ({ page }) => {
    await page.goto(`${site()}?device=cpu`);
    await measured(page);
    await openDrawn(page, "first.png");
    await measured(page);
    // A duplicate: it begins with what the first one remembers.
    const [second] = await Promise.all([
      page.waitForEvent("popup"),
      page.evaluate(() => void window.open(location.href)),
    ]);
    second.setDefaultTimeout(120_000);
    await second.locator(".card.picture .target", { hasText: "first.png" }).waitFor();
    await openDrawn(second, "second.png");
    await measured(second);
    await page.reload();
    await page.locator(".card.picture .target", { hasText: "first.png" }).waitFor();
    await second.reload();
    await second.locator(".card.picture .target", { hasText: "second.png" }).waitFor();

    const tabs = (/** @type {Page} */ of) =>
      of.evaluate(async () => {
        const names = (await caches.keys()).filter((name) => name.startsWith("camscope-tab-"));
        const stored = await Promise.all(
          names.map(async (name) => {
            const cache = await caches.open(name);
            const all = await Promise.all((await cache.keys()).map((request) => cache.match(request)));
            return Promise.all(all.map(async (one) => new Uint8Array((await one?.arrayBuffer()) ?? [])));
          }),
        );
        const text = new TextDecoder("latin1");
        return { names, readable: stored.flat().some((bytes) => /\x89PNG\r|gradcam|\.png/.test(text.decode(bytes))) };
      });
    assert.deepEqual((await tabs(page)).names.length, 2);
    assert.equal((await tabs(page)).readable, false);

    await page.clock.install();
    await page.reload();
    await page.locator(".card.picture .target", { hasText: "first.png" }).waitFor();
    await second.close();
    await page.clock.fastForward(60_000);
    await page.waitForFunction(async () => {
      const names = await caches.keys();
      return names.filter((name) => name.startsWith("camscope-tab-")).length === 1;
    });
    await page.reload();
    await page.locator(".card.picture .target", { hasText: "first.png" }).waitFor();
  }));

test("a tab that the browser froze in the background goes on where it was", () =>
  within(open, async ({ page }) => {
    await page.goto(`${site()}?device=cpu`);
    await midRun(page);
    const browser = await page.context().newCDPSession(page);
    await browser.send("Page.setWebLifecycleState", { state: "frozen" });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await browser.send("Page.setWebLifecycleState", { state: "active" });
    await page.locator(`${card("scorecam")}[aria-busy=false] .facts`, { hasText: "approximate" }).waitFor();
    assert.equal(await page.getByRole("alert").isVisible(), false);
  }));

test("a sample that is on its way while a network is loaded is explained by that network", () =>
  within(open, async ({ page }) => {
    /** @type {() => void} */
    let arrive = () => {};
    const arrived = new Promise((resolve) => (arrive = () => resolve(undefined)));
    await page.route(/samples\/chelsea\.png$/, async (route) => {
      await arrived;
      await route.continue();
    });
    await page.goto(`${site()}?device=cpu#methods=gradcam`);
    await page.locator("#map-network", { hasText: "Maps by ResNet50" }).waitFor();
    await page.locator("#network > summary").click();
    await page.locator("#network-file").setInputFiles(inRepository("tests/fixtures/torchvision_tiny.pth"));
    await page.locator("#network-load:enabled").click();
    await page.locator("#map-network", { hasText: "torchvision_tiny" }).waitFor();
    arrive();
    await page.locator(".card[data-method=gradcam][aria-busy=false] .number").first().waitFor();
  }));
