/**
 * Whatever a pointer can act on in any view, the keyboard reaches, with the focus visible. What acts on a pointer is what
 * the browser says has a listener, or is a control by its nature. What is used keeps the focus, or what is in its place gets it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { draw } from "./drawings.js";
import { open, openAll, setUp, site, within } from "./fixture.js";
import { askForLess } from "./less.js";

/** @import { CDPSession, Page } from "playwright-core" */

setUp();

const POINTER = new Set([
  "click",
  "dblclick",
  "pointerdown",
  "pointermove",
  "pointerenter",
  "mousedown",
  "mousemove",
  "mouseenter",
  "mouseover",
  "touchstart",
]);
/** More than any view has. */
const STOPS = 600;
const ROUNDS = 3;

/** What Tab stops at, from the first to the last, marked; fails where the focus cannot be seen. @param {Page} page */
async function tab(page) {
  await page.evaluate(() => {
    for (const one of document.querySelectorAll("[data-reached]")) one.removeAttribute("data-reached");
    const first = /** @type {HTMLElement} */ (document.querySelector("a.skip"));
    first.dataset.reached = "tab";
    first.focus();
  });
  for (let stop = 0; stop < STOPS; stop++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const active = /** @type {HTMLElement | null} */ (document.activeElement);
      if (!active || active === document.body || active.dataset.reached === "tab") return null;
      active.dataset.reached = "tab";
      const shown = active instanceof HTMLInputElement && active.type === "radio" ? active.nextElementSibling : active;
      const { outlineStyle, outlineWidth } = getComputedStyle(shown ?? active);
      return {
        name: [active.tagName, active.id, active.className, active.textContent?.trim().slice(0, 60)].join(" "),
        visible: outlineStyle !== "none" && parseFloat(outlineWidth) > 0,
      };
    });
    if (!at) return stop;
    assert.ok(at.visible, `the focus cannot be seen on ${at.name}`);
  }
  throw new Error(`Tab does not come to an end within ${STOPS} stops.`);
}

/** The choices that the arrow keys reach from one that Tab reaches. @param {Page} page */
async function arrow(page) {
  await page.evaluate(() => {
    const radios = /** @type {NodeListOf<HTMLInputElement>} */ (
      document.querySelectorAll("input[type=radio][data-reached]")
    );
    for (const radio of radios) {
      const all = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[type=radio]"));
      for (const other of all)
        if (other.name === radio.name && other.form === radio.form) other.dataset.reached ??= "arrow";
    }
  });
}

/**
 * @param {Page} page
 * @param {CDPSession} browser
 * @returns {Promise<string[]>} what acts on a pointer and is out of the keyboard's reach
 */
async function unreached(page, browser) {
  const { result } = await browser.send("Runtime.evaluate", { expression: "document" });
  const objectId = result.objectId ?? "";
  const { listeners } = await browser.send("DOMDebugger.getEventListeners", { objectId, depth: -1, pierce: true });
  const nodes = new Set(listeners.filter(({ type }) => POINTER.has(type)).map(({ backendNodeId }) => backendNodeId));
  for (const backendNodeId of nodes) {
    if (backendNodeId === undefined) continue;
    const { object } = await browser.send("DOM.resolveNode", { backendNodeId });
    await browser.send("Runtime.callFunctionOn", {
      objectId: object.objectId,
      functionDeclaration: "function () { if (this instanceof Element) this.setAttribute('data-listens', ''); }",
    });
  }
  return page.evaluate(() => {
    const controls =
      "a[href], button, input, select, textarea, summary, [role=button], [role=link], [role=option], [role=tab], [data-listens]";
    return (
      [...document.querySelectorAll(controls)]
        .filter(
          (one) =>
            one instanceof HTMLElement &&
            one.checkVisibility({ visibilityProperty: true }) &&
            // A button opens what chooses a file.
            !one.matches(":disabled, [type=file][tabindex='-1']"),
        )
        .filter((one) => !one.matches("[data-reached]") && !one.querySelector("[data-reached]"))
        // A label acts for its control.
        .filter((one) => !(one.closest("label")?.control ?? /** @type {HTMLElement} */ (one)).closest("[data-reached]"))
        .map((one) => [one.tagName, one.id, one.className, one.textContent?.trim().slice(0, 60)].join(" "))
    );
  });
}

