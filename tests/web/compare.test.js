/**
 * The view that compares maps by numbers, on the CPU: the numbers against the maps and against the curves that are drawn.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { sanityPlan } from "../../www/plan.js";
import { open, openLab, pearson, setUp, site, within } from "./fixture.js";
import { askForLess } from "./less.js";

/** @import { Watched } from "./fixture.js" */

setUp();

describe("the view that compares", () => {
  /** @type {Watched} */
  let watched;
  /** @type {Watched["page"]} */
  let page;

  before(async () => {
    watched = await open();
    page = watched.page;
    await page.goto(`${site()}?device=cpu`);
    await page.locator(".card[data-method=ablationcam] .number").first().waitFor();
    // Two methods are enough here.
    await page.locator("body").press("Escape");
    await page.locator("#views a", { hasText: "Compare" }).click();
    await page.waitForFunction(() => {
      const cells = [...document.querySelectorAll("#compare td[data-measure=drop]")];
      return cells.length === 4 && cells.every(({ textContent }) => textContent !== "–");
    });
  });
  after(() => watched.done());

  /** @param {string} measure @returns {Promise<{ value: number, isBest: boolean, isChance: boolean }[]>} of each map */
  const found = async (measure) => {
    const cells = page.locator(`#compare td[data-measure=${measure}]`);
    return cells.evaluateAll((all) =>
      all.map((cell) => ({
        value: parseFloat(cell.textContent ?? ""),
        isBest: cell.classList.contains("best"),
        isChance: cell.classList.contains("chance"),
      })),
    );
  };

  test("methods and controls stand in one table, and the best method is marked for each measure", async () => {
    const heads = await page.locator("#compare .scroll thead th").allInnerTexts();
    assert.deepEqual(heads.slice(1), ["Grad-CAM", "AblationCAM", "Random map", "Centred Gaussian"]);
    for (const [measure, sign] of /** @type {[string, number][]} */ ([
      ["half", -1],
      ["gini", 1],
      ["drop", -1],
    ])) {
      const all = await found(measure);
      const [a, b, ...controls] = all;
      assert.equal(a.isBest, sign * a.value > sign * b.value, measure);
      assert.equal(b.isBest, sign * b.value > sign * a.value, measure);
      for (const one of [a, b]) {
        const isChance = controls.some(({ value }) => sign * value >= sign * one.value);
        assert.equal(one.isChance, isChance, `${measure} ${JSON.stringify(all)}`);
      }
      assert.ok(controls.every(({ isBest, isChance }) => !isBest && !isChance));
    }
  });

  test("the controls' numbers are those of their maps, worked out by hand", async () => {
    const other = await openLab();
    const maps = await other.page.evaluate(async () => {
      await lab.load({ device: "cpu" });
      const size = { width: 224, height: 224 };
      const kinds = /** @type {const} */ (["random", "gaussian"]);
      const found = await Promise.all(kinds.map((kind) => lab.explainer.baseline(kind, size)));
      return found.map(({ values }) => Array.from(values));
    });
    await other.done();
    const said = (await found("half")).slice(2);
    maps.forEach((values, index) => {
      const sorted = values.sort((a, b) => b - a);
      const heat = sorted.reduce((sum, value) => sum + value, 0);
      let [held, count] = [0, 0];
      while (held < heat / 2) held += sorted[count++];
      const share = (100 * count) / sorted.length;
      assert.ok(Math.abs(said[index].value - share) <= 0.06, `${said[index].value} ${share}`);
    });
  });

  test("every measure of every map fits a desk; a phone shows the first map's, and that there is more", async () => {
    const { width, height } = page.viewportSize() ?? { width: 1280, height: 720 };
    const table = page.locator("#compare .scroll").first();
    const hidden = () =>
      table.evaluate((scroll) => {
        const { right } = scroll.getBoundingClientRect();
        return [...scroll.querySelectorAll("th, td")].filter((one) => one.getBoundingClientRect().right > right).length;
      });
    for (const desk of [1440, 1280, 1024]) {
      await page.setViewportSize({ width: desk, height });
      assert.equal(await hidden(), 0, `${desk} px`);
    }
    await page.setViewportSize({ width: 360, height });
    const { right } = await table.evaluate((scroll) => scroll.getBoundingClientRect());
    for (const measure of ["half", "arcc"]) {
      const cell = await page.locator(`#compare td[data-measure=${measure}]`).first().boundingBox();
      assert.ok(cell && cell.x + cell.width <= right, measure);
    }
    // At the edge it is darker than the panel until the last column is reached.
    const edge = async () => {
      await table.evaluate((scroll) => scroll.scrollIntoView());
      const box = await table.boundingBox();
      assert.ok(box);
      const clip = { x: box.x + box.width - 3, y: box.y + 4, width: 2, height: 4 };
      return (await page.screenshot({ clip })).toString("base64");
    };
    const before = await edge();
    await table.evaluate((scroll) => scroll.scrollTo({ left: scroll.scrollWidth }));
    assert.notEqual(await edge(), before);
    await page.setViewportSize({ width, height });
  });

  test("what a measure means is said on focus", async () => {
    await page.locator("#compare th button[data-measure=gini]").focus();
    assert.match(await page.locator("#compare .explanation").innerText(), /unequally .* Higher is better/);
    await page.locator("#compare td[data-measure=half]").first().hover();
    assert.match(await page.locator("#compare .explanation").innerText(), /half of the map’s heat.* Lower is better/);
  });

  test("curves come one by one, can be cancelled, and are read off by keyboard; the areas are theirs", async () => {
    const start = page.locator("#compare .start");
    assert.match(await start.innerText(), /about \d/);
    await start.click();
    // The first two are there: both methods' deletion.
    await page.waitForFunction(() => {
      const cells = [...document.querySelectorAll("#compare td[data-measure=deletion]")];
      return cells.slice(0, 2).every(({ textContent }) => textContent !== "–");
    });
    assert.equal(await page.locator("#compare .run").isVisible(), true);
    await page.locator("#compare .cancel").click();
    await page.locator("#compare .run").waitFor({ state: "hidden" });
    const areas = (await found("deletion")).map(({ value }) => value);
    assert.ok(!Number.isNaN(areas[1]), "what was measured stays");
    assert.ok(Number.isNaN((await found("insertion"))[3].value), "what was not has no number");
    assert.equal(await start.isVisible(), true, "the rest can be measured later");

    const rows = await page
      .locator("#compare .charts figure")
      .first()
      .evaluate((figure) => {
        const table = figure.querySelector("details table");
        const text = [...(table?.querySelectorAll("tbody tr") ?? [])].map((row) => [...row.children]);
        return text.map((cells) => cells.map((cell) => Number(cell.textContent)));
      });
    assert.equal(rows.length, 33);
    assert.deepEqual([rows[0][0], rows[32][0]], [0, 1]);
    assert.ok(Math.abs(rows[0][1] - 0.76) < 1e-9, "nothing is removed yet");
    assert.equal(rows[32][1], rows[32][2], "everything is removed");
    for (const method of [1, 2]) {
      let area = 0;
      for (let i = 1; i < rows.length; i++) {
        area += ((rows[i][0] - rows[i - 1][0]) * (rows[i][method] + rows[i - 1][method])) / 2;
      }
      assert.ok(Math.abs(area - areas[method - 1]) <= 1.5e-3, `${area} ${areas[method - 1]}`);
    }

    const chart = page.locator("#compare .chart").first();
    await chart.focus();
    for (const key of ["Home", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
    const said = await page.locator("#live").innerText();
    assert.match(said, new RegExp(`Grad-CAM ${rows[2][1].toFixed(3)}, AblationCAM ${rows[2][2].toFixed(3)}`));
    // The chart's own legend reads the same place off.
    const legend = await chart.locator(".u-legend .u-value").allInnerTexts();
    assert.equal(legend[1], rows[2][1].toFixed(3));
    // And the pointer: over three quarters of the plot it reads the point there.
    const plot = chart.locator(".u-over");
    const { width, height } = (await plot.boundingBox()) ?? { width: 0, height: 0 };
    await plot.hover({ position: { x: 0.75 * width, y: height / 2 } });
    const hovered = await chart.locator(".u-legend .u-value").allInnerTexts();
    assert.deepEqual(hovered.slice(1, 3), [rows[24][1].toFixed(3), rows[24][2].toFixed(3)]);
  });

  test("the sanity check says of each map how like its first self it stays, as correlated by hand", async () => {
    await page.getByRole("button", { name: "Randomise the network" }).click();
    const verdicts = page.locator("#sanity .verdicts li");
    await verdicts.nth(1).waitFor();
    await page.locator("#sanity .run").waitFor({ state: "hidden" });
    const names = await verdicts.locator("b").allInnerTexts();
    assert.deepEqual(
      names.map((name) => name.trim()),
      ["Grad-CAM:", "AblationCAM:"],
    );
    const rows = await page
      .locator("#sanity details tbody tr")
      .evaluateAll((all) => all.map((row) => [...row.children].map(({ textContent }) => textContent ?? "")));
    assert.deepEqual(rows[0], ["as it is", "1.000", "1.000"]);

    const other = await openLab();
    const { map, stages } = await other.page.evaluate(async () => {
      await lab.load({ device: "cpu" });
      const image = await lab.sample("chelsea.png");
      const map = await lab.explainer.explain(image, { method: "gradcam" });
      const { stages, maps } = await lab.explainer.sanity(image, { method: "gradcam" });
      return {
        map: Array.from(map.values),
        stages: stages.map(({ stage }, index) => ({ stage, values: Array.from(maps[index].values) })),
      };
    });
    await other.done();
    assert.deepEqual(
      rows.slice(1).map(([stage]) => stage),
      stages.map(({ stage }) => stage),
    );
    stages.forEach(({ values }, index) => {
      const said = Number(rows[index + 1][1].replace("\u2212", "-"));
      const found = pearson(ranks(map), ranks(values));
      // A map without heat is like nothing.
      const expected = Number.isNaN(found) ? 0 : found;
      assert.ok(Math.abs(said - expected) <= 2e-3, `${said} ${expected}`);
    });
  });
});

test("a chart's legend shows each line as it is drawn, and a control's whatever else is drawn", () =>
  within(open, async ({ page }) => {
    // Of the dashes that the canvas is asked for.
    await page.addInitScript(() => {
      window.strangers = [];
      const { setLineDash } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.setLineDash = function (dash) {
        window.strangers?.push([...dash].join(" "));
        setLineDash.call(this, dash);
      };
    });
    await page.goto(`${site()}?device=cpu`);
    const swatches = (/** @type {number} */ methods) =>
      page.evaluate(async (methods) => {
        const { ChartView } = await import(new URL("www/views/chart.js", document.baseURI).href);
        const root = document.createElement("div");
        document.querySelector("main")?.append(root);
        const line = (/** @type {string} */ name, /** @type {string | null} */ control) => ({
          ...{ name, control },
          values: [1, 0],
        });
        const own = Array.from({ length: methods }, (_, i) => line(`method ${i}`, null));
        const lines = [...own, line("random map", "random"), line("Gaussian", "gaussian")];
        window.strangers = [];
        await new ChartView(root).show({ title: "t", x: "x", y: "y", at: [0, 1], lines });
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        const markers = [...root.querySelectorAll(".u-legend .u-marker")].slice(1);
        const found = markers.map((marker) => getComputedStyle(marker).backgroundImage);
        root.remove();
        return { found, drawn: window.strangers };
      }, methods);
    /** Lengths of dash and gap, each with its start and its end. @param {string} image */
    const dashOf = (image) => {
      const ends = [...image.matchAll(/([\d.]+)px/g)].map(([, end]) => Number(end));
      return ends.flatMap((end, index) => (index % 2 === 1 ? [end - ends[index - 1]] : [])).join(" ");
    };
    /** @type {string[][]} */
    const controls = [];
    for (const methods of [1, 2, 3, 4]) {
      const { found, drawn } = await swatches(methods);
      assert.equal(found.length, methods + 2);
      assert.equal(new Set(found).size, methods + 2, "no two look alike");
      for (const image of found.filter((one) => dashOf(one) !== "")) assert.ok(drawn.includes(dashOf(image)), image);
      controls.push(found.slice(-2));
    }
    assert.equal(new Set(controls.map((two) => two.join())).size, 1);
    assert.notEqual(dashOf(controls[0][0]), dashOf(controls[0][1]));
    await page.keyboard.press("Escape");
  }));

test("the sanity check takes seven approximate maps where exact ones would take hours", () => {
  const [last, early, few] = [
    [{ id: "layer4", channels: 2048 }],
    [{ id: "layer2", channels: 512 }],
    [{ id: "stem", channels: 64 }],
  ];
  for (const kind of /** @type {const} */ (["none", "gradient", "whole-gradient", "ablations", "places"])) {
    assert.deepEqual(sanityPlan({ kind }, true, last, false), {}, kind);
  }
  for (const isLastLayer of [true, false]) {
    assert.deepEqual(sanityPlan({ kind: "channels" }, isLastLayer, last, false), { channels: 64 });
    assert.deepEqual(sanityPlan({ kind: "masks", count: 33 }, isLastLayer, last, false), {});
    assert.equal(sanityPlan({ kind: "masks", count: 4000 }, isLastLayer, last, false), null);
  }
  for (const kind of /** @type {const} */ (["channels", "ablations"])) {
    assert.deepEqual(sanityPlan({ kind }, false, early, false), { channels: 128 }, "64 may be another map altogether");
    for (const reference of [true, false]) {
      assert.deepEqual(sanityPlan({ kind }, false, few, reference), { channels: undefined }, "exact");
    }
    assert.equal(sanityPlan({ kind }, false, early, true), null, "reference mode has exact maps alone");
  }
  assert.equal(sanityPlan({ kind: "places" }, false, early, false), null);
});

test("a map that hardly changes while the network forgets is flagged, and no other", async () => {
  await within(open, async ({ page }) => {
    await page.goto(`${site()}?device=cpu#view=compare&methods=eigencam`);
    await page.locator("#compare thead th", { hasText: "Eigen-CAM" }).waitFor();
    // The maps that follow would be waited for.
    await page.locator("body").press("Escape");
    await page.getByRole("button", { name: "Randomise the network" }).click();
    const verdicts = page.locator("#sanity .verdicts");
    // It shows where features are strong, learned or not.
    await verdicts.locator("li", { hasText: "Eigen-CAM" }).waitFor();
    assert.match(await verdicts.locator(".flagged").innerText(), /^Eigen-CAM: The map hardly reacts/);
    assert.match(await verdicts.locator("li").first().innerText(), /^Grad-CAM: The map reacts/);
  });
});

test("ScoreCAM is in the sanity check, named as approximate, with progress, and can be cancelled", async () => {
  await within(open, async ({ page }) => {
    await askForLess(page, { channels: 16 });
    await page.goto(`${site()}?device=cpu#view=compare`);
    await page.locator("#compare thead th", { hasText: "ScoreCAM" }).waitFor();
    await page.getByRole("button", { name: "Randomise the network" }).click();
    const doing = page.locator("#sanity .run p");
    await doing.filter({ hasText: /^ScoreCAM \(approximate, by 64 passes\).* left$/ }).waitFor();
    const value = await page.locator("#sanity progress").evaluate((bar) => /** @type {any} */ (bar).value);
    assert.ok(value > 2 && value < 3, `${value} of 3 methods`);
    assert.equal(await page.locator("#sanity .verdicts li").count(), 2);
    await page.locator("#sanity .cancel").click();
    await page.locator("#sanity .run").waitFor({ state: "hidden" });
    assert.equal(await page.locator("#sanity .start").isEnabled(), true);
  });
});

test("what maps of several classes are judged by is said beside their numbers, and of one class nothing is", async () => {
  await within(open, async ({ page }) => {
    const said = page.locator("#compare .judged");
    const maps = page.locator("#compare thead th", { hasText: "Grad-CAM" });
    // The probability of the Egyptian cat rather than the tiger cat is no number that there is.
    await page.goto(`${site()}?device=cpu#view=compare&methods=gradcam&target=285-282`);
    await maps.waitFor();
    assert.match(await said.innerText(), /judged by the first of them: .* the probability of Egyptian cat alone\.$/);
    await page.locator("#views a", { hasText: "Explain" }).click();
    const hint = page.locator("#numbers-gradcam-kept");
    await hint.waitFor({ state: "attached" });
    assert.match((await hint.textContent()) ?? "", /several classes; this is the probability of Egyptian cat alone\.$/);

    await page.goto(`${site()}?device=cpu#view=compare&methods=gradcam&target=282`);
    await maps.waitFor();
    assert.equal(await said.isVisible(), false);
    await page.locator("#views a", { hasText: "Explain" }).click();
    await hint.waitFor({ state: "attached" });
    assert.doesNotMatch((await hint.textContent()) ?? "", /several classes/);
  });
});

test("the verdict on approximate maps says how good such maps are, and only theirs", async () => {
  await within(open, async ({ page }) => {
    await askForLess(page, { channels: 64 });
    await page.goto(`${site()}?device=cpu#view=compare&layer=layer3&methods=ablationcam`);
    await page.locator("#compare thead th", { hasText: "AblationCAM" }).waitFor();
    // The maps that follow would be waited for.
    await page.locator("body").press("Escape");
    // What the check finds is not what is tested here.
    await page.evaluate(async (module) => {
      const { Explainer } = await import(module);
      const other = await Explainer.load({ device: "cpu" });
      const found = { stages: [], maps: [], reacts: true, text: "It reacts." };
      Object.getPrototypeOf(other).sanity = async function (/** @type {[any, any]} */ ...args) {
        return { ...found, notes: (await this.explain(...args)).notes };
      };
    }, `${site()}www/camscope.js`);
    await page.getByRole("button", { name: "Randomise the network" }).click();
    await page.locator("#sanity .verdicts li").nth(1).waitFor();
    const [exact, approximate] = await page.locator("#sanity .verdicts li").allInnerTexts();
    assert.equal(exact, "Grad-CAM: It reacts.");
    assert.match(approximate, /^AblationCAM \(approximate, by 64 passes\): It reacts\. Approximate/);
    // As the table in docs/methods.md has it.
    assert.match(approximate, /Approximate: 64 of the layer's 1024 channels .* at 0\.953 or better\.$/);
  });
});

/**
 * Ranks, those of equal values their mean.
 * @param {number[]} values
 */
function ranks(values) {
  const order = values.map((_, index) => index).sort((a, b) => values[a] - values[b]);
  const found = new Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) found[order[i]] = (from + to - 1) / 2;
    from = to;
  }
  return found;
}

test("beside a map's numbers no other scene's controls stand, not even at first", () =>
  within(open, async ({ page }) => {
    await page.addInitScript(() => {
      // Whatever stood beside a number, however shortly.
      window.strangers = [];
      const look = () => {
        for (const item of document.querySelectorAll(".card[data-method=gradcam] .numbers li:has(.beside)")) {
          const text = [".number", ".beside"].map((part) => item.querySelector(part)?.textContent).join("|");
          if (!window.strangers?.includes(text)) window.strangers?.push(text);
        }
      };
      new MutationObserver(look).observe(document, { subtree: true, childList: true });
    });
    await page.goto(`${site()}?device=cpu`);
    /** @param {string} name of the class whose numbers are all there then */
    const known = async (name) => {
      await page.locator(".card[data-method=gradcam] .numbers li:has(.beside)", { hasText: name }).waitFor();
      // The controls are compared last.
      await page.waitForFunction(() => {
        const cells = [...document.querySelectorAll("#agreement .control")];
        return cells.length > 0 && cells.every(({ textContent }) => textContent !== "…");
      });
    };
    await known("Egyptian cat");
    await page.locator("#bars button", { hasText: "tiger cat" }).click();
    await known("tiger cat");
    const all = ((await page.evaluate(() => window.strangers)) ?? []).map((text) => text.split("|"));
    const beside = ["Egyptian cat", "tiger cat"].map((name) => all.filter(([number]) => number.includes(`: ${name}`)));
    assert.deepEqual(
      beside.map(({ length }) => length),
      [1, 1],
      all.join("\n"),
    );
    assert.notEqual(beside[0][0][1], beside[1][0][1]);
  }));
