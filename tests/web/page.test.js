/**
 * The page, used as a visitor would, on the CPU.
 */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { draw } from "./drawings.js";
import { FAILED_REQUEST, inRepository, open, setUp, site, within } from "./fixture.js";
import { holdBack } from "./hold.js";
import { askForLess } from "./less.js";

/** @import { Page } from "playwright-core" */
/** @import { Watched } from "./fixture.js" */

setUp();

const PICTURES = "tests/fixtures/pictures";

/** @param {string} method */
const card = (method) => `.card[data-method=${method}]`;

/**
 * Counts what the page says to its worker.
 * @param {Page} page
 */
function countMessages(page) {
  return page.addInitScript(() => {
    window.sent = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (/** @type {any[]} */ ...args) {
      window.sent?.push({ action: args[0].action, cancel: args[0].cancel });
      return Reflect.apply(post, this, args);
    };
  });
}

/** @param {Page} page @param {string} method */
const pixels = (page, method) =>
  page.$eval(`${card(method)} canvas`, (canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());

/**
 * @param {Page} page
 * @param {string} method
 */
async function idle(page, method) {
  await page.waitForFunction(
    (selector) => document.querySelector(selector)?.getAttribute("aria-busy") === "false",
    card(method),
  );
}

/** @param {Page} page */
const topClass = async (page) => (await page.locator("#bars button").first().innerText()).split("\n")[0];

/**
 * @param {Page} page
 * @param {string} title of the sample
 */
async function openSample(page, title) {
  await page.getByRole("button", { name: `Explain the sample: ${title}` }).click();
  await page.locator(`#samples [aria-pressed=true][aria-label$="${title}"]`).waitFor();
}

/** @param {Page} page */
const targets = (page) => page.locator(".card[data-method] .target").allInnerTexts();

describe("the page on the CPU", () => {
  /** @type {Watched} */
  let watched;
  /** @type {Page} */
  let page;
  /** @type {Awaited<ReturnType<typeof holdBack>>} */
  let scorecam;

  before(async () => {
    watched = await open();
    page = watched.page;
    await askForLess(page, { channels: 48 });
    scorecam = await holdBack(page, "scorecam");
    await countMessages(page);
    await page.goto(`${site()}?device=cpu`);
  });
  after(() => watched.done());

  test("the first visit leads to heatmaps of the sample without a click", async () => {
    await idle(page, "gradcam");
    await idle(page, "ablationcam");
    assert.equal(await topClass(page), "Egyptian cat");
    assert.equal(await page.locator("#bars button").count(), 5);
    assert.equal(await page.locator("#grid canvas").count(), 4);
    assert.equal(await page.locator("#device").getAttribute("data-kind"), "cpu");
    assert.match(await page.locator("#photo").innerText(), /nothing is uploaded/);
    const label = await page.locator(`${card("gradcam")} canvas`).getAttribute("aria-label");
    assert.match(label ?? "", /Grad-CAM heatmap for Egyptian cat\. Heat centred .*, over [\d.]+\s% of the picture/);
    assert.match(await page.locator(`${card("gradcam")} .facts`).innerText(), /s · no extra pass/);
  });

  test("ScoreCAM fills in live, with progress and time left, and is labelled as approximate", async () => {
    const score = page.locator(card("scorecam"));
    await score.locator(".run p", { hasText: /of \d+ passes · .+ left/ }).waitFor();
    assert.equal(await score.getAttribute("data-live"), "");
    assert.ok((await score.locator("progress").getAttribute("aria-label"))?.includes("ScoreCAM"));
    const partial = await pixels(page, "scorecam");
    assert.notEqual(partial, await page.$eval(".card.picture canvas", (c) => /** @type {any} */ (c).toDataURL()));
    await scorecam.off();
    await idle(page, "scorecam");
    assert.match(await score.locator(".facts").innerText(), /\d+ passes\s*approximate/);
    assert.ok((await score.locator(".remarks li").count()) > 0);
    assert.match(await score.locator(".again").innerText(), /Run exactly \(up to .+\)/);
  });

  test("the exact run is one click away; cancelling it brings the approximate map back under its label", async () => {
    const score = page.locator(card("scorecam"));
    const [before, remark] = [await pixels(page, "scorecam"), await score.locator(".remarks").innerText()];
    await score.locator(".again").click();
    await score.locator(".run p", { hasText: /of 1,\d{3} passes/ }).waitFor();
    await score.locator(".cancel").click();
    await idle(page, "scorecam");
    assert.equal(await pixels(page, "scorecam"), before);
    assert.match(await score.locator(".facts").innerText(), /approximate\s*Cancelled/);
    assert.equal(await score.locator(".remarks").innerText(), remark);
  });

  test("opacity, colours and blend change the pixels at once, without the worker", async () => {
    // What was finished when the rest was cancelled is still judged.
    await page.waitForFunction(() => {
      const values = [...document.querySelectorAll("#agreement .value, #agreement .control")];
      return values.length >= 9 && values.every(({ textContent }) => textContent !== "…");
    });
    const sent = () => page.evaluate(() => window.sent?.length);
    const count = await sent();
    const seen = [await pixels(page, "gradcam")];
    /** @param {() => Promise<unknown>} change */
    const changed = async (change) => {
      await change();
      const now = await pixels(page, "gradcam");
      assert.ok(!seen.includes(now), "nothing changed");
      seen.push(now);
    };
    await changed(() => page.locator("#opacity").fill("80"));
    await changed(() => page.locator("#palette").selectOption("viridis"));
    await changed(() => page.locator("#palette").selectOption("jet"));
    for (const blend of ["glow", "multiply", "screen", "spotlight", "only"]) {
      await changed(() => page.locator("#blend").selectOption(blend));
    }
    await page.locator("#blend").selectOption("normal");
    await page.locator("#palette").selectOption("inferno");
    await page.locator("#opacity").fill("55");
    assert.equal(await pixels(page, "gradcam"), seen[0], "the same look gives the same picture");
    assert.equal(await sent(), count);
  });

  test("an overlay is saved as a PNG of the size shown", async () => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator(`${card("gradcam")} .save`).click(),
    ]);
    assert.equal(download.suggestedFilename(), "Cat-Egyptian_cat-gradcam-layer4.png");
    const bytes = await readFile(await download.path());
    assert.equal(bytes.subarray(1, 4).toString("latin1"), "PNG");
    const size = await page.$eval(`${card("gradcam")} canvas`, (c) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (c);
      return { width, height };
    });
    assert.deepEqual({ width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }, size);
  });

  test("a click on another class explains that class; Escape cancels; the page stays usable", async () => {
    await scorecam.on();
    const before = await pixels(page, "gradcam");
    await page.locator("#bars button").nth(1).click();
    await idle(page, "gradcam");
    const name = (await page.locator("#bars button").nth(1).innerText()).split("\n")[0];
    assert.equal((await targets(page))[0], `for ${name}`);
    assert.equal(await page.locator("#bars button").nth(1).getAttribute("aria-pressed"), "true");
    assert.notEqual(await pixels(page, "gradcam"), before);

    await page.locator(`${card("scorecam")} .run`).waitFor();
    await page.keyboard.press("Escape");
    await idle(page, "scorecam");
    assert.match(await page.locator(`${card("scorecam")} .facts`).innerText(), /Cancelled/);
    // The map that is shown is still the first class's, and says so.
    assert.equal((await targets(page))[2], "for Egyptian cat");

    await scorecam.off();
    await page.locator("#bars button").first().click();
    await idle(page, "gradcam");
    assert.equal(await pixels(page, "gradcam"), before, "the first class's map is the same again");
    await idle(page, "scorecam");
  });

  test("any of the thousand classes can be searched by keyboard", async () => {
    await scorecam.on();
    const search = page.getByRole("combobox", { name: "Another class" });
    await search.focus();
    await search.pressSequentially("espresso m");
    assert.equal(await page.locator("#search-list [role=option]").count(), 1);
    await page.keyboard.press("ArrowDown");
    assert.equal(await search.getAttribute("aria-activedescendant"), "search-0");
    await page.keyboard.press("Enter");
    await idle(page, "gradcam");
    assert.equal((await targets(page))[0], "for espresso maker");
    assert.equal(await page.locator("#bars button").count(), 6);
    assert.equal(await page.locator("#bars button").last().getAttribute("aria-pressed"), "true");

    await search.pressSequentially("no such thing");
    assert.equal(await page.locator("#search-list [role=option]").count(), 0);
    assert.match(await page.locator("#search-count").innerText(), /No class/);
    await page.keyboard.press("Escape");
    assert.equal(await search.getAttribute("aria-expanded"), "false");
    await page.keyboard.press("Escape");
    assert.equal(await search.inputValue(), "");
    // Those Escapes were the search's own.
    assert.equal(await page.locator(card("scorecam")).getAttribute("aria-busy"), "true");
    await page.locator(`${card("scorecam")} .cancel`).click();
    await idle(page, "scorecam");
  });

  test("another layer gives another map", async () => {
    const before = await pixels(page, "gradcam");
    await page.getByRole("radio", { name: /layer3/ }).check();
    await idle(page, "gradcam");
    await page.waitForFunction(
      ([selector, before]) => /** @type {any} */ (document.querySelector(selector)).toDataURL() !== before,
      [`${card("gradcam")} canvas`, before],
    );
    await page.getByRole("radio", { name: /layer4/ }).check();
    await page.waitForFunction(
      ([selector, before]) => /** @type {any} */ (document.querySelector(selector)).toDataURL() === before,
      [`${card("gradcam")} canvas`, before],
    );
    await page.keyboard.press("Escape");
  });

  test("a click on a sample explains it; the crop can be the whole picture", async () => {
    await openSample(page, "Espresso");
    await idle(page, "ablationcam");
    assert.equal(await topClass(page), "espresso");
    assert.deepEqual((await targets(page)).slice(0, 2), ["for espresso", "for espresso"]);
    await page.getByRole("radio", { name: "Whole" }).check();
    await page.locator(".card.picture .facts", { hasText: "sees all of it" }).waitFor();
    await idle(page, "gradcam");
    const shape = await page.$eval(`${card("gradcam")} canvas`, (c) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (c);
      return width / height;
    });
    assert.ok(Math.abs(shape - 1.5) < 0.01, `${shape}`);
    await page.getByRole("radio", { name: "Middle" }).check();
    await page.locator(".card.picture .facts", { hasText: "The frame" }).waitFor();
    await idle(page, "gradcam");
    await page.keyboard.press("Escape");
    await idle(page, "scorecam");
  });

  test("a file that is no picture: an alert says why, and the last good result stays", async () => {
    const before = await pixels(page, "gradcam");
    for (const [name, content] of /** @type {[string, Buffer][]} */ ([
      ["empty.jpg", Buffer.alloc(0)],
      ["notes.png", Buffer.from("These are only notes.")],
      ["<img src=x onerror=alert(1)>.jpg", Buffer.from("neither")],
      ["truncated.jpg", await readFile(inRepository(`${PICTURES}/truncated.jpg`))],
      ["bomb.png", await readFile(inRepository(`${PICTURES}/bomb-header.png`))],
    ])) {
      await page.locator("#file").setInputFiles({ name, mimeType: "image/jpeg", buffer: content });
      const alert = page.getByRole("alert");
      await alert.filter({ hasText: "This picture cannot be read" }).waitFor();
      assert.match(await alert.innerText(), /The last result is still shown/);
      assert.equal(await pixels(page, "gradcam"), before);
      assert.equal(await topClass(page), "espresso");
      await page.getByRole("button", { name: "Dismiss this message" }).click();
      assert.equal(await alert.isVisible(), false);
    }
  });

  test("a picture can be chosen, dropped and pasted; its name is shown as text", async () => {
    const buffer = await readFile(inRepository("tests/fixtures/reference/drawn.png"));
    const name = "<b>drawn</b> & hostile.png";
    await page.locator("#file").setInputFiles({ name, mimeType: "image/png", buffer });
    await page.locator(".card.picture .target", { hasText: name }).waitFor();
    assert.equal(await page.locator(".card.picture b").count(), 0);
    const found = await topClass(page);

    const cat = [...(await readFile(inRepository("pkg/samples/chelsea.png")))];
    for (const way of ["drop", "paste"]) {
      await page.evaluate(
        ({ bytes, way }) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], `${way}.png`, { type: "image/png" }));
          const event =
            way === "drop"
              ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
              : new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
          document.body.dispatchEvent(event);
        },
        { bytes: cat, way },
      );
      await page.locator("#bars button", { hasText: "Egyptian cat" }).first().waitFor();
      assert.notEqual(found, "Egyptian cat");
      await page
        .locator(".card.picture .target", { hasText: way === "drop" ? "drop.png" : "pasted picture" })
        .waitFor();
      await openSample(page, "Espresso");
    }
    await page.evaluate(() => {
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: new DataTransfer(), bubbles: true }));
    });
    await page.getByRole("alert").filter({ hasText: "holds no picture file" }).waitFor();
    await page.getByRole("button", { name: "Dismiss this message" }).click();
  });

  test("the latest picture wins", async () => {
    for (const name of ["Espresso", "Cat", "Espresso", "Cat"]) {
      await page.getByRole("button", { name: `Explain the sample: ${name}` }).click();
    }
    // Nothing else follows: its maps come, and still it is the last one.
    await page.locator('#samples [aria-pressed=true][aria-label$="Cat"]').waitFor();
    await page.locator(`${card("scorecam")} .run`).waitFor();
    assert.equal(await topClass(page), "Egyptian cat");
    assert.equal((await targets(page))[0], "for Egyptian cat");
  });
});

