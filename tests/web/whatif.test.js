/**
 * The view in which the picture is edited, on the CPU: what it says against the network asked apart from it about the
 * very pixels that are on screen.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { open, setUp, site, within } from "./fixture.js";
import { holdBack } from "./hold.js";

/** @import { Watched } from "./fixture.js" */

setUp();

describe("what if", () => {
  /** @type {Watched} */
  let watched;
  /** @type {Watched["page"]} */
  let page;

  before(async () => {
    watched = await open();
    page = watched.page;
    await page.goto(`${site()}?device=cpu#view=whatif`);
    await settled("Nothing has been changed");
    // Not what is tested here.
    await page.locator("body").press("Escape");
  });
  after(() => watched.done());

  /** @param {string} text that the verdict begins with, and the maps are those of it */
  const settled = async (text) => {
    await page.locator("#whatif .verdict", { hasText: text }).waitFor();
    await page.locator("#whatif .effects[aria-busy=false]").waitFor();
  };

  /** The verdict's two probabilities. */
  const verdict = async () => {
    const text = await page.locator("#whatif .verdict").innerText();
    return [...text.matchAll(/([\d.]+)\s%/g)].map(([, share]) => Number(share) / 100);
  };

  /** The probability of the class that is explained, asked apart, about a canvas of the page; and its Grad-CAM. */
  const apart = (/** @type {string} */ selector) =>
    page.evaluate(
      async ({ selector, module }) => {
        const { Explainer } = await import(module);
        const explainer = (window.apart ??= await Explainer.load({ device: "cpu" }));
        const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector(selector));
        const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
        if (!pixels) throw new Error("no canvas");
        const { logits } = await explainer.classify(pixels);
        // Egyptian cat.
        const target = 285;
        const top = Math.max(...logits);
        const sum = logits.reduce(
          (/** @type {number} */ total, /** @type {number} */ logit) => total + Math.exp(logit - top),
          0,
        );
        const map = await explainer.explain(pixels, { method: "gradcam", target });
        const { focus } = await explainer.measure(pixels, map, { metrics: ["focus"] });
        const probability = Math.exp(logits[target] - top) / sum;
        return { probability, values: Array.from(map.values), side: map.width, half: focus.halfHeat };
      },
      { selector, module: `${site()}www/camscope.js` },
    );

  const editor = "#whatif .editor canvas";

  /** How many of the pixels that the network sees are another colour than before. @param {number[]} was */
  const changed = async (was) => {
    const is = await pixels();
    let count = 0;
    for (let i = 0; i < is.length; i++) if (is[i] !== was[i]) count++;
    return count;
  };

  /** A number for each pixel of the middle square. */
  const pixels = () =>
    page.evaluate((selector) => {
      const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector(selector));
      const side = Math.round((canvas.height * 224) / 256);
      const [x, y] = [Math.round((canvas.width - side) / 2), Math.round((canvas.height - side) / 2)];
      const image = canvas.getContext("2d")?.getImageData(x, y, side, side);
      return Array.from(new Uint32Array(image?.data.buffer ?? new ArrayBuffer(0)));
    }, editor);

  test("a patch by keyboard: the verdict is the network's on the edited pixels, and so is the map", async () => {
    const untouched = await apart(editor);
    const stage = page.locator("#whatif .editor .stage");
    await stage.focus();
    for (const key of ["ArrowLeft", "ArrowUp", "+", "+"]) await page.keyboard.press(key);
    await page.keyboard.press("Enter");
    await settled("With the edit");
    const edited = await apart(editor);
    const [was, is] = await verdict();
    assert.ok(Math.abs(was - untouched.probability) <= 6e-4, `${was} ${untouched.probability}`);
    assert.ok(Math.abs(is - edited.probability) <= 6e-4, `${is} ${edited.probability}`);
    assert.notEqual(was, is);

    // Each map's own number stands under it.
    const pair = page.locator("#whatif .sides").first();
    for (const [side, { half }] of /** @type {const} */ ([
      ["before", untouched],
      ["after", edited],
    ])) {
      const text = await pair.locator(`.${side} .number`).innerText();
      const shown = Number(/^Half of the heat lies in ([\d.]+)\s%/.exec(text)?.[1]);
      assert.ok(Math.abs(shown - 100 * half) <= 0.0501, `${side}: ${text}, not ${half}`);
      const beside = await pair.locator(`.${side} .beside`).innerText();
      assert.match(beside, /^random map [\d.]+\s% · Gaussian in the middle [\d.]+\s%$/);
    }
    assert.notEqual(untouched.half.toFixed(3), edited.half.toFixed(3));
    await pair.locator(".after .number").focus();
    await pair.locator(".after [role=tooltip]").waitFor();

    // With the focus, both maps are read at the hottest place of the one that has it.
    await page.locator("#whatif .after .stage").first().focus();
    const said = await page.locator("#live").innerText();
    const peak = edited.values.indexOf(Math.max(...edited.values));
    const expected = Math.round(100 * untouched.values[peak]);
    const [, before, after] = said.match(/before: (\d+)\s%.*after: (\d+)\s%/) ?? [];
    assert.equal(Number(after), 100);
    assert.ok(Math.abs(Number(before) - expected) <= 1, `${said}, ${expected}`);
  });

  test("undo takes one step back, and the untouched picture comes back whole", async () => {
    await page.getByRole("button", { name: "Undo" }).click();
    await settled("Nothing has been changed");
    const untouched = await pixels();
    assert.equal(await page.getByRole("button", { name: "Undo" }).isDisabled(), true);
    const frame = await page.locator("#whatif .editor .stage").boundingBox();
    assert.ok(frame);
    for (const shift of [0.4, 0.6]) {
      await page.mouse.move(frame.x + shift * frame.width, frame.y + 0.45 * frame.height);
      await page.mouse.down();
      await page.mouse.move(frame.x + shift * frame.width, frame.y + 0.6 * frame.height);
      await page.mouse.up();
    }
    const two = await changed(untouched);
    await page.getByRole("button", { name: "Undo" }).click();
    const one = await changed(untouched);
    assert.ok(two > one && one > 0, `${two} ${one}`);
    await page.getByRole("button", { name: "Untouched picture" }).click();
    assert.equal(await changed(untouched), 0);
    await settled("Nothing has been changed");
  });

  /** Apply the keyboard's patch. @param {"Erase" | "Blur" | "Paint"} fill @returns {Promise<number[]>} the pixels then */
  const patch = async (fill) => {
    await page.getByRole("radio", { name: fill, exact: true }).check();
    await page.locator("#whatif .editor .stage").focus();
    await page.keyboard.press("Enter");
    await settled("With the edit");
    return pixels();
  };

  /** What the verdict says of the edit is what the network says of the canvas, and is news. */
  const isAnswered = async () => {
    const { probability } = await apart(editor);
    const [was, is] = await verdict();
    assert.ok(Math.abs(is - probability) <= 6e-4, `${is} ${probability}`);
    assert.notEqual(was, is);
  };

  /**
   * The rectangle of the middle square in which pixels differ.
   * @param {number[]} was
   * @param {number[]} is
   */
  const boxOf = (was, is) => {
    const side = Math.sqrt(was.length);
    const places = is.flatMap((value, index) => (value === was[index] ? [] : [index]));
    const [xs, ys] = [places.map((index) => index % side), places.map((index) => Math.floor(index / side))];
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
    return { left, right, top, bottom, side, changed: places.length, area: (right - left + 1) * (bottom - top + 1) };
  };

  test("Paint fills the patch with the colour that is chosen, and the network is given that", async () => {
    const untouched = await pixels();
    const colour = page.locator("#whatif .colour");
    assert.equal(await colour.isVisible(), false, "erasing needs no colour");
    await page.getByRole("radio", { name: "Paint", exact: true }).check();
    await colour.fill("#1e90ff");
    const painted = await patch("Paint");
    const { left, right, top, bottom, side } = boxOf(untouched, painted);
    // The patch's edges lie between pixels, where its colour mixes with the picture's.
    for (let y = top + 1; y < bottom; y++) {
      // As little-endian RGBA.
      for (let x = left + 1; x < right; x++) assert.equal(painted[y * side + x], 0xffff901e, `${x} ${y}`);
    }
    assert.ok(right - left > 10 && bottom - top > 10);
    await isAnswered();
    await page.getByRole("button", { name: "Untouched picture" }).click();
    await settled("Nothing has been changed");
  });

  test("Blur takes the detail out of the patch and leaves its colour, and the network is given that", async () => {
    const untouched = await pixels();
    const blurred = await patch("Blur");
    const { left, right, top, bottom, side, changed, area } = boxOf(untouched, blurred);
    assert.ok(changed > 0.9 * area, `${changed} of ${area}`);
    const green = (/** @type {number} */ pixel) => (pixel >>> 8) & 0xff;
    /** Mean, and mean step from a pixel to the next. @param {number[]} all */
    const inside = (all) => {
      let [sum, steps, count] = [0, 0, 0];
      for (let y = top + 1; y < bottom - 1; y++) {
        for (let x = left + 1; x < right - 1; x++) {
          const value = green(all[y * side + x]);
          sum += value;
          steps += Math.abs(value - green(all[y * side + x + 1]));
          count++;
        }
      }
      return { mean: sum / count, step: steps / count };
    };
    const [before, after] = [inside(untouched), inside(blurred)];
    assert.ok(after.step < before.step / 4, `${after.step} ${before.step}`);
    // Not the grey of erasing, nor a painted colour.
    assert.ok(Math.abs(after.mean - before.mean) < 15, `${after.mean} ${before.mean}`);
    await isAnswered();
    await page.getByRole("radio", { name: "Erase", exact: true }).check();
    await page.getByRole("button", { name: "Untouched picture" }).click();
    await settled("Nothing has been changed");
  });

  test("the causal check takes away as much as it says, and lists what came of it", async () => {
    const untouched = await pixels();
    for (const which of ["its hottest places", "places by chance"]) {
      await page.getByLabel("Take away").selectOption(which);
      await page.getByRole("button", { name: "Take it away" }).click();
      await page.locator("#whatif .tries li", { hasText: which }).waitFor();
      const share = (await changed(untouched)) / untouched.length;
      assert.ok(Math.abs(share - 0.2) < 0.02, `${which}: ${share}`);
      const { probability } = await apart(editor);
      const [, is] = await verdict();
      assert.ok(Math.abs(is - probability) <= 6e-4, `${is} ${probability}`);
    }
    const tries = await page.locator("#whatif .tries li").allInnerTexts();
    assert.match(tries[0], /^Grad-CAM, its hottest places, 20\s%: 76.0\s% → [\d.]+\s%$/);
    assert.equal(tries.length, 2);
  });

  test("every chosen method's map is there before and after, and an approximate one says so", async () => {
    const names = await page.locator("#whatif .pairs .after figcaption").allInnerTexts();
    assert.deepEqual(names, ["Grad-CAM, after", "AblationCAM, after", "ScoreCAM, after"]);
    const finished = page.locator("#whatif .pairs .after[aria-busy=false] canvas[aria-label^='after: ']");
    await finished.nth(2).waitFor();
    const remarks = await page.locator("#whatif .sides .hint:visible").allInnerTexts();
    assert.equal(remarks.length, 1);
    assert.match(remarks[0], /shown 64 of the layer's .* correlated with the exact ones at 0\.\d+ or better/);
    // All are read at one place.
    await page.locator("#whatif .pairs .before .stage").nth(1).hover();
    await page.waitForFunction(() => document.querySelectorAll("#whatif .pairs .reading:not([hidden])").length === 6);
  });

  test("on one scale for all, maps before and after are counted in multiples of a map's average", async () => {
    const legend = () => page.locator("#legend").innerText();
    const look = () =>
      page
        .locator("#whatif .pairs canvas")
        .evaluateAll((all) => all.map((one) => /** @type {HTMLCanvasElement} */ (one).toDataURL()));
    assert.match(await legend(), /relative evidence/);
    const own = await look();
    await page.getByRole("radio", { name: "One for all" }).check();
    await page.locator("#legend", { hasText: /times the average\s+[\d.]+×/ }).waitFor();
    await page.locator("#whatif .pairs .before .stage").first().hover();
    const readings = page.locator("#whatif .pairs .reading:visible");
    await readings.nth(5).waitFor();
    for (const text of await readings.allInnerTexts()) assert.match(text, /^[\d.]+ × its average$/);
    // All but the map with the largest value are darker now.
    const shared = await look();
    assert.ok(shared.filter((one, i) => one !== own[i]).length >= 5);
    await page.getByRole("radio", { name: "Each its own" }).check();
    await page.locator("#legend", { hasText: "relative evidence" }).waitFor();
  });
});

