/**
 * Whether everyone can use the page: axe-core in both themes at both widths, no sideways scrolling, the keyboard alone.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { open, setUp, site, within } from "./fixture.js";

/** @import { Page } from "playwright-core" */

setUp();

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** @param {Page} page */
async function ready(page) {
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

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const width of [360, 1440]) {
    test(`axe-core finds nothing, and nothing scrolls sideways: ${colorScheme}, ${width} px`, () =>
      within(
        () => open({ colorScheme, viewport: { width, height: 900 }, reducedMotion: "reduce" }),
        async ({ page }) => {
          await ready(page);
          await page.evaluate(await readFile(AXE, "utf8"));
          assert.deepEqual(await violations(page), []);
          // With the numbers, and one of them explained.
          await page.locator(".card[data-method=gradcam] .number").first().focus();
          await page.locator("#agreement .value").first().waitFor();
          assert.deepEqual(await violations(page), []);
          // With more methods, one of which has no map of its own.
          await page.locator("#methods summary").click();
          await page.getByRole("checkbox", { name: "HiResCAM" }).check();
          await page.getByRole("checkbox", { name: "LayerCAM" }).check();
          await page.locator(".card[data-method=layercam][aria-busy=false] .target", { hasText: "for" }).waitFor();
          await page.locator(".card[data-method=layercam] .number").first().waitFor();
          assert.deepEqual(await violations(page), []);
          // With the search open and an error shown.
          await page.locator("#search").click();
          await page.locator("#search").pressSequentially("cat");
          await page.keyboard.press("ArrowDown");
          await page.locator("#file").setInputFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from("x") });
          await page.getByRole("alert").filter({ hasText: "cannot be read" }).waitFor();
          assert.deepEqual(await violations(page), []);
          // Every view, with the object marked.
          await page.getByRole("button", { name: "Mark the object" }).click();
          await page.getByLabel("Width", { exact: true }).fill("50");
          await page.getByLabel("Height", { exact: true }).fill("50");
          await page.getByLabel("Height", { exact: true }).press("Tab");
          for (const view of await page.locator("#views a").all()) {
            await view.click();
            const name = await view.innerText();
            if (name === "What if") await page.locator("#whatif .after figcaption:not(:empty)").waitFor();
            assert.deepEqual(await violations(page), [], name);
            const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            assert.ok(wider <= 0, `${name}: ${wider} px too wide`);
          }
        },
      ));
  }
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

test("everything can be reached and used by keyboard, with the focus visible", () =>
  within(open, async ({ page }) => {
    await ready(page);
    /** @type {string[]} */
    const reached = [];
    await page.evaluate(() => document.body.focus());
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const active = /** @type {HTMLElement | null} */ (document.activeElement);
        if (!active || active === document.body) return null;
        const shown =
          active instanceof HTMLInputElement && active.type === "radio" ? active.nextElementSibling : active;
        const { outlineStyle, outlineWidth } = getComputedStyle(shown ?? active);
        return {
          name: active.id || active.getAttribute("name") || active.className || active.ariaLabel || active.tagName,
          visible: outlineStyle !== "none" && parseFloat(outlineWidth) > 0,
        };
      });
      if (!at) break;
      assert.ok(at.visible, `the focus on ${at.name} is not visible`);
      reached.push(at.name);
    }
    assert.equal(reached[0], "skip");
    for (const name of ["device-choice", "theme", "choose", "crop", "search", "layer", "opacity", "palette", "blend"]) {
      assert.ok(reached.includes(name), `${name} is not reached: ${reached.join(", ")}`);
    }
    assert.ok(reached.includes("save") && reached.includes("cancel"));

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
