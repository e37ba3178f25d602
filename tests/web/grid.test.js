/**
 * The view that shows methods × layers × classes as a grid, on the CPU: its maps against the module's own, what is shared,
 * what waits, and what a link keeps.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ResultCache } from "../../www/plan.js";
import { open, openLab, setUp, settingsOf, site, within } from "./fixture.js";

/** @import { Watched } from "./fixture.js" */
/** @import { Explanation } from "../../www/camscope.d.ts" */

setUp();

describe("the grid", () => {
  /** @type {Watched} */
  let watched;
  /** @type {Watched["page"]} */
  let page;

  before(async () => {
    watched = await open();
    page = watched.page;
    await page.addInitScript(() => {
      window.sent = [];
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any} */ transfer) {
        window.sent?.push(message);
        return postMessage.call(this, message, transfer);
      };
    });
    await page.goto(`${site()}?device=cpu#view=grid`);
  });
  after(() => watched.done());

  const state = () => page.locator("#map-grid .state");

  /** @param {string} text */
  const settled = (text) => state().filter({ hasText: text }).waitFor();

  /** @param {string} method @param {string} layer @param {number} index */
  const cell = (method, layer, index) =>
    page.locator(`#map-grid td[data-method=${method}][data-layer=${layer}][data-class="${index}"]`);

  /** @param {string} name */
  const tick = (name) => page.locator("#map-grid").getByRole("checkbox", { name, exact: true });

  /** How focused each map is, which is measured last of all. */
  const measured = () =>
    page.waitForFunction(() => document.querySelectorAll("#map-grid .number:not(:empty)").length === 15);

  /** How many maps the page has asked the worker for. */
  const asked = () => page.evaluate(() => window.sent?.filter(({ action }) => action === "explain").length ?? 0);

  test("three methods at three layers for the two likeliest classes, each gradient computed once", async () => {
    await settled("15 of 15 maps ready");
    assert.deepEqual(await page.locator("#map-grid thead th").allInnerTexts(), [
      "Method",
      "layer2",
      "layer3",
      "layer4",
    ]);
    assert.deepEqual(await page.locator("#map-grid tbody th[scope=row]").allInnerTexts(), [
      ...["Grad-CAM", "LayerCAM", "Eigen-CAM"],
      ...["Grad-CAM", "LayerCAM", "Eigen-CAM"],
    ]);
    assert.match(
      (await page.locator("#map-grid .class").allInnerTexts()).join("|"),
      /^Egyptian cat, 76\.0.%\|tiger cat,/,
    );
    assert.equal(await page.locator("#map-grid canvas[role=img]").count(), 15);
    // Behind layer4 none is needed; at two layers for two classes a backward pass each, whatever the methods.
    assert.match(await state().innerText(), /Computed with 4 passes/);
    assert.equal(await asked(), 15);
  });

  test("a map that does not depend on the class is drawn once, and dots have their reason, once for all", async () => {
    for (const layer of ["layer2", "layer3", "layer4"]) {
      assert.match(await cell("eigencam", layer, 282).innerText(), /^as above/);
      assert.equal(await cell("eigencam", layer, 285).locator("canvas").first().isVisible(), true);
    }
    const notes = await page.locator("#map-grid .remarks li").allInnerTexts();
    assert.equal(notes.filter((text) => /every second row and column/.test(text)).length, 1);
    const dots = 1 + notes.findIndex((text) => /every second row and column/.test(text));
    for (const [method, layer, has] of /** @type {[string, string, boolean][]} */ ([
      ["layercam", "layer2", true],
      ["layercam", "layer3", true],
      ["layercam", "layer4", false],
      ["gradcam", "layer2", false],
    ])) {
      const marks = await cell(method, layer, 285).locator("sup span[aria-hidden]").allInnerTexts();
      assert.equal(marks.includes(String(dots)), has, `${method} ${layer}`);
    }
  });

  test("all maps are read at one place, and say what the module's maps have there", async () => {
    // What the grid says at its end is said before what is read.
    await measured();
    await cell("layercam", "layer3", 282).locator(".stage").focus();
    await page.keyboard.press("Home");
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowDown");
    const readings = page.locator("#map-grid .reading:not([hidden])");
    assert.equal(await readings.count(), 15);
    const said = [];
    for (const [method, layer, index] of /** @type {[string, string, number][]} */ ([
      ["layercam", "layer3", 282],
      ["gradcam", "layer2", 285],
      ["eigencam", "layer4", 285],
      ["gradcam", "layer4", 282],
    ])) {
      said.push({
        method,
        layer,
        target: index,
        text: await cell(method, layer, index).locator(".reading").innerText(),
      });
    }
    const other = await openLab();
    const expected = await other.page.evaluate(async (cells) => {
      await lab.load({ device: "cpu" });
      const image = await lab.sample("chelsea.png");
      const maps = [];
      for (const { method, layer, target } of cells) maps.push(await lab.explain(image, { method, layer, target }));
      const [{ values, width, height }] = maps;
      const peak = values.indexOf(Math.max(...values));
      const x = ((peak % width) + 0.5) / width;
      const y = Math.min(1, (Math.floor(peak / width) + 0.5) / height + 4 / 28);
      const at = Math.min(height - 1, Math.floor(y * height)) * width + Math.floor(x * width);
      return maps.map((map) => map.values[at]);
    }, said);
    await other.done();
    said.forEach(({ text }, index) => {
      const share = Number(/^(\d+)\s%/.exec(text)?.[1]);
      assert.ok(Math.abs(share - 100 * expected[index]) <= 0.51, `${text}, not ${expected[index]}`);
    });
    assert.match(await page.locator("#live").innerText(), /^LayerCAM at layer3 for tiger cat: \d+\s%/);
  });

  test("under each map stands how focused it is, as the module measures it; hover and focus say what that means", async () => {
    const number = (/** @type {[string, string, number]} */ [method, layer, index]) =>
      cell(method, layer, index).locator(".number");
    /** @type {[string, string, number][]} */
    const cells = [
      ["layercam", "layer2", 285],
      ["gradcam", "layer3", 282],
      ["eigencam", "layer4", 285],
    ];
    await measured();
    const other = await openLab();
    const expected = await other.page.evaluate(async (cells) => {
      await lab.load({ device: "cpu" });
      const image = await lab.sample("chelsea.png");
      const found = [];
      for (const [method, layer, target] of cells) {
        const map = await lab.explainer.explain(image, { method, layer, target });
        found.push((await lab.explainer.measure(image, map, { metrics: ["focus"] })).focus);
      }
      for (const kind of /** @type {const} */ (["random", "gaussian"])) {
        const map = await lab.explainer.baseline(kind, { width: 224, height: 224 });
        found.push((await lab.explainer.measure(image, map, { metrics: ["focus"] })).focus);
      }
      return found;
    }, cells);
    await other.done();
    const controls = expected.splice(cells.length);
    assert.equal(new Set(expected.map(({ halfHeat }) => halfHeat.toFixed(3))).size, cells.length);

    const tip = page.getByRole("tooltip");
    /** What is written of the map, and what is said of it. @param {string} text @param {number} share */
    const has = (text, share) => {
      const shown = Number(/([\d.]+)\s%/.exec(text)?.[1]);
      assert.ok(Math.abs(shown - 100 * share) <= 0.0501, `${text}, not ${share}`);
    };
    for (const [index, { halfHeat, aboveHalf, effectiveArea, gini }] of expected.entries()) {
      has(await number(cells[index]).innerText(), halfHeat);
      has(
        (
          await cell(...cells[index])
            .locator("canvas")
            .first()
            .getAttribute("aria-label")
        )?.match(/Half of.*/)?.[0] ?? "",
        halfHeat,
      );
      await number(cells[index]).hover();
      const said = await tip.filter({ visible: true }).innerText();
      has(said, halfHeat);
      has(said.match(/random map \S+\s%/)?.[0] ?? "", controls[0].halfHeat);
      has(said.match(/Gaussian in the middle \S+\s%/)?.[0] ?? "", controls[1].halfHeat);
      has(said.match(/\S+\s% of the picture is hotter/)?.[0] ?? "", aboveHalf);
      has(said.match(/effective area.*?is (\S+\s%)/)?.[0] ?? "", effectiveArea);
      assert.ok(Math.abs(Number(said.match(/Gini coefficient is ([\d.]+):/)?.[1]) - gini) <= 5.1e-4, said);
      // It can be pointed at itself.
      await tip.filter({ visible: true }).hover();
      assert.equal(await tip.filter({ visible: true }).count(), 1);
    }
    await page.locator("#map-grid .state").hover();
    await tip.waitFor({ state: "hidden" });

    // By keyboard it comes with the map's own focus, and goes when the map is read or Escape is pressed.
    await cell(...cells[0])
      .locator(".stage")
      .focus();
    const next = page.locator("#map-grid td:focus-within");
    for (const key of ["ArrowDown", "Escape"]) {
      await page.keyboard.press("Tab");
      await next.getByRole("tooltip").waitFor();
      await page.keyboard.press(key);
      await tip.waitFor({ state: "hidden" });
    }
    assert.equal(await page.locator("#map-grid td [tabindex], #map-grid td button").count(), 15, "no more stops");

    // The keyboard's words stay where the page scrolls under a pointer that rests on the table.
    await cell(...cells[0])
      .locator("canvas")
      .first()
      .hover();
    await cell(...cells[0])
      .locator(".stage")
      .focus();
    const top = await page.evaluate(() => {
      const table = /** @type {HTMLElement} */ (document.querySelector("#map-grid table"));
      table.addEventListener("mouseover", () => (table.dataset.overtaken = ""), { once: true });
      return window.scrollY;
    });
    for (let tabs = 0; (await page.evaluate(() => window.scrollY)) === top; tabs++) {
      assert.ok(tabs < 15, "never scrolled");
      await page.keyboard.press("Tab");
    }
    await page.locator("#map-grid table[data-overtaken]").waitFor();
    assert.equal(await next.getByRole("tooltip").isVisible(), true);
  });

  test("another look, another view and back: nothing is computed again", async () => {
    const before = await asked();
    const picture = () =>
      cell("gradcam", "layer3", 285)
        .locator("canvas")
        .first()
        .evaluate((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());
    const drawn = await picture();
    await page.locator("#palette").selectOption({ index: 1 });
    assert.notEqual(await picture(), drawn);
    await page.getByRole("radio", { name: "One for all" }).check();
    assert.match(await page.locator("#legend").innerText(), /times the average/);
    await page.getByRole("radio", { name: "Each its own" }).check();
    await page.locator("#views a", { hasText: "Report" }).click();
    await page.locator("#views a", { hasText: "Grid" }).click();
    await settled("15 of 15 maps ready");
    assert.equal(await asked(), before);
  });

  test("methods that are one at the last layer are not drawn twice; new cells alone are computed", async () => {
    const before = await asked();
    await tick("HiResCAM").check();
    await settled("19 of 19 maps ready");
    assert.match(await cell("hirescam", "layer4", 285).innerText(), /^= Grad-CAM/);
    const notes = await page.locator("#map-grid .remarks").innerText();
    assert.match(notes, /At layer4 this is Grad-CAM's map, by mathematics/);
    assert.equal(await asked(), before + 4);
    // Their gradients were there.
    const passes = Number(/Computed with (\d+) pass/.exec(await state().innerText())?.[1]);
    assert.equal(passes, 4);
  });

  test("the grid is in the link, and a link restores it; what there is not is ignored", async () => {
    for (const name of ["layer2", "stem"]) await tick(name).setChecked(name === "stem");
    await tick("Eigen-CAM").uncheck();
    await page.locator("#grid-search").fill("espresso");
    await page.locator("#grid-search-list [role=option]", { hasText: "espresso", hasNotText: "maker" }).click();
    await page.locator('#map-grid .tag[data-class="282"]').click();
    const { palette, ...set } = await settingsOf(page);
    assert.ok(palette);
    assert.deepEqual(set, {
      view: "grid",
      "grid-methods": "gradcam.hirescam.layercam",
      "grid-layers": "stem.layer3.layer4",
      "grid-classes": "285.967",
    });
    await settled("16 of 16 maps ready");
    const shown = () => page.locator("#map-grid td").evaluateAll((all) => all.map((td) => JSON.stringify(td.dataset)));
    const cells = await shown();
    assert.equal(cells.length, 18);
    await page.reload();
    await settled("16 of 16 maps ready");
    assert.deepEqual(await shown(), cells);
    await page.goto(
      `${site()}?device=cpu#view=grid&grid-methods=x.gradcam&grid-layers=../..&grid-classes=-1.1e9.99999`,
    );
    await settled("6 of 6 maps ready");
    assert.equal(await page.getByRole("alert").isVisible(), false);
  });

  test("a grid that would be too large says so, and an empty one what it needs", async () => {
    await page.goto(`${site()}?device=cpu#view=grid&grid-methods=gradcam&grid-layers=layer4`);
    await settled("2 of 2 maps ready");
    await tick("Grad-CAM").uncheck();
    await settled("Choose at least one method, layer and class.");
    await tick("Grad-CAM").check();
    await settled("2 of 2 maps ready");
    const all = await page
      .locator("#map-grid .grid-methods input")
      .evaluateAll((boxes) => boxes.map((box) => /** @type {HTMLInputElement} */ (box).value).join("."));
    const classes = Array.from({ length: 13 }, (_, index) => index).join(".");
    await page.goto(`${site()}?device=cpu#view=grid&grid-methods=${all}&grid-layers=layer4&grid-classes=${classes}`);
    // Eigen-CAM's and the control's are the same for every class, and four methods draw another's map at layer4.
    const own = all.split(".").length - 2 - 4;
    await settled(`${own * 13 + 2} maps are more than a grid holds (128)`);
    assert.equal(await page.locator("#map-grid canvas").count(), 0);
  });

  test("maps that take long wait to be asked for, with their cost; they can be cancelled", async () => {
    await page.goto(`${site()}?device=cpu#view=grid&grid-methods=gradcam.scorecam&grid-layers=layer4&grid-classes=285`);
    await settled("1 of 2 maps ready");
    const start = page.locator("#map-grid .start");
    assert.match(await start.innerText(), /^Run the 1 long map \(about \d/);
    assert.match(await state().innerText(), /The rest: about \d/);
    assert.match(await cell("scorecam", "layer4", 285).innerText(), /waits/);
    await start.click();
    // It fills in.
    await cell("scorecam", "layer4", 285)
      .locator(".facts", { hasText: /\d+ of \d+/ })
      .waitFor();
    await page.locator("#map-grid .run .cancel").click();
    await page.locator("#map-grid .run").waitFor({ state: "hidden" });
    assert.match(await cell("scorecam", "layer4", 285).innerText(), /waits/);
    assert.match(await state().innerText(), /1 of 2 maps ready/);
    assert.equal(await start.isVisible(), true);
  });

  test("what an exact map takes is what Explain says of it: AblationCAM's channels are changes, not whole passes", async () => {
    await page.goto(`${site()}?device=cpu#view=grid&grid-methods=ablationcam&grid-layers=layer3&grid-classes=285`);
    await settled("0 of 1 map ready");
    await page.locator("#map-grid .start").click();
    // At a whole pass for each channel some of them would have to do.
    await cell("ablationcam", "layer3", 285)
      .locator(".facts", { hasText: /\d+ of 1,0\d\d/ })
      .waitFor();
    await page.locator("#map-grid .run .cancel").click();
    await page.locator("#map-grid .run").waitFor({ state: "hidden" });
  });

  test("it fits a narrow window without scrolling the page sideways", async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    await page.goto(`${site()}?device=cpu#view=grid`);
    await settled("15 of 15 maps ready");
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wider <= 0, `${wider} px too wide`);
  });
});

