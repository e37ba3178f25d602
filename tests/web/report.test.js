/**
 * One whole report in the page, on the CPU: three pictures drawn here and a file that is none, three methods, two
 * measures. Its numbers over all pictures are worked out anew from the table that it exports; its files are read back.
 */
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { createHash } from "node:crypto";
import { drawings } from "./drawings.js";
import { inRepository, largestDifference, open, openLab, saved, savedTable, setUp, site, within } from "./fixture.js";
import { holdBack } from "./hold.js";
import { BUILD } from "../../www/build.js";
import { timePass } from "../../www/report/pass-time.js";
import { readNpy, readZip } from "./archive.js";

/** @import { Page } from "playwright-core" */
/** @import { Watched } from "./fixture.js" */

setUp();

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const SETTINGS = "report-budget=32&report-measures=focus,confidence&report-steps=8";
const METHODS = ["gradcam", "ablationcam", "scorecam"];
const MAPS = [...METHODS, "random", "gaussian"];
const RUBBISH = { name: "notes.png", mimeType: "image/png", buffer: Buffer.from("These are only notes.") };
const [DISC, STRIPES, SKY] = drawings();

describe("a report over many pictures", () => {
  /** @type {Watched} */
  let watched;
  /** @type {Page} */
  let page;
  /** @type {Awaited<ReturnType<typeof holdBack>>} The last map of each picture but the first. */
  let scorecam;

  before(async () => {
    watched = await open();
    page = watched.page;
    scorecam = await holdBack(page, "scorecam", 1);
    await page.goto(`${site()}?device=cpu#${SETTINGS}`);
  });
  after(() => watched.done());

  const rows = () => page.locator(".report-row");
  /** @param {string} name */
  const button = (name) => page.getByRole("button", { name, exact: true });

  const save = (/** @type {string} */ format) => saved(page, format);

  const table = () => savedTable(page);

  test("the settings in the address are the report's", async () => {
    await page.locator(".card[data-method=scorecam] .run").waitFor();
    await page.getByRole("link", { name: "Report" }).click();
    assert.match(page.url(), /report-budget=32/);
    assert.equal(await page.getByLabel("Channels of ScoreCAM").inputValue(), "32");
    const chosen = page.locator("#report-setup input:checked");
    const ids = await chosen.evaluateAll((inputs) => inputs.map((input) => /** @type {any} */ (input).value));
    assert.deepEqual(new Set(ids), new Set([...METHODS, "focus", "confidence"]));
    await page.getByRole("checkbox", { name: /^LayerCAM/ }).check();
    assert.match(decodeURIComponent(page.url()), /report-methods=[a-z,]*layercam/);
    await page.getByRole("checkbox", { name: /^LayerCAM/ }).uncheck();
  });

  test("it takes over the device; a rubbish file is named, and the others go on; paused, it keeps what it has", async () => {
    await page.locator("#report-file").setInputFiles([DISC, RUBBISH, STRIPES, SKY]);
    await page.getByText("4 pictures in the report.").waitFor();
    await button("Make the report").click();
    await page.locator(".card[data-method=scorecam][aria-busy=false]").waitFor({ state: "attached" });
    await rows().first().waitFor();
    await page.locator(".report-failed li", { hasText: "notes.png" }).waitFor();
    assert.match(await page.locator(".report-failed").innerText(), /not a picture that camscope can read/);
    await button("Pause").click();
    await page.locator("#report-bar", { hasText: "Paused after 2 of 4 pictures." }).waitFor();
    assert.equal(await rows().count(), 1);
  });

  test("it goes on where it was, and in another view says where it is running", async () => {
    await button("Go on").click();
    await page.getByRole("link", { name: "Explain" }).click();
    const line = page.locator("#report-elsewhere");
    assert.match(await line.innerText(), /2 of 4 pictures finished/);
    await line.getByRole("link", { name: "Show it" }).click();
    await scorecam.next();
    await rows().nth(1).waitFor();
    assert.equal(await line.isVisible(), false);
  });

  test("cancelled, it keeps the finished pictures; the rest can follow", async () => {
    const first = await rows().first().innerText();
    await button("Cancel").last().click();
    await button("Go on with the rest").waitFor();
    await scorecam.off();
    assert.equal(await rows().count(), 2);
    assert.match(await page.locator("#report-bar").innerText(), /3 of 4 pictures finished\./);
    await button("Go on with the rest").click();
    await button("Make it again").waitFor();
    await page.getByText("The report is complete.").waitFor();
    assert.equal(await rows().count(), 3);
    assert.equal(await rows().first().innerText(), first);
    const titles = await page.locator(".report-row h4").allInnerTexts();
    assert.deepEqual(
      titles.map((title) => title.split(" ")[1]),
      [DISC, STRIPES, SKY].map(({ name }) => name),
    );
  });

  test("each picture has every method's overlay and measures, and the controls' beside them", async () => {
    const row = rows().first();
    assert.deepEqual(
      (await row.locator("thead th").allInnerTexts()).map((text) => text.split("\n")[0].trim()),
      ["Grad-CAM", "AblationCAM", "ScoreCAM", "Random map", "Centred Gaussian"],
    );
    assert.equal(await row.locator("thead img").count(), 4);
    const loaded = await page.$$eval(".report-row img", (all) =>
      Promise.all(
        all.map(async (one) => {
          const image = /** @type {HTMLImageElement} */ (one);
          await image.decode();
          return image.naturalWidth > 0;
        }),
      ),
    );
    assert.deepEqual(new Set(loaded), new Set([true]));
    const [line] = (await table()).filter(({ map }) => map === "gaussian");
    const shown = await row.locator("tbody tr").first().locator("td").last().innerText();
    assert.equal(shown.replace(/\s/g, ""), `${(100 * Number(line.halfHeat)).toFixed(1)}%`);
  });

  test("the numbers over all pictures are those of the table", async () => {
    const lines = await table();
    assert.equal(lines.length, 3 * MAPS.length);
    const json = JSON.parse((await save("json")).bytes.toString("utf8"));
    for (const { number, groups, pairs, higherIsBetter } of json.aggregate) {
      const values = MAPS.map((map) => lines.filter((line) => line.map === map).map((line) => Number(line[number])));
      const ranks = [0, 1, 2].map((picture) => {
        const column = values.map((own) => (higherIsBetter ? -own[picture] : own[picture]));
        return column.map((value) =>
          column.reduce((sum, one) => sum + (one < value ? 1 : one === value ? 0.5 : 0), 0.5),
        );
      });
      for (const [index, group] of groups.entries()) {
        assert.equal(group.name, MAPS[index]);
        close(group.mean, mean(values[index]), 1e-6);
        close(group.rank, mean(ranks.map((rank) => rank[index])), 1e-9);
        // A resample's mean is no smaller than the smallest value, and no larger than the largest.
        assert.ok(group.low >= Math.min(...values[index]) - 1e-6 && group.high <= Math.max(...values[index]) + 1e-6);
        assert.ok(group.low <= group.mean + 1e-9 && group.mean <= group.high + 1e-9);
      }
      for (const { a, b, difference, p } of pairs) {
        const [first, second] = [a, b].map((name) => values[MAPS.indexOf(name)]);
        const differences = first.map((value, index) => value - second[index]);
        close(difference, mean(differences), 1e-6);
        close(p, signedRank(differences), 1e-6);
      }
    }
    assert.equal(json.aggregate.length, 6);
  });

  test("a table's heads stand over their columns", async () => {
    const skewed = await page.locator("#report-document table").evaluateAll(
      (tables) =>
        tables.filter((table) => {
          const cells = (/** @type {string} */ part) => [...(table.querySelector(`${part} tr`)?.children ?? [])];
          const [heads, first] = [cells("thead"), cells("tbody")];
          if (table.checkVisibility() === false || heads.length !== first.length) return false;
          return heads.some((head, i) => {
            const [above, below] = [head.getBoundingClientRect(), first[i].getBoundingClientRect()];
            return Math.abs(above.right - below.right) > 1;
          });
        }).length,
    );
    assert.equal(skewed, 0);
  });

  test("a claim says no more than three pictures can", async () => {
    const claims = await page.locator(".report-claims > li").allInnerTexts();
    assert.equal(claims.length, 4);
    assert.match(claims.pop() ?? "", /looks at the object.*not enough evidence\.\s*No object is marked/s);
    for (const claim of claims) assert.match(claim, /not enough evidence\.[^]*interval[^]*p [=<] [^]*n = 3/);
  });

  test("the JSON holds what is needed to repeat the report", async () => {
    const { name, bytes } = await save("json");
    assert.match(name, /^camscope-report-\d{4}-\d\d-\d\d\.json$/);
    const json = JSON.parse(bytes.toString("utf8"));
    const cargo = await readFile(inRepository("Cargo.toml"), "utf8");
    assert.equal(json.camscope, cargo.match(/^version = "(.+)"$/m)?.[1]);
    assert.equal(json.build, BUILD);
    const { shards } = JSON.parse(await readFile(inRepository("pkg/models/resnet50/manifest.json"), "utf8"));
    assert.deepEqual(
      json.model.weights,
      shards.map((/** @type {{ sha256: string }} */ { sha256 }) => sha256),
    );
    // As the engine's source has it.
    const constant = async (/** @type {string} */ file, /** @type {RegExp} */ pattern) =>
      Number((await readFile(inRepository(`src/metrics/${file}`), "utf8")).match(pattern)?.[1].replace("_", ""));
    const resamples = await constant("statistics.rs", /RESAMPLES: usize = ([\d_]+);/);
    assert.deepEqual(json.statistics, { seed: 1, resamples, significance: 0.05 });
    const sigma = await constant("curves.rs", /BLUR_SIGMA: f64 = ([\d.]+);/);
    assert.deepEqual(json.substrate, { kind: "blur", sigma });
    assert.equal(
      decodeURIComponent(json.link),
      `${site()}?device=cpu#view=report&report-measures=focus,confidence&report-budget=32&report-steps=8`,
    );
    assert.deepEqual(json.settings.methods, METHODS);
    assert.equal(json.settings.channels, 32);
    assert.deepEqual(
      json.pictures.map((/** @type {any} */ { name, sha256 }) => [name, sha256]),
      [DISC, STRIPES, SKY].map(({ name, buffer }) => [name, createHash("sha256").update(buffer).digest("hex")]),
    );
    assert.deepEqual(json.failures.length, 1);
    const score = json.pictures[0].maps.scorecam;
    assert.equal(score.exact, false);
    // The error that was measured for this budget.
    assert.match(score.notes.map((/** @type {any} */ { text }) => text).join(" "), /32 passes correlated .* 0\.9205/);
    // Said once of all three pictures.
    const said = (await page.locator(".report-how").innerText()).match(/32 passes correlated .* 0\.9205/g);
    assert.equal(said?.length, 1);
  });

  test("NumPy's archive holds the maps that the engine computes", async () => {
    const entries = readZip((await save("npz")).bytes);
    assert.deepEqual(
      new Set(entries.keys()),
      new Set(
        [1, 2, 3].flatMap((place) =>
          METHODS.flatMap((method) => [`00${place}.${method}.map.npy`, `00${place}.${method}.raw.npy`]),
        ),
      ),
    );
    const [map, raw] = ["map", "raw"].map((kind) => readNpy(entries.get(`002.gradcam.${kind}.npy`)));
    assert.deepEqual(
      [map.shape, raw.shape],
      [
        [224, 224],
        [7, 7],
      ],
    );
    const other = await openLab();
    const apart = await other.page.evaluate(
      async (bytes) => {
        await lab.load({ device: "cpu" });
        const found = await lab.explainer.explain(new Uint8Array(bytes), { method: "gradcam" });
        return { map: Array.from(found.values), raw: Array.from(found.raw.values) };
      },
      [...STRIPES.buffer],
    );
    await other.done();
    assert.equal(largestDifference(map.values, apart.map), 0);
    assert.equal(largestDifference(raw.values, apart.raw), 0);
  });

  test("the PNGs are the overlays, one file each", async () => {
    const entries = readZip((await save("png")).bytes);
    assert.equal(entries.size, 3 * 4);
    for (const [name, bytes] of entries) {
      assert.match(name, /^00[123]-\w+-(picture|gradcam|ablationcam|scorecam)\.png$/);
      assert.equal(bytes.subarray(1, 4).toString("latin1"), "PNG");
    }
    const distinct = new Set([...entries.values()].map((bytes) => createHash("sha256").update(bytes).digest("hex")));
    assert.equal(distinct.size, entries.size);
  });

  test("the HTML file needs nothing else", async () => {
    const html = (await save("html")).bytes.toString("utf8");
    assert.doesNotMatch(html, /<script|<link|(src|href|srcset)="(?!data:)|url\(|@import/);
    assert.doesNotMatch(html, /<select|<button/);
    await within(open, async ({ page: other, requests }) => {
      await other.setContent(html);
      const images = await other.$$eval("img", (all) => all.map((one) => one.naturalWidth));
      // Figures and rows, and a legend of each.
      assert.equal(images.length, 3 * 4 * 2 + 2);
      assert.ok(images.every((width) => width > 0));
      assert.ok(
        requests.every((url) => url.startsWith("data:")),
        requests.join(" ").slice(0, 300),
      );
      const text = (/** @type {Page} */ where) => where.locator(".report-numbers").innerText();
      assert.equal(await text(other), await text(page));
      assert.match(await text(other), /How unequally the heat is spread[^]*larger is more focused/);
    });
  });

  test("a legend has the colours of the overlays, and what a number means opens by keyboard, in the file too", async () => {
    const colours = async (/** @type {string} */ selector) =>
      page.locator(selector).evaluate(async (shown) => {
        const image = shown instanceof HTMLImageElement ? await createImageBitmap(shown) : shown;
        const canvas = document.createElement("canvas");
        canvas.width = 256;
        canvas.height = 1;
        canvas.getContext("2d")?.drawImage(/** @type {any} */ (image), 0, 0, 256, 1);
        return Array.from(canvas.getContext("2d")?.getImageData(0, 0, 256, 1).data ?? []);
      });
    for (const place of ["figures", "rows"]) {
      const shown = await colours(`.report-legend:has(+ .report-${place}) img`);
      assert.deepEqual(shown, await colours("#scale"), place);
    }
    const html = (await save("html")).bytes.toString("utf8");
    await within(open, async ({ page: other }) => {
      await other.setContent(html);
      for (const one of [page, other]) {
        const head = one.locator(".report-row").first().locator("tbody th").first();
        assert.equal(await head.locator("p").isVisible(), false);
        await head.locator("summary").focus();
        await one.keyboard.press("Enter");
        assert.match(await head.locator("p").innerText(), /holds half of the map’s heat[^]*smaller is more focused/);
        assert.match((await head.locator("summary").getAttribute("title")) ?? "", /holds half of the map’s heat/);
        await one.keyboard.press("Enter");
      }
    });
  });

  test("another picture can be taken as a figure", async () => {
    const figure = page.getByLabel("Figure 1");
    const names = await figure.locator("option").allInnerTexts();
    assert.equal(names.length, 3);
    const other = names.find((name) => name !== names[0]) ?? "";
    await figure.selectOption({ label: other });
    assert.match(
      await page.locator(".report-figures figcaption").first().innerText(),
      new RegExp(`^Figure 1. ${other}`),
    );
    const focused = await page.evaluate(() => document.activeElement?.tagName);
    assert.equal(focused, "SELECT", "the focus stays on the choice");
  });

  test("in print there is the report alone", async () => {
    await page.emulateMedia({ media: "print" });
    for (const hidden of [
      ".top",
      "#views",
      "#report-setup",
      "#report-bar",
      "#report-files",
      ".notes",
      ".control-only",
    ]) {
      assert.equal(await page.locator(hidden).first().isVisible(), false, hidden);
    }
    assert.ok(await page.locator("#report-document").isVisible());
    await page.emulateMedia({ media: null });
    // Another view prints as it is.
    await page.getByRole("link", { name: "Explain" }).click();
    await page.emulateMedia({ media: "print" });
    await page.locator("#maps").waitFor();
    await page.emulateMedia({ media: null });
    await page.getByRole("link", { name: "Report" }).click();
  });

  test("axe-core finds nothing, and nothing scrolls sideways, narrow and wide, light and dark", async () => {
    await page.evaluate(await readFile(AXE, "utf8"));
    for (const [width, colorScheme] of /** @type {[number, "light" | "dark"][]} */ ([
      [360, "light"],
      [1280, "dark"],
    ])) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const found = await page.evaluate(async () => {
        const { violations } = await /** @type {any} */ (window).axe.run(document, {
          runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        });
        return violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)}`);
      });
      assert.deepEqual(found, []);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wider <= 0, `${wider} px too wide at ${width}`);
    }
  });
});

test("a device is timed by passes, not by how soon the engine remembers a picture", async (t) => {
  let now = 0;
  t.mock.method(performance, "now", () => now);
  /** @type {any} Its clock stands still but for the network's own work: 0.1 s a pass, a picture's first look included. */
  const engine = {
    known: false,
    async classify() {
      now += this.known ? 0 : 100;
      this.known = true;
    },
    input: async () => ({ width: 320, height: 224 }),
    baseline: async (/** @type {string} */ _, /** @type {object} */ size) => size,
    async measure(
      /** @type {Blob} */ _,
      /** @type {object} */ map,
      /** @type {{ metrics: string[], steps: number }} */ options,
    ) {
      assert.deepEqual([map, options.metrics], [{ width: 320, height: 224 }, ["deletion"]]);
      now += 100 * options.steps;
    },
  };
  for (const time of ["first", "second"]) {
    const seconds = await timePass(engine, new Blob(), "full");
    assert.ok(Math.abs(seconds - 0.1) < 1e-9, `the ${time} time: ${seconds} s`);
  }
});

test("the ten photos come by one click, a folder by another, and all can be removed", () =>
  within(open, async ({ page }) => {
    await page.goto(`${site()}?device=cpu#view=report`);
    const photos = (await readdir(inRepository("pkg/samples"))).filter((file) => /^n\d{8}_/.test(file));
    await page.getByRole("button", { name: `The ${photos.length} ImageNet photos` }).click();
    await page.getByText(`${photos.length} pictures in the report.`).waitFor();
    // Once is enough.
    await page.getByRole("button", { name: `The ${photos.length} ImageNet photos` }).click();
    await page.getByText(`${photos.length} pictures in the report.`).waitFor();
    await page.locator("#report-folder").setInputFiles(path.join(inRepository("tests/fixtures"), "pictures"));
    await page.getByText(/1 file that is no picture left out/).waitFor();
    await page.getByRole("button", { name: "Remove all" }).click();
    await page.getByText("No pictures yet.").waitFor();
    await page.evaluate(() => {
      const data = new DataTransfer();
      for (const name of ["a.png", "b.png"]) data.items.add(new File(["x"], name, { type: "image/png" }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    await page.getByText("2 pictures in the report.").waitFor();
  }));

/**
 * @param {number} actual
 * @param {number} expected
 * @param {number} tolerance
 */
function close(actual, expected, tolerance) {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Wilcoxon's signed-rank test by its definition: over all signs, how often the sum of the signed ranks is at least as far
 * from 0.
 * @param {number[]} differences
 */
function signedRank(differences) {
  const sizes = differences.filter((one) => one !== 0).map(Math.abs);
  const ranks = sizes.map((size) => sizes.reduce((sum, one) => sum + (one < size ? 1 : one === size ? 0.5 : 0), 0.5));
  const signs = differences.filter((one) => one !== 0).map(Math.sign);
  /** @param {number[]} signs */
  const statistic = (signs) => Math.abs(signs.reduce((sum, sign, index) => sum + sign * ranks[index], 0));
  const all = Array.from({ length: 2 ** signs.length }, (_, bits) =>
    ranks.map((_, index) => ((bits >> index) & 1 ? 1 : -1)),
  );
  return all.filter((one) => statistic(one) >= statistic(signs) - 1e-9).length / all.length;
}
