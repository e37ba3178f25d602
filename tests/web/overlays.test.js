/**
 * What must hold of every map's colours and scale, whatever its size and values, NaN and infinity included. The same cases
 * on every machine.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { heatPixels } from "../../www/paint.js";
import { averageOf, onShared, peakOf, sharedTop } from "../../www/scale.js";
import { randomOf } from "./random.js";

/** @import { HeatMap } from "../../www/camscope.d.ts" */
/** @import { Blend } from "../../www/paint.js" */

const CASES = 400;
const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 1e-45, 3e38, -3e38];
const BLENDS = /** @type {Blend[]} */ (["normal", "glow", "multiply", "screen", "spotlight", "only"]);

/**
 * Maps of tame values, of wild ones, and of nothing but one.
 * @param {() => number} random
 * @returns {HeatMap}
 */
function anyMap(random) {
  const [width, height] = [1 + Math.floor(random() * 19), 1 + Math.floor(random() * 19)];
  const special = () => SPECIAL[Math.floor(random() * SPECIAL.length)];
  const [wildness, same] = [random() < 0.3 ? 0 : random(), random() < 0.1 ? special() : null];
  const values = Float32Array.from({ length: width * height }, () => {
    if (same !== null) return same;
    return random() < wildness ? special() : 4 * random() - 2;
  });
  return { width, height, values };
}

/** @param {(random: () => number, about: string) => void} check */
function always(check) {
  for (let seed = 0; seed < CASES; seed++) check(randomOf(seed), `seed ${seed}`);
}

/** A table whose entries tell their place: entry i is i, 255 - i, 7. */
const rgb = Uint8Array.from({ length: 3 * 256 }, (_, i) => [Math.floor(i / 3), 255 - Math.floor(i / 3), 7][i % 3]);

test("each pixel has a colour of the table, and is as opaque as its blend has it", () =>
  always((random, about) => {
    const map = anyMap(random);
    for (const blend of BLENDS) {
      for (const signed of [false, true]) {
        const where = `${about}, ${blend}${signed ? ", signed" : ""}`;
        const pixels = heatPixels(map, { rgb, blend, signed });
        assert.equal(pixels.length, 4 * map.width * map.height, where);
        for (const [i, value] of map.values.entries()) {
          const [red, green, blue, alpha] = pixels.subarray(4 * i, 4 * i + 4);
          const number = Number.isNaN(value) ? 0 : value;
          const strength = Math.min(1, signed ? Math.abs(number) : Math.max(0, number));
          const place = signed ? (Math.min(1, Math.max(-1, number)) + 1) / 2 : strength;
          if (blend === "spotlight") assert.deepEqual([red, green, blue], [0, 0, 0], where);
          else assert.deepEqual([green, blue], [255 - red, 7], where);
          if (blend !== "spotlight") assert.ok(Math.abs(red - 255 * place) <= 0.5, `${where}: ${value} is ${red}`);
          const opacity = { glow: 255 * strength, spotlight: 255 * (1 - strength) }[String(blend)] ?? 255;
          assert.ok(Math.abs(alpha - opacity) <= 0.5, `${where}: ${value} is ${alpha} opaque`);
        }
      }
    }
  }));

test("the shared scale ends at a number, and every map on it has numbers within it", () =>
  always((random, about) => {
    const maps = Array.from({ length: Math.floor(random() * 5) }, () => anyMap(random));
    const top = sharedTop(maps);
    assert.ok(Number.isFinite(top) && top >= 0, `${about}: ${top}`);
    let most = 0;
    for (const map of maps) {
      assert.ok(Number.isFinite(averageOf(map)) && averageOf(map) >= 0, about);
      for (const end of [top, random() * 10, 0]) {
        const { width, height, values } = onShared(map, end);
        assert.deepEqual([width, height, values.length], [map.width, map.height, map.values.length], about);
        for (const [i, value] of values.entries()) {
          assert.ok(value >= -1 && value <= 1, `${about}: ${map.values[i]} is ${value}`);
          assert.ok(!(value * map.values[i] < 0), `${about}: ${map.values[i]} is ${value}`);
        }
        if (end !== top) continue;
        for (const [i, value] of values.entries()) {
          if (Number.isFinite(map.values[i])) most = Math.max(most, Math.abs(value));
        }
      }
    }
    // The scale is no longer than it must be.
    if (top > 0) assert.ok(Math.abs(most - 1) < 1e-5, `${about}: the brightest is ${most}`);
  }));

test("what is no number beside a map's numbers does not change how they are shown", () =>
  always((random, about) => {
    const values = Float32Array.from({ length: 24 }, () => random());
    const [clean, dirty] = [values, Float32Array.from([...values, NaN, Infinity, -Infinity, NaN, NaN, NaN])].map(
      (values) => ({ width: 6, height: values.length / 6, values }),
    );
    assert.equal(sharedTop([dirty]), sharedTop([clean]), about);
    assert.deepEqual(onShared(dirty, 2).values.subarray(0, 24), onShared(clean, 2).values, about);
  }));

test("the hottest place is in the frame, and a number where there is one", () =>
  always((random, about) => {
    const map = anyMap(random);
    const { x, y } = peakOf(map);
    assert.ok(x > 0 && x < 1 && y > 0 && y < 1, about);
    const value = map.values[Math.floor(y * map.height) * map.width + Math.floor(x * map.width)];
    const numbers = [...map.values].filter((one) => !Number.isNaN(one));
    if (numbers.length > 0) assert.equal(value, Math.max(...numbers), about);
  }));
