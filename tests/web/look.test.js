/**
 * How maps are looked at and asked for, on the CPU: what the page reads off a map at a place, on either scale, with what
 * speaks against the class, of a contrast, of fused layers, smoothed; each against the module's own map at that place.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { open, openLab, setUp, site } from "./fixture.js";

/** @import { Watched } from "./fixture.js" */
/** @import { ExplainOptions } from "../../www/camscope.d.ts" */

setUp();

const METHODS = ["gradcam", "ablationcam"];
/** Shares of the frame. @type {[number, number][]} */
const PLACES = [
  [0.31, 0.62],
  [0.55, 0.4],
  [0.8, 0.15],
];
const [CAT, TIGER] = [285, 282];

describe("looking at maps", () => {
  /** @type {Watched} */
  let watched;
  /** @type {Watched} */
  let apart;
  /** @type {Watched["page"]} */
  let page;

  before(async () => {
    watched = await open();
    page = watched.page;
    await page.goto(`${site()}?device=cpu`);
    await page.locator(".card[data-method=scorecam] .run").waitFor();
    // Two methods are enough here.
    await page.keyboard.press("Escape");
    apart = await openLab();
    await apart.page.evaluate(() => lab.load({ device: "cpu" }));
  });
  after(async () => {
    await apart.done();
    await watched.done();
  });

  /** @param {string} method */
  const card = (method) => page.locator(`.card[data-method=${method}]`);

  /** What Grad-CAM's card says its map is for. */
  const target = () => card("gradcam").locator(".target").innerText();

  /** The map of the latest setting is there. @param {string} method */
  const settled = async (method) => {
    await page.locator(`.card[data-method=${method}][aria-busy=false] .target`, { hasText: "for " }).waitFor();
    await page.keyboard.press("Escape");
  };

  /**
   * The module's own map at the places: final, signed, and as multiples of the average of either's absolute values.
   * @param {ExplainOptions} options
   */
  const own = (options) =>
    apart.page.evaluate(
      async ({ options, places }) => {
        const map = await lab.explainer.explain(await lab.sample("chelsea.png"), options);
        const read = (/** @type {{ width: number, height: number, values: Float32Array }} */ one) => {
          const mean = one.values.reduce((sum, value) => sum + Math.abs(value), 0) / one.values.length;
          const at = places.map(
            ([x, y]) => one.values[Math.floor(y * one.height) * one.width + Math.floor(x * one.width)],
          );
          return { at, times: at.map((value) => value / mean), top: Math.max(...one.values) / mean };
        };
        return { final: read(map), signed: read(map.signed) };
      },
      { options, places: PLACES },
    );

  /**
   * What a card says while the pointer is at each of the places of another.
   * @param {string} over
   * @param {string} method
   */
  const read = async (over, method) => {
    const stage = card(over).locator(".stage");
    await stage.scrollIntoViewIfNeeded();
    const texts = [];
    for (const [x, y] of PLACES) {
      const box = await stage.boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
      texts.push(await card(method).locator(".reading").innerText());
    }
    await page.mouse.move(0, 0);
    return texts;
  };

  /**
   * A pointer's place is a pixel or so off, and what is said is rounded.
   * @param {string[]} texts
   * @param {RegExp} pattern
   * @param {number[]} expected
   * @param {number} tolerance
   */
  const agree = (texts, pattern, expected, tolerance) =>
    texts.forEach((text, index) => {
      const [, number, side] = pattern.exec(text.replace("\u2212", "-")) ?? [];
      const value = /neither/.test(text) ? 0 : Number(number) * (side === "against" ? -1 : 1);
      assert.ok(Math.abs(value - expected[index]) <= tolerance, `${text} at ${PLACES[index]}, not ${expected[index]}`);
    });

  const OWN = /^(-?\d+)\s% of its maximum$/;
  const TIMES = /^(-?[\d.]+) × its average$/;
  const SIGNED = /^(\d+)\s% (for|against)$/;

  const percent = (/** @type {number[]} */ values) => values.map((value) => 100 * value);

  test("the pointer over one map reads the same place in every map", async () => {
    await settled("ablationcam");
    for (const method of METHODS) {
      const { final } = await own({ method, target: CAT });
      for (const over of METHODS) agree(await read(over, method), OWN, percent(final.at), 3);
    }
    assert.equal(await card("gradcam").locator(".reading").isVisible(), false, "away from the maps nothing is read");
  });

  test("one scale for all counts in multiples of a map's average, and the legend ends with the largest", async () => {
    const maps = await Promise.all(METHODS.map((method) => own({ method, target: CAT })));
    assert.match(await page.locator("#legend").innerText(), /none\s+relative evidence\s+most/);
    await page.getByRole("radio", { name: "One for all" }).check();
    const top = Math.max(...maps.map(({ final }) => final.top));
    assert.match(
      await page.locator("#legend").innerText(),
      new RegExp(`^0\\s+times the average\\s+${top.toFixed(1)}×`),
    );
    for (const [index, method] of METHODS.entries()) {
      agree(await read("gradcam", method), TIMES, maps[index].final.times, 0.15);
    }
    await page.getByRole("radio", { name: "Each its own" }).check();
    agree(await read("gradcam", "gradcam"), OWN, percent(maps[0].final.at), 3);
  });

  test("for and against: two colours, and what speaks against the class is read as such", async () => {
    await page.getByRole("radio", { name: "For and against" }).check();
    assert.match(await page.locator("#legend").innerText(), /against\s+neither\s+for/);
    for (const method of METHODS) {
      const { signed } = await own({ method, target: CAT });
      agree(await read("ablationcam", method), SIGNED, percent(signed.at), 4);
      const label = await page.locator(`.card[data-method=${method}] canvas[role=img]`).getAttribute("aria-label");
      assert.match(label ?? "", /speaks? against it/);
    }
    await page.getByRole("radio", { name: "For", exact: true }).check();
  });

  test("one class rather than another: the legend names both sides, and the map is the contrast's", async () => {
    await page.locator(".more-how > summary").click();
    await page.getByRole("radio", { name: "This rather than that" }).check();
    await settled("ablationcam");
    assert.match(await page.locator("#legend").innerText(), /for tiger cat\s+neither\s+for Egyptian cat/);
    assert.equal(await target(), "for Egyptian cat rather than tiger cat");
    assert.equal(await page.getByRole("radio", { name: "For and against" }).isChecked(), true);
    const { signed } = await own({ method: "gradcam", target: { class: CAT, over: TIGER } });
    assert.ok(signed.at.some((value) => value < -0.05) || signed.at.some((value) => value > 0.05));
    agree(await read("gradcam", "gradcam"), SIGNED, percent(signed.at), 4);
    assert.match(page.url(), /target=285-282/);
    await page.getByRole("radio", { name: "For", exact: true }).check();
  });

  test("several classes together, and a class against the nearest", async () => {
    await page.getByRole("radio", { name: "Several together" }).check();
    await settled("ablationcam");
    agree(
      await read("gradcam", "gradcam"),
      OWN,
      percent((await own({ method: "gradcam", target: [CAT, TIGER] })).final.at),
      3,
    );
    await page.getByRole("radio", { name: "This, not the nearest" }).check();
    await settled("ablationcam");
    const contrast = await own({ method: "gradcam", target: { class: CAT, contrastive: true } });
    agree(await read("gradcam", "gradcam"), OWN, percent(contrast.final.at), 3);
    assert.equal(await target(), "for Egyptian cat, not the nearest 3");
    await page.getByRole("radio", { name: "One class" }).check();
    await settled("ablationcam");
    assert.equal(await target(), "for Egyptian cat");
  });

  test("the scrubber goes from layer to layer, and the map follows", async () => {
    await page.locator("#scrubber").focus();
    for (const layer of ["layer3", "layer2"]) {
      await page.keyboard.press("ArrowLeft");
      await settled("gradcam");
      const { final } = await own({ method: "gradcam", layer, target: CAT });
      agree(await read("gradcam", "gradcam"), OWN, percent(final.at), 4);
    }
  });

  test("several layers are fused by mean, maximum or product", async () => {
    await page.getByRole("checkbox", { name: "Fuse several layers" }).check();
    await settled("gradcam");
    const layer = ["layer3", "layer4"];
    for (const [fusion, name] of /** @type {["mean" | "max" | "product", string][]} */ ([
      ["mean", "Mean"],
      ["max", "Maximum"],
      ["product", "Product"],
    ])) {
      await page.locator("#fusion").selectOption(name);
      await settled("gradcam");
      const { final } = await own({ method: "gradcam", layer, fusion, target: CAT });
      agree(await read("gradcam", "gradcam"), OWN, percent(final.at), 4);
    }
    await page.getByRole("checkbox", { name: "Fuse several layers" }).uncheck();
    await page.getByRole("radio", { name: /layer4/ }).check();
    await settled("ablationcam");
  });

  test("smoothing is the reference's, and reference mode says what an eigen map may be", async () => {
    for (const [name, smoothing] of /** @type {[string, "eigen" | "aug"][]} */ ([
      ["Eigen", "eigen"],
      ["Augmentation", "aug"],
    ])) {
      await page.getByRole("checkbox", { name, exact: true }).check();
      await settled("gradcam");
      const { final } = await own({ method: "gradcam", smoothing: [smoothing], target: CAT });
      agree(await read("gradcam", "gradcam"), OWN, percent(final.at), 4);
      await page.getByRole("checkbox", { name, exact: true }).uncheck();
    }
    await page.locator("#methods summary").click();
    await page.locator("#methods input[value=eigencam]").check();
    await settled("eigencam");
    const flipped = card("eigencam").locator(".remarks li", { hasText: "may be flipped" });
    assert.equal(await flipped.count(), 0);
    await page.getByRole("checkbox", { name: "As pytorch-grad-cam does" }).check();
    await settled("eigencam");
    await flipped.waitFor();
    // Smoothing makes a component of any map that is a sum over channels.
    const smoothed = card("ablationcam").locator(".remarks li", { hasText: "may be flipped" });
    assert.equal(await smoothed.count(), 0);
    await page.getByRole("checkbox", { name: "Eigen", exact: true }).check();
    await settled("ablationcam");
    await smoothed.waitFor();
  });
});
