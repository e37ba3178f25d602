/**
 * The page's languages: every text in each of them, with the same gaps to fill; numbers as each language writes them; the
 * page in German, chosen by the browser, by the visitor, or by a link.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { LANGUAGES } from "../../www/language.js";
import * as strings from "../../www/strings.js";
import { en } from "../../www/strings/en.js";
import { FAILED_REQUEST, inRepository, open, setUp, site, within } from "./fixture.js";
import { isSentence, rustSentences, scriptSentences, skeleton } from "./sentences.js";
import { stored, watchStorage } from "./storing.js";
import { serveUnreliably } from "./unreliable.js";

/** @import { Texts } from "../../www/strings/en.js" */

setUp();

/** @type {[string, Texts][]} */
const TRANSLATIONS = await Promise.all(
  Object.keys(LANGUAGES)
    .filter((name) => name !== "en")
    .map(async (name) => [name, (await import(`../../www/strings/${name}.js`))[name]]),
);

/**
 * A language's texts by where they are. What the engine says is left to a test of its own: English has none of it.
 * @param {Texts} texts
 */
const textsOf = (texts) => leaves({ ...texts, engine: {} });

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

/** What looks like a sentence in the sources, but is shown to no visitor. */
const NOT_SAID = new Set([
  // In the console: the CPU then computes on one thread.
  "a thread did not start",
  "a thread failed",
  // Names of a thread and of a lock.
  "camscope kernels",
  "camscope worker",
  // Cancelling is no failure: no one is told.
  "the computation was cancelled",
  // Which call an error is of, as the caller wrote it.
  "the measure's explain",
  // In a file that is saved.
  "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}",
]);

/** Templates for special cases of a sentence that has one. */
const SPECIAL = ["read as a ResNet of {}, {}, {} and {} {} blocks"];

/** What a text with gaps can be asked with; the first that it takes. @type {unknown[][]} */
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
/** For texts that take none of these. */
const LIST = [["‹a›"], 2];

/**
 * What of the given is found in a text, the marks of the gaps.
 * @param {unknown} text
 * @param {unknown[]} given
 */
function found(text, given) {
  const all = [text].flat().join(" ");
  return given.map((one) => (typeof one === "string" ? all.split(one).length - 1 : Number(/\d|\bone\b/.test(all))));
}

test("the page has every group of texts, and nothing changes them", () => {
  assert.deepEqual({ ...strings }, { ...en });
  const groups = [...Object.values(strings), ...Object.values(strings.report), strings.errors.titles];
  assert.deepEqual(
    groups.filter((group) => !Object.isFrozen(group)),
    [],
  );
});

