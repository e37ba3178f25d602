/**
 * Whether everyone can use the page: axe-core in both themes at both widths, no sideways scrolling, the keyboard alone,
 * touch alone, forced colours, reduced motion, colours that colour-blind readers can tell apart, a first visit.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { open, openAll, setUp, site, within } from "./fixture.js";
import { holdBack } from "./hold.js";
import { askForLess } from "./less.js";

/** @import { Page } from "playwright-core" */

setUp();

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** @param {Page} page is opened: the quick maps are there, and ScoreCAM runs for as long as it is looked at */
async function ready(page) {
  await askForLess(page, { channels: 16 });
  await holdBack(page, "scorecam");
  await page.goto(`${site()}?device=cpu`);
  await page.locator(".card[data-method=scorecam] .run").waitFor();
}

/** @param {Page} page */
async function violations(page) {
  const found = await page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (window).axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.map((/** @type {any} */ { id, nodes }) => ({
      id,
      nodes: nodes.map((/** @type {any} */ node) => `${node.html.slice(0, 120)} ${node.failureSummary}`),
    }));
  });
  return found;
}

const THEMES = /** @type {const} */ (["light", "dark"]);

/** @param {Page} page one without motion, in which a change of the theme takes time @param {string} state */
async function fineInBothThemes(page, state) {
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(page), [], `${state}, ${colorScheme}`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wider <= 0, `${state}, ${colorScheme}: ${wider} px too wide`);
  }
}

for (const width of [360, 1440]) {
  test(`axe-core finds nothing in either theme, and nothing scrolls sideways: ${width} px`, () =>
    within(
      () => open({ viewport: { width, height: 900 }, reducedMotion: "reduce" }),
      async ({ page }) => {
        await ready(page);
        await page.evaluate(await readFile(AXE, "utf8"));
        await fineInBothThemes(page, "Explain");
        await page.locator(".card[data-method=gradcam] .number").first().focus();
        await page.locator("#agreement .value").first().waitFor();
        await fineInBothThemes(page, "with the numbers, and one of them explained");
        await page.locator("#methods summary").click();
        await page.getByRole("checkbox", { name: "HiResCAM" }).check();
        await page.getByRole("checkbox", { name: "LayerCAM" }).check();
        await page.locator(".card[data-method=layercam][aria-busy=false] .target", { hasText: "for" }).waitFor();
        await page.locator(".card[data-method=layercam] .number").first().waitFor();
        await fineInBothThemes(page, "with more methods, one of which has no map of its own");
        await page.locator("#search").click();
        await page.locator("#search").pressSequentially("cat");
        await page.keyboard.press("ArrowDown");
        await page.locator("#file").setInputFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from("x") });
        await page.getByRole("alert").filter({ hasText: "cannot be read" }).waitFor();
        await fineInBothThemes(page, "with the search open and an error shown");
        // Every view, with the object marked.
        await page.getByRole("button", { name: "Mark the object" }).click();
        await page.getByLabel("Width", { exact: true }).fill("50");
        await page.getByLabel("Height", { exact: true }).fill("50");
        await page.getByLabel("Height", { exact: true }).press("Tab");
        for (const view of await page.locator("#views a").all()) {
          await view.click();
          const name = await view.innerText();
          await openAll(page);
          if (name === "What if") await page.locator("#whatif .after canvas[aria-label^='after: ']").first().waitFor();
          await fineInBothThemes(page, name);
          for (const panel of await page.locator("main .panel:visible").all()) {
            assert.notEqual((await panel.innerText()).trim(), "", `${name}: a panel is empty`);
          }
        }
      },
    ));
}

test("the theme can be chosen and is remembered", () =>
  within(open, async ({ page }) => {
    await ready(page);
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await paper();
    await page.getByLabel("Theme").selectOption("dark");
    const dark = await paper();
    assert.notEqual(dark, light);
    await page.reload();
    assert.equal(await paper(), dark);
  }));

