/**
 * The page in Firefox and in WebKit, as Playwright has them: it loads the network, names a picture, explains it and
 * measures the maps, and its answers are Chromium's. Where Playwright has no build for this machine the tests are skipped,
 * which the report says.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { firefox, webkit } from "playwright-core";
import { open, setUp, site } from "./fixture.js";

/** @import { Page } from "playwright-core" */

setUp();

/**
 * What the page says of its first sample.
 * @param {Page} page
 */
async function answers(page) {
  page.setDefaultTimeout(180_000);
  await page.goto(`${site()}?device=cpu`);
  await page.locator(".card[data-method=ablationcam] .number").first().waitFor();
  // Engines lay out text, and with it spaces, each in their own way.
  const texts = async (/** @type {string} */ selector) =>
    (await page.locator(selector).allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
  return {
    classes: await texts("#bars button"),
    map: await page.locator(".card[data-method=gradcam] canvas[role=img]").first().getAttribute("aria-label"),
    numbers: await texts(".card[data-method=gradcam] .number"),
    views: await texts("#views a"),
  };
}

for (const browser of [firefox, webkit]) {
  const path = browser.executablePath();
  const skip = path && existsSync(path) ? false : `Playwright's ${browser.name()} is not installed on this machine`;
  test(`the page answers in ${browser.name()} as it does in Chromium`, { skip }, async () => {
    const ours = await open();
    const expected = await answers(ours.page);
    await ours.done();
    const other = await browser.launch();
    try {
      const page = await other.newPage({ locale: "en-US" });
      /** @type {string[]} */
      const faults = [];
      page.on("pageerror", (error) => faults.push(error.message));
      assert.deepEqual(await answers(page), expected);
      for (const view of await page.locator("#views a").all()) await view.click();
      assert.deepEqual(faults, []);
    } finally {
      await other.close();
    }
  });
}