for (const [name, translation] of TRANSLATIONS) {
  test(`${name} has every text that the English has, with the same gaps, and no other`, () => {
    const own = textsOf(translation);
    const theirs = textsOf(en);
    assert.deepEqual([...own.keys()].sort(), [...theirs.keys()].sort());
    for (const [key, text] of theirs) {
      const translated = own.get(key);
      assert.equal(typeof translated, typeof text, key);
      if (typeof text === "string") continue;
      const make = /** @type {(...given: unknown[]) => unknown} */ (translated);
      assert.equal(make.length, text.length, key);
      let compared = 0;
      for (const given of [...GIVEN, LIST]) {
        if (given === LIST && compared > 0) continue;
        const used = given.slice(0, Math.max(1, text.length));
        let expected;
        try {
          expected = found(text(...used), used);
        } catch {
          // This text's gaps are of another kind.
          continue;
        }
        assert.deepEqual(found(make(...used), used), expected, `${key}(${used.join(", ")})`);
        compared++;
      }
      // Those that take lists are few, and read in the page's own tests.
      assert.ok(compared > 0 || ["how.state", "how.sum", "reading.all"].includes(key), `${key} is not compared`);
    }
  });

  test(`${name} is another language: hardly any sentence is the English one`, () => {
    const own = textsOf(translation);
    for (const [key, text] of textsOf(en)) {
      if (typeof text !== "string" || text.split(" ").length < 3 || /[=/]/.test(text)) continue;
      assert.notEqual(own.get(key), text, key);
    }
  });

  test(`${name} leaves nothing out: no text is much shorter than the English one`, () => {
    const own = textsOf(translation);
    for (const [key, text] of textsOf(en)) {
      const translated = own.get(key);
      if (typeof text !== "string" || typeof translated !== "string" || text.length < 40) continue;
      assert.ok(translated.length > 0.7 * text.length, `${key}: ${translated}`);
    }
  });

  test(`${name} has the engine's own words too: each method's, each remark, each message of an error`, async () => {
    const { methods: known, notes, errors } = translation.engine;
    assert.deepEqual(Object.keys(known).sort(), Object.keys(en.methodPages).sort());
    const templates = [notes, errors].flatMap((groups) => Object.values(groups).flatMap(Object.entries));
    for (const [english, own] of templates) {
      const gaps = (/** @type {string} */ text) => (text.match(/\{\w+\}/g) ?? []).sort();
      assert.deepEqual(gaps(own), gaps(english), english);
      assert.equal(new Set(gaps(english)).size, gaps(english).length, `two gaps of one name: ${english}`);
      if (isSentence(skeleton(english))) assert.notEqual(own, english);
    }
    const sentences = [...(await rustSentences()), ...(await scriptSentences())];
    assert.ok(sentences.length > 200, "the sources are read");
    const translated = new Set(templates.map(([english]) => skeleton(english)));
    const without = sentences.filter(({ text }) => !translated.has(text) && !NOT_SAID.has(text));
    assert.deepEqual(without, [], "no translation");
    const alone = new Set([notes.remarks, notes.measured, errors.messages].flatMap(Object.keys).map(skeleton));
    const misplaced = sentences.filter(({ text, isWhole }) => isWhole && !alone.has(text) && !NOT_SAID.has(text));
    assert.deepEqual(misplaced, [], "only as a part of another sentence");
    const said = new Set([...sentences.map(({ text }) => text), ...SPECIAL]);
    const stale = [...translated].filter((text) => isSentence(text) && !said.has(text));
    assert.deepEqual(stale, [], "the sources no longer say this");
  });
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
    const description = document.querySelector("meta[name=description]")?.getAttribute("content");
    const found = [document.title, description ?? ""];
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

test("what the page is about is said in its language, and before it runs as in English", async () => {
  const html = await readFile(inRepository("index.html"), "utf8");
  assert.ok(html.includes(`content="${en.fixed.pageDescription}"`), "as search engines read it");
  for (const [locale, texts] of /** @type {[string, Texts][]} */ ([["en", en], ...TRANSLATIONS])) {
    await within(
      () => open({ locale }),
      async ({ page }) => {
        await page.goto(`${site()}?device=cpu`);
        await page.locator("[data-text=tagline]", { hasText: texts.fixed.tagline }).waitFor();
        const said = await page.locator("meta[name=description]").getAttribute("content");
        assert.equal(said, texts.fixed.pageDescription);
        // So it is described where it is installed, and is the same app in every language.
        const browser = await page.context().newCDPSession(page);
        const { data, errors } = await browser.send("Page.getAppManifest");
        assert.deepEqual(errors, []);
        const { description, lang, ...rest } = JSON.parse(data ?? "");
        assert.equal(lang, locale);
        assert.ok(texts.fixed.pageDescription.startsWith(description.slice(0, 40)), description);
        const first = JSON.parse(await readFile(inRepository("www/app.webmanifest"), "utf8"));
        assert.deepEqual({ ...first, ...rest }, first);
      },
    );
  }
});

test("without JavaScript the page says in every language that it needs it", () =>
  within(
    () => open({ javaScriptEnabled: false }),
    async ({ page }) => {
      await page.goto(site());
      const said = page.locator("noscript p");
      assert.equal(await said.count(), Object.keys(LANGUAGES).length);
      for (const one of await said.all()) {
        assert.ok(await one.isVisible());
        assert.match(await one.innerText(), /JavaScript/);
      }
      assert.equal(await said.last().getAttribute("lang"), "de");
    },
  ));

test("another language keeps the visitor's own picture", () =>
  within(open, async ({ page }) => {
    await watchStorage(page);
    await page.goto(`${site()}?device=cpu`);
    await page.locator("#bars b").first().waitFor();
    await page.locator("#file").setInputFiles(inRepository("tests/fixtures/pictures/baseline.jpg"));
    await page.locator(".picture .target", { hasText: "baseline.jpg" }).waitFor();
    await page.locator(".card[data-method=gradcam] .number").first().waitFor();
    await stored(page);
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
        await say("Approximate: 64 of 2048 channels, which hold 31 % of the layer's activation energy."),
        {
          text: "Näherung: 64 von 2.048 Kanälen, die 31 % der Aktivierungsenergie der Schicht enthalten.",
          lang: "de",
        },
      );
      assert.deepEqual(
        await say("layer3: Approximate: 64 of 1024 channels, which hold 31 % of the layer's activation energy."),
        {
          text: "layer3: Näherung: 64 von 1.024 Kanälen, die 31 % der Aktivierungsenergie der Schicht enthalten.",
          lang: "de",
        },
      );
      const merged = await page.evaluate(async () => {
        const { mapNotes } = await import(new URL("www/report/words.js", document.baseURI).href);
        const said = (/** @type {number} */ distinct) => ({
          code: "budget",
          text: `Approximate: the network was shown 32 of the layer's ${distinct} distinct feature maps, those that promised most; the scores of the others are predicted from these. The error of such a map has not been measured.`,
        });
        const results = [1373, 1458].map((n) => ({ maps: new Map([["scorecam", { notes: [said(n)], reasons: [] }]]) }));
        return mapNotes(results, () => "ScoreCAM").approximations;
      });
      assert.equal(merged.length, 1);
      assert.match(merged[0], /^ScoreCAM: Näherung: Dem Netz wurden 32 der 1\.?373 bis 1\.?458 verschiedenen Merkmale/);
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
      const more = await say(`${two} It does not depend on the classifier, so it is the same for every class.`);
      assert.match(more.text, / 0,81\)\. Sie zeigt .* gelernt hat\. Sie hängt nicht vom Klassifikator ab/);
      assert.deepEqual(await say("Something new."), { text: "Something new.", lang: "en" });
    },
  ));

