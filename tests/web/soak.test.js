/**
 * Short soaks: soak.js does the same with two hundred pictures.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setUp } from "./fixture.js";
import { compareWithOthers, soakAlone } from "./soaking.js";
import { visit } from "./visiting.js";

setUp();

test("a dozen pictures with cancels between them: memory settles, and every result is a fresh page's", async () => {
  const steps = await soakAlone(
    Array.from({ length: 12 }, (_, i) => i + 1),
    true,
  );
  const memory = [...steps.values()].map(({ memory }) => memory);
  const [settled, last] = [memory[5], memory[11]];
  assert.ok(settled && last);
  // A picture's activations alone are more than these.
  assert.ok(last.engine - settled.engine < 8, `the engine grew from ${settled.engine} to ${last.engine} MB`);
  assert.ok(last.page - settled.page < 4, `the page grew from ${settled.page} to ${last.page} MB`);
  const { compared, fresh, different } = await compareWithOthers(steps, 6, (which) => soakAlone(which, false));
  assert.deepEqual({ compared, fresh, different }, { compared: 12, fresh: 2, different: [] });
});

test("a visitor's pictures, many left before they are finished: memory settles, and what is seen is a fresh visit's", async () => {
  const stays = await visit(
    Array.from({ length: 16 }, (_, i) => i + 1),
    true,
  );
  const memory = [...stays.values()].map(({ memory }) => memory);
  const [settled, last] = [memory[9], memory[15]];
  assert.ok(last.engine - settled.engine < 8, `the engine grew from ${settled.engine} to ${last.engine} MB`);
  assert.ok(last.page - settled.page < 4, `the page grew from ${settled.page} to ${last.page} MB`);
  const { compared, fresh, different } = await compareWithOthers(stays, 6, (which) => visit(which, false));
  assert.deepEqual(different, []);
  assert.ok(compared >= 8 && fresh >= 2, `${compared} ${fresh}`);
});
