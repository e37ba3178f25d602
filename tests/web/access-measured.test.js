/**
 * Whether everyone can use what takes passes to appear: axe-core in both themes at both widths, in Compare once it has
 * measured, in the sanity check's verdicts, and under the message of a worker that ended.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { inRepository, open, openAll, setUp, site, within } from "./fixture.js";

/** @import { Page } from "playwright-core" */

setUp();

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** @param {Page} page one without motion, in which a change of the theme takes time @param {string} state */
async function fine(page, state) {
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      await page.emulateMedia({ colorScheme });
      const found = await page.evaluate(async () => {
        const { violations } = await /** @type {any} */ (window).axe.run(document, {
          runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        });
        const wide = document.documentElement.scrollWidth > innerWidth ? ["the page scrolls sideways"] : [];
        const said = (/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120)}`;
        return [...violations.map(said), ...wide];
      });
      assert.deepEqual(found, [], `${state}, ${colorScheme}, ${width} px`);
    }
  }
}

test("axe-core finds nothing in what Compare has measured, in a sanity check's verdicts, or once the worker has ended", () =>
  within(
    () => open({ reducedMotion: "reduce" }),
    async ({ page }) => {
      await page.goto(`${site()}?device=cpu#methods=gradcam.layercam`);
      await page.locator(".card[data-method=layercam][aria-busy=false] .number").first().waitFor();
      await page.evaluate(await readFile(AXE, "utf8"));
      // A small network, which is measured in seconds.
      await page.locator("#network > summary").click();
      await page.locator("#network-file").setInputFiles(inRepository("tests/fixtures/torchvision_tiny.pth"));
      await page.locator("#network-load:enabled").click();
      await page.locator("#map-network", { hasText: "torchvision_tiny.pth" }).waitFor();
      for (const method of ["layercam", "scorecam"]) {
        await page.locator(`.card[data-method=${method}][aria-busy=false] .number`).first().waitFor();
      }
      await page.locator("#views a", { hasText: "Compare" }).click();
      await page.locator("#compare .start:enabled").click();
      await page.locator("#compare figure").first().waitFor();
      await page.locator("#compare .start").waitFor({ state: "hidden" });
      await page.locator("#compare .run").waitFor({ state: "hidden" });
      await page.locator("#sanity .start:enabled").click();
      await page.locator("#sanity .verdicts li").nth(1).waitFor();
      await page.locator("#sanity .run").waitFor({ state: "hidden" });
      await openAll(page);
      await fine(page, "Compare");

      // Ending it fails the call that ends it.
      const ending = page.workers()[0].evaluate(() => self.close());
      await ending.catch(() => null);
      await page.getByRole("alert").filter({ hasText: "It has been started again" }).waitFor();
      await page.locator("#views a", { hasText: "Explain" }).click();
      await fine(page, "Explain after the worker's end");
    },
  ));
