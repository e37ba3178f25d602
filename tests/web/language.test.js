/**
 * The page's languages: every text in each of them, with the same gaps to fill; numbers as each language writes them; the
 * page in German, chosen by the browser, by the visitor, or by a link.
 */
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";
import * as page from "../../www/strings.js";
import * as compare from "../../www/strings/compare.js";
import * as grid from "../../www/strings/grid.js";
import * as guide from "../../www/strings/guide.js";
import * as how from "../../www/strings/how.js";
import * as methods from "../../www/strings/methods.js";
import * as network from "../../www/strings/network.js";
import * as report from "../../www/strings/report.js";
import { translations } from "../../www/strings/translations.js";
import * as whatif from "../../www/strings/whatif.js";
import { inRepository, open, setUp, site, within } from "./fixture.js";

setUp();

/** @type {Record<string, Record<string, unknown>>} */
const ENGLISH = { compare, grid, guide, how, methods, network, page: { ...page, report: {} }, report, whatif };

/**
 * The texts in a tree, by where they are.
 * @param {unknown} tree
 * @param {string} [path]
 * @returns {Map<string, string | ((...given: any[]) => unknown)>}
 */
function leaves(tree, path = "") {
  if (typeof tree === "string" || typeof tree === "function") {
    return new Map([[path, /** @type {any} */ (tree)]]);
  }
  const entries = Object.entries(/** @type {object} */ (tree));
  return new Map(entries.flatMap(([key, value]) => [...leaves(value, path ? `${path}.${key}` : key)]));
}

/** What a text with gaps can be asked with; the first that it takes. */
const GIVEN = [
  // As many of each as a text has gaps: words, then numbers.
  ["‹a›", "‹b›", "‹c›", "‹d›", "‹e›"],
  ["‹a›", 2, "‹c›", "‹d›", 5],
  ["‹a›", "‹b›", 3, "‹d›", 5],
  [7, 2, "‹c›", "‹d›", 5],
  [7, "‹b›", "‹c›", "‹d›", 5],
  [7, "‹b›", 3, "‹d›", 5],
  [7, 2, 3, 4, 5],
  ["‹a›", "‹b›", "‹c›", "‹d›", 5],
];

/**
 * What of the given is found in a text, the marks of the gaps.
 * @param {unknown} text
 * @param {unknown[]} given
 */
function found(text, given) {
  const all = [text].flat().join(" ");
  return given.map((one) => (typeof one === "string" ? all.split(one).length - 1 : Number(/\d|\bone\b/.test(all))));
}

for (const [name, parts] of Object.entries(translations)) {
  test(`${name} has every text that the English has, with the same gaps, and no other`, () => {
    for (const [part, english] of Object.entries(ENGLISH)) {
      const own = leaves(parts[part]);
      const theirs = leaves(english);
      assert.deepEqual([...own.keys()].sort(), [...theirs.keys()].sort(), part);
      for (const [key, text] of theirs) {
        const translated = own.get(key);
        assert.equal(typeof translated, typeof text, `${part}.${key}`);
        if (typeof text === "string") continue;
        const make = /** @type {(...given: unknown[]) => unknown} */ (translated);
        assert.equal(make.length, text.length, `${part}.${key}`);
        let compared = 0;
        for (const given of GIVEN) {
          const used = given.slice(0, Math.max(1, text.length));
          let expected;
          try {
            expected = found(text(...used), used);
          } catch {
            // This text's gaps are of another kind.
            continue;
          }
          assert.deepEqual(found(make(...used), used), expected, `${part}.${key}(${used.join(", ")})`);
          compared++;
        }
        // Those that take lists are few, and read in the page's own tests.
        assert.ok(
          compared > 0 || ["how.state", "how.sum", "reading.all"].includes(key),
          `${part}.${key} is not compared`,
        );
      }
    }
  });

  test(`${name} is another language: hardly any sentence is the English one`, () => {
    for (const [part, english] of Object.entries(ENGLISH)) {
      const own = leaves(parts[part]);
      for (const [key, text] of leaves(english)) {
        if (typeof text !== "string" || text.split(" ").length < 3 || /[=/]/.test(text)) continue;
        assert.notEqual(own.get(key), text, `${part}.${key}`);
      }
    }
  });

  test(`${name} has the engine's own words too: every method's, and every remark that is in its source`, async () => {
    const { methods: known, notes } = /** @type {Record<string, Record<string, unknown>>} */ (parts.engine);
    assert.deepEqual(Object.keys(known).sort(), Object.keys(methods.pages).sort());
    const source = (await rust(["cam", "explainer"])).replace(/\\\n\s*/g, "");
    const all = source + (await rust(["metrics"])).replace(/\\\n\s*/g, "");
    // Of a text that is put together, the longest piece without a gap.
    for (const note of Object.keys(notes)) {
      const piece = note.split(/#|\{name\}/).sort((a, b) => b.length - a.length)[0];
      const pieces = piece.split(/predicted from (?:these|the gradient)\. /);
      for (const one of pieces) assert.ok(all.includes(one.trim()), `the engine no longer says “${one}”`);
    }
    // As many remarks as there are texts for, so that a new one is missed here.
    const texts =
      source.match(/"[^"\n]*\b(map|score|channels|component|layers|smoothing)\b[^"\n]*\.(?: [^"\n]*)?"/g) ?? [];
    const remarks = texts.map((text) => text.slice(1, -1)).filter((text) => /^[A-Z{].* .* .* /.test(text));
    const skeletons = Object.keys(notes).map((note) => note.replaceAll(/#|\{name\}/g, ""));
    for (const remark of remarks.filter((text) => isRemark(source, text))) {
      const start = remark.replaceAll(/\{[^}]*\}|\b\d+(\.\d+)?\b/g, "").trim();
      assert.ok(
        skeletons.some((one) => one.trim().includes(start)),
        `no translation of “${remark}”`,
      );
    }
  });
}

/**
 * Whether a text of the engine's belongs beside a map: what is summary, cost or error does not.
 * @param {string} source
 * @param {string} text
 */
function isRemark(source, text) {
  const before = source.slice(Math.max(0, source.indexOf(text) - 90), source.indexOf(text));
  return !/summary:|cost:|Error::|paper:|expect\(|assert/.test(before);
}

/** @param {string[]} folders of src @returns {Promise<string>} what is in them */
async function rust(folders) {
  const files = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(inRepository(`src/${folder}`));
      return names.map((name) => readFile(inRepository(`src/${folder}/${name}`), "utf8"));
    }),
  );
  return (await Promise.all(files.flat())).join("\n");
}

