/**
 * What a report concludes from its numbers, without a browser: which of them count, the verdicts on hand-made summaries,
 * and the budget that a device gets.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MEASURES } from "../../www/measures.js";
import { differenceOf, summarise, valueOf } from "../../www/report/aggregate.js";
import { judge, representatives } from "../../www/report/claims.js";
import { toTable } from "../../www/report/export.js";
import { COLUMNS, columnsOf } from "../../www/report/measures.js";
import { BUDGETS, DEFAULTS, resolve } from "../../www/report/settings.js";
import { fixedBudget, leastOf } from "../../www/plan.js";
import { approximated, mergedNotes, settingsText } from "../../www/report/words.js";

/** @import { Summary } from "../../www/report/aggregate.js" */

const ALL = ["focus", "confidence", "deletion", "insertion", "road", "adcc", "arcc"];

/**
 * Everything that can be measured of a map.
 * @param {number} half the share that holds half of the heat
 * @returns {any}
 */
function measuresOf(half) {
  return {
    focus: { halfHeat: half, aboveHalf: half, effectiveArea: half, gini: half && 1 - half, centre: [0.5, 0.5] },
    inside: { energy: half, peak: false, area: 0.25 },
    confidence: { before: 0.8, after: 0.5, drop: 0.3, increase: false },
    deletion: { area: 0.2 },
    insertion: { area: 0.6 },
    road: { combined: 0.1 },
    adcc: { adcc: 0.5 },
    arcc: { arcc: 0.5 },
  };
}

describe("a map without heat", () => {
  const blank = measuresOf(0);

  test("has no number in a report, where any other map has every one", () => {
    assert.equal(columnsOf(ALL, true).length, COLUMNS.length);
    for (const { id, of } of COLUMNS) {
      assert.equal(of(blank), undefined, id);
      assert.equal(typeof of(measuresOf(0.1)), "number", id);
    }
  });

  test("has none in Compare either", () => {
    for (const { id, of } of MEASURES) {
      assert.equal(of(blank) ?? null, null, id);
      assert.equal(typeof of(measuresOf(0.1)), "number", id);
    }
  });

  test("is left out of what is said of all pictures", async () => {
    const result = (/** @type {any} */ own) =>
      /** @type {any} */ ({
        mark: {},
        maps: new Map([["gradcam", { measures: own }]]),
        controls: new Map([
          ["random", measuresOf(0.45)],
          ["gaussian", measuresOf(0.2)],
        ]),
      });
    const results = [result(measuresOf(0.1)), result(blank)];
    /** @type {any[]} */
    const asked = [];
    const engine = /** @type {any} */ ({
      aggregate: async (/** @type {any} */ options) => {
        asked.push(options);
        return { groups: [], pairs: [] };
      },
    });
    const settings = { ...DEFAULTS, methods: ["gradcam"], measures: ALL, channels: null };
    const summaries = await summarise(engine, results, settings);
    assert.equal(summaries.length, COLUMNS.length);
    for (const { values } of asked) {
      assert.ok(Number.isFinite(values[0][0]));
      assert.ok(Number.isNaN(values[0][1]), "of the blank map");
      assert.ok(values.slice(1).flat().every(Number.isFinite), "the controls stay");
    }
    assert.ok(Number.isNaN(valueOf(results[1], "gradcam", COLUMNS[0])));
  });
});

test("numbers that are none reach the statistics as they are, and are gaps in the table", async () => {
  const odd = [NaN, Infinity, -Infinity, null, undefined];
  const results = [0.2, ...odd].map(
    (area) =>
      /** @type {any} */ ({
        ...{ sha256: null, top: { index: 1, label: "cat", probability: 0.5 }, mark: null },
        maps: new Map([
          ["gradcam", { exact: true, passes: 1, seconds: 1, measures: { ...measuresOf(0.1), deletion: { area } } }],
        ]),
        controls: new Map([
          ["random", measuresOf(0.45)],
          ["gaussian", measuresOf(0.2)],
        ]),
      }),
  );
  /** @type {number[][]} */
  let given = [];
  const engine = /** @type {any} */ ({
    aggregate: async (/** @type {any} */ { values }) => {
      given = values;
      return { groups: [], pairs: [] };
    },
  });
  const settings = { ...DEFAULTS, methods: ["gradcam"], measures: ["deletion"], channels: null };
  await summarise(engine, results, settings);
  assert.deepEqual(given[0], [0.2, NaN, Infinity, -Infinity, NaN, NaN]);
  const rows = results.map((result, id) => ({ id, name: `${id}.png`, state: "done", result }));
  const [head, ...lines] = toTable(/** @type {any} */ ({ names: new Map(), settings, rows }));
  const cells = lines.filter((line) => line[head.indexOf("map")] === "gradcam").map((line) => line[head.length - 1]);
  assert.deepEqual(cells, [0.2, null, null, null, null, null]);
});

