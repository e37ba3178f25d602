/**
 * What a report concludes from its numbers, without a browser: which of them count, the verdicts on hand-made summaries,
 * and the budget that a device gets.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MEASURES } from "../../www/measures.js";
import { summarise, valueOf } from "../../www/report/aggregate.js";
import { COLUMNS, columnsOf } from "../../www/report/measures.js";
import { DEFAULTS } from "../../www/report/settings.js";

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
    assert.equal(columnsOf(ALL).length, COLUMNS.length);
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
