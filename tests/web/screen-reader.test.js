/**
 * A visitor who only hears the page: each view read from top to bottom by a screen reader, and each kind of thing that can
 * be done, done with its commands and the keyboard alone, by what is spoken. virtual-reader.js says which reader, and what
 * it cannot tell.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Steps } from "../../www/report/steps.js";
import { draw } from "./drawings.js";
import { open, openAll, setUp, within } from "./fixture.js";
import { VirtualReader } from "./virtual-reader.js";

/** @import { Page } from "playwright-core" */
/** @import { State } from "../../www/report/queue.js" */
/** @import { Exposed, Spoken } from "./virtual-reader.js" */

setUp();

const REPORT = "report-methods=gradcam,layercam&report-measures=focus";
const PICTURES = [1, 2].map((n) => draw(`picture-${n}.bmp`, (x, y) => [100 * n, 2 * x, 2 * y]));
/** What a heatmap's words begin with. */
const WORDS = /Heat centred|No heat anywhere|Equally hot|Nothing speaks/;

/** What must be said of each kind of control, beside its name. @type {Record<string, string | null>} */
const STATES = {
  ...{ button: null, link: null, option: "selected", image: null, application: null, textbox: null },
  ...{ checkbox: "checked", radio: "checked", DisclosureTriangle: "expanded", combobox: "expanded" },
  ...{ slider: "valuemax", spinbutton: "valuemax", progressbar: null, table: null },
};

/** @param {Exposed[]} exposed @returns {string[]} what a reader could not tell its listener */
function untold(exposed) {
  const faults = [];
  for (const { role, name, description, states } of exposed) {
    const state = STATES[role];
    const all = `${role} "${name}" ${description}`;
    if (/^(Canvas|graphics-.*|img|SvgRoot)$/.test(role)) faults.push(`${all}: a graphic without a role`);
    if (/undefined|NaN|\[object/.test(all)) faults.push(`${all}: not words`);
    if (/★/.test(name) && !/star \(★\)/.test(name)) faults.push(`${all}: a symbol without its word`);
    if (state === undefined) continue;
    if (name === "") faults.push(`${all}: no name`);
    if (state !== null && states[state] === undefined) faults.push(`${all}: not whether it is ${state}`);
    // Where several are read together, in a report, each is an image with words of its own.
    const isMap = role === "application" && /^Values of/.test(name) && !/^Values of the maps/.test(name);
    const isOverlay = role === "image" && / on picture-\d/.test(name);
    const words = isOverlay ? name : description;
    if ((isMap || isOverlay) && !WORDS.test(words) && !/no heatmap/.test(words))
      faults.push(`${all}: a map without its words`);
  }
  return faults;
}

/** @param {Spoken[]} spoken @returns {string[]} what is spoken twice in a row, or is no words, or is out of order */
function misspoken(spoken) {
  const faults = [];
  const landmarks = spoken.filter(({ role }) => ["banner", "navigation", "main", "contentinfo"].includes(role));
  const order = landmarks.map(({ role }) => role).join(" ");
  if (!/^banner navigation main (navigation )?contentinfo$/.test(order)) faults.push(`landmarks: ${order}`);
  const headings = spoken.filter(({ level }) => level > 0);
  headings.forEach(({ phrase, level }, index) => {
    if (level > (headings[index - 1]?.level ?? 0) + 1) faults.push(`${phrase}: a level is left out before it`);
  });
  spoken.forEach(({ phrase }, index) => {
    const isWorded = /[, ]/.test(phrase) && !phrase.startsWith("cell");
    if (isWorded && phrase === spoken[index - 1]?.phrase) faults.push(`${phrase}: twice in a row`);
    if (/undefined|NaN|\[object/.test(phrase)) faults.push(`${phrase}: not words`);
    if (/★/.test(phrase) && !/star \(★\)/.test(phrase)) faults.push(`${phrase}: a symbol without its word`);
  });
  return faults;
}

/**
 * Grad-CAM's map is there, and the long method that would follow is not waited for.
 * @param {VirtualReader} reader
 * @param {Page} page
 */
async function quickMaps(reader, page) {
  const heard = await reader.hears(/AblationCAM for .* is ready/);
  await page.locator(".card[data-method=gradcam] .number").first().waitFor();
  await page.keyboard.press("Escape");
  return [...heard, ...(await reader.hears(/Cancelled/))];
}

/**
 * Chooses pictures for a report and makes it.
 * @param {VirtualReader} reader
 * @param {Page} page
 */
async function makeReport(reader, page) {
  await reader.press(/^link, Report/, "Enter");
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    reader.press(/^button, Choose pictures/, "Enter"),
  ]);
  await chooser.setFiles(PICTURES);
  await reader.hears(/2 pictures in the report/);
  await reader.press(/^button, Make the report/, "Enter");
  return reader.hears(/The report is complete/);
}