/** Paired differences as they lie to 0, for twenty pictures. @type {Record<string, [number, number, number, number]>} */
const FOUND = {
  below: [-0.2, -0.3, -0.1, 0.001],
  above: [0.2, 0.1, 0.3, 0.001],
  belowByChance: [-0.2, -0.3, -0.1, 0.05],
  aboveByChance: [0.2, 0.1, 0.3, 0.05],
  across: [-0.1, -0.3, 0.1, 0.001],
  // What the engine has no value for.
  unknown: [NaN, NaN, NaN, NaN],
};

/**
 * A number over all pictures: the given pairs, and a mean for each of their maps.
 * @param {string} id of its column
 * @param {[string, string, keyof typeof FOUND][]} given a, b, and where a − b lies
 * @returns {Summary}
 */
function summary(id, given) {
  const column = COLUMNS.find((one) => one.id === id);
  assert.ok(column);
  const names = [...new Set(given.flatMap(([a, b]) => [a, b]))];
  return {
    column,
    groups: names.map((name) => ({ name, mean: 0.4, low: 0.3, high: 0.5, n: 20, rank: 1 })),
    pairs: given.map(([a, b, found]) => {
      const [difference, low, high, p] = FOUND[found];
      return { a, b, difference, low, high, p, n: Number.isNaN(p) ? 0 : 20 };
    }),
  };
}

/**
 * @param {Summary[]} summaries
 * @param {string} id
 * @param {string[]} [methods]
 */
function claim(summaries, id, methods = ["gradcam", "ablationcam", "scorecam"]) {
  const found = judge(summaries, methods).find((one) => one.id === id);
  assert.ok(found);
  return found;
}

for (const [id, better, worse] of [
  ["scoreAblation", "scorecam", "ablationcam"],
  ["ablationGrad", "ablationcam", "gradcam"],
]) {
  test(`the claim ${id}: the smaller share is the more focused, whichever way round the pair is`, () => {
    const verdict = (/** @type {[string, string, string]} */ ...pair) =>
      claim([summary("halfHeat", [pair])], id).verdict;
    assert.equal(verdict(better, worse, "below"), "supported");
    assert.equal(verdict(better, worse, "above"), "notSupported");
    assert.equal(verdict(worse, better, "above"), "supported");
    assert.equal(verdict(worse, better, "below"), "notSupported");
    for (const found of ["belowByChance", "aboveByChance", "across"]) {
      assert.equal(verdict(better, worse, found), "notEnough", found);
      assert.equal(verdict(worse, better, found), "notEnough", found);
    }
    assert.equal(verdict(better, worse, "unknown"), "notMeasured");
    assert.equal(verdict(better, "layercam", "below"), "notMeasured");
    assert.equal(claim([summary("gini", [[better, worse, "below"]])], id).verdict, "notMeasured", "another number");
  });
}

test("what is compared is said in the order of the claim", () => {
  const { column, comparisons } = claim([summary("halfHeat", [["ablationcam", "scorecam", "above"]])], "scoreAblation");
  assert.equal(column, "halfHeat");
  assert.equal(comparisons.length, 1);
  const { a, b, difference } = comparisons[0];
  assert.deepEqual([a, b], ["scorecam", "ablationcam"]);
  assert.deepEqual(difference, { difference: -0.2, low: -0.3, high: -0.1, p: 0.001, n: 20 });
  assert.equal(differenceOf(summary("halfHeat", []), "scorecam", "ablationcam"), null);
});

