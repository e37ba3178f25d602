/**
 * `node soak.js [pictures]`: 200 pictures in one visit, or as many as are asked for, and the figures for
 * docs/reliability.md. Takes a while; the tests do the same with a few pictures.
 */
import { after, test } from "node:test";
import { openLab, setUp } from "./fixture.js";
import { compareWithOthers, soak } from "./soaking.js";

const pictures = Number(process.argv[2] ?? 200);
const range = Array.from({ length: pictures }, (_, i) => i + 1);
const began = performance.now();
setUp();

test("soak", { timeout: 4 * 3_600_000 }, async () => {
  const { page, done } = await openLab();
  const steps = await soak(page, range, true, ({ nth, method, memory }) => {
    const mb = (/** @type {number | null | undefined} */ value) => (value ?? NaN).toFixed(1);
    const line = `page ${mb(memory?.page)} MB, engine ${mb(memory?.engine)} MB, processes ${mb(memory?.processes)} MB`;
    console.log(`${String(nth).padStart(3)} ${method.padEnd(26)} ${line}`);
  });
  await done();
  console.log(`${pictures} pictures in ${Math.round((performance.now() - began) / 1000)} s`);
  console.log(await compareWithOthers(steps, 10));
});
after(() => console.log(`${Math.round((performance.now() - began) / 1000)} s in all`));
