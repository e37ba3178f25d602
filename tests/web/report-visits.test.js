/**
 * A report over a reload: what was finished is there again, as it was, and is not computed anew.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { draw, drawings } from "./drawings.js";
import { RETURNS, inRepository, open, saved, setUp, site, within } from "./fixture.js";
import { holdBack } from "./hold.js";
import { stored, watchStorage } from "./storing.js";

/** @import { Page } from "playwright-core" */
/** @import { Watched } from "./fixture.js" */

setUp();

/** Methods that no other view computes by itself. */
const METHODS = ["layercam", "eigencam"];
const ADDRESS = `?device=cpu#view=report&report-methods=${METHODS}&report-measures=focus,confidence&report-budget=32`;
const RUBBISH = { name: "notes.png", mimeType: "image/png", buffer: Buffer.from("These are only notes.") };
const [DISC, STRIPES, SKY] = drawings();
const PICTURES = [
  ...[DISC, STRIPES, SKY],
  draw("bars.bmp", (x) => (x % 24 < 12 ? [200, 30, 30] : [30, 30, 200])),
  draw("rings.bmp", (x, y) => (Math.hypot(x - 48, y - 36) % 12 < 6 ? [20, 160, 90] : [250, 240, 200])),
];

/** @param {Page} page */
const rows = (page) => page.locator(".report-row");

/** @param {Page} page */
const state = (page) => page.locator("#report-bar");

/** @param {Page} page @param {string} name */
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

/** @param {Page} page the report is there again, with what is said of all its pictures */
const shown = (page) => page.locator("#report-document:not([hidden]) .report-claims li").first().waitFor();

/** @param {Page} page */
const complete = (page) => page.getByText("The report is complete.").waitFor();

/** @param {Page} page @param {string} [address] */
async function begin(page, pictures = [DISC, RUBBISH, STRIPES], address = ADDRESS) {
  await watchStorage(page);
  await page.goto(`${site()}${address}`);
  await page.locator("#report-file").setInputFiles(pictures);
  await press(page, "Make the report");
}

/** @param {Page} page every format's bytes */
async function files(page) {
  /** @type {Record<string, Buffer>} */
  const found = {};
  for (const format of ["csv", "json", "npz", "html", "png"]) found[format] = (await saved(page, format)).bytes;
  return found;
}

/** @param {Watched} watched */
async function counting({ page }) {
  await page.addInitScript(() => {
    window.sent = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (/** @type {any[]} */ ...args) {
      window.sent?.push({ action: args[0].action, method: args[0].args?.method });
      return Reflect.apply(post, this, args);
    };
  });
}

/** @param {Page} page how many of the report's maps the worker was asked for since the page was loaded */
const computed = (page) =>
  page.evaluate(
    (methods) =>
      window.sent?.filter(({ action, method }) => action === "explain" && methods.includes(method ?? "")).length,
    METHODS,
  );

/** @param {Page} page questions that the browser asks when the page is left */
function questions(page) {
  /** @type {string[]} */
  const asked = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    dialog.accept();
  });
  return asked;
}

test("a finished report is there again after a reload, file by file, and nothing is computed anew", () =>
  within(open, async (watched) => {
    const { page } = watched;
    const asked = questions(page);
    await counting(watched);
    await begin(page);
    await complete(page);
    const figure = page.getByLabel("Figure 1");
    const options = await figure.locator("option").allInnerTexts();
    await figure.selectOption({ label: options[1] });
    const text = await page.locator("#report-document").innerText();
    const before = await files(page);

    await stored(page);
    await page.reload();
    await shown(page);
    assert.equal(await page.locator("#report-document").innerText(), text);
    assert.match(await state(page).innerText(), /3 of 3 pictures finished/);
    const after = await files(page);
    for (const [format, bytes] of Object.entries(before)) assert.ok(bytes.equals(after[format]), format);
    assert.equal(await computed(page), 0);
    assert.deepEqual(asked, []);

    // The pictures themselves are there too.
    await press(page, "Make it again");
    await complete(page);
    assert.equal(await computed(page), 2 * METHODS.length);
    assert.equal(await rows(page).count(), 2);
  }));

test("a report that was removed does not come back, though the page is loaded anew before the storage has deleted it", () =>
  within(open, async ({ page }) => {
    await begin(page, [DISC]);
    await complete(page);
    await page.waitForFunction(() => window.onbeforeunload === null);
    await page.evaluate(() => (Cache.prototype.delete = () => new Promise(() => {})));
    await press(page, "Remove all");
    await page.reload();
    await page.locator("#bars button").first().waitFor({ state: "attached" });
    assert.equal(await page.getByText("No pictures yet.").isVisible(), true);
    assert.equal(await rows(page).count(), 0);

    await page.reload();
    await page.locator("#bars button").first().waitFor({ state: "attached" });
    assert.equal(await rows(page).count(), 0);
  }));

