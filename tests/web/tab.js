/**
 * What a visitor does with a page, the same for browsers that Playwright drives and for those behind WebDriver.
 */
import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { By } from "selenium-webdriver";

/** @import { Page } from "playwright-core" */
/** @import { WebDriver } from "selenium-webdriver" */

/** What takes longer does not happen any more. */
const MOST_MS = 90_000;

/**
 * @typedef {object} Driven
 * @property {(url: string) => Promise<unknown>} go
 * @property {(width: number, height: number) => Promise<unknown>} resize
 * @property {(selector: string) => Promise<unknown>} click
 * @property {(selector: string, files: string[]) => Promise<unknown>} choose
 * @property {(selector: string, value: string) => Promise<unknown>} select
 * @property {(expression: string) => Promise<any>} evaluate
 * @property {() => Promise<Buffer>} picture
 */

/**
 * @param {Page} page
 * @returns {Driven}
 */
export function byPlaywright(page) {
  page.setDefaultTimeout(MOST_MS);
  return {
    go: (url) => page.goto(url),
    resize: (width, height) => page.setViewportSize({ width, height }),
    click: (selector) => page.locator(selector).first().click(),
    choose: (selector, files) => page.locator(selector).setInputFiles(files),
    select: (selector, value) => page.locator(selector).selectOption(value),
    evaluate: (expression) => page.evaluate(expression),
    picture: () => page.screenshot(),
  };
}

/**
 * @param {WebDriver} driver
 * @returns {Driven}
 */
export function byWebDriver(driver) {
  const find = (/** @type {string} */ selector) => driver.findElement(By.css(selector));
  return {
    go: (url) => driver.get(url),
    resize: (width, height) => driver.manage().window().setRect({ width, height }),
    async click(selector) {
      const element = await find(selector);
      await driver.executeScript("arguments[0].scrollIntoView({ block: 'center' })", element);
      await element.click();
    },
    choose: async (selector, files) => (await find(selector)).sendKeys(files.join("\n")),
    select: async (selector, value) => (await find(`${selector} option[value="${value}"]`)).click(),
    evaluate: (expression) => driver.executeScript(`return ${expression}`),
    picture: async () => Buffer.from(await driver.takeScreenshot(), "base64"),
  };
}

export class Tab {
  #driven;

  /** @param {Driven} driven */
  constructor(driven) {
    this.#driven = driven;
    this.go = driven.go;
    this.resize = driven.resize;
    this.choose = driven.choose;
    this.select = driven.select;
    this.picture = driven.picture;
  }

  /** @param {string} selector of what can be seen and used, or will be */
  async click(selector) {
    const isUsable = (/** @type {string} */ of) => {
      const element = document.querySelector(of);
      return element !== null && element.getClientRects().length > 0 && !element.matches(":disabled");
    };
    await this.until(isUsable, selector);
    await this.#driven.click(selector);
  }

  /**
   * @template T
   * @template {unknown[]} A
   * @param {(...args: A) => T} run in the page
   * @param {A} args
   * @returns {Promise<T>}
   */
  ask(run, ...args) {
    return this.#driven.evaluate(`(${run})(...${JSON.stringify(args)})`);
  }

  /**
   * @template {unknown[]} A
   * @param {(...args: A) => boolean} run in the page
   * @param {A} args
   */
  async until(run, ...args) {
    const end = Date.now() + MOST_MS;
    // A page on its way to the next one answers nothing.
    while (!(await this.ask(run, ...args).catch(() => false))) {
      assert.ok(Date.now() < end, `waited in vain for ${run} of ${JSON.stringify(args)}`);
      await setTimeout(100);
    }
  }

  /**
   * Waits for an element that is visible and says something.
   * @param {string} selector
   * @param {string} text
   */
  shows(selector, text = "") {
    const isThere = (/** @type {string} */ of, /** @type {string} */ words) =>
      Array.from(/** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(of))).some(
        (element) => element.innerText?.includes(words) && element.getClientRects().length > 0,
      );
    return this.until(isThere, selector, text);
  }

  /**
   * @param {string} selector
   * @returns {Promise<string[]>} each browser breaks lines in its own way
   */
  texts(selector) {
    return this.ask(
      (of) =>
        Array.from(/** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(of)), ({ innerText }) =>
          innerText.replace(/\s+/g, " ").trim(),
        ),
      selector,
    );
  }
}