test("a phone's grid has as many maps as a phone keeps, and all of them are drawn", () =>
  within(
    () => open({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }),
    async ({ page }) => {
      // Chromium says how much memory there is; a phone's does too.
      await page.addInitScript(() => Object.defineProperty(navigator, "deviceMemory", { value: 2 }));
      const state = (/** @type {string} */ text) => page.locator("#map-grid .state", { hasText: text }).waitFor();
      const methods = "gradcam.gradcampp.layercam.eigengradcam";
      const classes = (/** @type {number} */ count) =>
        Array.from({ length: count }, (_, index) => 285 - index).join(".");
      // The first of them is the first that was computed at all, and must not give way to the last.
      await page.goto(`${site()}?device=cpu`);
      await page.locator(".card[data-method=ablationcam][aria-busy=false] .target", { hasText: "for" }).waitFor();
      const link = (/** @type {string} */ methods, /** @type {number} */ count) =>
        page.evaluate(
          (hash) => (location.hash = hash),
          `view=grid&grid-methods=${methods}&grid-layers=layer4&grid-classes=${classes(count)}`,
        );
      await link(methods, 12);
      await state("48 of 48 maps ready");
      assert.equal(await page.locator("#map-grid td .state", { hasText: "waits" }).count(), 0);
      await link(methods, 13);
      await state("52 maps are more than a grid holds (48)");
      // Cells that have another's map are none of them.
      await link("gradcam.hirescam.xgradcam.cam", 13);
      await state("13 of 13 maps ready; 39 cells have another's map");
    },
  ));

test("an explanation that answers two ways of asking is kept once, and what was asked for last stays", () => {
  const cache = new ResultCache();
  const blob = new Blob();
  const one = /** @type {Explanation} */ ({});
  for (let i = 0; i < 128; i++) cache.set(blob, `${i} of all`, one, `${i} of some`);
  for (let i = 0; i < 128; i++) {
    assert.equal(cache.get(blob, `${i} of some`), one, `${i}`);
    assert.equal(cache.get(blob, `${i} of all`), one, `${i}`);
  }
  assert.equal(cache.get(blob, "0 of some"), one);
  cache.set(blob, "another", one);
  assert.equal(cache.get(blob, "0 of all"), one);
  assert.equal(cache.get(blob, "1 of all"), undefined);
  assert.equal(cache.get(blob, "1 of some"), undefined);
});
