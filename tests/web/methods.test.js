/**
 * The methods beside the three main ones, on the CPU.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { budgetFor } from "../../www/plan.js";
import { methodPages as pages } from "../../www/strings.js";
import { open, openLab, setUp, site, within } from "./fixture.js";
import { holdBack } from "./hold.js";

/** @import { Page } from "playwright-core" */
/** @import { Watched } from "./fixture.js" */
/** @import { ExplainOptions } from "../../www/camscope.d.ts" */

setUp();

const MAIN = ["gradcam", "ablationcam", "scorecam"];
const OTHERS = [
  "gradcampp",
  "hirescam",
  "gradcamelementwise",
  "xgradcam",
  "layercam",
  "eigencam",
  "eigengradcam",
  "randomcam",
];

/** @param {string} method */
const card = (method) => `.card[data-method=${method}]`;

/**
 * @param {Page} page
 * @param {string} method
 */
const box = (page, method) => page.locator(`#methods input[value=${method}]`);

/**
 * @param {Page} page
 * @param {string} method
 * @param {string} label
 */
const drawn = (page, method, label) =>
  page.locator(`${card(method)}[aria-busy=false] .target`, { hasText: label }).waitFor();

/** @param {Page} page */
const methodsShown = (page) =>
  page.$$eval(".card[data-method]", (cards) => cards.map((one) => /** @type {HTMLElement} */ (one).dataset.method));

