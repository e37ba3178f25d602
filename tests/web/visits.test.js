/**
 * Reload in mid-run, back and forward, two tabs, a tab in the background: nothing is lost that was finished.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { RETURNS, inRepository, open, setUp, site, within } from "./fixture.js";
import { askForLess } from "./less.js";
import { stored, watchStorage } from "./storing.js";

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
      const { action, args: given } = args[0];
      window.sent?.push({ action, method: given?.method, metrics: given?.metrics });
      return Reflect.apply(post, this, args);
    };
  });

for (const [how, leave] of RETURNS) {
  test(`${how} in mid-run brings the visitor's picture and its finished maps back`, () =>
    within(open, async (watched) => {
      const { page } = watched;
      await counting(watched);
      await watchStorage(page);
      await page.goto(`${site()}?device=cpu`);
      await measured(page);
      await openDrawn(page, "mine.png");
      await page.locator("#bars button").nth(1).click();
      await midRun(page);
      const before = { gradcam: await pixels(page, "gradcam"), ablationcam: await pixels(page, "ablationcam") };
      const target = await page.locator(`${card("gradcam")} .target`).innerText();

      await stored(page);
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
    await askForLess(page, { channels: 16 });
    await counting(watched);
    await watchStorage(page);
    await page.goto(`${site()}?device=cpu`);
    await page.locator(`${card("scorecam")}[aria-busy=false] .facts`, { hasText: "approximate" }).waitFor();
    const before = await pixels(page, "scorecam");
    await stored(page);
    await page.reload();
    await page.locator(`${card("scorecam")}[aria-busy=false] .facts`, { hasText: "approximate" }).waitFor();
    assert.equal(await pixels(page, "scorecam"), before);
    assert.deepEqual(await asked(page), []);
  }));

/** @param {Page} page @returns {Promise<string[]>} what the maps of the edited picture, and itself, look like */
const edited = (page) =>
  page.$$eval(
    "#whatif .editor .stage > canvas:first-child, #whatif .pairs .sides:first-child canvas[role=img]",
    (all) => all.map((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL()),
  );

/** @param {Page} page Grad-CAM's and AblationCAM's maps are those of the edits; ScoreCAM's are not waited for */
async function answered(page) {
  await page.waitForFunction(() => {
    const sides = [...document.querySelectorAll("#whatif .pairs .sides figure")].slice(0, 4);
    return sides.length === 4 && sides.every((side) => side.getAttribute("aria-busy") === "false");
  });
}

/** @param {Page} page what Compare says */
async function compared(page) {
  await page.locator("#views a", { hasText: "Compare" }).click();
  await page.waitForFunction(() => {
    const cells = [...document.querySelectorAll("#compare td[data-measure=drop]")];
    return cells.length === 4 && cells.every(({ textContent }) => textContent !== "–");
  });
}

/** @param {Page} page */
const numbers = async (page) => [
  await page.locator("#compare .scroll").first().innerText(),
  await page.locator("#compare figure:visible").count(),
  await page.locator("#sanity .verdicts li").allInnerTexts(),
];

test("numbers, checks and edits that were finished come back with a reload, and none is worked out again", () =>
  within(open, async (watched) => {
    const { page } = watched;
    await askForLess(page, { steps: 4 });
    await counting(watched);
    await watchStorage(page);
    await page.goto(`${site()}?device=cpu`);
    await measured(page);
    await openDrawn(page, "mine.png");
    await midRun(page);
    await page.keyboard.press("Escape");
    await compared(page);
    await page.locator("#compare .start").click();
    await page.locator("#compare td[data-measure=arcc]", { hasText: /\d/ }).nth(3).waitFor();
    await page.locator("#sanity .start").click();
    await page.locator("#sanity .verdicts li").nth(1).waitFor();
    await page.locator("#sanity .run").waitFor({ state: "hidden" });
    const found = await numbers(page);

    await page.locator("#views a", { hasText: "What if" }).click();
    await page.locator("#whatif .take").click();
    await page.locator("#whatif .tries li").first().waitFor();
    await page.locator("#whatif .which").selectOption("random");
    await page.locator("#whatif .take").click();
    await page.locator("#whatif .tries li").nth(1).waitFor();
    await answered(page);
    const undone = await edited(page);
    const stage = await page.locator("#whatif .editor .stage").boundingBox();
    assert.ok(stage);
    await page.mouse.move(stage.x + 20, stage.y + 20);
    await page.mouse.down();
    await page.mouse.move(stage.x + 60, stage.y + 50, { steps: 5 });
    await page.mouse.up();
    await answered(page);
    const shown = await edited(page);
    assert.notDeepEqual(shown, undone);
    const tries = await page.locator("#whatif .tries li").allInnerTexts();
    const verdict = await page.locator("#whatif .verdict").innerText();

    await stored(page);
    await page.reload();
    await answered(page);
    assert.deepEqual(await edited(page), shown);
    assert.deepEqual(await page.locator("#whatif .tries li").allInnerTexts(), tries);
    assert.equal(await page.locator("#whatif .verdict").innerText(), verdict);
    await page.keyboard.press("Escape");
    await compared(page);
    assert.deepEqual(await numbers(page), found);
    assert.equal(await page.locator("#compare .start").isVisible(), false);
    const sent = (await page.evaluate(() => window.sent)) ?? [];
    const passes = sent.filter(({ action, method, metrics }) => {
      const isNumber = action === "measure" && String(metrics) !== "focus";
      return (
        action === "sanity" || action === "classify" || isNumber || (action === "explain" && method !== "scorecam")
      );
    });
    assert.deepEqual(passes, [{ action: "classify", method: undefined, metrics: undefined }], "the picture's classes");

    // An earlier step is there too, and another class is judged by numbers of its own.
    await page.locator("#views a", { hasText: "What if" }).click();
    await page.locator("#whatif .undo").click();
    await answered(page);
    assert.deepEqual(await edited(page), undone);
    // What follows would wait for ScoreCAM's maps.
    await page.keyboard.press("Escape");
    await page.locator("#views a", { hasText: "Explain" }).click();
    await page.locator("#classes button").nth(1).click();
    await measured(page);
    await page.keyboard.press("Escape");
    await compared(page);
    assert.equal(await page.locator("#compare .start").isVisible(), true);
    assert.equal(await page.locator("#sanity .verdicts li").count(), 0);
  }));

test("two tabs keep their own; what a closed one leaves cannot be read, and is cleared away", () =>
  within(open, async ({ page }) => {
    await watchStorage(page);
    await page.goto(`${site()}?device=cpu`);
    await measured(page);
    await openDrawn(page, "first.png");
    await measured(page);
    await stored(page);
    // A duplicate: it begins with what the first one remembers.
    const [second] = await Promise.all([
      page.waitForEvent("popup"),
      page.evaluate(() => void window.open(location.href)),
    ]);
    second.setDefaultTimeout(120_000);
    await second.locator(".card.picture .target", { hasText: "first.png" }).waitFor();
    await openDrawn(second, "second.png");
    await measured(second);
    await stored(second);
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

/** @param {Page} page what it computes comes to a halt for a while, as in a tab that the browser freezes */
async function freeze(page) {
  const browser = await page.context().newCDPSession(page);
  await browser.send("Page.setWebLifecycleState", { state: "frozen" });
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await browser.send("Page.setWebLifecycleState", { state: "active" });
}

test("a tab that the browser froze in the background goes on where it was", () =>
  within(open, async ({ page }) => {
    await askForLess(page, { channels: 64 });
    await page.goto(`${site()}?device=cpu`);
    await midRun(page);
    await freeze(page);
    await page.locator(`${card("scorecam")}[aria-busy=false] .facts`, { hasText: "approximate" }).waitFor();
    assert.equal(await page.getByRole("alert").isVisible(), false);
  }));

test("measuring goes on in a tab that was frozen, and no number is lost or another", () =>
  within(open, async (watched) => {
    const { page } = watched;
    await askForLess(page, { steps: 4 });
    await counting(watched);
    await page.goto(`${site()}?device=cpu`);
    await midRun(page);
    await page.keyboard.press("Escape");
    await compared(page);
    const measure = page.locator("#compare .start");
    const last = page.locator("#compare td[data-measure=arcc]", { hasText: /\d/ }).nth(3);
    const calls = async () => {
      const sent = (await page.evaluate(() => window.sent)) ?? [];
      return sent.flatMap(({ action, metrics }) => (action === "measure" && metrics?.[0] !== "focus" ? [metrics] : []));
    };
    const before = (await calls()).length;
    await measure.click();
    await page.locator("#compare td[data-measure=deletion]", { hasText: /\d/ }).nth(1).waitFor();
    assert.ok(await page.locator("#compare .run").isVisible());
    await freeze(page);
    await last.waitFor();
    assert.equal(await page.getByRole("alert").isVisible(), false);
    const found = await page.locator("#compare .scroll").first().innerText();
    // Five measures of two maps and two controls, each once.
    assert.equal((await calls()).length - before, 20);

    // Without a break they are the same.
    const other = await open();
    await askForLess(other.page, { steps: 4 });
    await other.page.goto(`${site()}?device=cpu`);
    await midRun(other.page);
    await other.page.keyboard.press("Escape");
    await compared(other.page);
    await other.page.locator("#compare .start").click();
    await other.page.locator("#compare td[data-measure=arcc]", { hasText: /\d/ }).nth(3).waitFor();
    assert.equal(await other.page.locator("#compare .scroll").first().innerText(), found);
    await other.done();
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