test("the page on WebGPU names the adapter, says that it is emulated here, and goes over to the CPU on a click", () =>
  within(open, async ({ page }) => {
    await page.goto(site());
    await page.locator("#device[data-kind=webgpu]").waitFor();
    assert.match(await page.locator("#device").innerText(), /GPU · .*swiftshader/);
    await idle(page, "ablationcam");
    assert.equal(await topClass(page), "Egyptian cat");
    assert.deepEqual((await targets(page)).slice(0, 2), ["for Egyptian cat", "for Egyptian cat"]);
    assert.match(await page.getByRole("alert").innerText(), /emulated by the processor/);
    await page.getByRole("button", { name: "Use the CPU" }).click();
    await page.locator("#device[data-kind=cpu]").waitFor();
    assert.match(page.url(), /device=cpu/);
    await idle(page, "gradcam");
    assert.equal(await topClass(page), "Egyptian cat");
  }));

test("an altered shard: the page names it, and the retry works", () =>
  within(open, async ({ page }) => {
    const shard = "resnet50-00003-of-00003.safetensors";
    const body = await readFile(inRepository(`pkg/models/resnet50/${shard}`));
    body[1000] ^= 255;
    await page.route(`**/${shard}`, (route) => route.fulfill({ body }));
    await page.goto(`${site()}?device=cpu`);
    const alert = page.getByRole("alert");
    await alert.filter({ hasText: shard }).waitFor();
    assert.match(await alert.innerText(), /weights could not be loaded/);
    assert.equal(await page.locator("#bars button").count(), 0);
    await page.unroute(`**/${shard}`);
    await page.getByRole("button", { name: "Try again" }).click();
    await idle(page, "gradcam");
    assert.equal(await topClass(page), "Egyptian cat");
    assert.equal(await alert.isVisible(), false);
  }));

