/**
 * The object that the visitor marks, on the CPU: the shares inside, worked out apart from the engine from the map's own
 * values; and how long a mark stays.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { open, openLab, setUp, site } from "./fixture.js";

/** @import { Watched } from "./fixture.js" */

setUp();

describe("marking the object", () => {
  /** @type {Watched} */
  let watched;
  /** @type {Watched["page"]} */
  let page;
  /** @type {{ values: number[], side: number, crop: { x: number, y: number, width: number, height: number } }} */
  let apart;

  before(async () => {
    const other = await openLab();
    apart = await other.page.evaluate(async () => {
      await lab.load({ device: "cpu" });
      const image = await lab.sample("chelsea.png");
      const { crop } = await lab.explainer.classify(image);
      const { values, width } = await lab.explainer.explain(image, { method: "gradcam" });
      return { values: Array.from(values), side: width, crop };
    });
    await other.done();
    watched = await open();
    page = watched.page;
    await page.goto(`${site()}?device=cpu`);
    await inside("gradcam").or(page.locator(".card[data-method=gradcam] .number").first()).first().waitFor();
    await page.getByRole("button", { name: "Mark the object" }).click();
  });
  after(() => watched.done());

  /** @param {string} method */
  const inside = (method) =>
    page.locator(`.card[data-method=${method}] .number`, { hasText: "inside the mark, which" });

  /** What the card says: the heat's share inside, and the frame's. */
  const said = async () => {
    const text = await inside("gradcam").innerText();
    return [...text.matchAll(/([\d.]+)\s%/g)].map(([, share]) => Number(share) / 100);
  };

  /**
   * The shares by hand: of the heat, and of the pixels whose centre is in the box, which is in the picture's pixels.
   * @param {{ x: number, y: number, width: number, height: number }} box
   */
  const shares = ({ x, y, width, height }) => {
    const { values, side, crop } = apart;
    let [heat, within, count] = [0, 0, 0];
    values.forEach((value, index) => {
      const px = crop.x + (((index % side) + 0.5) * crop.width) / side;
      const py = crop.y + ((Math.floor(index / side) + 0.5) * crop.height) / side;
      heat += value;
      if (px < x || px >= x + width || py < y || py >= y + height) return;
      within += value;
      count++;
    });
    return [within / heat, count / values.length];
  };

  /** @param {number[]} found @param {number[]} expected @param {number} tolerance */
  const agree = (found, expected, tolerance) =>
    found.forEach((share, index) => assert.ok(Math.abs(share - expected[index]) <= tolerance, `${found} ${expected}`));

  /** Where a place of the picture is on the screen. */
  const onScreen = async (/** @type {number} */ x, /** @type {number} */ y) => {
    const stage = page.locator(".card.picture .stage");
    await stage.scrollIntoViewIfNeeded();
    const frame = await stage.boundingBox();
    assert.ok(frame);
    // 451 × 300 in a square, whole.
    const scale = frame.width / 451;
    return { x: frame.x + x * scale, y: frame.y + (frame.height - 300 * scale) / 2 + y * scale };
  };

  /** @param {[number, number]} from @param {[number, number]} to */
  const drag = async (from, to) => {
    const [start, end] = [await onScreen(...from), await onScreen(...to)];
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2);
    await page.mouse.move(end.x, end.y);
    await page.mouse.up();
  };

  test("a box given in numbers: the heat's share inside beside the frame's, as summed by hand", async () => {
    for (const [name, value] of [
      ["Left", "30"],
      ["Top", "10"],
      ["Width", "40"],
      ["Height", "50"],
    ]) {
      await page.getByLabel(name, { exact: true }).fill(value);
    }
    await page.getByLabel("Height", { exact: true }).press("Tab");
    await inside("gradcam").waitFor();
    const box = { x: 0.3 * 451, y: 0.1 * 300, width: 0.4 * 451, height: 0.5 * 300 };
    agree(await said(), shares(box), 1e-3);
    const peak = apart.values.indexOf(Math.max(...apart.values));
    const { side, crop } = apart;
    const px = crop.x + (((peak % side) + 0.5) * crop.width) / side;
    const py = crop.y + ((Math.floor(peak / side) + 0.5) * crop.height) / side;
    const isInside = px > box.x && px < box.x + box.width && py > box.y && py < box.y + box.height;
    const text = await page.locator(".card[data-method=gradcam] .numbers").innerText();
    assert.match(text, isInside ? /peak is inside/ : /peak is outside/);
    // The Gaussian's is in the middle of the square that the network sees, which the box holds.
    const beside = /random map (inside|outside) · Gaussian in the middle inside/;
    await page.locator(".card[data-method=gradcam] .beside", { hasText: beside }).waitFor();
  });

  test("a box that is dragged", async () => {
    const before = await said();
    await drag([150, 60], [320, 220]);
    await page.waitForFunction(
      (text) => {
        const found = document.querySelector(".card[data-method=gradcam] .numbers")?.textContent;
        return found?.includes("inside the mark, which") && !found.includes(text);
      },
      `${(100 * before[0]).toFixed(1)}\u00a0% of the heat`,
    );
    // A pixel of the screen is more than one of the picture.
    agree(await said(), shares({ x: 150, y: 60, width: 170, height: 160 }), 0.02);
    assert.equal(await page.getByLabel("Left", { exact: true }).inputValue(), "33");
  });

  test("a brushed area replaces the box", async () => {
    await page.getByRole("radio", { name: "Brush" }).check();
    await drag([160, 150], [280, 150]);
    await page.waitForFunction(() => {
      const text = document.querySelector(".card[data-method=gradcam] .numbers")?.textContent ?? "";
      return /covers \d\.\d/.test(text);
    });
    // A line with round ends, whose thickness is 7 % of the longer side.
    const thickness = 0.07 * 451;
    const area = (120 * thickness + Math.PI * (thickness / 2) ** 2) / (apart.crop.width * apart.crop.height);
    const [, covered] = await said();
    assert.ok(Math.abs(covered - area) <= 0.15 * area, `${covered} ${area}`);
    assert.equal(await page.getByLabel("Left", { exact: true }).inputValue(), "");
  });

  test("the mark stays with its picture until it is cleared", async () => {
    const text = await inside("gradcam").innerText();
    await page.getByRole("button", { name: "Explain the sample: Espresso" }).click();
    await page.locator(".card[data-method=gradcam] .number", { hasText: "espresso" }).waitFor();
    assert.equal(await inside("gradcam").count(), 0);
    await page.getByRole("button", { name: "Explain the sample: Cat" }).click();
    await inside("gradcam").waitFor();
    assert.equal(await inside("gradcam").innerText(), text);
    await page.getByRole("button", { name: "Clear the mark" }).click();
    await inside("gradcam").waitFor({ state: "detached" });
    assert.ok((await page.locator(".card[data-method=gradcam] .number").count()) > 0, "the other numbers stay");
  });
});
