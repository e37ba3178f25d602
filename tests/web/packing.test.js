/**
 * What is kept over a reload comes back as it was.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pack, unpack } from "../../www/packing.js";

test("numbers that JSON has not, arrays, Blobs and Maps come back, wherever they stand", async () => {
  const value = {
    text: 'ä\u2028"',
    numbers: [0.1, -0, NaN, Infinity, -Infinity, 1e-320, null],
    view: new Float32Array([9, 1.5, -0, NaN]).subarray(1),
    bytes: new Uint8Array([1, 2, 255]),
    maps: new Map([
      ["a", { values: new Float32Array(3), more: new Map([[1, "one"]]) }],
      ["empty", { values: new Float32Array(0), more: new Map() }],
    ]),
  };
  const found = unpack((await pack(value)).buffer);
  assert.deepStrictEqual(found, { ...value, view: value.view.slice() });
  assert.ok(Object.is(found.numbers[1], -0));

  const blob = unpack((await pack([new Blob(["picture"], { type: "image/png" })])).buffer)[0];
  assert.deepEqual([await blob.text(), blob.type], ["picture", "image/png"]);
  assert.equal(unpack((await pack(null)).buffer), null);
});