test("what fails is said in German, what other programs say of it marked as English; a comma is a decimal mark", () =>
  within(
    () => open({ locale: "de" }),
    async ({ page }) => {
      await page.goto(`${site()}?device=cpu`);
      await page.locator(".card[data-method=gradcam] .number").first().waitFor();

      const banner = page.locator("#banner");
      const english = (/** @type {import("playwright-core").Locator} */ place) =>
        place.locator("[lang=en]").allInnerTexts();
      const rubbish = { name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
      await page.locator("#file").setInputFiles(rubbish);
      await banner.filter({ hasText: "Das ist kein Bild, das camscope lesen kann. Nehmen Sie JPEG, PNG" }).waitFor();
      assert.deepEqual(await english(banner), []);
      const whole = await readFile(inRepository("tests/fixtures/pictures/baseline.jpg"));
      const part = { name: "part.jpg", mimeType: "image/jpeg", buffer: whole.subarray(0, whole.length / 2) };
      await page.locator("#file").setInputFiles(part);
      await banner.filter({ hasText: "Das JPEG ist abgeschnitten." }).waitFor();
      // A PNG whose first part says nothing: what its decoder says of that is not ours.
      const bytes = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(40)]);
      await page.locator("#file").setInputFiles({ name: "odd.png", mimeType: "image/png", buffer: bytes });
      await banner.filter({ hasText: "Das Bild ist beschädigt oder unvollständig (" }).waitFor();
      const foreign = await english(banner);
      assert.equal(foreign.length, 1);
      assert.match(foreign[0], /PNG|Png/);

      await page.keyboard.press("Escape");
      await page.locator("#network > summary").click();
      const error = page.locator("#network-error");
      await page.locator("#network-file").setInputFiles(inRepository("tests/fixtures/hostile.pth"));
      await error.filter({ hasText: /Der Checkpoint nennt \w+\.system, .*nichts darin wurde ausgeführt/ }).waitFor();
      const safe = await readFile(inRepository("tests/fixtures/torchvision_tiny.safetensors"));
      /** @param {Buffer} buffer */
      const check = (buffer) =>
        page.locator("#network-file").setInputFiles({ name: "mine.safetensors", mimeType: "", buffer });
      await check(safe.subarray(0, safe.length - 1));
      await error
        .filter({ hasText: /: Sein Kopf beschreibt [\d.]+ Bytes an Werten, doch es folgen [\d.]+\. / })
        .waitFor();
      // One tensor by another name.
      await check(Buffer.from(safe.toString("latin1").replace('"layer4.0.bn2.bias"', '"layer4.0.bn2.bios"'), "latin1"));
      const missing =
        /Gelesen als ResNet aus 1, 2, 1 und 1 Bottleneck-Blöcken: layer4\.0\.bn2\.bias fehlt \(erwartet: \[\d+\]\); layer4\.0\.bn2\.bios gehört nicht dazu\. Verstanden werden nur/;
      await error.filter({ hasText: missing }).waitFor();
      assert.deepEqual(await english(error), []);

      await page.locator("#network-file").setInputFiles(inRepository("tests/fixtures/torchvision_tiny.pth"));
      await page
        .locator("#network-status", { hasText: "ResNet aus 1, 2, 1 und 1 Bottleneck-Blöcken, 7 Klassen" })
        .waitFor();
      await page.locator("#network details summary").first().click();
      await page.locator("#network-mean").fill("0,485, 0,456");
      await page.locator("#network-load").click();
      await error.filter({ hasText: "Geben Sie drei Zahlen an" }).waitFor();
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
      // The engine has taken the numbers; after its words stand the page's own.
      await error.filter({ hasText: /7 Klassen, aber es gibt 2 Klassennamen\..* Das Netz davor/ }).waitFor();
      assert.deepEqual(await english(error), []);

      await page.locator("#views a[data-view=report]").click();
      await page.locator("#report-file").setInputFiles(rubbish);
      await page.getByRole("button", { name: "Bericht erstellen" }).click();
      await page.locator(".report-failed", { hasText: "Das ist kein Bild, das camscope lesen kann." }).waitFor();
      assert.deepEqual(await english(page.locator(".report-failed")), []);
    },
  ));

