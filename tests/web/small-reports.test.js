/**
 * Small reports in the page, on the CPU: with every measure, of pictures that are marked, given twice, or printed with
 * every method.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { readNpy, readZip } from "./archive.js";
import { drawings } from "./drawings.js";
import { inRepository, open, openLab, saved, savedTable, setUp, site, within } from "./fixture.js";

/** @import { Page } from "playwright-core" */
/** @import { ExplainOptions, Measures, Metric } from "../../www/camscope.d.ts" */

setUp();

const [DISC, , SKY] = drawings();
/** What every measure of a picture's maps takes where a pass takes two seconds. */
const MOST_MS = 600_000;

/**
 * A report of a few pictures.
 * @param {(page: Page) => Promise<void>} prepare
 * @param {typeof DISC[]} pictures
 * @param {(page: Page) => Promise<void>} look
 * @param {string} [settings] in the address
 */
async function small(prepare, pictures, look, settings = "report-methods=gradcam&report-measures=focus") {
  await within(open, async ({ page }) => {
    await page.goto(`${site()}?device=cpu#${settings}`);
    await prepare(page);
    await page.getByRole("link", { name: "Report" }).click();
    await page.locator("#report-file").setInputFiles(pictures);
    await page.getByRole("button", { name: "Make the report", exact: true }).click();
    await page.getByText("The report is complete.").waitFor({ timeout: MOST_MS });
    await look(page);
  });
}

/**
 * Begins to mark the object of the disc.
 * @param {Page} page
 * @returns the numbers of Grad-CAM's map of it
 */
async function markDisc(page) {
  const number = page.locator(".card[data-method=gradcam] .number");
  await number.first().waitFor();
  await page.locator("#file").setInputFiles(DISC);
  // Not the sample's, which was there before.
  await number.filter({ hasText: "otterhound" }).waitFor();
  await page.getByRole("button", { name: "Mark the object" }).click();
  return number;
}

test("an object that is marked in Explain is measured in the report, and in no other picture", async () => {
  /** @type {string} */
  let explained = "";
  const mark = async (/** @type {Page} */ page) => {
    const number = await markDisc(page);
    for (const name of ["Left", "Top", "Width", "Height"]) await page.getByLabel(name, { exact: true }).fill("50");
    await page.getByLabel("Height", { exact: true }).press("Tab");
    const inside = number.filter({ hasText: /inside the mark, which covers 25\.0/ });
    explained = (await inside.innerText()).match(/[\d.]+/)?.[0] ?? "";
  };
  await small(mark, [DISC, SKY], async (page) => {
    const line = page.locator(".report-row").first().locator("tbody tr", { hasText: "Heat in the mark" });
    assert.equal((await line.locator("td").first().innerText()).replace(/\s.*/, ""), explained);
    assert.equal(await page.locator(".report-row").nth(1).locator("tbody tr", { hasText: "the mark" }).count(), 0);
    const group = page.locator(".report-number", { hasText: "Heat in the mark" });
    assert.equal(await group.locator("tbody tr").first().locator("td").last().innerText(), "1", "n is one");
    assert.match(await page.locator(".report-claims").innerText(), /marked in 1 of 2 pictures/);
    const areas = (await savedTable(page)).map(({ insideArea }) => insideArea);
    assert.ok(
      areas.slice(0, 3).every((area) => Math.abs(Number(area) - 0.25) < 0.01) && areas.length === 6,
      `${areas}`,
    );
    assert.deepEqual(areas.slice(3), ["", "", ""]);
    const { pictures } = await savedJson(page);
    const { width, height } = pictures[0];
    assert.deepEqual(pictures[0].mark, {
      ...{ kind: "box", x: width / 2, y: height / 2 },
      ...{ width: width / 2, height: height / 2 },
    });
    assert.equal(pictures[1].mark, null);
  });
});

