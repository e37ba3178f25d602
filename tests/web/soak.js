/**
 * `npm run soak`, or `npm run soak -- PICTURES`: 200 pictures in one visit, or as many as are asked for, once through the
 * page and once through the module alone, and the figures for docs/reliability.md. Takes a while; the tests do the same with a few
 * pictures.
 */
import { test } from "node:test";
import { openLab, setUp } from "./fixture.js";
import { compareWithOthers, soak } from "./soaking.js";
import { compareVisits, visit } from "./visiting.js";

/** @import { Memory } from "./soaking.js" */

const pictures = Number(process.argv[2] ?? 200);
const range = Array.from({ length: pictures }, (_, i) => i + 1);
const HOURS = 4 * 3_600_000;
setUp();

/** @param {{ nth: number, memory: Memory | null, what?: string }} step */
function tell({ nth, memory, what = "" }) {
  const mb = (/** @type {number | null | undefined} */ value) => (value ?? NaN).toFixed(1);
  const line = `page ${mb(memory?.page)} MB, engine ${mb(memory?.engine)} MB, processes ${mb(memory?.processes)} MB`;
  console.log(`${String(nth).padStart(3)} ${what.padEnd(26)} ${line}`);
}

test("through the page", { timeout: HOURS }, async () => {
  const began = performance.now();
  const stays = await visit(range, true, tell);
  console.log(`${pictures} pictures in ${Math.round((performance.now() - began) / 1000)} s`);
  console.log(await compareVisits(stays, 10));
});

test("through the module", { timeout: HOURS }, async () => {
  const began = performance.now();
  const { page, done } = await openLab();
  const steps = await soak(page, range, true, ({ method, ...step }) => tell({ ...step, what: method }));
  await done();
  console.log(`${pictures} pictures in ${Math.round((performance.now() - began) / 1000)} s`);
  console.log(await compareWithOthers(steps, 10));
});
