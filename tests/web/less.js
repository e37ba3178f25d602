/**
 * Pages that ask their worker for less than a visitor's do, for tests of what does not depend on how much it is.
 */

/** @import { Page } from "playwright-core" */

/**
 * What is asked for exactly stays exact.
 * @param {Page} page before it is opened
 * @param {object} most
 * @param {number} [most.channels] of an approximate map: the page itself takes 8 to 256, by how fast the device is
 * @param {number} [most.steps] of a deletion or insertion curve
 */
export function askForLess(page, most) {
  return page.addInitScript((most) => {
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (/** @type {any[]} */ ...[message, ...rest]) {
      const asked = { ...message.args };
      for (const [what, limit] of Object.entries(most)) if (asked[what] > limit) asked[what] = limit;
      return Reflect.apply(post, this, [message.args ? { ...message, args: asked } : message, ...rest]);
    };
  }, most);
}