for (const [how, leave] of RETURNS) {
  test(`${how} in mid-report keeps the finished pictures; the rest follows as if nothing had been`, () =>
    within(open, async (watched) => {
      const { page } = watched;
      await counting(watched);
      const third = await holdBack(page, METHODS[0], 2);
      await begin(page, PICTURES);
      await rows(page).nth(1).waitFor();
      const finished = await rows(page).allInnerTexts();
      await stored(page);
      await third.end();
      await leave(page);
      await shown(page);
      const kept = await rows(page).count();
      assert.equal(kept, 2);
      assert.deepEqual(await rows(page).allInnerTexts(), finished);
      assert.equal(await computed(page), 0);
      await press(page, "Go on with the rest");
      await complete(page);
      assert.equal(await computed(page), (PICTURES.length - kept) * METHODS.length);

      const report = async (/** @type {Page} */ of) => {
        const { pictures, aggregate, claims, settings } = JSON.parse((await saved(of, "json")).bytes.toString());
        for (const { maps } of pictures) for (const method of METHODS) delete maps[method].seconds;
        return { pictures, aggregate, claims, settings };
      };
      const found = await report(page);
      await within(open, async ({ page: other }) => {
        await begin(other, PICTURES);
        await complete(other);
        assert.deepEqual(found, await report(other));
      });
    }));
}

test("two tabs keep their own reports, and a duplicate begins with the other's", () =>
  within(open, async ({ page }) => {
    await begin(page, [DISC]);
    await complete(page);
    await stored(page);
    const [second] = await Promise.all([
      page.waitForEvent("popup"),
      page.evaluate(() => void window.open(location.href)),
    ]);
    second.setDefaultTimeout(120_000);
    await shown(second);
    await second.locator("#report-file").setInputFiles([STRIPES]);
    await press(second, "Go on with the rest");
    await complete(second);
    await kept(second);
    await page.reload();
    await second.reload();
    for (const [tab, names] of /** @type {[Page, string[]][]} */ ([
      [page, ["disc.bmp"]],
      [second, ["disc.bmp", "stripes.bmp"]],
    ])) {
      await shown(tab);
      const titles = await rows(tab).locator("h4").allInnerTexts();
      assert.deepEqual(
        titles.map((title) => title.split(" ")[1]),
        names,
      );
    }
    const readable = await page.evaluate(async () => {
      const text = new TextDecoder("latin1");
      for (const name of await caches.keys()) {
        if (!name.startsWith("camscope-tab-")) continue;
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          const bytes = await (await cache.match(request))?.arrayBuffer();
          if (/disc|stripes|layercam|JFIF/.test(text.decode(bytes))) return request.url;
        }
      }
      return null;
    });
    assert.equal(readable, null);
  }));

test("what has no room is said, what has comes back, and the browser asks before the page is left", () =>
  within(open, async ({ page }) => {
    const asked = questions(page);
    await page.addInitScript(() => {
      const put = Cache.prototype.put;
      Cache.prototype.put = async function (/** @type {Parameters<Cache["put"]>} */ ...args) {
        const isFull = sessionStorage.getItem("full") && String(args[0]).includes("report/outcome/2");
        if (isFull) throw new DOMException("", "QuotaExceededError");
        return Reflect.apply(put, this, args);
      };
    });
    const warning = state(page).getByText("cannot keep all of this report over a reload");
    await page.goto(`${site()}${ADDRESS}`);
    await page.evaluate(() => sessionStorage.setItem("full", "yes"));
    await begin(page, [DISC, STRIPES]);
    await complete(page);
    await warning.waitFor();
    await page.reload();
    assert.deepEqual(asked, ["beforeunload"]);
    await shown(page);
    assert.equal(await rows(page).count(), 1);
    await page.evaluate(() => sessionStorage.removeItem("full"));
    await press(page, "Go on with the rest");
    await complete(page);
    await warning.waitFor({ state: "hidden" });
    await kept(page);
    await page.reload();
    assert.deepEqual(asked, ["beforeunload"]);
    await shown(page);
    assert.equal(await rows(page).count(), 2);
  }));

/** @param {Page} page a reload would find everything */
const kept = (page) => page.waitForFunction(() => window.onbeforeunload === null);