test("each view is read from top to bottom: names, roles and states, headings in order, maps in words, nothing twice", () =>
  within(open, async ({ page }) => {
    const reader = await VirtualReader.open(page, `methods=layercam&${REPORT}`);
    await quickMaps(reader, page);
    await makeReport(reader, page);
    const seen = [];
    for (const view of ["Explain", "Compare", "Grid", "What if", "Report", "Methods"]) {
      const link = await reader.press(new RegExp(`^link, ${view}`), "Enter");
      assert.doesNotMatch(link, /undefined/);
      if (view === "Explain") await reader.press(/^button, Mark the object/, "Enter");
      await openAll(page);
      if (view === "Compare") await page.locator("#compare td").first().waitFor();
      if (view === "What if") await page.locator("#whatif .after canvas[aria-label^='after: ']").first().waitFor();
      if (view === "Grid") await page.locator("#map-grid .state", { hasText: "maps ready" }).waitFor();
      // Long methods would change what is being read.
      await page.keyboard.press("Escape");
      const [spoken, exposed] = [await reader.read(), await reader.exposed()];
      seen.push(`${view}: ${spoken.length} phrases, ${exposed.length} nodes`);
      assert.ok(spoken.length > 100, view);
      assert.ok(spoken.some(({ phrase }) => phrase === `link, ${view}, current page`));
      assert.deepEqual(misspoken(spoken), [], view);
      assert.deepEqual(untold(exposed), [], view);
      if (view === "Report")
        assert.ok(exposed.filter(({ role, name }) => role === "image" && / on picture-\d/.test(name)).length >= 4);
      if (view !== "Compare")
        assert.ok(
          spoken.some(({ phrase }) => WORDS.test(phrase)),
          `${view}: no map in words`,
        );
    }
    // The same finds what is wrong.
    await page.evaluate(() => {
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      const [a, b] = ["p", "p"].map((tag) => document.createElement(tag));
      a.textContent = b.textContent = "said twice ★";
      document.querySelector("main")?.append(canvas, document.createElement("button"), a, b);
    });
    assert.ok(untold(await reader.exposed()).length >= 3);
    assert.ok(misspoken(await reader.read()).length >= 2);
  }));

test("a sample, a class, a layer, a method, a mark, an edit and the comparison by what is heard alone", () =>
  within(open, async ({ page }) => {
    const reader = await VirtualReader.open(page);
    const first = await quickMaps(reader, page);
    // One for each step: the device, the engine, reading, classifying, the answer, two maps, the cancel, and few more.
    assert.ok(first.length <= 14, first.join("\n"));

    await reader.press(/^button, Explain the sample: Espresso.*not pressed/, "Enter");
    const heard = await quickMaps(reader, page);
    const says = /The network says espresso, \d/;
    assert.equal(heard.filter((phrase) => says.test(phrase)).length, 1, heard.join("\n"));
    assert.ok(heard.length <= 8, heard.join("\n"));
    await reader.goTo(/^button, Explain the sample: Espresso.*, pressed/);
    await reader.press(/^button, Explain the sample: Cat/, "Enter");
    await reader.hears(/The network says Egyptian cat/);
    await page.locator(".card[data-method=gradcam] .number").first().waitFor();
    await page.keyboard.press("Escape");

    await reader.press(/^button, tiger cat [\d.]+\s%, not pressed/, "Enter");
    await reader.hears(/Grad-CAM for tiger cat is ready/);
    await page.locator(".card[data-method=gradcam] .number").first().waitFor();
    await page.keyboard.press("Escape");
    // Maps that are known come at once: each is still there when the browser looks, which it does frame by frame.
    await page.evaluate(() => {
      const live = document.querySelector("#live");
      /** @type {string[]} */
      const looked = (window.looked = []);
      const look = () => {
        looked.push(live?.textContent ?? "");
        requestAnimationFrame(look);
      };
      look();
    });
    await reader.press(/^button, Egyptian cat [\d.]+\s%, not pressed/, "Enter");
    await page.waitForFunction(() => window.looked?.some((text) => text.includes("AblationCAM for Egyptian cat")));
    assert.ok(await page.evaluate(() => window.looked?.some((text) => text.includes("Grad-CAM for Egyptian cat"))));
    await page.keyboard.press("Escape");
    await reader.press(/^button, tiger cat [\d.]+\s%, not pressed/, "Enter");
    await reader.goTo(/^button, tiger cat [\d.]+\s%, pressed/);
    await page.keyboard.press("Escape");
    await reader.announced();
    await reader.press(/^radio, layer4/, "ArrowLeft");
    await reader.hears(/Grad-CAM for tiger cat is ready/);
    await page.keyboard.press("Escape");
    await reader.finds(/^image, Grad-CAM heatmap for tiger cat\. Heat centred/);
    await reader.press(/^More methods/, "Enter");
    await reader.press(/^checkbox, LayerCAM/, " ");
    await reader.hears(/LayerCAM for tiger cat is ready/);
    await page.keyboard.press("Escape");

    // A map is read place by place, and each says where it is.
    await reader.press(/^application, Values of the Grad-CAM map/, "Home", "ArrowRight");
    await reader.hears(/Grad-CAM: \d+\s% of its maximum.*; Left: \d+\s%; Top: \d+\s%/);

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      reader.press(/^button, Save PNG of the Grad-CAM overlay/, "Enter"),
    ]);
    assert.ok((await reader.hears(/Saved/)).at(-1)?.includes(download.suggestedFilename()));

    await reader.press(/^button, Mark the object/, "Enter");
    await reader.goTo(/^button, Mark the object.*, expanded/);
    await reader.announced();
    await reader.press(/^application, The picture to mark/, "ArrowRight", "+");
    const places = await reader.hears(/Left 37\s%, Top 25\s%, Width 33\s%, Height 50\s%/);
    assert.equal(places.length, 3, `one for the focus, one for each key: ${places.join("\n")}`);
    await page.keyboard.press("Enter");
    await reader.goTo(/^button, [\d.]+\s% of the heat inside the mark/);

    await reader.press(/^link, What if/, "Enter");
    await reader.press(/^application, The picture to edit/, "ArrowUp", "-");
    await reader.hears(/Left 39\s%, Top \d+\s%, Width 22\s%, Height \d+\s%/);
    await page.keyboard.press("Enter");
    await reader.hears(/With the edit, tiger cat goes from [\d.]+\s% to [\d.]+\s%/);
    await reader.press(/^button, Undo/, "Enter");
    await reader.hears(/Nothing has been changed yet/);

    await reader.announced();
    await reader.press(/^link, Grid/, "Enter");
    const grid = await reader.hears(/All maps of the grid are ready/);
    assert.ok(grid.length <= 2, grid.join("\n"));
    await reader.finds(/^image, Grad-CAM at layer2 for .*Heat centred/);

    await reader.press(/^link, Compare/, "Enter");
    await reader.goTo(/^button, Gini/);
    const spoken = (await reader.read()).map(({ phrase }) => phrase);
    const from = spoken.indexOf("table, Measures and methods");
    const heads = spoken.slice(from).filter((phrase) => phrase.startsWith("columnheader, "));
    // What is said with every number of the row: its name, and not what it means.
    const row = spoken.indexOf("rowheader, Gini higher is better", from);
    assert.ok(row > from, "the row has a short head");
    const cells = spoken.slice(row).filter((phrase) => phrase.startsWith("cell, "));
    const column = heads.indexOf("columnheader, LayerCAM");
    assert.match(cells[column - 1] ?? "", /^cell, 0\.\d{3}/);
    const shown = page.locator("#compare td[data-measure=gini]").nth(column - 1);
    assert.equal(cells[column - 1], `cell, ${await shown.textContent()}`);
  }));

