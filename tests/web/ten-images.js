/**
 * The report over the ten ImageNet photos, made by the page itself on the CPU: `npm run ten-images` leaves what the page
 * exports in docs/ten-images.json, and writes docs/ten-images.md from it, with figures of the freely licensed samples
 * alone. `npm run ten-images -- write` only writes.
 */
import { readFile, writeFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { inRepository } from "./fixture.js";
import { serve } from "./server.js";
import { FIGURES, markdown } from "./ten-images-text.js";

/** @import { Page } from "playwright-core" */

/** A budget and steps that a laptop's processor gets through in half an hour. */
const SETTINGS =
  "view=report&report-budget=256&report-steps=8&report-measures=focus,confidence,deletion,insertion,road,adcc,arcc";
const EXPORTED = inRepository("docs/ten-images.json");
const HOUR = 3_600_000;

/** @param {Page} page @param {string} start the button's name */
async function make(page, start) {
  await page.getByRole("button", { name: start }).click();
  // Said when all is drawn.
  await page.getByText("The report is complete.").waitFor({ timeout: HOUR });
}

/** Run it, and leave the exported report and the figures. */
async function run() {
  const server = await serve();
  const executablePath = process.env.CHROME || "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
  page.setDefaultTimeout(600_000);
  await page.goto(`${server.url}?device=cpu#${SETTINGS}`);
  await page.getByRole("button", { name: /^The \d+ ImageNet photos$/ }).click();
  const progress = setInterval(
    async () => console.log(await page.locator("#report-bar p").first().innerText()),
    60_000,
  );
  await make(page, "Make the report");
  clearInterval(progress);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save JSON" }).click(),
  ]);
  await download.saveAs(EXPORTED);

  await page.getByRole("button", { name: "Remove all" }).click();
  await page.locator("#report-file").setInputFiles(FIGURES.map(({ file }) => inRepository(`pkg/samples/${file}`)));
  // The figures show no curves.
  for (const measure of ["deletion", "insertion", "road", "adcc", "arcc"]) {
    await page.locator(`#report-setup input[value=${measure}]`).uncheck();
  }
  await make(page, "Make the report");
  for (const { file, figure } of FIGURES) {
    const shown = page.locator(".report-figures figure", { has: page.locator("figcaption", { hasText: file }) });
    const path = inRepository(`docs/${figure}`);
    await shown.first().locator(".report-figure").screenshot({ path, type: "jpeg", quality: 85 });
  }
  await browser.close();
  server.close();
}

if (process.argv[2] !== "write") await run();
const report = JSON.parse(await readFile(EXPORTED, "utf8"));
await writeFile(inRepository("docs/ten-images.md"), markdown(report));