describe("the claim of what the network needs", () => {
  /**
   * @param {string} column
   * @param {(keyof typeof FOUND)[]} found of Grad-CAM, then ScoreCAM, each against both controls
   */
  const against = (column, found) =>
    summary(
      column,
      found.map((one, index) => [index < 2 ? "gradcam" : "scorecam", index % 2 ? "gaussian" : "random", one]),
    );
  const methods = ["gradcam", "scorecam"];
  /** @param {Summary[]} summaries */
  const object = (...summaries) => claim(summaries, "object", methods);

  test("needs every method to be better than both controls; one that is worse speaks against it", () => {
    const verdict = (/** @type {(keyof typeof FOUND)[]} */ ...found) => object(against("insertion", found)).verdict;
    assert.equal(verdict("above", "above", "above", "above"), "supported");
    assert.equal(verdict("above", "above", "above", "across"), "notEnough");
    assert.equal(verdict("above", "aboveByChance", "above", "above"), "notEnough");
    assert.equal(verdict("above", "above", "below", "above"), "notSupported");
    assert.equal(verdict("across", "across", "belowByChance", "across"), "notEnough");
    assert.equal(verdict("below", "below", "below", "below"), "notSupported");
    assert.equal(verdict("above", "above", "above", "unknown"), "notMeasured");
    assert.equal(verdict("above", "above"), "notMeasured", "the other method is not there");
  });

  test("takes a smaller drop for better, where the insertion was not measured", () => {
    assert.equal(object(against("drop", ["below", "below", "below", "below"])).verdict, "supported");
    assert.equal(object(against("drop", ["above", "below", "below", "below"])).verdict, "notSupported");
    assert.equal(object(against("drop", ["above", "above", "above", "above"])).verdict, "notSupported");
    assert.equal(object(against("drop", ["below", "belowByChance", "below", "below"])).verdict, "notEnough");
    const all = (/** @type {keyof typeof FOUND} */ one) => [one, one, one, one];
    const both = object(against("drop", all("above")), against("insertion", all("above")));
    assert.deepEqual([both.column, both.verdict], ["insertion", "supported"]);
    assert.equal(object().verdict, "notMeasured");
  });
});

test("the claim of the object: as the one before by what lies inside the marks, and without any there is not enough evidence", () => {
  const inside = (/** @type {(keyof typeof FOUND)[]} */ ...found) => {
    const pairs = found.map((one, index) => /** @type {const} */ (["gradcam", index ? "gaussian" : "random", one]));
    return claim(
      [
        summary(
          "inside",
          pairs.map(([...pair]) => pair),
        ),
      ],
      "inside",
      ["gradcam"],
    ).verdict;
  };
  assert.equal(inside("above", "above"), "supported");
  assert.equal(inside("above", "across"), "notEnough");
  assert.equal(inside("above", "below"), "notSupported");
  assert.equal(claim([], "inside", ["gradcam"]).verdict, "notEnough");
});

test("three pictures are chosen: most alike, the middle, least alike", () => {
  const named = (/** @type {(number | null)[]} */ ...values) => values.map((agreement, id) => ({ id, agreement }));
  const ids = (/** @type {{ id: number }[]} */ found) => found.map(({ id }) => id);
  assert.deepEqual(ids(representatives(named(0.1, 0.9, 0.5, 0.7, 0.3))), [1, 2, 0]);
  assert.deepEqual(ids(representatives(named(0.1, 0.9, 0.5, 0.7))), [1, 3, 0]);
  assert.deepEqual(ids(representatives(named(0.2, 0.4))), [1, 0]);
  assert.deepEqual(ids(representatives(named(null))), [0]);
  assert.deepEqual(representatives([]), []);
});

