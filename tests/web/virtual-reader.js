/**
 * Someone who only hears the page: a screen reader that runs in it, and the accessibility tree that Chromium hands to the
 * screen readers of the machine.
 *
 * The reader is @guidepup/virtual-screen-reader. It works roles, names and reading order out by itself, so it is a second
 * opinion beside Chromium's. It knows states by attributes alone (a checkbox that a script ticks stays "not checked" to it),
 * speaks no disclosure's state, and no description that is another element's label: those are looked up in Chromium's tree.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { setTimeout as wait } from "node:timers/promises";
import { site } from "./fixture.js";
import { ISOLATION } from "./server.js";

/** @import { Page } from "playwright-core" */

/** @typedef {{ phrase: string, role: string, level: number }} Spoken level: of a heading, else 0 */
/** @typedef {{ role: string, name: string, description: string, value: unknown, states: Record<string, unknown> }} Exposed */

const LIBRARY = createRequire(import.meta.url).resolve("@guidepup/virtual-screen-reader/browser.js");
/** The page's policy lets it load scripts of its own origin, so that is where the library is. */
const ADDRESS = "tests/web/virtual-screen-reader.js";
const PATIENCE_MS = 120_000;

export class VirtualReader {
  #page;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
  }

  /**
   * Opens the page and listens from then on.
   * @param {Page} page
   * @param {string} [settings]
   */
  static async open(page, settings = "") {
    const body = await readFile(LIBRARY, "utf8");
    await page.route(site() + ADDRESS, (route) =>
      route.fulfill({ contentType: "text/javascript", headers: ISOLATION, body }),
    );
    await page.goto(`${site()}?device=cpu#${settings}`);
    await page.evaluate(async (address) => {
      window.readers = await import(address);
      await window.readers.virtual.start({ container: document.body });
    }, site() + ADDRESS);
    return new VirtualReader(page);
  }

  /** What was announced since this was asked last. @returns {Promise<string[]>} */
  async announced() {
    const log = await this.#page.evaluate(async () => {
      const said = await window.readers.virtual.spokenPhraseLog();
      await window.readers.virtual.clearSpokenPhraseLog();
      return said;
    });
    const live = log.filter((phrase) => /^(polite|assertive): ./.test(phrase));
    // A region that is read as a whole is one announcement, however many nodes were put into it at once.
    return live.filter((phrase, index) => phrase !== live[index - 1]);
  }

  /**
   * Waits until this is announced.
   * @param {RegExp} pattern
   * @returns {Promise<string[]>} what was announced until then, this last
   */
  async hears(pattern) {
    const all = [];
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await wait(50)) {
      all.push(...(await this.announced()));
      if (all.some((phrase) => pattern.test(phrase))) return all;
    }
    throw new Error(`${pattern} was not announced, but ${JSON.stringify(all)}`);
  }

  /** Reads all from the top to the bottom. @returns {Promise<Spoken[]>} */
  read() {
    return this.#page.evaluate(async () => {
      const reader = new window.readers.Virtual();
      await reader.start({ container: document.body });
      const spoken = [];
      for (;;) {
        await reader.next();
        const phrase = await reader.lastSpokenPhrase();
        if (phrase === "end of document") break;
        const node = reader.activeNode;
        const element = node instanceof Element ? node : node?.parentElement;
        // Chromium hides it by other means than style, which is all that the library looks at.
        if (element?.closest("noscript")) continue;
        const level = Number(/^heading, .*level (\d)$/.exec(phrase)?.[1] ?? 0);
        spoken.push({ phrase, role: node instanceof Element ? phrase.split(", ")[0] : "", level });
      }
      await reader.stop();
      return spoken;
    });
  }

  /**
   * Reads on from the top to what is spoken so, and puts the focus there, for the keyboard. Waits until it can be used.
   * @param {RegExp} pattern
   * @returns {Promise<string>} all of it
   */
  async goTo(pattern) {
    const phrase = await this.#find(pattern, true);
    if (phrase === null) throw new Error(`${pattern} is not there, or cannot be used`);
    return phrase;
  }

  /**
   * Reads on from the top to what is spoken so, which need not be a control.
   * @param {RegExp} pattern
   */
  async finds(pattern) {
    if ((await this.#find(pattern, false)) === null) throw new Error(`${pattern} is not there`);
  }

  /**
   * @param {RegExp} pattern
   * @param {boolean} toUse
   * @returns {Promise<string | null>}
   */
  async #find(pattern, toUse) {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await wait(100)) {
      const phrase = await this.#page.evaluate(
        async ({ pattern, toUse }) => {
          const reader = new window.readers.Virtual();
          await reader.start({ container: document.body });
          let phrase = "";
          do {
            await reader.next();
            phrase = await reader.lastSpokenPhrase();
          } while (phrase !== "end of document" && !pattern.test(phrase));
          const node = reader.activeNode;
          await reader.stop();
          if (!pattern.test(phrase) || !(node instanceof HTMLElement)) return null;
          if (!toUse) return phrase;
          node.focus();
          return document.activeElement === node ? phrase : null;
        },
        { pattern, toUse },
      );
      if (phrase !== null) return phrase;
    }
    return null;
  }

  /**
   * Goes there and presses keys.
   * @param {RegExp} pattern
   * @param {...string} keys
   */
  async press(pattern, ...keys) {
    const phrase = await this.goTo(pattern);
    for (const key of keys) await this.#page.keyboard.press(key);
    return phrase;
  }

  /**
   * What Chromium tells the machine's screen readers.
   * @returns {Promise<Exposed[]>}
   */
  async exposed() {
    const browser = await this.#page.context().newCDPSession(this.#page);
    const { nodes } = await browser.send("Accessibility.getFullAXTree");
    await browser.detach();
    return nodes
      .filter(({ ignored }) => !ignored)
      .map(({ role, name, description, value, properties = [] }) => ({
        role: String(role?.value),
        name: String(name?.value ?? "").trim(),
        description: String(description?.value ?? ""),
        value: value?.value,
        states: Object.fromEntries(properties.map((property) => [property.name, property.value.value])),
      }));
  }
}
