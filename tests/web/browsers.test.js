/**
 * The page in Firefox and in WebKit: what a visitor does in each view, whose answers are Chromium's, and what the policy
 * forbids the worker. They are Playwright's where it has them for this machine, else the system's own, behind WebDriver;
 * where neither starts the test is skipped, and says why.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { firefox, webkit } from "playwright-core";
import { drawings } from "./drawings.js";
import { inRepository, open, setUp, site } from "./fixture.js";
import { relay } from "./relay.js";
import { Tab, byPlaywright, byWebDriver } from "./tab.js";
import { launch } from "./webdriver.js";

/** @import { BrowserType } from "playwright-core" */

setUp();

const VIEWS = ["explain", "compare", "grid", "whatif", "report", "methods"];
const GRADCAM = ".card[data-method=gradcam][aria-busy=false]";
/** Of a visit in both browsers, on one slow thread. */
const MOST_MS = 600_000;
const PICTURE = inRepository("tests/fixtures/reference/drawn.png");

/** @type {string} */
let folder;
/** @type {string[]} */
let pictures;
/** What Chromium answers, once. @type {Promise<Record<string, string[]>> | undefined} */
let expected;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "camscope-"));
  const files = drawings().slice(0, 2);
  pictures = files.map(({ name }) => path.join(folder, name));
  await Promise.all(files.map(({ buffer }, index) => writeFile(pictures[index], buffer)));
});
after(() => rm(folder, { recursive: true }));

/**
 * What the page says to a visitor who goes through it.
 * @param {Tab} tab
 * @param {string} url
 */
async function visit(tab, url) {
  /** @type {Record<string, string[]>} */
  const said = {};
  const view = async (/** @type {string} */ id) => {
    await tab.click(`#views a[data-view=${id}]`);
    await tab.shows(`[data-views~=${id}]`);
    assert.ok(!(await tab.ask(isWide)), `${id} scrolls sideways`);
  };
  const explained = async (/** @type {string} */ key) => {
    await tab.until(isOfChosen);
    said[`${key}: classes`] = await tab.texts("#bars button");
    said[`${key}: map`] = await tab.ask(inWords, ".card[data-method=gradcam] canvas[role=img]");
    said[`${key}: numbers`] = await tab.texts(`${GRADCAM} .number`);
  };

  await tab.resize(1280, 900);
  await tab.go(`${url}?device=cpu#report-methods=gradcam&report-measures=focus`);
  await tab.click("#guide .actions button:last-child");
  await tab.shows(".card[data-method=ablationcam] .number");
  await explained("a sample");
  // With the sample: where a private window's storage does not outlive a load, a visitor's own picture is not kept.
  await tab.select("#language", "de");
  await tab.shows("html[lang=de] #views");
  await explained("in German");
  said["in German: views"] = await tab.texts("#views a");
  await tab.select("#language", "en");
  await tab.shows("html[lang=en] #views");
  await tab.shows(`${GRADCAM} .number`);
  await tab.choose("#file", [PICTURE]);
  await tab.shows(".card.picture .target", "drawn.png");
  await explained("a file");
  await tab.click("#bars li:nth-child(2) button");
  await tab.shows("#bars li:nth-child(2) button[aria-pressed=true]");
  await explained("another class");

  await view("grid");
  await tab.until(isWholeGrid);
  said.grid = await tab.ask(inWords, "#map-grid canvas[role=img]");
  await view("compare");
  await tab.click("#compare .start");
  await tab.shows("#compare .charts .uplot canvas");
  said.compare = await tab.texts("#compare .charts figure:first-child figcaption");
  await tab.click("#compare button.cancel");
  await view("whatif");
  await tab.click("#whatif .take");
  await tab.shows("#whatif .tries li");
  said["what if"] = await tab.texts("#whatif .tries li");
  await view("report");
  await tab.choose("#report-file", pictures);
  await tab.click("#report-bar button.primary:enabled");
  await tab.shows("#report-bar", "The report is complete.");
  said.report = await tab.texts(".report-row");
  await view("methods");
  await tab.shows("[data-views=methods] canvas");
  assert.deepEqual(await tab.ask(strangers), []);

  await tab.go(`${url}phone`);
  for (const id of VIEWS) {
    await tab.until(goesOnPhone, id);
    assert.ok(!(await tab.ask(isWide, "iframe")), `${id} scrolls sideways on a phone`);
  }
  return said;
}

/** @param {string} [frame] */
function isWide(frame) {
  const inside = frame ? /** @type {HTMLIFrameElement} */ (document.querySelector(frame)).contentDocument : document;
  const root = inside?.documentElement;
  return !root || root.scrollWidth > root.clientWidth;
}

/**
 * Taps a view's link on the phone, once there is a map.
 * @param {string} id
 * @returns {boolean} whether it is shown
 */