/** @param {Page} page by a checkpoint of the visitor's */
async function loadOwn(page) {
  if (!(await page.locator("#network[open]").count())) await page.locator("#network > summary").click();
  await page.locator("#network-file").setInputFiles(inRepository("tests/fixtures/torchvision_tiny.pth"));
  await page.locator("#network-load:enabled").click();
  // Not the one that the maps are of already, which may have the same name.
  await page.locator("#network-status", { hasText: /^torchvision_tiny\.pth \(ResNet/ }).waitFor();
  await page.locator("#map-network", { hasText: OWN }).waitFor();
}

/** @param {Page} page by Grad-CAM's numbers on a sample, which come last */
const explained = (page) => page.locator(".card[data-method=gradcam][aria-busy=false] .number").first().waitFor();

const OWN = /torchvision_tiny\.pth/;
const OWN_ADDRESS = `?device=cpu#methods=gradcam&report-methods=${METHODS}&report-measures=focus,confidence`;

test("a visitor's own network is there again, with its maps and its report, which goes on", () =>
  within(open, async (watched) => {
    const { page } = watched;
    const asked = questions(page);
    await counting(watched);
    await watchStorage(page);
    await page.goto(`${site()}${OWN_ADDRESS}`);
    await explained(page);
    await loadOwn(page);
    await explained(page);
    await page.locator("#bars button").nth(2).click();
    await explained(page);
    // The last of its maps: what is not finished would be computed after the reload.
    await page.locator(".card[data-method=scorecam][aria-busy=false] .number").first().waitFor();
    const target = await page.locator(".card[data-method=gradcam] .target").innerText();
    await page.getByRole("link", { name: "Report" }).click();
    await page.locator("#report-file").setInputFiles([DISC, STRIPES]);
    await press(page, "Make the report");
    await complete(page);
    const text = await page.locator("#report-document").innerText();
    assert.match(text, OWN);
    await page.locator("#report-file").setInputFiles([SKY]);
    await stored(page);

    await page.reload();
    assert.deepEqual(asked, []);
    await shown(page);
    await page.locator("#map-network", { hasText: OWN }).waitFor({ state: "attached" });
    assert.equal(await page.locator("#report-document").innerText(), text);
    await page.getByRole("link", { name: "Explain" }).click();
    await explained(page);
    assert.equal(await page.locator(".card[data-method=gradcam] .target").innerText(), target);
    const maps = await page.evaluate(() => window.sent?.filter(({ action }) => action === "explain").length);
    assert.equal(maps, 0, "none was computed again");
    await page.getByRole("link", { name: "Report" }).click();
    await press(page, "Go on with the rest");
    await complete(page);
    assert.equal(await computed(page), METHODS.length);
    assert.match(await page.locator(".report-how").innerText(), OWN);
    assert.equal(await rows(page).count(), 3);

    // Another's file takes its place.
    await page.getByRole("link", { name: "Explain" }).click();
    await loadOwn(page);
    await stored(page);
    await page.reload();
    await page.locator("#map-network", { hasText: OWN }).waitFor();
    await page.getByRole("link", { name: "Report" }).click();
    await press(page, "Make it again");
    await complete(page);
    assert.equal(await computed(page), 3 * METHODS.length, "what was loaded again may be another network");
  }));

test("a report goes on in a tab that was frozen in its middle: each map is computed once, none is lost", () =>
  within(open, async (watched) => {
    const { page } = watched;
    await counting(watched);
    const third = await holdBack(page, METHODS[0], 2);
    await begin(page, PICTURES);
    await rows(page).nth(1).waitFor();
    assert.equal(await rows(page).count(), 2);
    await third.off();
    const browser = await page.context().newCDPSession(page);
    await browser.send("Page.setWebLifecycleState", { state: "frozen" });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await browser.send("Page.setWebLifecycleState", { state: "active" });
    await complete(page);
    assert.equal(await page.getByRole("alert").isVisible(), false);
    assert.equal(await rows(page).count(), PICTURES.length);
    assert.equal(await computed(page), PICTURES.length * METHODS.length);
    const { pictures, failures } = JSON.parse((await saved(page, "json")).bytes.toString());
    assert.deepEqual([pictures.length, failures], [PICTURES.length, []]);
  }));

test("what an own network made that is gone stays under its name, and is not mixed with another's", () =>
  within(open, async ({ page }) => {
    const asked = questions(page);
    await watchStorage(page);
    await page.addInitScript(() => {
      const put = Cache.prototype.put;
      Cache.prototype.put = async function (/** @type {Parameters<Cache["put"]>} */ ...args) {
        if (String(args[0]).includes("network/part/")) throw new DOMException("", "QuotaExceededError");
        return Reflect.apply(put, this, args);
      };
    });
    await page.goto(`${site()}${OWN_ADDRESS}`);
    await explained(page);
    await loadOwn(page);
    await page.getByRole("link", { name: "Report" }).click();
    await page.locator("#report-file").setInputFiles([DISC]);
    await press(page, "Make the report");
    await complete(page);
    const warning = state(page).getByText("A reload forgets your network");
    assert.equal(await warning.isVisible(), false, "nothing is left to be made");
    await page.locator("#report-file").setInputFiles([STRIPES]);
    await warning.waitFor();
    await stored(page);

    await page.reload();
    assert.deepEqual(asked, ["beforeunload"]);
    await shown(page);
    assert.match(await page.locator(".report-how").innerText(), OWN);
    assert.equal(await rows(page).count(), 1);
    assert.doesNotMatch(await page.locator("#map-network").innerText(), OWN);
    await press(page, "Go on with the rest");
    await complete(page);
    assert.doesNotMatch(await page.locator(".report-how").innerText(), OWN);
    assert.equal(await rows(page).count(), 2);

    // The other way round.
    await page.locator("#report-file").setInputFiles([SKY]);
    await stored(page);
    await page.reload();
    await shown(page);
    const how = await page.locator(".report-how").innerText();
    await page.getByRole("link", { name: "Explain" }).click();
    await loadOwn(page);
    await page.getByRole("link", { name: "Report" }).click();
    assert.equal(await page.locator(".report-how").innerText(), how);
    await press(page, "Go on with the rest");
    await complete(page);
    assert.match(await page.locator(".report-how").innerText(), OWN);
    assert.equal(await rows(page).count(), 3);
  }));

test("an own network that ends the page is not loaded for ever", () =>
  within(open, async ({ page }) => {
    await page.goto(`${site()}${OWN_ADDRESS}`);
    await explained(page);
    await loadOwn(page);
    await page.waitForFunction(async () => {
      const names = await caches.keys();
      const own = names.find((name) => name.startsWith("camscope-tab-"));
      return own && (await (await caches.open(own)).match("/.camscope/tab/network/head"));
    });
    // Its engine never comes to be used.
    await page.addInitScript(() => {
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (/** @type {any[]} */ ...args) {
        if (!args[0].args?.model?.checkpoint) Reflect.apply(post, this, args);
      };
    });
    for (let i = 0; i < 3; i++) {
      await page.reload();
      await page.locator("#network-status", { hasText: OWN }).waitFor({ state: "attached" });
    }
    await page.reload();
    await explained(page);
    assert.doesNotMatch(await page.locator("#map-network").innerText(), OWN);
  }));

test("marks come back: a box on a file, a brushed one on a sample, in Explain and in the report", () =>
  within(open, async ({ page }) => {
    const settings = "report-methods=gradcam&report-measures=focus";
    await watchStorage(page);
    await page.goto(`${site()}?device=cpu#methods=gradcam&${settings}`);
    const inside = page.locator(".card[data-method=gradcam] .number", { hasText: /inside the mark, which covers/ });
    const area = page.getByRole("application", { name: /mark the object on/ });
    await explained(page);
    await press(page, "Mark the object");
    await page.getByRole("radio", { name: "Brush", exact: true }).first().check();
    await area.focus();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowUp", "Enter"]) await page.keyboard.press(key);
    const brushed = await inside.innerText();
    assert.doesNotMatch(brushed, /covers 0\.0/, "something is marked");
    await page.locator("#file").setInputFiles(DISC);
    await page.locator(".card.picture .target", { hasText: "disc.bmp" }).waitFor();
    await page.getByRole("radio", { name: "Box", exact: true }).first().check();
    for (const name of ["Left", "Top", "Width", "Height"]) await page.getByLabel(name, { exact: true }).fill("50");
    await page.getByLabel("Height", { exact: true }).press("Tab");
    const boxed = await inside.filter({ hasText: "25.0" }).innerText();
    await stored(page);

    await page.reload();
    assert.equal(await inside.innerText(), boxed);
    const places = await page.evaluate(async () => {
      const names = (await caches.keys()).filter((name) => name.startsWith("camscope-tab-"));
      const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return keys.flat().flatMap(({ url }) => url.split("/mark/")[1] ?? []);
    });
    assert.equal(places.length, 2);
    // They are not encrypted: neither a sample's name nor a file's hash may be in them.
    for (const place of places) assert.match(place, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    await page.getByRole("button", { name: "Explain the sample: Cat" }).click();
    await inside.filter({ hasNotText: "25.0" }).waitFor();
    assert.equal(await inside.innerText(), brushed);
    await press(page, "Clear the mark");
    await inside.waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Report" }).click();
    await page.locator("#report-file").setInputFiles([DISC]);
    await press(page, "Make the report");
    await complete(page);
    const [{ mark, width, height }] = JSON.parse((await saved(page, "json")).bytes.toString()).pictures;
    assert.deepEqual([mark.kind, mark.x, mark.y], ["box", width / 2, height / 2]);
    await stored(page);

    await page.reload();
    await page.getByRole("link", { name: "Explain" }).click();
    await explained(page);
    assert.equal(await inside.count(), 0);
  }));
