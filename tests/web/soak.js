/**
 * `npm run soak`, or `npm run soak -- PICTURES`: 200 pictures in one visit, or as many as are asked for, once through the
 * page and once through the module alone, and the figures for docs/reliability.md. Takes a while; the tests do the same with a few
 * pictures.
 */
import { test } from "node:test";
import { setUp } from "./fixture.js";
import { compareWithOthers, soakAlone } from "./soaking.js";
import { visit } from "./visiting.js";

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

/**
 * @template {{ digest: string | null }} Seen
 * @param {string} way
 * @param {(which: number[], cancels: boolean) => Promise<Map<number, Seen>>} run
 */
function soakBy(way, run) {
  test(`through the ${way}`, { timeout: HOURS }, async () => {
    const began = performance.now();
    const seen = await run(range, true);
    console.log(`${pictures} pictures in ${Math.round((performance.now() - began) / 1000)} s`);
    console.log(await compareWithOthers(seen, 10, (which) => run(which, false)));
  });
}

// What is asked for again, to compare, is not told.
soakBy("page", (which, leaves) => visit(which, leaves, leaves ? tell : undefined));
soakBy("module", (which, cancels) =>
  soakAlone(which, cancels, cancels ? ({ method, ...step }) => tell({ ...step, what: method }) : undefined),
);
