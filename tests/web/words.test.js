/**
 * A heatmap in words, against maps of known shape; and the toy network on which the methods are explained, against what
 * its formulas say.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { describeDrawn, describeMap, translateNote } from "../../www/describe.js";
import { parseNumbers } from "../../www/numerals.js";
import { methodPages as pages } from "../../www/strings.js";
import { ACTIVATIONS, FEATURES, METHODS, SIDE, gradients, methodOn, score } from "../../www/toy.js";

/**
 * @param {number} width
 * @param {number} height
 * @param {(x: number, y: number) => number} value
 */
function map(width, height, value) {
  const values = Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)));
  return { width, height, values };
}

/** A rectangle of ones in a frame of 100 × 50. @param {number} left @param {number} top @param {number} width @param {number} height */
function box(left, top, width, height) {
  return map(100, 50, (x, y) => Number(x >= left && x < left + width && y >= top && y < top + height));
}

test("a map is described by its place and its extent", () => {
  assert.equal(describeMap(box(20, 20, 12, 10)), "Heat centred left of the middle, over 2.4\u00a0% of the picture.");
  assert.equal(describeMap(box(45, 20, 10, 10)), "Heat centred in the middle, over 2.0\u00a0% of the picture.");
  assert.equal(describeMap(box(70, 0, 30, 10)), "Heat centred in the upper right, over 6.0\u00a0% of the picture.");
  assert.equal(describeMap(box(40, 0, 20, 10)), "Heat centred above the middle, over 4.0\u00a0% of the picture.");
  assert.equal(describeMap(box(40, 40, 20, 10)), "Heat centred below the middle, over 4.0\u00a0% of the picture.");
  assert.equal(describeMap(box(0, 40, 20, 10)), "Heat centred in the lower left, over 4.0\u00a0% of the picture.");
});

test("heat in several places, and a maximum away from its middle, are told", () => {
  const two = map(90, 90, (x, y) => (y < 30 || y >= 60 ? 0 : x < 20 ? 1 : x >= 70 ? 0.9 : 0));
  assert.equal(
    describeMap(two),
    "Heat centred in the middle, over 14.8\u00a0% of the picture, in 2 separate areas, hottest left of the middle.",
  );
  // Touching by a corner alone is not touching; a speck is no area.
  const corner = map(60, 60, (x, y) => Number((x < 30 && y < 30) || (x >= 30 && y >= 30)));
  assert.match(describeMap(corner), /in 2 separate areas/);
  const speck = map(60, 60, (x, y) => Number((x > 10 && x < 50 && y > 10 && y < 50) || (x === 0 && y === 0)));
  assert.doesNotMatch(describeMap(speck), /areas/);
});

test("maps without heat, of even heat, of values below zero and of no number", () => {
  assert.equal(describeMap(map(7, 7, () => 0)), "No heat anywhere.");
  assert.equal(describeMap(map(7, 7, () => -1)), "No heat anywhere.");
  assert.equal(describeMap(map(7, 7, () => NaN)), "No heat anywhere.");
  assert.equal(describeMap(map(7, 7, () => 0.4)), "Equally hot everywhere.");
  const nan = map(100, 50, (x, y) => (x === 0 ? NaN : Number(x >= 70 && y < 10)));
  assert.match(describeMap(nan), /^Heat centred in the upper right, over 6\.0/);
});

test("where what speaks against the class is shown, it is told where that lies and how strong it is", () => {
  const against = { signed: true };
  /** @param {(x: number, y: number) => number} value */
  const both = (value) => {
    const signed = map(100, 50, value);
    return { ...signed, values: signed.values.map((one) => Math.max(0, one)), signed };
  };
  const two = both((x, y) => (y >= 10 && y < 20 ? (x < 10 ? 1 : x >= 90 ? -0.5 : 0) : 0));
  const plain = "Heat centred in the upper left, over 2.0\u00a0% of the picture.";
  assert.equal(describeDrawn(two, null), plain);
  assert.equal(describeDrawn(two, { signed: false }), plain);
  assert.equal(
    describeDrawn(two, against),
    `${plain} What speaks against it is centred in the upper right, over 2.0\u00a0% of the picture, at most 50.0\u00a0% as strong as what speaks for it.`,
  );
  // A map as it stands has no other side.
  assert.equal(describeDrawn({ ...two, signed: undefined }, against), plain);
  const one = both((x, y) => Number(x < 10 && y < 10));
  assert.match(describeDrawn(one, against), /^Heat centred in the upper left, .*\. Nothing speaks against it\.$/);
  const none = both((x, y) => -Number(x < 10 && y < 10));
  assert.equal(
    describeDrawn(none, against),
    "Nothing speaks for it. What speaks against it is centred in the upper left, over 2.0\u00a0% of the picture.",
  );
  assert.match(
    describeDrawn(
      both(() => -1),
      against,
    ),
    /^Nothing speaks for it\. Every place speaks equally against it\.$/,
  );
  assert.equal(
    describeDrawn(
      both(() => NaN),
      against,
    ),
    "No heat anywhere.",
  );
  assert.match(describeMap(map(10, 10, (x) => (x === 0 ? Infinity : Number(x === 9)))), /^Heat centred right/);
});