test("samples that set-up could not get are hidden", () =>
  within(open, async ({ page, allow }) => {
    allow(FAILED_REQUEST);
    await page.route("**/pkg/samples/*", (route) => route.fulfill({ status: 404 }));
    await page.goto(`${site()}?device=cpu`);
    await page.getByRole("radio", { name: /layer4/ }).waitFor();
    assert.equal(await page.locator("#samples-box").isVisible(), false);
    assert.equal(await page.getByRole("alert").isVisible(), false);
  }));

test("a sample that does not come is said, and what was shown stays", () =>
  within(open, async ({ page, allow }) => {
    allow(FAILED_REQUEST);
    await page.goto(`${site()}?device=cpu`);
    await idle(page, "gradcam");
    await page.route("**/pkg/samples/*", (route) => route.abort());
    await page.getByRole("button", { name: "Explain the sample: Espresso" }).click();
    await page.getByRole("alert").filter({ hasText: "This sample could not be fetched" }).waitFor();
    assert.equal(await topClass(page), "Egyptian cat");
    await page.unroute("**/pkg/samples/*");
    await openSample(page, "Espresso");
    await page.locator("#bars button", { hasText: "espresso" }).first().waitFor();
  }));

test("another crop while a picture is read is that picture's; of a file that is gone, the last result stays whole", () =>
  within(open, async ({ page }) => {
    await holdBack(page, "scorecam");
    await page.goto(`${site()}?device=cpu`);
    await page
      .locator(`${card("gradcam")} .number`)
      .first()
      .waitFor();
    const folder = await mkdtemp(path.join(tmpdir(), "camscope-"));
    const { name, buffer } = draw("disc.bmp", (x, y) =>
      Math.hypot(x - 60, y - 30) < 18 ? [230, 120, 20] : [40, 90, 60],
    );
    await writeFile(path.join(folder, name), buffer);
    await page.locator("#file").setInputFiles(path.join(folder, name));
    // In the same turn: no answer comes between.
    await page.evaluate(() => {
      const file = document.querySelector("#file");
      const crop = /** @type {HTMLInputElement | null} */ (document.querySelector("#crop input[value=squash]"));
      file?.dispatchEvent(new Event("change"));
      crop?.click();
    });
    const picture = page.locator(".card.picture:not([aria-busy])");
    await picture.locator(".target", { hasText: name }).waitFor();
    assert.match(await picture.locator(".facts").innerText(), /sees all of it/);
    await page.locator(`${card("scorecam")} .run`).waitFor();

    await rm(folder, { recursive: true });
    await page.getByRole("radio", { name: "Middle" }).check();
    await page.locator("#banner", { hasText: "choose it again" }).waitFor();
    assert.equal(await page.getByRole("radio", { name: "Squashed" }).isChecked(), true);
    await page.locator(`${card("scorecam")}[aria-busy=false]`).waitFor();
    assert.match(await page.locator(`${card("scorecam")} .again`).innerText(), /Run ScoreCAM/);
    assert.match(await page.locator(`${card("gradcam")} .target`).innerText(), /^for /);
  }));