test("a sample, a class and a layer are chosen by keyboard", () =>
  within(open, async ({ page }) => {
    await ready(page);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.className), "skip", "it is first");
    // A sample by Enter, a class by Space, a layer by the arrows.
    await page.getByRole("button", { name: "Explain the sample: Espresso" }).focus();
    await page.keyboard.press("Enter");
    await page.locator("#bars button", { hasText: "espresso" }).first().waitFor();
    await page.locator("#bars button").nth(1).focus();
    await page.keyboard.press("Space");
    await page.locator("#bars button[aria-pressed=true]").nth(0).waitFor();
    const focused = await page.evaluate(() => document.activeElement?.getAttribute("aria-pressed"));
    assert.equal(focused, "true", "the focus stays on the class that was chosen");
    await page.getByRole("radio", { name: /layer4/ }).focus();
    await page.keyboard.press("ArrowLeft");
    assert.equal(await page.getByRole("radio", { name: /layer3/ }).isChecked(), true);
    await page.keyboard.press("Escape");
  }));

test("the page's own policy forbids what it does not need", () =>
  within(open, async ({ page, allow }) => {
    await page.goto(`${site()}?device=cpu`);
    const policy = await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content");
    assert.match(policy ?? "", /default-src 'none'/);
    assert.doesNotMatch(policy ?? "", /unsafe-inline|'unsafe-eval'|https?:|\*/);
    allow(/Content Security Policy|Refused|TrustedScript/);
    const ran = await page.evaluate(() => {
      const script = document.createElement("script");
      // As a node, which Trusted Types cannot refuse at once: it is refused when it would run.
      script.append("window.injected = true");
      document.body.append(script);
      return "injected" in window;
    });
    assert.equal(ran, false);
  }));

test("a first visit: the tour is there, goes on by keyboard, can be skipped, and does not come again", () =>
  within(
    () => open({ isFirstVisit: true, reducedMotion: "reduce" }),
    async ({ page }) => {
      await ready(page);
      await page.evaluate(await readFile(AXE, "utf8"));
      const tour = page.getByRole("region", { name: "A picture to begin with" });
      await tour.waitFor();
      // It is read in its place and takes nothing over.
      assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
      await fineInBothThemes(page, "the first step");
      await tour.getByRole("button", { name: "Next" }).focus();
      for (const title of ["Where in the network to look", "Three methods, three heatmaps", "Do not trust a map"]) {
        await page.keyboard.press("Tab");
        await page.locator("#guide .primary").focus();
        await page.keyboard.press("Enter");
        // The focus is on the step's title, from which reading goes on.
        const focused = await page.evaluate(() => document.activeElement?.textContent ?? "");
        assert.ok(focused.startsWith(title), focused);
        await fineInBothThemes(page, title);
      }
      await page.getByRole("button", { name: "Back" }).click();
      await page.getByRole("heading", { name: "Three methods, three heatmaps" }).waitFor();
      // Escape ends the tour, and not what is being computed.
      await page.keyboard.press("Escape");
      assert.equal(await page.locator("#guide").count(), 0);
      assert.equal(await page.locator(".guided").count(), 0);
      assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
      assert.equal(await page.locator(".card[data-method=scorecam]").getAttribute("aria-busy"), "true");
      await page.reload();
      await page.locator("#show-guide").waitFor();
      assert.equal(await page.locator("#guide").count(), 0);
      await page.locator("#views a", { hasText: "Report" }).click();
      await page.locator("#show-guide").click();
      await page.getByRole("heading", { name: "A picture to begin with" }).waitFor();
    },
  ));

test("the object is marked by keyboard, with a box and with a brush", () =>
  within(open, async ({ page }) => {
    await ready(page);
    await page.evaluate(await readFile(AXE, "utf8"));
    await page.getByRole("button", { name: "Mark the object" }).press("Enter");
    const picture = page.getByRole("application", { name: /mark the object on/ });
    await picture.focus();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowDown", "+", "Enter"]) await picture.press(key);
    const sides = () =>
      Promise.all(
        ["Left", "Top", "Width", "Height"].map((side) => page.getByLabel(side, { exact: true }).inputValue()),
      );
    const box = (await sides()).map(Number);
    assert.ok(box[2] > 25 && box[3] > 25, `a box of ${box.join(", ")} per cent`);
    assert.ok(box[0] + box[2] / 2 > 50 && box[1] + box[3] / 2 > 50, "it was moved right and down");
    await page.locator(".card[data-method=gradcam] .number", { hasText: "inside the mark" }).first().waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole("radio", { name: "Brush", exact: true }).first().check();
    await picture.focus();
    await picture.press("Enter");
    await picture.press("ArrowLeft");
    await picture.press(" ");
    // A brushed mark has no sides.
    assert.deepEqual(await sides(), ["", "", "", ""]);
    await page.getByRole("button", { name: "Clear the mark" }).press("Enter");
    assert.equal(await page.getByRole("button", { name: "Clear the mark" }).count(), 0);
  }));

