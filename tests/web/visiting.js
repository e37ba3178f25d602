/**
 * Many pictures in one visit of the page: methods, layers and classes mixed, most of what is computed cancelled by what
 * comes next. What is chosen is the same for everyone who asks with the same number.
 */
import { draw } from "./drawings.js";
import { open, site } from "./fixture.js";
import { randomOf } from "./random.js";
import { memory } from "./soaking.js";

/** @import { Page } from "playwright-core" */
/** @import { Memory } from "./soaking.js" */

/** `digest`: of what is on screen; null: the next picture came before this one was finished. */
/** @typedef {{ digest: string | null, memory: Memory }} Stay */

/** Beside Grad-CAM and AblationCAM, which are always there, and ScoreCAM, which the next picture cancels. */
const METHODS = ["hirescam", "layercam", "gradcampp", "eigencam", "xgradcam"];
const LAYERS = ["layer2", "layer3", "layer4"];

/** @param {number} nth */
function plan(nth) {
  const random = randomOf(nth + 1000);
  const pick = (/** @type {number} */ count) => Math.floor(random() * count);
  const colours = Array.from({ length: 3 }, () => [pick(256), pick(256), pick(256)]);
  const [x, y, size, stripe] = [10 + pick(76), 10 + pick(52), 8 + pick(30), 4 + pick(30)];
  // The first see each method where it takes the most memory: what the engine grows by after them is lost.
  const early = nth <= 2 * METHODS.length;
  const method = METHODS[early ? nth % METHODS.length : pick(METHODS.length)];
  // Behind an earlier layer AblationCAM takes a pass for each channel.
  const layer = LAYERS[early ? Math.floor((nth - 1) / METHODS.length) : Math.max(pick(5) - 2, 0)];
  return {
    name: `picture-${nth}.bmp`,
    /** @param {number} i @param {number} j */
    colour: (i, j) => colours[Math.hypot(i - x, j - y) < size ? 0 : (i + 2 * j) % (2 * stripe) < stripe ? 1 : 2],
    method,
    layer,
    rank: pick(3),
    // Most visitors look at what they have asked for.
    leavesAfter: !early && random() < 0.3 ? pick(1200) : null,
  };
}

/**
 * @param {number[]} which pictures, in their order
 * @param {boolean} leaves whether some pictures are left before they are finished
 * @param {(stay: Stay & { nth: number }) => void} tell
 * @returns {Promise<Map<number, Stay>>}
 */
export async function visit(which, leaves, tell = () => {}) {
  const { page, done } = await open();
  await page.goto(`${site()}?device=cpu`);
  await page.locator(".card[data-method=gradcam][aria-busy=false] .number").first().waitFor();
  const browser = await page.context().newCDPSession(page);
  /** @type {Map<number, Stay>} */
  const stays = new Map();
  for (const nth of which) {
    const digest = await look(page, nth, leaves);
    const stay = { digest, memory: await memory(page, browser) };
    stays.set(nth, stay);
    tell({ ...stay, nth });
  }
  await done();
  return stays;
}

/**
 * @param {Page} page
 * @param {number} nth
 * @param {boolean} leaves
 */
async function look(page, nth, leaves) {
  const { name, colour, method, layer, rank, leavesAfter } = plan(nth);
  const file = draw(name, colour);
  await page.evaluate((hash) => (location.hash = hash), `methods=${method}&layer=${layer}`);
  await page.locator("#file").setInputFiles(file);
  await page.locator(".card.picture:not([aria-busy=true]) .target", { hasText: name }).waitFor();
  await page.locator("#classes button").nth(rank).click();
  if (leaves && leavesAfter !== null) {
    await page.waitForTimeout(leavesAfter);
    return null;
  }
  const quick = layer === "layer4" ? ["gradcam", "ablationcam", method] : ["gradcam", method];
  for (const id of quick) await page.locator(`.card[data-method=${id}][aria-busy=false]`).waitFor();
  // It takes the most of all here, from its first passes on.
  if (nth === 1) await page.locator(".card[data-method=ablationcam] .run p", { hasText: /of 512 passes/ }).waitFor();
  return page.evaluate(async (ids) => {
    const shown = ids.map((id) => {
      const card = document.querySelector(`.card[data-method=${id}]`);
      const canvas = card?.querySelector("canvas");
      return [id, card?.querySelector(".target")?.textContent, canvas?.toDataURL()].join();
    });
    const said = [...document.querySelectorAll("#classes button")].map(({ textContent }) => textContent);
    const text = new TextEncoder().encode([...shown, ...said].join());
    const hash = await crypto.subtle.digest("SHA-256", text);
    return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }, quick);
}
