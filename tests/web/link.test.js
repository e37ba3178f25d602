/**
 * Settings in the link: what is set is in it, a link restores them, and what makes no sense is ignored. On the CPU.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_SUMMED, readTarget, writeTarget } from "../../www/targets.js";
import { open, setUp, settingsOf, site, within } from "./fixture.js";
import { askForLess } from "./less.js";

/** @import { Page } from "playwright-core" */

setUp();

/** @param {Page} page @param {string} method */
const drawn = (page, method) =>
  page.locator(`.card[data-method=${method}][aria-busy=false] .target`, { hasText: "for" }).waitFor();

test("a link restores layer, target, smoothing, methods and colours; without them the address stays bare", () =>
  within(open, async ({ page }) => {
    await page.goto(`${site()}?device=cpu`);
    await drawn(page, "gradcam");
    assert.deepEqual(await settingsOf(page), {});
    await page.goto(
      `${site()}?device=cpu#layer=layer3&target=281.285&smoothing=eigen&methods=eigencam&blend=glow&opacity=80&crop=squash&agreement=spearman`,
    );
    await page.reload();
    await drawn(page, "eigencam");
    assert.equal(await page.getByRole("radio", { name: /layer3/ }).isChecked(), true);
    assert.equal(await page.locator("#scrubber").getAttribute("aria-valuetext"), "layer3, 14 × 14");
    assert.equal(await page.locator("#smoothing-eigen").isChecked(), true);
    assert.equal(await page.locator("#opacity").inputValue(), "80");
    assert.equal(await page.locator("#blend").inputValue(), "glow");
    assert.equal(await page.getByRole("radio", { name: "Squashed" }).isChecked(), true);
    assert.equal(await page.getByRole("radio", { name: "Spearman" }).isChecked(), true);
    // By keyboard: maps and numbers that come meanwhile move what a pointer would be on.
    await page.getByRole("radio", { name: "Hottest fifth" }).focus();
    await page.keyboard.press("Space");
    await page.waitForFunction(() => location.hash.includes("agreement=iou"));
    assert.match(await page.locator(".more-how summary").innerText(), /tabby \+ Egyptian cat · eigen/);
    assert.equal((await settingsOf(page)).target, "281.285");
    // The scrubber writes what it chooses.
    await page.locator("#scrubber").focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => !location.hash.includes("layer="));
    await page.keyboard.press("Escape");
  }));

test("a box on a sample is in the link, and the link brings it back; on another picture it does not come along", () =>
  within(open, async ({ page }) => {
    await page.goto(`${site()}?device=cpu#region=2500.1000.4000.5000`);
    const said = page.locator(".card[data-method=gradcam] .number", { hasText: "inside the mark, which" });
    // Of the middle square that the network sees of 451 × 300 pixels, the box covers 180.4 × 150 of 300 × 300 or so.
    await said.waitFor();
    assert.equal((await settingsOf(page)).region, "2500.1000.4000.5000");
    const before = await said.innerText();
    await page.evaluate(() => (location.hash = "region=0.0.10000.10000"));
    await page.waitForFunction((before) => {
      const text = document.querySelector(".card[data-method=gradcam] .numbers")?.textContent;
      return text && !text.includes(before) && text.includes("inside the mark");
    }, before);
    assert.match(await said.innerText(), /100\s%/);
    await page.evaluate(() => (location.hash = "sample=coffee.png"));
    await page.locator(".card.picture .target", { hasText: "Espresso" }).waitFor();
    await page.waitForFunction(() => !location.hash.includes("region"));
  }));