describe("more methods", () => {
  /** @type {Watched} */
  let watched;
  /** @type {Page} */
  let page;

  before(async () => {
    watched = await open();
    page = watched.page;
    await holdBack(page, "scorecam");
    await page.goto(`${site()}?device=cpu`);
    await page.locator(`${card("scorecam")} .run`).waitFor();
  });
  after(() => watched.done());

  test("the picker lists all methods by family, each with what it does and costs", async () => {
    await page.locator("#methods summary").click();
    const families = await page.locator("#methods fieldset legend").allInnerTexts();
    assert.equal(new Set(families).size, 5);
    const offered = await page
      .locator("#methods input")
      .evaluateAll((all) => all.map((one) => /** @type {HTMLInputElement} */ (one).value));
    for (const method of [...MAIN, ...OTHERS]) assert.ok(offered.includes(method), method);
    // A page in the guide is of a method that there is; a new method may come without one.
    for (const method of Object.keys(pages)) assert.ok(offered.includes(method), method);
    for (const method of MAIN) {
      assert.equal(await box(page, method).isChecked(), true);
      assert.equal(await box(page, method).isDisabled(), true);
    }
    for (const method of OTHERS) {
      assert.equal(await box(page, method).isChecked(), false);
      const ids = ((await box(page, method).getAttribute("aria-describedby")) ?? "").split(" ");
      const [summary, cost] = await Promise.all(ids.map((id) => page.locator(`#${id}`).innerText()));
      assert.match(summary, /.{20,}\./);
      assert.match(cost, /^no extra time here$/, `${method} at layer4`);
    }
    assert.equal(await page.getByRole("checkbox", { name: "Eigen-CAM", exact: true }).count(), 1);
    assert.deepEqual(await methodsShown(page), MAIN);
  });

  test("the picker names each paper, and says what a long method will take here before it is run", async () => {
    assert.equal(
      await page.locator("#methods .method a").count(),
      await page.locator("#methods input[name=method]").count(),
    );
    assert.match(await page.locator("#method-scorecam-cost").innerText(), /up to .+ here; a quick approximation first/);
  });

  test("a tick adds a card, ahead of what still runs; its numbers and its row of the table come too", async () => {
    await box(page, "eigencam").check();
    await drawn(page, "eigencam", "Egyptian cat");
    assert.equal(await page.locator(card("scorecam")).getAttribute("aria-busy"), "true");
    assert.equal(await page.locator(`${card("eigencam")} h3`).innerText(), "Eigen-CAM");
    assert.match(
      (await page.locator(`${card("eigencam")} canvas`).getAttribute("aria-label")) ?? "",
      /Eigen-CAM heatmap for Egyptian cat\. Heat centred/,
    );
    await page
      .locator(`${card("eigencam")} .number`)
      .nth(1)
      .waitFor();
    await page.locator("#agreement th[scope=row]", { hasText: "Eigen-CAM" }).waitFor();
  });

  test("two methods that come to the same at the last layer say so, and draw no second map", async () => {
    for (const method of ["hirescam", "xgradcam"]) {
      await box(page, method).check();
      await page.locator(`${card(method)} .remarks`, { hasText: "At layer4 this is Grad-CAM's map" }).waitFor();
      assert.equal(await page.locator(`${card(method)} canvas`).isVisible(), false);
      assert.equal(await page.locator(`${card(method)} .numbers`).isVisible(), false);
      assert.equal(await page.locator(`${card(method)} .save`).isDisabled(), true);
    }
  });

  test("element-wise Grad-CAM is drawn only where LayerCAM is not shown: they are the same", async () => {
    const same = page.locator(`${card("gradcamelementwise")} .remarks`, { hasText: "this is LayerCAM's map" });
    await box(page, "gradcamelementwise").check();
    await drawn(page, "gradcamelementwise", "Egyptian cat");
    assert.equal(await same.count(), 0);
    await box(page, "layercam").check();
    await drawn(page, "layercam", "Egyptian cat");
    await same.waitFor();
    assert.equal(await page.locator(`${card("gradcamelementwise")} canvas`).isVisible(), false);
    await box(page, "layercam").uncheck();
    await drawn(page, "gradcamelementwise", "Egyptian cat");
    assert.equal(await page.locator(`${card("gradcamelementwise")} canvas`).isVisible(), true);
    assert.equal(await same.count(), 0);
  });

  test("the methods that are said to be the same are", async () => {
    const other = await openLab();
    const differences = await other.page.evaluate(async () => {
      await lab.load({ device: "cpu" });
      const image = await lab.sample("chelsea.png");
      /** @param {string} method @param {string} layer @param {Partial<ExplainOptions>} [more] */
      const values = async (method, layer, more) => {
        const explanation = await lab.explainer.explain(image, { method, layer, ...more });
        return explanation.values;
      };
      const contrast = /** @type {const} */ ({ target: { class: 281, contrastive: true } });
      const sum = { target: [281, 285] };
      const over = { target: { class: 281, over: 285 } };
      // Compared here: millions of numbers are slow to come out of the page.
      const largest = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) =>
        a.length === b.length ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0) : NaN;
      return [
        largest(await values("gradcam", "layer4"), await values("hirescam", "layer4")),
        largest(await values("gradcam", "layer4"), await values("xgradcam", "layer4")),
        largest(await values("layercam", "layer4"), await values("gradcamelementwise", "layer4")),
        largest(await values("layercam", "layer2"), await values("gradcamelementwise", "layer2")),
        largest(await values("layercam", "stem"), await values("gradcamelementwise", "stem")),
        largest(await values("gradcam", "layer4"), await values("cam", "layer4")),
        largest(await values("gradcam", "layer4", contrast), await values("cam", "layer4", contrast)),
        largest(await values("gradcam", "layer2"), await values("cam", "layer2")),
        largest(await values("eigengradcam", "layer3"), await values("hirescam", "layer3", { smoothing: ["eigen"] })),
        largest(await values("eigengradcam", "layer4"), await values("gradcam", "layer4", { smoothing: ["eigen"] })),
        largest(await values("gradcam", "layer3", contrast), await values("finercam", "layer3", { target: 281 })),
        largest(await values("gradcam", "layer3", contrast), await values("finercam", "layer3", contrast)),
        largest(await values("gradcam", "layer3", sum), await values("finercam", "layer3", sum)),
        largest(await values("gradcam", "layer3", over), await values("finercam", "layer3", over)),
      ];
    });
    await other.done();
    for (const [index, difference] of differences.entries()) {
      assert.ok(difference < 1e-3, `pair ${index}: ${difference}`);
    }
  });

  test("where the strides leave dots the card gives the reason, and elsewhere it does not", async () => {
    const dots = (/** @type {string} */ method) =>
      page.locator(`${card(method)} .remarks li`, { hasText: "every second row and column" });
    assert.equal(await dots("hirescam").count(), 0);
    await page.getByRole("radio", { name: /layer3/ }).check();
    await dots("hirescam").waitFor();
    await drawn(page, "hirescam", "Egyptian cat");
    assert.equal(await page.locator(`${card("hirescam")} canvas`).isVisible(), true);
    await drawn(page, "xgradcam", "Egyptian cat");
    assert.equal(await page.locator(`${card("xgradcam")} canvas`).isVisible(), true);
    for (const method of ["gradcam", "xgradcam", "eigencam"]) assert.equal(await dots(method).count(), 0, method);
    await page.getByRole("radio", { name: /layer4/ }).check();
    await page.locator(`${card("hirescam")} .remarks`, { hasText: "At layer4 this is" }).waitFor();
    assert.equal(await dots("hirescam").count(), 0);
    assert.equal(await page.locator(`${card("hirescam")} canvas`).isVisible(), false);
  });

  test("all of them follow another class, and draw different maps", async () => {
    for (const method of OTHERS) await box(page, method).check();
    await page.locator("#bars button").nth(1).click();
    const drawnOnes = OTHERS.filter((method) => !["hirescam", "xgradcam", "gradcamelementwise"].includes(method));
    for (const method of drawnOnes) await drawn(page, method, "tiger cat");
    const pictures = [];
    for (const method of ["gradcam", ...drawnOnes]) {
      pictures.push(
        await page.$eval(`${card(method)} canvas`, (c) => /** @type {HTMLCanvasElement} */ (c).toDataURL()),
      );
    }
    assert.equal(new Set(pictures).size, pictures.length);
    assert.deepEqual((await methodsShown(page)).sort(), [...MAIN, ...OTHERS].sort());
  });

  test("without a tick the card goes; the choice outlives a reload", async () => {
    for (const method of OTHERS.filter((one) => one !== "layercam")) await box(page, method).uncheck();
    assert.deepEqual(await methodsShown(page), [...MAIN, "layercam"]);
    assert.equal(await page.locator("#agreement th", { hasText: "Eigen-CAM" }).count(), 0);
    await page.reload();
    await drawn(page, "layercam", "tiger cat");
    assert.deepEqual(await methodsShown(page), [...MAIN, "layercam"]);
    await page.locator("#methods summary").click();
    assert.equal(await box(page, "layercam").isChecked(), true);
    assert.equal(await box(page, "eigencam").isChecked(), false);
    await page.keyboard.press("Escape");
  });
});

