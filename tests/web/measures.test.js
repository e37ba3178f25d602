/**
 * The measures, the sanity check, statistics and files of the module, on the CPU. What the numbers must be is tested
 * natively (tests/measures.rs, tests/sanity.rs); here, that they arrive as declared.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openLab, setUp, site } from "./fixture.js";

/** @import { Watched } from "./fixture.js" */
/** @import { MeasureProgress } from "../../www/camscope.d.ts" */

setUp();

describe("the module's measures on the CPU", () => {
  /** @type {Watched} */
  let watched;

  before(async () => {
    watched = await openLab();
    await watched.page.evaluate(() => lab.load({ device: "cpu" }));
  });
  after(() => watched.done());

  test("every measure arrives, with progress over all passes", async () => {
    const { found, progress } = await watched.page.evaluate(async () => {
      const image = await lab.sample("chelsea.png");
      const explain = { method: "gradcam" };
      const map = await lab.explainer.explain(image, explain);
      /** @type {MeasureProgress[]} */
      const progress = [];
      const mask = { width: 224, height: 224, values: map.values.map((value) => Number(value > 0.5)) };
      const { deletion, insertion, road, ...rest } = await lab.explainer.measure(image, map, {
        metrics: ["confidence", "deletion", "insertion", "road", "adcc", "arcc"],
        region: mask,
        steps: 2,
        substrate: "mean",
        explain,
        onProgress: (step) => progress.push(step),
      });
      if (!deletion || !insertion || !road) throw new Error("a measure is missing");
      const curve = (/** @type {typeof deletion} */ { shares, probabilities, area }) => ({
        shares: [...shares],
        probabilities: [...probabilities],
        area,
      });
      return {
        found: {
          ...rest,
          deletion: curve(deletion),
          insertion: curve(insertion),
          road: { ...road, morf: [...road.morf], lerf: [...road.lerf] },
        },
        progress,
      };
    });
    const { focus, inside, confidence, deletion, insertion, road, adcc, arcc } = found;
    assert.ok(inside && confidence && adcc && arcc);
    assert.ok(Math.abs(inside.area - focus.aboveHalf) < 1e-3 && inside.peak);
    assert.deepEqual(deletion.shares, [0, 0.5, 1]);
    const [start, middle, end] = deletion.probabilities;
    assert.ok(Math.abs(deletion.area - (start + 2 * middle + end) / 4) < 1e-6);
    assert.deepEqual([insertion.probabilities[2], insertion.probabilities[0]], [start, end]);
    assert.ok(Math.abs(confidence.before - start) < 1e-6);
    assert.deepEqual(road.percentiles, [10, 20, 30, 40, 50, 60, 70, 80, 90]);
    const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(Math.abs(road.combined - (mean(road.lerf) - mean(road.morf)) / 2) < 1e-6);
    assert.ok(Math.abs(adcc.averageDrop - confidence.drop / confidence.before) < 1e-5);
    assert.ok(adcc.coherency === arcc.coherency && Math.abs(adcc.complexity + arcc.sparsity - 1) < 1e-9);
    for (const value of [adcc.adcc, arcc.arcc, adcc.coherency]) assert.ok(value >= 0 && value <= 1);
    // One of the masked picture, two a curve less the end that they share, and ROAD's.
    assert.equal(progress[0].total, 1 + 3 + 18);
    const last = progress.at(-1);
    assert.ok(last && last.done === last.total && last.total >= 22);
  });

  test("the coherency of an approximate map is with a map of the same budget", async () => {
    const { channels, predicted, last } = await watched.page.evaluate(async (measures) => {
      const { asMade } = await import(measures);
      const image = await lab.sample("chelsea.png");
      const how = { layer: "layer4", target: 285 };
      const map = await lab.explainer.explain(image, { ...how, method: "scorecam", channels: 8 });
      const explain = asMade(how, "scorecam", map);
      let last = 0;
      await lab.explainer.measure(image, map, {
        metrics: ["adcc"],
        target: 285,
        explain,
        onProgress: ({ done }) => (last = done),
      });
      return {
        channels: explain.channels,
        predicted: map.weights.filter((weight) => !Number.isNaN(weight)).length,
        last,
      };
    }, `${site()}www/measures.js`);
    assert.equal(channels, 8);
    assert.equal(predicted, 2048, "the weights do not tell the budget");
    assert.ok(last >= 8 && last <= 12, `${last} passes`);
  });

  test("a measure that is cancelled stops, and the next one works", async () => {
    const [name, area] = await watched.page.evaluate(async () => {
      const image = await lab.sample("chelsea.png");
      const map = await lab.explainer.baseline("gaussian", { width: 224, height: 224 });
      const controller = new AbortController();
      const failure = await lab.failure(
        lab.explainer.measure(image, map, {
          metrics: ["road"],
          signal: controller.signal,
          onProgress: ({ done }) => done > 1 && controller.abort(),
        }),
      );
      const next = await lab.explainer.measure(image, map, { metrics: ["deletion"], steps: 1 });
      return [failure?.name, next.deletion?.area];
    });
    assert.equal(name, "AbortError");
    assert.ok(area !== undefined && area > 0 && area < 1);
  });

  test("what cannot be measured is refused in words", async () => {
    const messages = await watched.page.evaluate(async () => {
      const image = await lab.sample("chelsea.png");
      const map = await lab.explainer.baseline("random", { width: 224, height: 224, seed: 4 });
      const small = { width: 2, height: 1, values: new Float32Array(2) };
      const { explainer } = lab;
      return [
        await lab.failure(explainer.measure(image, map, { metrics: [/** @type {any} */ ("beauty")] })),
        await lab.failure(explainer.measure(image, map, { metrics: ["deletion"], steps: 0 })),
        await lab.failure(explainer.measure(image, map, { region: small })),
        await lab.failure(explainer.measure(image, map, { metrics: ["adcc"], explain: { method: "no" } })),
        await lab.failure(explainer.baseline("gaussian", { width: 0, height: 4 })),
        await lab.failure(explainer.npz([{ name: "a", shape: [3], values: new Float32Array(2) }])),
        await lab.failure(explainer.zip([{ name: "../a", bytes: new Uint8Array(1) }])),
        await lab.failure(explainer.csv([["a"], ["a", "b"]])),
        await lab.failure(explainer.aggregate({ groups: ["a"], values: [], higherIsBetter: true })),
      ];
    });
    for (const failure of messages) {
      assert.equal(failure?.name, "OptionError", failure?.message);
      assert.match(failure.message, /\.$/);
    }
  });

  test("the sanity check tells how the map changes as the network forgets", async () => {
    const { stages, sizes, reacts, text, seen } = await watched.page.evaluate(async () => {
      /** @type {number[]} */
      const seen = [];
      const { maps, ...rest } = await lab.explainer.sanity(await lab.sample("chelsea.png"), {
        method: "gradcam",
        onProgress: ({ done, total }) => seen.push(done / total),
      });
      return { ...rest, sizes: maps.map(({ values }) => values.length), seen };
    });
    assert.deepEqual(
      stages.map(({ stage }) => stage),
      ["fc", "layer4", "layer3", "layer2", "layer1", "stem"],
    );
    for (const { pearson, spearman } of stages) assert.ok(Math.abs(pearson) <= 1 && Math.abs(spearman) <= 1);
    assert.ok(sizes.length === 6 && sizes.every((size) => size === 224 * 224));
    assert.equal(reacts, true);
    assert.match(text, /reacts/);
    assert.ok(seen.length >= 7 && seen.every((share, i) => i === 0 || share >= seen[i - 1]));
  });

  test("values over pictures become means, ranks and tests", async () => {
    const { groups, pairs } = await watched.page.evaluate(() =>
      lab.explainer.aggregate({
        groups: ["a", "b"],
        values: [
          [1, 2, 3, 4, 5, 6, NaN],
          [2, 4, 6, 8, 10, 12, 1],
        ],
        higherIsBetter: true,
      }),
    );
    assert.deepEqual([groups[0].mean, groups[0].n, groups[1].n], [3.5, 6, 7]);
    assert.deepEqual([groups[0].rank, groups[1].rank], [2, 1]);
    assert.ok(groups[0].low > 1 && groups[0].low < 3.5 && groups[0].high > 3.5 && groups[0].high < 6);
    assert.equal(pairs.length, 1);
    // All six signs are the same: two of the 64 ways to choose them are as far out.
    assert.deepEqual([pairs[0].a, pairs[0].b, pairs[0].difference, pairs[0].n], ["a", "b", -3.5, 6]);
    assert.equal(pairs[0].p, 2 / 64);
  });

  test("values over pictures that are infinite leave no bound that is a number where there is none", async () => {
    const { groups, pairs } = await watched.page.evaluate(() =>
      lab.explainer.aggregate({
        groups: ["a", "b", "c"],
        values: [
          [1, 2, 3, Infinity],
          [Infinity, -Infinity, 1, NaN],
          [1, 2, 3, 4],
        ],
        higherIsBetter: true,
      }),
    );
    assert.deepEqual(
      groups.map(({ mean, n }) => [mean, n]),
      [
        [Infinity, 4],
        [NaN, 3],
        [2.5, 4],
      ],
    );
    assert.ok(groups[0].low <= 3 && groups[0].high === Infinity);
    assert.deepEqual([groups[1].low, groups[1].high], [NaN, NaN]);
    assert.ok(groups[2].low >= 1 && groups[2].high <= 4);
    for (const { p } of pairs) assert.ok(p >= 0 && p <= 1);
  });

  test("arrays, archives and tables are files that can be opened", async () => {
    const { npz, zip, csv } = await watched.page.evaluate(async () => {
      const values = new Float32Array([1, 0.5, -2]);
      const bytes = new TextEncoder().encode("hello");
      return {
        npz: [...(await lab.explainer.npz([{ name: "map", shape: [1, 3], values }]))],
        zip: [...(await lab.explainer.zip([{ name: "notes/a.txt", bytes }]))],
        csv: await lab.explainer.csv([["Zwölf", "a,b", null, NaN, 0.1]]),
      };
    });
    const text = (/** @type {number[]} */ bytes) => Buffer.from(bytes).toString("latin1");
    const [array, archive] = [text(npz), text(zip)];
    assert.ok(array.startsWith("PK") && archive.startsWith("PK"));
    assert.match(array, /map\.npy[^]*NUMPY[^]*'descr': '<f4'[^]*'shape': \(1, 3\)/);
    const data = Buffer.from(npz).subarray(array.indexOf("\n", array.indexOf("NUMPY")) + 1);
    assert.deepEqual([data.readFloatLE(0), data.readFloatLE(4), data.readFloatLE(8)], [1, 0.5, -2]);
    assert.match(archive, /notes\/a\.txthello/);
    assert.equal(csv, 'Zwölf,"a,b",,,0.1\r\n');
  });
});