test("the samples come with their boxes, which a visitor's mark replaces; that they do is said", async () => {
  const index = JSON.parse(await readFile(inRepository("pkg/samples/index.json"), "utf8"));
  await within(open, async ({ page }) => {
    // The cat's lower right quarter, as a link has it.
    const own = "sample=chelsea.png&region=5000.5000.5000.5000";
    await page.goto(`${site()}?device=cpu#${own}&report-methods=gradcam&report-measures=focus`);
    await page.locator(".card[data-method=gradcam] .number", { hasText: "inside the mark" }).waitFor();
    await page.getByRole("link", { name: "Report" }).click();
    await page.getByRole("button", { name: /^All \d+ samples$/ }).click();
    await page.getByRole("button", { name: "Make the report", exact: true }).click();
    await page.getByText("The report is complete.").waitFor();
    const claims = await page.locator(".report-claims").innerText();
    const boxes = index.filter((/** @type {any} */ { mark }) => mark).length;
    assert.ok(claims.includes(`marked in ${boxes} of ${index.length} pictures`), claims);
    assert.ok(claims.includes(`${boxes - 1} marks are boxes that came with the samples`), claims);
    const { pictures } = await savedJson(page);
    for (const [i, { file, mark: box }] of index.entries()) {
      const { width, height, mark } = pictures[i];
      if (file === "chelsea.png") {
        assert.equal(mark.by, undefined);
        assert.deepEqual([mark.x, mark.width], [width / 2, width / 2]);
      } else if (box) {
        assert.equal(mark.by, "camscope");
        assert.deepEqual([mark.x, mark.y, mark.width, mark.height], box, file);
        assert.ok(mark.x + mark.width <= width && mark.y + mark.height <= height, `${file}: in its pixels`);
      } else {
        assert.equal(mark, null, file);
      }
    }
  });
});

test("a brushed mark and the colours are in the JSON, from which the heat in the mark can be worked out again", async () => {
  const brush = async (/** @type {Page} */ page) => {
    const number = await markDisc(page);
    await page.getByRole("radio", { name: "Brush", exact: true }).first().check();
    await page.getByRole("application", { name: /mark the object on/ }).focus();
    for (const key of ["Enter", "ArrowRight", "ArrowRight", "ArrowUp", "Enter"]) await page.keyboard.press(key);
    await number.filter({ hasText: /inside the mark, which/ }).waitFor();
  };
  const settings = "palette=magma&blend=glow&opacity=70&report-methods=gradcam&report-measures=focus";
  await small(
    brush,
    [DISC],
    async (page) => {
      const { look, pictures } = await savedJson(page);
      assert.deepEqual(look, { palette: "magma", opacity: 0.7, blend: "glow" });
      const [{ mark, maps }] = pictures;
      const { values, shape } = readNpy(readZip((await saved(page, "npz")).bytes).get("001.gradcam.map.npy"));
      assert.deepEqual([mark.kind, mark.height, mark.width], ["brush", ...shape]);
      // Lengths of what is outside and inside by turns, row by row.
      let [at, heat, area] = [0, 0, 0];
      for (const [turn, length] of mark.runs.entries()) {
        assert.ok(length > 0 || turn === 0, `run ${turn} is empty`);
        const run = values.subarray(at, (at += length));
        if (turn % 2 === 0) continue;
        heat += run.reduce((sum, value) => sum + value, 0);
        area += length;
      }
      assert.equal(at, values.length);
      const { energy, area: covered } = maps.gradcam.measures.inside;
      const sum = values.reduce((sum, value) => sum + value, 0);
      assert.ok(Math.abs(heat / sum - energy) < 1e-6, `${heat / sum}, and the report has ${energy}`);
      assert.ok(Math.abs(area / values.length - covered) < 1e-6, `${area / values.length}, ${covered}`);
      assert.ok(energy > 0 && energy < 1 && covered < 0.5, `${energy} in ${covered}`);
      // Whatever the page's colours have become since.
      const painted = async () => Object.fromEntries(readZip((await saved(page, "png")).bytes));
      const before = await painted();
      await page.locator("#views a", { hasText: "Explain" }).click();
      await page.locator("#palette").selectOption("viridis");
      await page.locator("#views a", { hasText: "Report" }).click();
      assert.match(page.url(), /palette=viridis/);
      assert.deepEqual(await painted(), before);
    },
    settings,
  );
});

/**
 * Where each cell of the table is read from.
 * @type {Record<string, (measures: Measures) => number | null | undefined>}
 */
const CELLS = {
  halfHeat: ({ focus }) => focus.halfHeat,
  aboveHalf: ({ focus }) => focus.aboveHalf,
  effectiveArea: ({ focus }) => focus.effectiveArea,
  gini: ({ focus }) => focus.gini,
  drop: ({ confidence }) => confidence?.drop,
  increase: ({ confidence }) => confidence && Number(confidence.increase),
  deletion: ({ deletion }) => deletion?.area,
  insertion: ({ insertion }) => insertion?.area,
  road: ({ road }) => road?.combined,
  adcc: ({ adcc }) => adcc?.adcc,
  arcc: ({ arcc }) => arcc?.arcc,
};
/** What a saved table has besides. @type {Record<string, (measures: Measures) => number | null | undefined>} */
const PARTS = {
  roadMorf: ({ road }) => road?.morfMean,
  roadLerf: ({ road }) => road?.lerfMean,
  adccCoherency: ({ adcc }) => adcc?.coherency,
  adccComplexity: ({ adcc }) => adcc?.complexity,
  adccAverageDrop: ({ adcc }) => adcc?.averageDrop,
  arccCoherency: ({ arcc }) => arcc?.coherency,
  arccSparsity: ({ arcc }) => arcc?.sparsity,
  arccRoad: ({ arcc }) => arcc?.road,
};
/** @type {Metric[]} */
const METRICS = ["focus", "confidence", "deletion", "insertion", "road", "adcc", "arcc"];