/** English words that no German sentence has. */
const LEFTOVER = /\b(the|of|and|with|picture|heat|map|maps|which|what|shown|about|choose|for)\b/i;

/**
 * Texts that are seen or heard and that are the page's own: not names, not papers, not class labels.
 * @param {import("playwright-core").Page} page
 */
function texts(page) {
  return page.evaluate(() => {
    const foreign =
      ".bars, .target, #model, #device, .method > small:last-child, [lang=en], .samples, a[target], .families b";
    const found = [document.title];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const parent = node.parentElement;
      if (!parent || parent.closest(`script, noscript, template, ${foreign}`)) continue;
      found.push(node.textContent?.trim() ?? "");
    }
    for (const node of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
      if (node.closest(foreign)) continue;
      for (const name of ["aria-label", "title", "placeholder"]) found.push(node.getAttribute(name) ?? "");
    }
    return [...new Set(found)].filter(Boolean);
  });
}

test("a German browser gets a German page, without English in it, and numbers with commas", () =>
  within(
    () => open({ locale: "de-AT", isFirstVisit: true }),
    async ({ page }) => {
      await page.goto(`${site()}?device=cpu`);
      assert.equal(await page.locator("html").getAttribute("lang"), "de");
      await page.locator(".card[data-method=ablationcam] .number").first().waitFor();
      assert.match(await page.locator(".card[data-method=gradcam] .number").first().innerText(), /\d,\d\s%/);
      assert.match(await page.locator("#bars b").first().innerText(), /^\d+,\d\s%$/);
      const label = await page
        .locator(".card[data-method=gradcam] canvas[role=img]")
        .first()
        .getAttribute("aria-label");
      assert.match(label ?? "", /^Heatmap von Grad-CAM für .*\. Schwerpunkt der Hitze /);
      await page.locator("#methods summary").click();
      await page.getByRole("checkbox", { name: "Eigen-CAM", exact: true }).check();
      // The engine's own remark.
      await page.locator(".card[data-method=eigencam] .remarks li", { hasText: "Hauptkomponente" }).waitFor();
      for (const view of await page.locator("#views a").all()) {
        await view.click();
        const english = (await texts(page)).filter((text) => LEFTOVER.test(text));
        assert.deepEqual(english, [], await view.innerText());
      }
      // Its words are longer than the English ones.
      await page.setViewportSize({ width: 360, height: 740 });
      for (const view of await page.locator("#views a").all()) {
        await view.click();
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - 360);
        assert.ok(wider <= 0, `${await view.innerText()}: ${wider} px too wide`);
      }
    },
  ));

test("the language can be chosen, keeps the settings, is remembered, and is in the link", () =>
  within(open, async ({ page }) => {
    await page.goto(`${site()}?device=cpu#layer=layer3`);
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    await page.locator(".card[data-method=gradcam] .number").first().waitFor();
    await page.getByLabel("Language").selectOption({ label: "Deutsch" });
    await page.getByRole("heading", { name: "Was das Netz sagt" }).waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
    await page.locator("input[name=layer][value=layer3]:checked").waitFor();
    assert.match(page.url(), /lang=de/);
    // The visitor's choice holds where the link says nothing.
    await page.goto("about:blank");
    await page.goto(`${site()}?device=cpu`);
    await page.getByRole("heading", { name: "Was das Netz sagt" }).waitFor();
    // A link's language comes first.
    await page.goto("about:blank");
    await page.goto(`${site()}?device=cpu#lang=en`);
    await page.getByRole("heading", { name: "What the network says" }).waitFor();
    // One that does not exist is none.
    await page.goto("about:blank");
    await page.goto(`${site()}?device=cpu#lang=tlh`);
    await page.getByRole("heading", { name: "Was das Netz sagt" }).waitFor();
  }));

