/**
 * The README's picture of the page, taken by the page's own doing: `npm run screenshot -- FILE [width] [light|dark]`.
 * Shows the freely licensed samples only.
 */
import { chromium } from "playwright-core";
import { serve } from "./server.js";

const [file, width = "1440", theme = "light"] = process.argv.slice(2);
if (!file) throw new Error("Say where to: npm run screenshot -- FILE [width] [light|dark]");

const server = await serve();
const browser = await chromium.launch({
  executablePath: process.env.CHROME || "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage({
  viewport: { width: Number(width), height: 900 },
  colorScheme: theme === "dark" ? "dark" : "light",
});
await page.route("**/pkg/samples/index.json", async (route) => {
  const response = await route.fetch();
  const samples = await response.json();
  await route.fulfill({ json: samples.filter((/** @type {any} */ { license }) => license === "CC0") });
});
await page.goto(`${server.url}?device=cpu`);
// The last to come: the agreement of the last map with the two others.
const compared = () => {
  const values = [...document.querySelectorAll("#agreement .value")];
  return values.length === 3 && values.every(({ textContent }) => textContent !== "…");
};
await page.waitForFunction(compared, null, { timeout: 300_000 });
// The extension says the type.
await page.screenshot({ path: file, fullPage: true, ...(/\.jpe?g$/.test(file) && { quality: 88 }) });
await browser.close();
server.close();