test("numbers that are written are read with either decimal mark", () => {
  const three = [0.485, 0.456, -0.406];
  for (const text of [
    "0.485, 0.456, -0.406",
    "0.485,0.456,-0.406",
    "0.485 ,0.456 ,-0.406",
    "0.485 0.456 -0.406",
    "0.485;0.456;-0.406",
    "0,485; 0,456; -0,406",
    "0,485;0,456;-0,406",
    " 0,485  0,456 -0,406 ",
  ]) {
    assert.deepEqual(parseNumbers(text), three, text);
  }
  assert.deepEqual(parseNumbers("1, 1, 1"), [1, 1, 1]);
  assert.deepEqual(parseNumbers("1,1,1"), [1, 1, 1]);
  assert.deepEqual(parseNumbers("1 ,1 ,1"), [1, 1, 1]);
  assert.deepEqual(parseNumbers("0,485"), [0.485]);
  assert.deepEqual(parseNumbers("1,5e-5"), [1.5e-5]);
  assert.deepEqual(parseNumbers("224"), [224]);
  for (const text of ["", "a", "0,5,", "0.5,", ";", "1,2.3.4"]) {
    assert.ok(!parseNumbers(text).every(Number.isFinite), text);
  }
});

test("in English the engine's remarks stay as they are", () => {
  const text = "layer3: Approximate: 64 of 1024 channels, which hold 31 % of the layer's activation energy.";
  assert.deepEqual(translateNote({ text }), { text, lang: "en" });
});

test("the toy's gradients are the slopes of its score", () => {
  for (const c of [0, 1]) {
    const g = gradients(ACTIVATIONS, c);
    for (const k of FEATURES.keys()) {
      for (let i = 0; i < SIDE * SIDE; i++) {
        const moved = (/** @type {number} */ by) =>
          score(
            ACTIVATIONS.map((plane, l) => (l === k ? plane.map((v, at) => (at === i ? v + by : v)) : plane)),
            c,
          );
        const slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
        assert.ok(Math.abs(slope - g[k][i]) < 1e-5, `${FEATURES[k]} ${i}: ${slope} and ${g[k][i]}`);
      }
    }
  }
});

test("every method that is explained has its picture, and its map is not empty", () => {
  assert.deepEqual(Object.keys(METHODS).sort(), Object.keys(pages).sort());
  for (const id of Object.keys(pages)) {
    const { map: found } = methodOn(id);
    assert.equal(Math.max(...found.values), 1, id);
    assert.equal(Math.min(...found.values), 0, id);
  }
});

test("the toy shows what its methods are said to do", () => {
  const head = 2 * SIDE + 2;
  const corner = 1 * SIDE + 7;
  const value = (/** @type {string} */ id, /** @type {number} */ at) => methodOn(id).map.values[at];
  // The class is made of its head; the corner is none of it.
  for (const id of ["cam", "gradcam", "hirescam", "layercam", "xgradcam", "ablationcam", "finercam", "reciprocam"]) {
    assert.ok(value(id, head) > 0.6, `${id}: ${value(id, head)} at the head`);
    assert.ok(value(id, corner) < 0.2, `${id}: ${value(id, corner)} in the corner`);
  }
  // What the other class has as well goes darker in Finer-CAM.
  const body = 4 * SIDE + 5;
  assert.ok(value("finercam", body) < value("gradcam", body));
  // Features are never negative, so the two are one map.
  assert.deepEqual(methodOn("gradcamelementwise").map.values, methodOn("layercam").map.values);
  // A score that is taken away feature by feature.
  const y = score(ACTIVATIONS);
  const weights = methodOn("ablationcam").weights ?? [];
  const without = score(ACTIVATIONS.map((plane, k) => (k === 0 ? plane.map(() => 0) : plane)));
  assert.ok(Math.abs(weights[0] - (y - without) / y) < 1e-12);
  assert.ok(Math.abs((methodOn("scorecam").weights ?? []).reduce((sum, one) => sum + one, 0) - 1) < 1e-12);
});