test("with every measure, each cell is the module's measure, ADCC and ARCC with the budget of the map", async () => {
  const methods = ["gradcam", "ablationcam"];
  const seed = parseInt(createHash("sha256").update(DISC.buffer).digest("hex").slice(0, 8), 16);
  const other = await openLab();
  const apart = await other.page.evaluate(
    async ({ bytes, methods, metrics, seed }) => {
      await lab.load({ device: "cpu" });
      const { explainer } = lab;
      const picture = new Uint8Array(bytes);
      const target = (await explainer.classify(picture)).classes[0].index;
      const asked = { target, metrics, steps: 8, substrate: /** @type {const} */ ("blur") };
      /** @type {Record<string, Measures>} */
      const found = {};
      for (const method of methods) {
        /** @type {ExplainOptions} */
        const explain = { method, layer: "layer3", target, channels: 32 };
        const map = await explainer.explain(picture, explain);
        found[method] = await explainer.measure(picture, map, { ...asked, explain });
      }
      for (const control of /** @type {const} */ (["random", "gaussian"])) {
        const map = await explainer.baseline(control, { width: 224, height: 224, seed });
        found[control] = await explainer.measure(picture, map, asked);
      }
      return found;
    },
    { bytes: [...DISC.buffer], methods, metrics: METRICS, seed },
  );
  await other.done();
  const settings = {
    ...{ "report-methods": methods.join(","), "report-measures": METRICS.join(",") },
    ...{ "report-layer": "layer3", "report-budget": "32", "report-steps": "8" },
  };
  await small(
    async () => {},
    [DISC],
    async (page) => {
      const lines = await savedTable(page);
      assert.deepEqual(
        lines.map(({ map }) => map),
        [...methods, "random", "gaussian"],
      );
      const shown = page.locator(".report-row tbody tr");
      assert.equal(await shown.count(), Object.keys(CELLS).length);
      for (const [column, line] of lines.entries()) {
        for (const [row, [number, of]] of Object.entries(CELLS).entries()) {
          const expected = of(apart[line.map]);
          assert.ok(typeof expected === "number", `${line.map} has no ${number}`);
          assert.equal(Number(line[number]), expected, `${line.map} ${number}`);
          const text = await shown.nth(row).locator("td").nth(column).innerText();
          const [scale, digits] = text.includes("%") ? [100, 1] : [1, 3];
          const difference = Math.abs(parseFloat(text.replace("−", "-")) - scale * expected);
          assert.ok(difference <= 0.5001 * 10 ** -digits, `${line.map} ${number}: ${text} for ${expected}`);
        }
      }
      const harmonic = (/** @type {number[]} */ all) => all.length / all.reduce((sum, one) => sum + 1 / one, 0);
      for (const line of lines) {
        for (const [part, of] of Object.entries(PARTS)) assert.equal(Number(line[part]), of(apart[line.map]), part);
        const number = Object.fromEntries(Object.entries(line).map(([key, text]) => [key, Number(text)]));
        assert.ok(Math.abs((number.roadLerf - number.roadMorf) / 2 - number.road) < 1e-6, `${line.map} ROAD`);
        const adcc = harmonic([number.adccCoherency, 1 - number.adccComplexity, 1 - number.adccAverageDrop]);
        assert.ok(Math.abs(adcc - number.adcc) < 1e-6, `${line.map} ADCC`);
      }
      const json = await savedJson(page);
      assert.deepEqual(
        json.aggregate.map((/** @type {{ number: string }} */ { number }) => number),
        Object.keys(CELLS),
      );
      const [{ maps, controls }] = json.pictures;
      assert.equal(maps.ablationcam.exact, false);
      for (const [method, { measures }] of Object.entries(maps)) {
        assert.equal(measures.adcc.coherency, apart[method].adcc?.coherency);
        assert.ok(measures.adcc.coherency < 0.9999, `${method} has been explained again`);
      }
      // A control knows nothing of the picture.
      for (const control of ["random", "gaussian"]) assert.equal(controls[control].adcc.coherency, 1);
      // What the network needs is read from the insertion, where it was measured.
      const claim = json.claims.find((/** @type {{ id: string }} */ { id }) => id === "object");
      assert.equal(claim.column, "insertion");
      assert.equal(claim.verdict, "notEnough");
      assert.equal(claim.comparisons.length, methods.length * 2);
      for (const { a, b, meanA, meanB, difference } of claim.comparisons) {
        const [first, second] = [a, b].map((id) => apart[id].insertion?.area ?? NaN);
        assert.deepEqual([meanA, meanB], [first, second]);
        assert.ok(Math.abs(difference.difference - (first - second)) < 1e-12, `${a} − ${b}: ${difference.difference}`);
      }
    },
    String(new URLSearchParams(settings)),
  );
});