test("another language keeps the visitor's own picture", () =>
  within(open, async ({ page }) => {
    await page.goto(`${site()}?device=cpu`);
    await page.locator("#bars b").first().waitFor();
    await page.locator("#file").setInputFiles(inRepository("tests/fixtures/pictures/baseline.jpg"));
    await page.locator(".picture .target", { hasText: "baseline.jpg" }).waitFor();
    await page.locator(".card[data-method=gradcam] .number").first().waitFor();
    await page.getByLabel("Language").selectOption("de");
    await page.getByRole("heading", { name: "Was das Netz sagt" }).waitFor();
    await page.locator(".picture .target", { hasText: "baseline.jpg" }).waitFor();
  }));

test("remarks of the engine are put into German with their numbers, and marked as English where that fails", () =>
  within(
    () => open({ locale: "de" }),
    async ({ page }) => {
      await page.goto(`${site()}?device=cpu`);
      const say = (/** @type {string} */ text) =>
        page.evaluate(async (text) => {
          const { translateNote } = await import(new URL("www/describe.js", document.baseURI).href);
          return translateNote({ text });
        }, text);
      assert.deepEqual(
        await say("layer3: Approximate: 64 of 1024 channels, which hold 31 % of the layer's activation energy."),
        {
          text: "layer3: Näherung: 64 von 1.024 Kanälen, die 31 % der Aktivierungsenergie der Schicht enthalten.",
          lang: "de",
        },
      );
      assert.match(
        (
          await say(
            "The target's score is negative (-1.20): the network sees little of it. camscope keeps the map's sign; pytorch-grad-cam's map would be inverted here.",
          )
        ).text,
        /^Der Score des Ziels ist negativ \(−1,20\)/,
      );
      assert.equal(
        (await say("Group-CAM has no eigen smoothing: the map is the one without.")).text,
        "Group-CAM kennt keine Eigen-Glättung: Die Karte ist die ohne.",
      );
      const two =
        "The map hardly reacts: with nearly all of the network's weights drawn at random it still looks like the original (Spearman's correlation 0.81). It shows the picture, not what the network has learned.";
      assert.match((await say(two)).text, /^Die Karte reagiert kaum: .* 0,81\)\. Sie zeigt das Bild, /);
      assert.deepEqual(await say("Something new."), { text: "Something new.", lang: "en" });
    },
  ));

test("what the engine says of a failure is marked as English on a German page; numbers are taken with a comma", () =>
  within(
    () => open({ locale: "de" }),
    async ({ page }) => {
      await page.goto(`${site()}?device=cpu`);
      await page.locator(".card[data-method=gradcam] .number").first().waitFor();
      await page.keyboard.press("Escape");
      await page.locator("#network > summary").click();
      const error = page.locator("#network-error");
      await page.locator("#network-file").setInputFiles(inRepository("tests/fixtures/hostile.pth"));
      await error.locator("[lang=en]", { hasText: "nothing in it was run" }).waitFor();

      await page.locator("#network-file").setInputFiles(inRepository("tests/fixtures/torchvision_tiny.pth"));
      await page.locator("#network-status", { hasText: "7 Klassen" }).waitFor();
      await page.locator("#network details summary").first().click();
      await page.locator("#network-mean").fill("0,485, 0,456");
      await page.locator("#network-load").click();
      await error.filter({ hasText: "Geben Sie drei Zahlen an" }).waitFor();
      assert.equal(await error.locator("[lang=en]").count(), 0);
      for (const [field, value] of [
        ["mean", "0,485; 0,456; 0,406"],
        ["std", "0,229 0,224 0,225"],
        ["resize", "64,0"],
        ["crop", "64"],
        ["epsilon", "0,00001"],
      ]) {
        await page.locator(`#network-${field}`).fill(value);
      }
      const two = { name: "names.txt", mimeType: "text/plain", buffer: Buffer.from("one\ntwo\n") };
      await page.locator("#network-labels").setInputFiles(two);
      await page.locator("#network-load").click();
      // The engine has taken the numbers; beside its words stand the page's own.
      await error.locator("[lang=en]", { hasText: "7 classes, but there are 2 labels" }).waitFor();
      assert.doesNotMatch(await error.locator("[lang=en]").innerText(), /Netz/);
      assert.match(await error.innerText(), /labels.* Das Netz/);

      await page.locator("#views a[data-view=report]").click();
      const rubbish = { name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
      await page.locator("#report-file").setInputFiles(rubbish);
      await page.getByRole("button", { name: "Bericht erstellen" }).click();
      await page.locator(".report-failed [lang=en]", { hasText: "not a picture that camscope can read" }).waitFor();
    },
  ));