test("a report tells each picture and its end, in whichever view; a picture that cannot be read is told, and nothing lost", () =>
  within(open, async ({ page }) => {
    const reader = await VirtualReader.open(page, REPORT);
    await quickMaps(reader, page);
    const heard = await makeReport(reader, page);
    const steps = heard.filter((phrase) => /of 2 pictures finished/.test(phrase));
    assert.deepEqual(
      steps.map((phrase) => phrase.split(" pictures finished")[0]),
      ["polite: 1 of 2", "polite: 2 of 2"],
    );
    assert.ok(heard.length <= 5, heard.join("\n"));
    await reader.goTo(/^button, Save CSV/);
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    assert.ok((await reader.hears(/Saved/)).at(-1)?.includes(download.suggestedFilename()));

    await reader.press(/^button, Make it again/, "Enter");
    await reader.press(/^link, Methods/, "Enter");
    await reader.hears(/2 of 2 pictures finished/);

    await reader.press(/^link, Explain/, "Enter");
    await reader.finds(/^image, Grad-CAM heatmap for Egyptian cat\. Heat/);
    // Only one thing is called so: what the button opens is not spoken.
    const names = (await reader.exposed()).filter(({ name }) => name === "Choose a picture");
    assert.equal(names.filter(({ role }) => role === "button").length, 1);
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      reader.press(/^button, Choose a picture/, "Enter"),
    ]);
    await chooser.setFiles({ name: "rubbish.png", mimeType: "image/png", buffer: Buffer.from("rubbish") });
    const told = await reader.hears(/^assertive: .*This picture cannot be read.*The last result is still shown/);
    assert.equal(told.filter((phrase) => phrase.startsWith("assertive")).length, 1, told.join("\n"));
    await reader.finds(/^image, Grad-CAM heatmap for Egyptian cat\. Heat/);
    await reader.press(/^button, Dismiss this message/, "Enter");
  }));

test("of a long report each tenth is told, once, and a pause", () => {
  const steps = new Steps();
  /** @param {State} state @param {number} finished */
  const isTold = (state, finished) =>
    steps.isNext({ state, progress: { pictures: 100, finished, share: finished / 100, secondsLeft: null } });
  const told = [];
  for (let finished = 0; finished < 100; finished++) {
    // The page asks with each change.
    for (let time = 0; time < 3; time++) if (isTold("running", finished)) told.push(finished);
  }
  assert.deepEqual(told, [10, 20, 30, 40, 50, 60, 70, 80, 90]);
  assert.deepEqual([isTold("paused", 99), isTold("paused", 99), isTold("idle", 100)], [true, false, true]);
});