test("while a slow method computes, its places show the pictures and how far it is; Escape ends it, a button resumes", () =>
  within(open, async ({ page }) => {
    await holdBack(page, "scorecam");
    await page.goto(`${site()}?device=cpu#view=whatif&methods=scorecam`);
    const slow = page.locator("#whatif .sides", { hasText: "ScoreCAM, before" });
    const run = slow.locator(".run");
    /** How far what is shown is from the part of the picture that the network sees: mean over all pixels, 0…255. */
    const distances = () =>
      page.evaluate(() => {
        const edited = /** @type {HTMLCanvasElement} */ (document.querySelector("#whatif .editor canvas"));
        const side = (edited.height * 224) / 256;
        const pixels = (/** @type {HTMLCanvasElement} */ canvas, /** @type {number} */ part) => {
          const [x, y] = [(canvas.width - part) / 2, (canvas.height - part) / 2];
          const small = document.createElement("canvas");
          small.width = small.height = 112;
          small.getContext("2d")?.drawImage(canvas, x, y, part, part, 0, 0, 112, 112);
          return small.getContext("2d")?.getImageData(0, 0, 112, 112).data ?? new Uint8ClampedArray();
        };
        const picture = pixels(edited, side);
        const stages = document.querySelectorAll("#whatif .sides:last-child .stage canvas:first-child");
        return [...stages].map((one) => {
          const canvas = /** @type {HTMLCanvasElement} */ (one);
          const shown = pixels(canvas, canvas.width);
          return shown.reduce((sum, value, i) => sum + Math.abs(value - picture[i]), 0) / shown.length;
        });
      });

    await run.getByText("Computing ScoreCAM …").waitFor();
    const bare = await distances();
    assert.ok(
      bare.every((distance) => distance < 6),
      String(bare),
    );
    await run.getByText(/^before: \d+ of \d+ passes · .+ left$/).waitFor();
    assert.ok((await run.locator("progress").evaluate((bar) => /** @type {any} */ (bar).value)) > 0);
    assert.equal(await slow.locator("[aria-busy=true]").count(), 2);

    // After an edit the one place has the edited picture, the other the untouched one.
    await page.locator("#whatif .editor .stage").focus();
    await page.keyboard.press("Enter");
    await page.locator("#whatif .verdict", { hasText: "With the edit" }).waitFor();
    await run.getByText("Computing ScoreCAM …").waitFor();
    const [before, after] = await distances();
    assert.ok(after < 6 && before > after + 0.5, `${before} ${after}`);

    await page.keyboard.press("Escape");
    await run.getByText("Cancelled.").waitFor();
    assert.equal(await slow.locator("[aria-busy=true]").count(), 0);
    assert.equal(await run.locator("progress").isVisible(), false);
    await run.getByRole("button", { name: "Run ScoreCAM" }).click();
    await run.getByText("Computing ScoreCAM …").waitFor();
    await run.getByRole("button", { name: "Cancel ScoreCAM (Escape)" }).focus();
    await page.keyboard.press("Enter");
    await run.getByText("Cancelled.").waitFor();
    const focused = await page.evaluate(() => document.activeElement?.textContent);
    assert.equal(focused, "Run ScoreCAM", "the keyboard stays where it was");
  }));