test("what-if edits, the methods' pages and a report are used by keyboard alone", () =>
  within(open, async ({ page }) => {
    await askForLess(page, { channels: 16 });
    // A report of few passes.
    await page.goto(`${site()}?device=cpu#report-measures=focus,confidence`);
    await page.locator(".card[data-method=gradcam] .number").first().waitFor();
    await page.locator("#views a", { hasText: "What if" }).press("Enter");
    const editor = page.getByRole("application", { name: /^The picture to edit/ });
    await editor.focus();
    for (const key of ["ArrowUp", "ArrowLeft", "-", "Enter"]) await editor.press(key);
    await page.locator("#whatif .verdict", { hasText: "With the edit" }).waitFor();
    await page.getByRole("button", { name: "Undo" }).press("Enter");
    await page.locator("#whatif .verdict", { hasText: "Nothing has been changed" }).waitFor();

    await page.locator("#views a", { hasText: "Methods" }).press("Enter");
    await page
      .getByRole("navigation", { name: "The methods" })
      .getByRole("button", { name: "Recipro-CAM" })
      .press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Recipro-CAM");
    // Sixteen methods, each with a picture in words and three answers.
    assert.equal(await page.locator(".method-page").count(), 16);
    assert.equal(await page.locator(".method-page dd").count(), 48);
    for (const alt of await page.locator(".method-page .toy:last-of-type canvas").all()) {
      assert.match((await alt.getAttribute("aria-label")) ?? "", /^The toy map of .*: Heat centred .*% of the picture/);
    }

    await page.locator("#views a", { hasText: "Report" }).press("Enter");
    const samples = page.getByRole("button", { name: /^All \d+ samples$/ });
    await samples.press("Enter");
    await page.getByRole("checkbox", { name: "ScoreCAM", exact: true }).press("Space");
    await page.getByRole("button", { name: "Make the report" }).press("Enter");
    await page.locator("#report-document .report-row").first().waitFor();
    const alt = await page.locator("#report-document .report-row th img").first().getAttribute("alt");
    assert.match(alt ?? "", /^Grad-CAM on .*\. Heat centred .*% of the picture/);
    await page.getByRole("button", { name: "Cancel", exact: true }).press("Enter");
    await page.evaluate(await readFile(AXE, "utf8"));
    assert.deepEqual(await violations(page), []);
  }));

test("a phone: every view by touch, 360 px wide, with the camera", () =>
  within(
    () => open({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 3 }),
    async ({ page }) => {
      await ready(page);
      const camera = page.locator("#camera-file");
      assert.equal(await camera.getAttribute("capture"), "environment");
      assert.match((await camera.getAttribute("accept")) ?? "", /^image\//);
      const chooser = page.waitForEvent("filechooser");
      await page.locator("#camera").tap();
      await chooser;
      await page.getByRole("button", { name: "Explain the sample: Espresso" }).tap();
      await page.locator("#bars button", { hasText: "espresso" }).first().waitFor();
      // The controls' numbers, which come last, are written with the map's own.
      await page.locator(".card[data-method=gradcam] .beside").first().waitFor();
      await page.locator(".card[data-method=gradcam] .number").first().tap();
      assert.equal(await page.locator(".card[data-method=gradcam] [role=tooltip]").first().isVisible(), true);
      // A finger on a map reads it.
      await page.locator(".card[data-method=gradcam] .stage").tap();
      await page.locator(".card[data-method=gradcam] .reading", { hasText: "of its maximum" }).waitFor();
      for (const view of await page.locator("#views a").all()) {
        await view.tap();
        await openAll(page);
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - 360);
        assert.ok(wider <= 0, `${await view.innerText()}: ${wider} px too wide`);
      }
      // A brush with the finger, in the view that is about it.
      await page.locator("#views a", { hasText: "What if" }).tap();
      await page.locator("#whatif .editor .stage").tap();
      await page.locator("#whatif .verdict", { hasText: "With the edit" }).waitFor();
    },
  ));