test("whatever a pointer can act on in any view is reached by keyboard, and the focus is seen", () =>
  within(open, async ({ page }) => {
    await askForLess(page, { channels: 16 });
    await page.goto(`${site()}?device=cpu#methods=layercam&report-measures=focus,confidence`);
    await page.locator(".card[data-method=layercam] .number").first().waitFor();
    await page.getByRole("button", { name: "Mark the object" }).click();
    // A report, whose rows have controls of their own.
    await page.locator("#views a", { hasText: "Report" }).click();
    await page
      .locator("#report-file")
      .first()
      .setInputFiles([1, 2].map((n) => draw(`picture-${n}.bmp`, (x, y) => [100 * n, 2 * x, 2 * y])));
    await page.getByRole("button", { name: "Make the report" }).click();
    await page.getByRole("button", { name: "HTML" }).waitFor();
    const browser = await page.context().newCDPSession(page);
    for (const view of await page.locator("#views a").all()) {
      await view.click();
      const name = await view.innerText();
      await openAll(page);
      if (name === "Compare") await page.locator("#compare td").first().waitFor();
      let [stops, out] = [0, [""]];
      // A button that has come meanwhile, as a run's Cancel, is reached the next time round.
      for (let round = 0; round < ROUNDS && out.length > 0; round++) {
        stops = await tab(page);
        await arrow(page);
        out = await unreached(page, browser);
      }
      assert.deepEqual(out, [], name);
      assert.ok(stops > 15, `${name}: ${stops} stops`);
    }
    // The same finds what is out of reach.
    await page.evaluate(() => {
      const decoy = document.createElement("div");
      decoy.textContent = "for pointers alone";
      decoy.addEventListener("click", () => {});
      document.querySelector("main")?.append(decoy);
    });
    const [found, ...others] = await unreached(page, browser);
    assert.match(found ?? "", /for pointers alone/);
    assert.deepEqual(others, []);
  }));

/**
 * Use a control by keyboard, and tell where the focus is once that has come about.
 * @param {Page} page
 * @param {string} selector
 * @param {string} key
 * @param {string} then the selector of what is there when it has
 */
async function useAndTell(page, selector, key, then) {
  await page.locator(selector).first().focus();
  await page.keyboard.press(key);
  await page.locator(then).first().waitFor({ state: "attached" });
  return page.evaluate(() => {
    const active = /** @type {HTMLElement} */ (document.activeElement);
    const value = active instanceof HTMLInputElement && active.type !== "text" ? active.value : "";
    return value || active.dataset.class || active.id || active.className || active.tagName.toLowerCase();
  });
}

test("a control that is used keeps the focus; where it goes away, what is in its place has it", () =>
  within(open, async ({ page }) => {
    await page.goto(`${site()}?device=cpu#methods=layercam&target=1.207.281`);
    await page.locator(".card[data-method=layercam] .number").first().waitFor();
    await openAll(page);
    const scorecam = ".card[data-method=scorecam]";
    const idle = `${scorecam} .again:not([hidden])`;
    const busy = `${scorecam} .run:not([hidden])`;
    await page.locator(`${scorecam} .cancel`).waitFor();
    /** @type {[string, string, string, string][]} what is used, how, what comes of it, and what has the focus then */
    const steps = [
      [`${scorecam} .cancel`, "Enter", idle, "again"],
      [`${scorecam} .again`, "Enter", busy, "cancel"],
      [".tag[data-class='207']", "Enter", "#how .tag:nth-child(2):last-child", "281"],
      [".tag[data-class='281']", "Enter", "#how .chosen-classes[hidden]", "class"],
      ["#layer :checked", "ArrowLeft", ".card[data-method=layercam][aria-busy=false]", "layer3"],
      ["#several", "Space", "#fused :checked", "on"],
      ["#fused input[value=layer2]", "Space", "#fused [value=layer2]:checked", "layer2"],
      ["[data-view=grid]", "Enter", "#map-grid:not([hidden])", "a"],
      ["#map-grid .tag:first-child", "Enter", "#map-grid .tag:only-child", "grid-search"],
      [".likeliest", "Enter", "#map-grid .tag:nth-child(2)", "grid-search"],
      ["[data-view=whatif]", "Enter", "#whatif:not([hidden])", "a"],
      ["#whatif .stage", "Enter", "#whatif .undo:enabled", "stage"],
      ["#whatif .reset", "Enter", "#whatif .reset:disabled", "undo"],
      ["#whatif .undo", "Enter", "#whatif .undo:enabled", "undo"],
      ["#whatif .undo", "Enter", "#whatif .undo:disabled", "stage"],
    ];
    for (const [selector, key, then, expected] of steps) {
      assert.equal(await useAndTell(page, selector, key, then), expected, `${key} on ${selector}`);
    }
  }));