test("no method is drawn twice, and what looks broken says why", () =>
  within(open, async ({ page }) => {
    const captions = page.locator("#whatif .pairs .after figcaption");
    const drawn = page.locator("#whatif .sides").first();
    const choice = page.locator("#whatif .method");
    const isSettled = page.locator("#whatif .effects[aria-busy=false]");
    await page.goto(`${site()}?device=cpu#view=whatif&layer=layer3`);
    await isSettled.waitFor();
    await choice.selectOption("hirescam");
    await drawn.locator(".hint li", { hasText: /^Dots in this map are no fault of it/ }).waitFor();
    assert.equal((await captions.allInnerTexts()).includes("Grad-CAM, after"), true, "here it has a map of its own");

    await page.goto(`${site()}?device=cpu#view=whatif&check-method=hirescam`);
    await drawn.locator(".hint li", { hasText: /^At layer4 this is Grad-CAM's map/ }).waitFor();
    assert.deepEqual(await captions.allInnerTexts(), ["HiResCAM, after", "AblationCAM, after", "ScoreCAM, after"]);
    assert.equal(await drawn.locator(".hint li").count(), 1);

    // What is of both maps is said once, what is of one with its side; an exact map has remarks, too.
    await page.goto(`${site()}?device=cpu#view=whatif&target=100`);
    const ablation = page.locator("#whatif .sides").nth(1).locator(".hint li");
    await ablation.filter({ hasText: /^The target's score is negative \(-2\.78\)/ }).waitFor();
    assert.equal(await ablation.count(), 1);
    await page.getByRole("button", { name: "Take it away" }).click();
    await ablation.filter({ hasText: /^after: The target's score is negative/ }).waitFor();
    await ablation.filter({ hasText: /^before: The target's score is negative \(-2\.78\)/ }).waitFor();
    await page.keyboard.press("Escape");
  }));
