/**
 * The report over ten photos that is kept in the docs: its text says what its numbers say, and its numbers are whole.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { inRepository } from "./fixture.js";
import { markdown } from "./ten-images-text.js";

test("docs/ten-images.md is written from docs/ten-images.json", async () => {
  const report = JSON.parse(await readFile(inRepository("docs/ten-images.json"), "utf8"));
  assert.equal(await readFile(inRepository("docs/ten-images.md"), "utf8"), markdown(report));
  assert.equal(report.pictures.length, 10);
  for (const { name, maps, controls } of report.pictures) {
    const own = report.settings.methods.map((/** @type {string} */ method) => maps[method].measures);
    for (const measures of [...own, controls.random, controls.gaussian]) {
      for (const measure of ["focus", "confidence", "deletion", "insertion", "road"]) {
        assert.ok(measure in measures, `${name} lacks ${measure}`);
      }
    }
  }
});