test("a phone takes fewer pictures into a report than a desk does", () =>
  within(
    () => open({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }),
    async ({ page }) => {
      // Chromium says how much memory there is; a phone's does too.
      await page.addInitScript(() => Object.defineProperty(navigator, "deviceMemory", { value: 2 }));
      await page.goto(`${site()}?device=cpu#view=report`);
      const files = Array.from({ length: 101 }, (_, i) => ({
        name: `${i}.png`,
        mimeType: "image/png",
        buffer: Buffer.from("x"),
      }));
      await page.locator("#report-file").first().setInputFiles(files);
      await page.locator("#report-setup", { hasText: "1 picture was left out: a report holds 100 at most." }).waitFor();
    },
  ));

test("in forced colours what is chosen, focused or marked is told by more than colour, and axe-core finds nothing", () =>
  within(
    () => open({ forcedColors: "active" }),
    async ({ page }) => {
      await ready(page);
      await page.evaluate(await readFile(AXE, "utf8"));
      for (const view of await page.locator("#views a").all()) {
        await view.click();
        assert.deepEqual(await violations(page), [], await view.innerText());
      }
      await page.locator("#views a").first().click();
      const outline = (/** @type {string} */ selector) =>
        page
          .locator(selector)
          .first()
          .evaluate((node) => {
            const { outlineStyle, outlineWidth, borderBottomStyle, borderBottomWidth } = getComputedStyle(node);
            return [outlineStyle !== "none" && outlineWidth !== "0px", `${borderBottomStyle} ${borderBottomWidth}`];
          });
      assert.equal((await outline("input[name=crop]:checked + span"))[0], true);
      assert.equal((await outline("input[name=crop]:not(:checked) + span"))[0], false);
      assert.equal((await outline("#bars [aria-pressed=true]"))[0], true);
      assert.equal((await outline("#bars [aria-pressed=false]"))[0], false);
      assert.equal((await outline("#views [aria-current]"))[0], true);
      assert.equal((await outline("#views a:not([aria-current])"))[0], false);
    },
  ));

test("with reduced motion nothing moves by itself", () =>
  within(
    () => open({ reducedMotion: "reduce" }),
    async ({ page }) => {
      await ready(page);
      const moving = await page.evaluate(() => {
        const styles = Array.from(document.querySelectorAll("*"), (node) => getComputedStyle(node));
        const isTimed = (/** @type {string} */ times) => times.split(", ").some((time) => parseFloat(time) > 0);
        return styles.filter((style) => isTimed(style.transitionDuration) || isTimed(style.animationDuration)).length;
      });
      assert.equal(moving, 0);
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), "auto");
    },
  ));

/**
 * What readers with a missing cone see of linear RGB (Machado, Oliveira and Fernandes 2009, severity 1).
 * @type {Record<string, number[][]>}
 */
const SIGHT = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

test("the colours that the page begins with go from dark to light for every reader", () =>
  within(open, async ({ page }) => {
    await ready(page);
    const pixels = await page.locator("#scale").evaluate((canvas) => {
      const context = /** @type {HTMLCanvasElement} */ (canvas).getContext("2d");
      return Array.from(context?.getImageData(0, 0, 256, 1).data ?? []);
    });
    const linear = (/** @type {number} */ value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    };
    for (const [reader, matrix] of Object.entries(SIGHT)) {
      const lightness = Array.from({ length: 256 }, (_, i) => {
        const rgb = pixels.slice(4 * i, 4 * i + 3).map(linear);
        const [r, g, b] = matrix.map((row) => Math.max(0, row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2]));
        const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
      });
      // Each sixteenth of the scale is lighter than the one before it, by more than can just be seen.
      for (let i = 16; i < 256; i += 16) {
        assert.ok(lightness[i] - lightness[i - 16] > 1, `${reader}: ${lightness[i - 16]} to ${lightness[i]} at ${i}`);
      }
      assert.ok(lightness[255] - lightness[0] > 80, reader);
    }
  }));