test("a link that is followed while the page saves a setting is not lost", () =>
  within(open, async ({ page }) => {
    await page.goto(`${site()}?device=cpu`);
    await drawn(page, "gradcam");
    // The setting is saved before the browser has said that the address is another.
    await page.evaluate(() => {
      location.hash = "methods=eigencam";
      const opacity = /** @type {HTMLInputElement} */ (document.querySelector("#opacity"));
      opacity.value = "70";
      opacity.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await drawn(page, "eigencam");
    assert.deepEqual(await settingsOf(page), { methods: "eigencam" });
    // From then on settings are saved as ever.
    await page.locator("#opacity").press("ArrowRight");
    await page.waitForFunction(() => /opacity=/.test(location.hash) && /eigencam/.test(location.hash));
  }));

test("whatever target the page lets one choose, its link is read again", () => {
  const classes = Array.from({ length: MOST_SUMMED }, (_, index) => 999 - index);
  for (const target of [7, classes.slice(0, 11), classes, { class: 1, over: 2 }]) {
    assert.deepEqual(readTarget(writeTarget(target), 1000), target);
  }
  assert.deepEqual(readTarget("1*", 1000), { class: 1, contrastive: true });
  assert.equal(readTarget(writeTarget([...classes, 0]), 1000), null);
  assert.equal(readTarget("0*", 1), null);
});

test("a sum of many classes comes back with its link; when it is full, no more are offered", () =>
  within(open, async ({ page }) => {
    const sum = (/** @type {number} */ count) => Array.from({ length: count }, (_, index) => 100 + index).join(".");
    await page.goto(`${site()}?device=cpu#target=${sum(MOST_SUMMED - 1)}`);
    await drawn(page, "gradcam");
    await page.locator(".more-how summary").click();
    const chosen = page.locator("#how .chosen-classes button");
    assert.equal(await chosen.count(), MOST_SUMMED - 1);
    await page.locator("#target-search").fill("espresso");
    await page.locator("#target-search-list [role=option]", { hasText: "espresso", hasNotText: "maker" }).click();
    await page.locator("#how .hint", { hasText: `More than ${MOST_SUMMED} cannot be added.` }).waitFor();
    assert.equal(await chosen.count(), MOST_SUMMED);
    assert.equal(await page.locator("#target-search").isVisible(), false);
    await page.waitForFunction(() => location.hash.includes(".967"));
    await page.reload();
    await drawn(page, "gradcam");
    assert.equal((await settingsOf(page)).target, `${sum(MOST_SUMMED - 1)}.967`);
    assert.equal(await chosen.count(), MOST_SUMMED);
    await page.keyboard.press("Escape");
  }));

test("a grid of more than a hundred classes comes back with its link", () =>
  within(open, async ({ page }) => {
    const classes = Array.from({ length: 128 }, (_, index) => 872 + index);
    await page.goto(
      `${site()}?device=cpu#view=grid&grid-methods=eigencam&grid-layers=layer4&grid-classes=${classes.join(".")}`,
    );
    await page.locator("#map-grid .state", { hasText: "1 of 1 map ready; 127 cells" }).waitFor();
    assert.equal((await settingsOf(page))["grid-classes"], classes.join("."));
    assert.equal(await page.locator("#grid-search").isVisible(), false);
    await page.locator('#map-grid .tag[data-class="999"]').click();
    await page.locator("#map-grid .state", { hasText: "1 of 1 map ready; 126 cells" }).waitFor();
    assert.equal(await page.locator("#grid-search").isVisible(), true);
  }));

test("a link's theme holds for that visit, and the visitor's own choice stays; what there is not is ignored", () =>
  within(open, async ({ page }) => {
    const shown = async () => [
      await page.evaluate(() => document.documentElement.dataset.theme),
      await page.locator("#theme").inputValue(),
    ];
    const kept = () => page.evaluate(() => localStorage.getItem("camscope.theme"));
    const address = `${site()}?device=cpu#view=methods`;
    await page.goto(address);
    await page.locator("#theme").selectOption("light");
    assert.equal((await settingsOf(page)).theme, "light");
    // Already before the network is there.
    await page.goto("about:blank");
    await page.goto(`${address}&theme=dark`);
    assert.deepEqual(await shown(), ["dark", "dark"]);
    await page.locator("#device[data-kind=cpu]").waitFor();
    assert.deepEqual(
      [...(await shown()), await kept(), (await settingsOf(page)).theme],
      ["dark", "dark", "light", "dark"],
    );
    await page.evaluate(() => (location.hash = "view=methods&theme=constructor"));
    await page.waitForFunction(() => document.documentElement.dataset.theme === "light");
    await page.evaluate(() => (location.hash = "view=methods&theme=dark"));
    await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    await page.evaluate(() => (location.hash = "view=methods"));
    await page.waitForFunction(() => document.documentElement.dataset.theme === "light");
    assert.equal(await kept(), "light");
    await page.locator("#theme").selectOption("auto");
    assert.deepEqual(
      [...(await shown()), await kept(), (await settingsOf(page)).theme],
      ["auto", "auto", "auto", undefined],
    );
  }));

test("the tools of What if, and what it takes away, come back with their link", () =>
  within(open, async ({ page }) => {
    await askForLess(page, { channels: 16 });
    const settled = () => page.locator("#whatif .effects[aria-busy=false]").waitFor();
    const tool = (/** @type {string} */ name) =>
      page.locator("#whatif .editor").getByRole("radio", { name, exact: true });
    const usual = { methods: "eigencam", view: "whatif" };
    const chosen = {
      "edit-tool": "patch",
      "edit-fill": "paint",
      "edit-size": "30",
      "edit-colour": "1e90ff",
      "check-method": "layercam",
      "check-which": "coldest",
      "check-share": "0.4",
    };
    await page.goto(`${site()}?device=cpu#view=whatif&methods=eigencam`);
    await settled();
    assert.deepEqual(await settingsOf(page), usual);
    await tool("Box").check();
    await tool("Paint").check();
    await page.locator("#whatif .size").fill("30");
    await page.locator("#whatif .colour").fill("#1e90ff");
    await page.locator("#whatif .method").selectOption("layercam");
    await page.locator("#whatif .which").selectOption("coldest");
    await page.locator("#whatif .share").selectOption("0.4");
    await page.waitForFunction(() => location.hash.includes("check-share"));
    assert.deepEqual(await settingsOf(page), { ...usual, ...chosen });

    await page.reload();
    await settled();
    assert.equal(await tool("Box").isChecked(), true);
    assert.equal(await tool("Paint").isChecked(), true);
    assert.equal(await page.locator("#whatif .size").inputValue(), "30");
    assert.equal(await page.locator("#whatif .colour").inputValue(), "#1e90ff");
    assert.equal(await page.locator("#whatif .colour").isVisible(), true, "painting needs a colour");
    assert.equal(await page.locator("#whatif .pairs .after figcaption").first().innerText(), "LayerCAM, after");
    await page.getByRole("button", { name: "Take it away" }).click();
    await page.locator("#whatif .tries li", { hasText: /^LayerCAM, its coldest places, 40\s%/ }).waitFor();
    assert.deepEqual(await settingsOf(page), { ...usual, ...chosen });

    // A link that is followed with the page open, to the usual tools.
    await page.evaluate(() => (location.hash = "view=whatif&methods=eigencam"));
    await page.locator("#whatif .pairs .after figcaption", { hasText: "Grad-CAM, after" }).waitFor();
    await settled();
    assert.equal(await tool("Brush").isChecked(), true);
    assert.equal(await tool("Erase").isChecked(), true);
    assert.equal(await page.locator("#whatif .size").inputValue(), "12");
    assert.equal(await page.locator("#whatif .colour").isVisible(), false);
    assert.equal(await page.locator("#whatif .share").inputValue(), "0.2");
    assert.deepEqual(await settingsOf(page), usual);
    await page.keyboard.press("Escape");
  }));

test("hostile values in a link are ignored", () =>
  within(open, async ({ page }) => {
    const hostile = [
      "layer=../../etc",
      "layers=layer4.<img>",
      "target=1e9",
      "fusion=constructor",
      "smoothing=__proto__",
      "crop=toString",
      "opacity=-1",
      "blend=constructor",
      "methods=<script>.eigencam.eigencam",
      "palette=x",
      "region=5000.0.6000.1",
      "edit-tool=constructor",
      'edit-fill="]',
      "edit-size=41",
      "edit-colour=red",
      "check-method=scorecam",
      "check-which=__proto__",
      "check-share=1",
      `sample=${"x".repeat(5000)}`,
    ];
    await page.goto(`${site()}?device=cpu#${hostile.join("&")}`);
    await drawn(page, "eigencam");
    assert.equal(await page.getByRole("alert").isVisible(), false);
    assert.match(await page.locator("#bars button").first().innerText(), /Egyptian cat/);
    assert.equal(await page.locator("#opacity").inputValue(), "55");
    assert.equal(await page.locator("#whatif .size").inputValue(), "12");
    await page.keyboard.press("Escape");
    assert.deepEqual(await settingsOf(page), { layers: "layer4", methods: "eigencam" });
  }));