test("a quick map takes what 25 seconds allow, but no fewer channels than a map like the exact one needs", () => {
  const channels = { stem: 64, layer1: 256, layer2: 512, layer3: 1024, layer4: 2048 };
  /** @param {keyof typeof channels} id @param {number} passSeconds */
  const budget = (id, passSeconds, reference = false) =>
    budgetFor(
      { kind: "channels" },
      {
        layers: [{ id, channels: channels[id] }],
        isLastLayer: id === "layer4",
        passes: channels[id],
        passSeconds,
        runs: 1,
        reference,
      },
    );
  // Exact within 90 seconds.
  assert.equal(budget("layer4", 0.04), null);
  assert.equal(budget("layer1", 0.25), null);
  assert.equal(budget("layer4", 0.05), 256);
  assert.equal(budget("layer4", 0.25), 100);
  assert.equal(budget("layer4", 10), 8);
  // docs/methods.md: with fewer, such maps correlated with the exact ones at less than 0.86.
  assert.equal(budget("layer3", 1), 64);
  assert.equal(budget("layer2", 0.18), 139);
  assert.equal(budget("layer2", 1), 128);
  assert.equal(budget("layer1", 1), 64);
  assert.equal(budget("stem", 2), 32);
  assert.equal(budget("layer4", 10, true), null, "reference mode has exact maps alone");
});