test("with every method, the printed report is no wider than a sheet, and it becomes a PDF", async () => {
  await within(open, async ({ page }) => {
    await page.goto(`${site()}?device=cpu#view=report&report-measures=focus&report-budget=32`);
    const boxes = page.locator("#report-setup fieldset").first().locator("input");
    await boxes.first().waitFor();
    const count = await boxes.count();
    assert.ok(count > 12, `${count} methods`);
    for (let index = 0; index < count; index++) await boxes.nth(index).check();
    await page.locator("#report-file").setInputFiles([DISC]);
    await page.getByRole("button", { name: "Make the report", exact: true }).click();
    await page.getByText("The report is complete.").waitFor();
    const heads = page.locator(".report-row thead th");
    // With the two controls, without those that have another method's map at layer4.
    assert.ok((await heads.count()) >= count - 2, `${await heads.count()} of ${count}`);
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: 700, height: 990 });
    const wide = await page.evaluate(() => {
      const all = [...document.querySelectorAll("#report-document *")];
      const beyond = all.filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5);
      return beyond.map(({ tagName, className, textContent }) =>
        `${tagName}.${className}: ${textContent}`.slice(0, 120),
      );
    });
    assert.deepEqual(wide, []);
    const pdf = await page.pdf({ format: "A4" });
    assert.equal(pdf.subarray(0, 5).toString("latin1"), "%PDF-");
    assert.match(pdf.subarray(-8).toString("latin1"), /%%EOF/);
  });
});

test("the same picture twice is one picture, and the report says which was left out", async () => {
  const again = { ...DISC, name: "copy of the disc.bmp" };
  await small(
    async () => {},
    [DISC, SKY, again],
    async (page) => {
      assert.equal(await page.locator(".report-row").count(), 2);
      const left = await page.locator(".report-failed li").innerText();
      assert.ok(left.startsWith(again.name) && left.includes(DISC.name), left);
      const first = page.locator(".report-number").first().locator("tbody tr").first();
      assert.equal(await first.locator("td").last().innerText(), "2");
      // On a phone a number stands beside each head, and the first overlay beside the picture.
      await page.setViewportSize({ width: 360, height: 740 });
      const seen = await page.$$eval("#report-document .scroll", (all) =>
        all.flatMap((scroll) => {
          const { right } = scroll.getBoundingClientRect();
          const firsts = [...scroll.querySelectorAll("tbody tr td:nth-child(2), thead th img:first-of-type")];
          return firsts.slice(0, 4).map((one) => one.getBoundingClientRect().right <= right);
        }),
      );
      assert.ok(seen.length > 4 && seen.every(Boolean), JSON.stringify(seen));
      // And the object is nobody's mark.
      assert.match(await page.locator(".report-claims").innerText(), /No object is marked/);
    },
  );
});

