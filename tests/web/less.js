/**
 * Pages that ask their worker for less than a visitor's do, for tests of what does not depend on how much it is.
 */
import { readFile } from "node:fs/promises";
import { inRepository } from "./fixture.js";

/** @import { Page } from "playwright-core" */

/**
 * What is asked for exactly stays exact.
 * @param {Page} page before it is opened
 * @param {object} most
 * @param {number} [most.channels] of an approximate map, which the page then begins with on any device: it takes 8 to 256
 *   itself, by how fast the device is, and none where an exact map does not take long
 * @param {number} [most.steps] of a deletion or insertion curve
 */
export async function askForLess(page, most) {
  if (most.channels) await planFor(page, most.channels);
  await page.addInitScript((most) => {
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (/** @type {any[]} */ ...[message, ...rest]) {
      const asked = { ...message.args };
      for (const [what, limit] of Object.entries(most)) if (asked[what] > limit) asked[what] = limit;
      return Reflect.apply(post, this, [message.args ? { ...message, args: asked } : message, ...rest]);
    };
  }, most);
}

/** @param {Page} page @param {number} channels */
async function planFor(page, channels) {
  let body = await readFile(inRepository("www/plan.js"), "utf8");
  for (const [usual, other] of [
    ["PATIENCE_SECONDS = 90", "PATIENCE_SECONDS = 0"],
    ["most: 256", `most: ${channels}`],
  ]) {
    if (!body.includes(usual)) throw new Error(`www/plan.js has no ${usual}`);
    body = body.replace(usual, other);
  }
  await page.route("**/www/plan.js", (route) => route.fulfill({ body, contentType: "text/javascript" }));
}