describe("the budget of a report", () => {
  const channels = (
    /** @type {any} */ budget,
    /** @type {number | null} */ passSeconds,
    count = 2048,
    layer = "layer4",
  ) => resolve({ ...DEFAULTS, budget, layer }, count, passSeconds).channels;

  test("of a device's choice is what a minute allows, and exact where the whole layer is", () => {
    assert.equal(channels("auto", null), null, "before anything is measured");
    assert.equal(channels("auto", 60 / 2048), null, "just fast enough");
    assert.equal(channels("auto", 60 / 2047), 1024, "no longer");
    assert.equal(channels("auto", 0.1), 512);
    assert.equal(channels("auto", 0.5), 64);
    assert.equal(channels("auto", 1), 32);
    assert.equal(channels("auto", 30), BUDGETS[0], "never less than the least");
    assert.equal(channels("auto", 2, 16), null);
  });

  test("of a device's choice is none that gives another map altogether, however slow the device", () => {
    for (const passSeconds of [0.5, 1, 30]) {
      assert.equal(channels("auto", passSeconds, 512, "layer2"), 128);
      assert.equal(channels("auto", passSeconds, 256, "layer1"), 64);
      assert.equal(channels("auto", passSeconds, 1024, "layer3"), 64);
    }
    assert.equal(channels("auto", 0.3, 1024, "layer3"), 128, "more where a minute allows it");
    assert.equal(channels("auto", 30, 64, "stem"), 32);
    assert.equal(channels("auto", 30, 128, "layer2"), null, "exact where the layer has no more");
    assert.equal(channels(32, 30, 512, "layer2"), 32, "less only where it was chosen");
  });

  test("that was chosen is that, whatever the device, and no more than there are channels", () => {
    for (const passSeconds of [null, 0.001, 30]) {
      assert.equal(channels("all", passSeconds), null);
      assert.equal(channels(128, passSeconds), 128);
      assert.equal(channels(1024, passSeconds, 512), 512);
    }
  });
});

test("a budget that no one chose is at least what its layers need, and none where they have no more", () => {
  const [stem, early, late, last] = [
    { id: "stem", channels: 64 },
    { id: "layer2", channels: 512 },
    { id: "layer3", channels: 1024 },
    { id: "layer4", channels: 2048 },
  ];
  assert.deepEqual([[stem], [early], [late], [late, early]].map(leastOf), [32, 128, 64, 128]);
  assert.equal(fixedBudget(64, [last]), 64);
  assert.equal(fixedBudget(64, [early]), 128);
  assert.equal(fixedBudget(64, [last, early]), 128);
  assert.equal(fixedBudget(64, [stem]), undefined);
  assert.equal(fixedBudget(64, [stem, last]), 64, "for the one that has more");
  assert.equal(fixedBudget(64, [{ id: "layer2", channels: 128 }]), undefined);
});

test("a report's settings tell what was done, and nothing that was not", () => {
  const settings = { ...DEFAULTS, measures: ["focus"], channels: 64 };
  assert.equal(settingsText(settings, []), "layer layer4; crop “Middle”");
  assert.equal(
    settingsText({ ...settings, measures: ["insertion"] }, []),
    "layer layer4; crop “Middle”; curves of 32 steps, deleted pixels blurred",
  );
  assert.match(settingsText(settings, ["AblationCAM"]), /^layer layer4; crop “Middle”; AblationCAM by 64 passes/);
  assert.match(settingsText(settings, ["AblationCAM", "ScoreCAM"]), /; AblationCAM and ScoreCAM by 64 passes/);

  const maps = (/** @type {Record<string, boolean>} */ all) =>
    /** @type {any} */ ({ maps: new Map(Object.entries(all).map(([id, exact]) => [id, { exact }])) });
  const results = [maps({ gradcam: true, scorecam: true }), maps({ gradcam: true, scorecam: false })];
  assert.deepEqual(approximated(["gradcam", "ablationcam", "scorecam"], results), ["scorecam"]);
  assert.deepEqual(approximated(["gradcam", "ablationcam"], results), []);
});

test("notes that differ in one number only are said once, with its range", () => {
  assert.deepEqual(mergedNotes([]), []);
  assert.deepEqual(mergedNotes(["A budget of 32."]), ["A budget of 32."]);
  assert.deepEqual(mergedNotes(["They hold 40 % of it.", "They hold 7 % of it.", "They hold 55 % of it."]), [
    "They hold 7 to 55 % of it.",
  ]);
  assert.deepEqual(mergedNotes(["32 of 1400 distinct maps", "32 of 1500 distinct maps", "Another."]), [
    "32 of 1400 to 1500 distinct maps",
    "Another.",
  ]);
  assert.deepEqual(mergedNotes(["They hold 40 % of it.", "They hold 40 % of it."]), ["They hold 40 % of it."]);
});
