/**
 * The numbers beside the maps, on the CPU: against the maps themselves, and never beside another map.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { inRepository, open, openLab, pearson, setUp, site, within } from "./fixture.js";
import { holdBack } from "./hold.js";
import { askForLess } from "./less.js";

/** @import { Watched } from "./fixture.js" */

setUp();

describe("the numbers beside the maps", () => {
  /** @type {Watched} */
  let watched;
  /** @type {Watched["page"]} */
  let page;
  /** @type {Awaited<ReturnType<typeof holdBack>>} ScoreCAM's map, which would come in the middle of what is looked at */
  let last;

  before(async () => {
    watched = await open();
    page = watched.page;
    await askForLess(page, { channels: 48 });
    last = await holdBack(page, "scorecam");
    // At every frame in which a card shows numbers they must be of the class that the card's map is of.
    await page.addInitScript(() => {
      window.strangers = [];
      const look = () => {
        for (const card of document.querySelectorAll(".card[data-method]")) {
          const [target, list] = [card.querySelector(".target"), card.querySelector(".numbers")];
          const label = target?.textContent?.replace(/^for /, "") ?? "";
          const kept = list?.textContent ?? "";
          if (kept.includes("Seeing only") && !kept.includes(`${label} `)) window.strangers?.push(`${label}: ${kept}`);
        }
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await page.goto(`${site()}?device=cpu`);
  });
  after(() => watched.done());

  /** @param {string} method */
  const numbers = (method) => page.locator(`.card[data-method=${method}] .number`);

  /** @param {string} text */
  const shares = (text) => [...text.matchAll(/([\d.]+)\s%/g)].map(([, share]) => Number(share) / 100);

  /** @param {number} count of values in the table */
  const compared = (count) =>
    page.waitForFunction((count) => {
      const cells = [...document.querySelectorAll("#agreement .value")];
      return cells.length === count && cells.every(({ textContent }) => textContent !== "…");
    }, count);

  test("what a number means shows on focus and on hover; Escape puts it away and cancels nothing", async () => {
    await numbers("gradcam").nth(1).waitFor();
    const number = numbers("gradcam").first();
    const hint = page.locator(`#${await number.getAttribute("aria-describedby")}`);
    assert.equal(await hint.getAttribute("role"), "tooltip");
    assert.equal(await hint.isVisible(), false);
    await page.locator(".card[data-method=scorecam] .run").waitFor();
    await number.focus();
    assert.equal(await hint.isVisible(), true);
    assert.match(await hint.innerText(), /not that it is right/);
    await page.keyboard.press("Escape");
    assert.equal(await hint.isVisible(), false);
    assert.equal(await page.locator(".card[data-method=scorecam]").getAttribute("aria-busy"), "true");
    await page.locator("#search").focus();
    await number.hover();
    assert.equal(await hint.isVisible(), true);
    await page.mouse.move(0, 0);
    assert.equal(await hint.isVisible(), false);
  });

  test("an approximate map's numbers are labelled, and a map that fills in has none", async () => {
    const score = page.locator(".card[data-method=scorecam]");
    await page.locator(".card[data-method=scorecam][data-live]").waitFor();
    assert.equal(await score.locator(".numbers").isVisible(), false);
    await last.off();
    await numbers("scorecam").nth(1).waitFor();
    assert.match(await score.locator(".numbers").innerText(), /approximate map/);
    assert.doesNotMatch(await page.locator(".card[data-method=gradcam] .numbers").innerText(), /approximate/);
  });

  test("under a map stand its own numbers, as worked out apart from it", async () => {
    await numbers("gradcam").nth(1).waitFor();
    const [half] = shares(await numbers("gradcam").nth(0).innerText());
    const text = await numbers("gradcam").nth(1).innerText();
    assert.match(text, /Egyptian cat [\d.]+\s% → [\d.]+\s%/);
    const [said, after] = shares(text);
    assert.deepEqual(shares(await page.locator("#bars button").first().innerText()), [said]);

    const { preprocessing } = JSON.parse(await readFile(inRepository("pkg/models/resnet50/manifest.json"), "utf8"));
    assert.equal(preprocessing.channelOrder, "bgr");
    const other = await openLab();
    const apart = await other.page.evaluate(async (mean) => {
      await lab.load({ device: "cpu" });
      const { explainer } = lab;
      const image = await lab.sample("chelsea.png");
      const map = await explainer.explain(image, { method: "gradcam" });
      const { pixels, width, height } = await explainer.input(image);
      // The fade by hand: towards the colour that is zero to the network.
      const faded = new ImageData(width, height);
      for (let i = 0; i < pixels.length; i++) {
        const grey = mean[2 - (i % 4)];
        faded.data[i] = i % 4 === 3 ? 255 : grey + map.values[i >> 2] * (pixels[i] - grey);
      }
      const { logits } = await lab.classify(faded, { crop: "squash" });
      const top = Math.max(...logits);
      const sum = logits.reduce((total, logit) => total + Math.exp(logit - top), 0);
      return { values: Array.from(map.values), after: Math.exp(logits[map.target.index] - top) / sum };
    }, preprocessing.mean);
    await other.done();

    const sorted = apart.values.sort((a, b) => b - a);
    const heat = sorted.reduce((sum, value) => sum + value, 0);
    let [held, count] = [0, 0];
    while (held < heat / 2) held += sorted[count++];
    assert.ok(Math.abs(half - count / sorted.length) < 1e-3, `${half}, ${count / sorted.length}`);
    // The colours of a picture by hand are whole numbers.
    assert.ok(Math.abs(after - apart.after) < 0.02, `${after}, ${apart.after}`);
  });

  test("beside a map's numbers stand those of the random map and of the Gaussian, as the Compare view has them", async () => {
    const item = page.locator(".card[data-method=gradcam] .numbers li").first();
    await item.locator(".beside").waitFor();
    const [random, gaussian] = shares(await item.locator(".beside").innerText());
    await page.locator("#views a", { hasText: "Compare" }).click();
    const cells = page.locator("#compare td.control[data-measure=half]");
    await cells.nth(1).waitFor();
    assert.deepEqual(shares((await cells.allInnerTexts()).join(" ")), [random, gaussian]);
    await page.locator("#views a", { hasText: "Explain" }).click();
    await item.locator(".beside").waitFor();
    assert.equal(await page.locator(".card[data-method=gradcam] .numbers .beside").count(), 2);
  });

  test("the agreement of every two maps is listed, by three measures", async () => {
    await compared(3);
    const table = page.locator("#agreement table");
    const names = ["Grad-CAM", "AblationCAM", "ScoreCAM (approximate)"];
    assert.deepEqual(await table.locator("th[scope=col]").allInnerTexts(), names);
    const rows = [...names.slice(1), "Random map", "Centred Gaussian"];
    assert.deepEqual(await table.locator("th[scope=row]").allInnerTexts(), rows);
    const first = Number(await table.locator(".value").first().innerText());

    const other = await openLab();
    const [a, b, gaussian] = await other.page.evaluate(async () => {
      await lab.load({ device: "cpu" });
      const image = await lab.sample("chelsea.png");
      const maps = [];
      for (const method of ["gradcam", "ablationcam"]) maps.push(await lab.explain(image, { method }));
      const { values } = await lab.explainer.baseline("gaussian", { width: 224, height: 224 });
      return [...maps.map((map) => map.values), Array.from(values)];
    });
    await other.done();
    assert.ok(Math.abs(first - pearson(a, b)) <= 0.006, `${first}, ${pearson(a, b)}`);
    // What agreement comes to with a map that knows nothing.
    await page.waitForFunction(() => {
      const cells = [...document.querySelectorAll("#agreement .control")];
      return cells.length === 6 && cells.every(({ textContent }) => textContent !== "…");
    });
    const chance = await table.locator(".controls tr").nth(1).locator(".control").first().innerText();
    const expected = pearson(a, gaussian);
    assert.ok(Math.abs(Number(chance.replace("\u2212", "-")) - expected) <= 0.006, `${chance}, ${expected}`);

    const seen = [await table.innerText()];
    for (const name of ["Spearman", "Hottest fifth"]) {
      await page.getByRole("radio", { name }).check();
      seen.push(await table.innerText());
    }
    assert.equal(new Set(seen).size, 3);
    await page.getByRole("radio", { name: "Pearson" }).check();
    assert.equal(await table.innerText(), seen[0]);
    assert.match(await page.locator("#agreement").innerText(), /do not prove one right/);
  });

  test("numbers follow the class, the layer and the picture, and are never of another map", async () => {
    await last.on();
    const before = await numbers("gradcam").allInnerTexts();
    const table = await page.locator("#agreement table").innerText();
    const left = await page.evaluate(() => {
      /** @type {HTMLElement} */ (document.querySelectorAll("#bars button")[1]).click();
      return document.querySelectorAll("#agreement .value").length;
    });
    assert.equal(left, 0, "nothing is known of the new maps yet");
    await numbers("gradcam").filter({ hasText: "tiger cat" }).waitFor();
    await compared(1);
    assert.notEqual(await page.locator("#agreement table").innerText(), table);

    await page.locator("#bars button").first().click();
    await numbers("gradcam").filter({ hasText: "Egyptian cat" }).waitFor();
    assert.deepEqual(await numbers("gradcam").allInnerTexts(), before, "the same map has the same numbers");

    await page.getByRole("radio", { name: /layer3/ }).check();
    await page.waitForFunction((text) => {
      const now = document.querySelector(".card[data-method=gradcam] .number")?.textContent;
      return now && now !== text;
    }, before[0]);
    await page.getByRole("radio", { name: /layer4/ }).check();
    await numbers("gradcam").filter({ hasText: before[0] }).waitFor();

    await page.getByRole("button", { name: "Explain the sample: Espresso" }).click();
    await numbers("gradcam").filter({ hasText: "espresso" }).waitFor();
    await compared(1);
    await page.keyboard.press("Escape");
    assert.deepEqual(await page.evaluate(() => window.strangers), []);
  });
});

test("cancelled before the agreement is there, the finished maps are still compared, and only they", () =>
  within(open, async ({ page }) => {
    await page.addInitScript(() => {
      // When the maps have numbers and the table has not: no wait from outside is sure to meet that moment.
      const watch = new MutationObserver(() => {
        const known = document.querySelectorAll(".card[data-method] .numbers li .number").length;
        const cells = [...document.querySelectorAll("#agreement .value, #agreement .control")];
        if (known < 4 || cells.length === 0 || !cells.some(({ textContent }) => textContent === "…")) return;
        watch.disconnect();
        window.strangers = cells.map(({ textContent }) => textContent ?? "");
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
      });
      watch.observe(document, { subtree: true, childList: true, characterData: true });
    });
    await page.goto(`${site()}?device=cpu`);
    await page.waitForFunction(() => window.strangers);
    const whole = () =>
      page.waitForFunction(() => {
        const cells = [...document.querySelectorAll("#agreement .value, #agreement .control")];
        return cells.length === 5 && cells.every(({ textContent }) => textContent !== "…");
      });
    await whole();
    assert.ok((await page.evaluate(() => window.strangers))?.includes("…"));
    const score = page.locator(".card[data-method=scorecam]");
    assert.equal(await score.getAttribute("aria-busy"), "false");
    assert.equal(await score.locator(".number").count(), 0, "what was cancelled stays cancelled");
  }));