function goesOnPhone(id) {
  const phone = document.querySelector("iframe")?.contentDocument;
  const link = /** @type {HTMLElement | null} */ (phone?.querySelector(`#views a[data-view=${id}]`));
  const part = /** @type {HTMLElement | null} */ (phone?.querySelector(`[data-views~=${id}]`));
  if (!phone?.querySelector(".card[data-method=gradcam] .number")) return false;
  link?.click();
  return part?.checkVisibility() ?? false;
}

/** Whether the finished map's numbers are of the class that is chosen. */
function isOfChosen() {
  const name = document.querySelector("#bars [aria-pressed=true] span")?.textContent ?? "?";
  const numbers = document.querySelectorAll(".card[data-method=gradcam][aria-busy=false] .number");
  return Array.from(numbers).some(({ textContent }) => textContent?.includes(`${name} `));
}

/** Whether each map of the grid is there, and how focused it is, which is part of its words. */
function isWholeGrid() {
  const numbers = Array.from(document.querySelectorAll("#map-grid .number"), ({ textContent }) => textContent);
  return numbers.length > 0 && numbers.every(Boolean);
}

/**
 * @param {string} maps
 * @returns {string[]}
 */
function inWords(maps) {
  return Array.from(document.querySelectorAll(maps), (map) => map.getAttribute("aria-label") ?? "");
}

/** @returns {string[]} what the page asked of other origins */
function strangers() {
  const names = performance.getEntriesByType("resource").map(({ name }) => name);
  return names.filter((name) => !["blob:", "data:"].includes(new URL(name).protocol) && !name.startsWith(origin));
}

const NUMBER = /\d+(?:[.,]\d+)?/g;

/**
 * Engines round sums each in their own way: a number may differ by one in its last place. Where they scale a picture that
 * was edited, they also smooth its edges each in their own way.
 * @param {Record<string, string[]>} found
 * @param {Record<string, string[]>} wanted
 */
function areAlike(found, wanted) {
  const words = (/** @type {Record<string, string[]>} */ said) => JSON.stringify(said, null, 1).replace(NUMBER, "#");
  assert.equal(words(found), words(wanted));
  for (const what of Object.keys(wanted)) {
    const [theirs, ours] = [found, wanted].map((said) => said[what].join(" ").match(NUMBER) ?? []);
    for (const [index, text] of ours.entries()) {
      const [number, other] = [text, theirs[index]].map((digits) => Number(digits.replace(",", ".")));
      const step = 10 ** -(text.split(/[.,]/)[1]?.length ?? 0);
      const most = what === "what if" ? 1 : 1.5 * step;
      assert.ok(Math.abs(number - other) < most, `${what}: ${theirs[index]} where Chromium says ${text}`);
    }
  }
}

/** @typedef {{ tab: Tab, end: () => Promise<unknown> }} Started */

/**
 * @param {BrowserType} browser
 * @returns {Promise<Started>}
 */
async function start(browser) {
  const playwrights = async () => {
    const launched = await browser.launch();
    return { tab: new Tab(byPlaywright(await launched.newPage({ locale: "en-US" }))), end: () => launched.close() };
  };
  const systems = async () => {
    const { driver, end } = await launch(browser.name());
    return { tab: new Tab(byWebDriver(driver)), end };
  };
  return playwrights().catch((/** @type {Error} */ first) =>
    systems().catch((/** @type {Error} */ second) => {
      const [theirs, own] = [first, second].map(({ message }) => message.split("\n")[0]);
      throw new Error(`Playwright's does not start (${theirs}), nor the system's (${own})`);
    }),
  );
}

/**
 * @param {string} origin
 * @returns {Promise<Started>}
 */
async function chromium(origin) {
  const { page, allow, done } = await open({ origin, isFirstVisit: true });
  // What its worker tries.
  allow(/Content Security Policy|Refused|Trusted/);
  return { tab: new Tab(byPlaywright(page)), end: done };
}

/**
 * A visit in which nothing goes wrong unheard.
 * @param {(origin: string) => Promise<Started>} start
 */
async function said(start) {
  const { url, faults, attempts, close } = await relay(site());
  const { tab, end } = await start(new URL(url).origin);
  try {
    const answers = await visit(tab, url);
    for (const [what, texts] of Object.entries(answers)) assert.ok(texts.length > 0 && texts.every(Boolean), what);
    assert.deepEqual(faults, []);
    assert.deepEqual([...new Set(attempts)], ["4 tried, done: none"]);
    return answers;
  } catch (error) {
    for (const fault of faults) console.error(fault);
    throw error;
  } finally {
    await end();
    close();
  }
}

for (const browser of [firefox, webkit]) {
  const name = browser.name();
  test(`the page answers in ${name} as it does in Chromium`, { timeout: MOST_MS }, async (context) => {
    /** @type {Started} */
    let started;
    try {
      started = await start(browser);
    } catch (error) {
      return context.skip(`${name} cannot be had: ${error instanceof Error ? error.message : error}`);
    }
    context.after(started.end);
    expected ??= said(chromium);
    areAlike(await said(async () => started), await expected);
  });
}