test("in reference mode no map is a quick one: an exact one that takes long has its cost, and can be cancelled", () =>
  within(open, async ({ page }) => {
    await page.addInitScript(() => {
      window.sent = [];
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any} */ transfer) {
        window.sent?.push({ action: message.action, channels: message.args?.channels });
        return postMessage.call(this, message, transfer);
      };
    });
    const score = page.locator(card("scorecam"));
    await page.goto(`${site()}?device=cpu#reference=1&grid-layers=layer3.layer4`);
    await score.locator(".facts", { hasText: /Not started unasked: about \S/ }).waitFor();
    await page.locator("#methods summary").click();
    assert.match(await page.locator("#method-scorecam-cost").innerText(), /^about .+ here$/);
    await score.locator(".again", { hasText: "Run ScoreCAM" }).click();
    await score.locator(".run p", { hasText: /of 1,\d{3} passes/ }).waitFor();
    await score.locator(".cancel").click();
    await score.locator(".facts", { hasText: "Cancelled" }).waitFor();
    assert.equal(await page.locator(".card mark").count(), 0);
    // Nor in the grid, nor of an edited picture.
    await page.locator("#views a", { hasText: "Grid" }).click();
    await page.locator("#map-grid").getByRole("checkbox", { name: "ScoreCAM", exact: true }).check();
    await page.locator("#map-grid .start").click();
    await page.locator("#map-grid td .facts", { hasText: /of 1,\d{3}/ }).waitFor();
    await page.locator("#map-grid .run .cancel").click();
    await page.locator("#views a", { hasText: "What if" }).click();
    await page
      .locator("#whatif .sides", { hasText: "ScoreCAM, before" })
      .getByText(/^before: \d+ of 1,\d{3} passes/)
      .waitFor();
    await page.keyboard.press("Escape");
    const asked = await page.evaluate(() => window.sent?.filter(({ action }) => action === "explain") ?? []);
    assert.ok(asked.length > 3);
    assert.deepEqual(
      asked.filter(({ channels }) => channels !== undefined),
      [],
    );
  }));

test("Finer-CAM makes a target of its own of one class alone: with any other it is said to be Grad-CAM's map", () =>
  within(open, async ({ page }) => {
    const remarks = page.locator(`${card("finercam")} .remarks`);
    for (const [target, remark] of [
      ["281.285", "only of one class alone does it make a target of its own"],
      ["281-285", "only of one class alone does it make a target of its own"],
      ["281*", "asked for what sets the class apart from its nearest"],
    ]) {
      await page.goto(`${site()}?device=cpu#layer=layer3&methods=finercam&target=${target}`);
      await remarks.filter({ hasText: "With this target it is Grad-CAM's map" }).waitFor();
      assert.match(await remarks.innerText(), new RegExp(remark), target);
      assert.equal(await page.locator(`${card("finercam")} canvas`).isVisible(), false, target);
    }
    await page.goto(`${site()}?device=cpu#layer=layer3&methods=finercam&target=281`);
    await drawn(page, "finercam", "tabby");
    assert.equal(await page.locator(`${card("finercam")} canvas`).isVisible(), true);
    await page.keyboard.press("Escape");
  }));

test("a method can be added while an exact ScoreCAM runs: it is drawn between two of its batches, and ScoreCAM goes on", () =>
  within(open, async ({ page }) => {
    const running = page.locator(`${card("scorecam")} .run p`);
    const done = async () =>
      Number(/^([\d,]+) of 1,\d{3} passes/.exec(await running.innerText())?.[1].replace(",", ""));
    await page.goto(`${site()}?device=cpu`);
    await page.locator(`${card("scorecam")} .run`).waitFor();
    await page.locator(`${card("scorecam")} .cancel`).click();
    await page.locator(`${card("scorecam")} .again`).click();
    await running.filter({ hasText: /of 1,\d{3} passes/ }).waitFor();
    await page.locator("#methods summary").click();
    await box(page, "layercam").check();
    await drawn(page, "layercam", "Egyptian cat");
    const before = await done();
    while ((await done()) === before) await page.evaluate(() => new Promise(requestAnimationFrame));
    assert.ok((await done()) > before);
    await page.keyboard.press("Escape");
    await page.locator(`${card("scorecam")} .facts`, { hasText: "Cancelled" }).waitFor();
  }));