test("a download that stays away is said in German", async () => {
  const shard = /00002-of-00003\.safetensors$/;
  const fault = (/** @type {{ path: string }} */ { path }) =>
    shard.test(path) ? { bytes: 2 ** 20, then: /** @type {const} */ ("end") } : null;
  const { url, close } = await serveUnreliably(fault, { hasRanges: false });
  try {
    await within(
      () => open({ locale: "de", origin: new URL(url).origin }),
      async ({ page, allow }) => {
        allow(FAILED_REQUEST);
        await page.goto(`${url}?device=cpu`);
        const text =
          /resnet50-00002-of-00003\.safetensors ist nicht zu gebrauchen: Der Download brach nach [\d.]+ von [\d.]+ Bytes ab; prüfen/;
        await page.locator("#banner", { hasText: text }).waitFor();
        assert.equal(await page.locator("#banner [lang=en]").count(), 0);
      },
    );
  } finally {
    close();
  }
});

test("a message of an error is put into German piece by piece, whatever is in it", () =>
  within(
    () => open({ locale: "de" }),
    async ({ page }) => {
      await page.goto(`${site()}?device=cpu`);
      const say = (/** @type {string} */ message) =>
        page.evaluate(async (message) => {
          const { translateError } = await import(new URL("www/translate.js", document.baseURI).href);
          return translateError(message);
        }, message);
      assert.deepEqual(await say("class 1000 does not exist: this model has classes 0 to 999"), [
        { text: "Die Klasse 1.000 gibt es nicht: Dieses Modell hat die Klassen 0 bis 999.", lang: null },
      ]);
      assert.deepEqual(await say("The GPU refused the work (Buffer is destroyed)."), [
        { text: "Die GPU hat die Arbeit verweigert (", lang: null },
        { text: "Buffer is destroyed", lang: "en" },
        { text: ").", lang: null },
      ]);
      // What a file is called is not what the sentence says.
      for (const name of ["{name}", "$&", "a. b", ""]) {
        assert.deepEqual(await say(`There is no method "${name}".`), [
          { text: `Das Verfahren „${name}“ gibt es nicht.`, lang: null },
        ]);
      }
      const damaged = "The checkpoint is damaged or incomplete: its pickle ends too early. Copy or download it again.";
      const [{ text }, ...more] = await say(damaged);
      assert.match(text, /: Sein Pickle endet zu früh\. Kopieren/);
      assert.deepEqual(more, []);
      for (const unknown of ["Something new.", "", `There is no method "${"x".repeat(1e5)}".`]) {
        assert.deepEqual(await say(unknown), [{ text: unknown, lang: "en" }]);
      }
    },
  ));