test("a picture's maps are read at one place; on one scale they are drawn anew, which the saved file states", async () => {
  const methods = ["gradcam", "eigencam"];
  const settings = `report-methods=${methods}&report-measures=focus`;
  const look = async (/** @type {Page} */ page) => {
    const arrays = readZip((await saved(page, "npz")).bytes);
    const maps = methods.map((method) => readNpy(arrays.get(`001.${method}.map.npy`)).values);
    const row = page.locator(".report-row").first();
    const frame = (/** @type {string} */ method) => row.locator(`.report-frame[data-method=${method}]`);
    const readings = page.locator("#report-document .reading");
    /** Where the marker is, and what each of the maps has there. */
    const there = async () => {
      const { left, top } = await row
        .locator(".marker")
        .first()
        .evaluate((marker) => /** @type {HTMLElement} */ (marker).style);
      const place = [left, top].map((text) => parseFloat(text) / 100);
      const [x, y] = place.map((share) => Math.min(223, Math.floor(224 * share)));
      return { place, values: maps.map((map) => map[224 * y + x]) };
    };
    const percents = (/** @type {number[]} */ values) => values.map((value) => Math.round(100 * value));
    const numbers = (/** @type {string[]} */ all) => all.map((text) => Number(text.match(/[\d.]+/)?.[0]));

    const box = await frame("gradcam").boundingBox();
    assert.ok(box);
    await frame("gradcam").hover({ position: { x: 0.25 * box.width, y: 0.7 * box.height } });
    await readings.nth(1).waitFor();
    const pointed = await there();
    assert.ok(Math.abs(pointed.place[0] - 0.25) < 0.02 && Math.abs(pointed.place[1] - 0.7) < 0.02);
    assert.deepEqual(numbers(await readings.allInnerTexts()), percents(pointed.values));
    assert.equal(new Set(percents(pointed.values)).size, 2, "where they differ");
    assert.equal(await row.locator(".reading").count(), await readings.count(), "in no other row");
    await page.locator("#report-document h2").hover();
    await readings.first().waitFor({ state: "detached" });

    // By keyboard from the picture: the first map's peak, then a step.
    await row.locator(".report-frame[tabindex]").focus();
    const said = (/** @type {RegExp} */ text) => page.locator("#live").filter({ hasText: text }).innerText();
    await said(/^Grad-CAM: 100\s%/);
    const isLow = maps[0].indexOf(Math.max(...maps[0])) > 224 * 112;
    await page.keyboard.press(isLow ? "Shift+ArrowUp" : "Shift+ArrowDown");
    await said(/Grad-CAM: (?!100)\d+\s% of its maximum; Eigen-CAM: \d+\s%.*; Left: \d+/);
    const stepped = await there();
    assert.deepEqual(numbers(await readings.allInnerTexts()), percents(stepped.values));

    // The one that is hottest in times its average is as it was, and the other darker.
    const average = (/** @type {ArrayLike<number>} */ map) =>
      Array.from(map).reduce((sum, value) => sum + value) / map.length;
    const peaks = maps.map((map) => Math.max(...map) / average(map));
    const hottest = peaks.indexOf(Math.max(...peaks));
    const pixels = () =>
      row.locator(".report-frame[data-method] img").evaluateAll((all) =>
        Promise.all(
          all.map(async (one) => {
            const image = /** @type {HTMLImageElement} */ (one);
            await image.decode();
            const canvas = document.createElement("canvas");
            canvas.width = canvas.height = 112;
            const context = canvas.getContext("2d");
            context?.drawImage(image, 0, 0, 112, 112);
            return Array.from(context?.getImageData(0, 0, 112, 112).data ?? []);
          }),
        ),
      );
    const own = await pixels();
    const scale = page.locator("#report-document").getByRole("combobox", { name: "Scale" });
    await scale.selectOption("One for all");
    await row.locator("h4", { hasText: "One scale for its maps" }).waitFor();
    assert.equal(
      numbers([(await row.locator(".report-scale").innerText()).split("to ")[1]])[0],
      Number(peaks[hottest].toFixed(1)),
    );
    const shared = await pixels();
    const apart = own.map((one, i) => average(one.map((value, at) => Math.abs(value - shared[i][at]))));
    assert.ok(apart[hottest] < 4 && apart[1 - hottest] > 8, apart.join(" "));
    assert.match(await page.locator(".report-legend").last().innerText(), /in times its map’s average/);
    assert.match(new URL(page.url()).hash, /report-scale=shared/);
    await frame("eigencam").hover({ position: { x: 0.25 * box.width, y: 0.7 * box.height } });
    await readings.nth(1).waitFor();
    const { values } = await there();
    for (const [i, times] of numbers(await readings.allInnerTexts()).entries()) {
      assert.ok(Math.abs(times - values[i] / average(maps[i])) <= 0.051, `${times}`);
    }

    const html = (await saved(page, "html")).bytes.toString("utf8");
    // Each picture is a row and a figure.
    assert.equal(html.match(/One scale for its maps: to [\d.]+ times/g)?.length, 4);
    assert.doesNotMatch(html, /class="(marker|reading)|role="application"|<select/);
    await scale.selectOption("Each its own");
    await row.locator(".report-scale:empty").waitFor({ state: "attached" });
    assert.deepEqual(await pixels(), own);
  };
  await small(async () => {}, [DISC, SKY], look, settings);
});

/** @param {Page} page @returns {Promise<any>} */
async function savedJson(page) {
  return JSON.parse((await saved(page, "json")).bytes.toString("utf8"));
}
