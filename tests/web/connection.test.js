/**
 * Slow and broken networks: what broke off goes on from there, what stands still is said, and nothing wrong is used.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAILED_REQUEST, open, setUp, within } from "./fixture.js";
import { impatient, serveUnreliably } from "./unreliable.js";

/** @import { Watched } from "./fixture.js" */
/** @import { Asked, Fault } from "./unreliable.js" */

setUp();

const SHARD = "/pkg/models/resnet50/resnet50-00002-of-00003.safetensors";
const WASM = "/pkg/camscope_bg.wasm";
const MEBIBYTE = 2 ** 20;

/**
 * @param {(asked: Asked, nth: number) => Fault | null | undefined} fault
 * @param {{ hasRanges?: boolean }} options
 * @param {(watched: Watched & { asked: Asked[], url: string }) => Promise<void>} run
 */
async function over(fault, options, run) {
  const { url, asked, close } = await serveUnreliably(fault, options);
  const opening = () => open({ origin: new URL(url).origin });
  try {
    await within(opening, (watched) => {
      watched.allow(FAILED_REQUEST);
      return run({ ...watched, asked, url });
    });
  } finally {
    close();
  }
}

/** @param {Watched} watched */
async function explained({ page }) {
  await page.locator(".card[data-method=gradcam][aria-busy=false] .number").first().waitFor();
  assert.match(await page.locator("#bars button").first().innerText(), /Egyptian cat/);
}

/** @param {Asked[]} asked @param {string} path */
const ranges = (asked, path) => asked.filter((one) => one.path === path).map(({ range }) => range);

test("a download that breaks off goes on where it ended, as often as it takes", () =>
  over(
    ({ path }, nth) => (path === SHARD && nth < 5 ? { bytes: 2 * MEBIBYTE, then: "end" } : null),
    {},
    async (watched) => {
      await watched.page.goto(`${watched.url}?device=cpu`);
      await explained(watched);
      const [first, ...later] = ranges(watched.asked, SHARD);
      assert.equal(first, undefined);
      assert.equal(later.length, 5);
      const starts = later.map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1]));
      for (const [i, start] of starts.entries()) assert.ok(start > (starts[i - 1] ?? 0), `${starts}`);
    },
  ));

test("a server that has no parts of files is asked for the whole again", () =>
  over(
    ({ path }, nth) => (path === SHARD && nth < 2 ? { bytes: MEBIBYTE, then: "end" } : null),
    { hasRanges: false },
    async (watched) => {
      await watched.page.goto(`${watched.url}?device=cpu`);
      await explained(watched);
      assert.deepEqual(ranges(watched.asked, SHARD), [undefined, undefined, undefined]);
    },
  ));

test("a server that is busy for a while is asked again; engine, manifest and shards alike", () =>
  over(
    ({ path }, nth) => {
      if (nth === 0 && path.endsWith("manifest.json")) return { status: 503 };
      if (nth < 2 && path === SHARD) return { status: 503 };
      if (nth === 0 && path === WASM) return { status: 502 };
      return nth === 1 && path === WASM ? { bytes: MEBIBYTE, then: "end" } : null;
    },
    {},
    async (watched) => {
      await watched.page.goto(`${watched.url}?device=cpu`);
      await explained(watched);
      // The browser's own cache may ask once more for the part that it lacks.
      assert.ok(ranges(watched.asked, WASM).length >= 3);
      assert.equal(ranges(watched.asked, SHARD).length, 3);
    },
  ));

test("a download that stands still says so, is given up, and goes on", () =>
  over(
    ({ path }, nth) => {
      if (path === "/www/fetching.js") return { change: (text) => impatient(text, { silence: true }) };
      return path === SHARD && nth === 0 ? { bytes: 3 * MEBIBYTE, then: "silence" } : null;
    },
    {},
    async (watched) => {
      const { page } = watched;
      await page.goto(`${watched.url}?device=cpu`);
      await page.locator("#loading-text", { hasText: "Nothing has come for a while" }).waitFor();
      assert.match(await page.locator("#loading-text").innerText(), /weights: \d.* of \d/);
      await explained(watched);
      assert.equal(await page.locator("#loading").isVisible(), false);
      assert.deepEqual(ranges(watched.asked, SHARD).length, 2);
    },
  ));

test("a connection that stays away ends in a message, and the retry takes what has come already from the cache", () => {
  let isAway = true;
  return over(
    ({ path }) => (isAway && path === SHARD ? { bytes: 0, then: "end" } : null),
    {},
    async (watched) => {
      const { page, asked } = watched;
      await page.goto(`${watched.url}?device=cpu`);
      const alert = page.getByRole("alert").filter({ hasText: "weights could not be loaded" });
      await alert.waitFor();
      assert.match(await alert.innerText(), /resnet50-00002-of-00003.*check the connection/);
      assert.equal(ranges(asked, SHARD).length, 4);
      isAway = false;
      const before = asked.length;
      await page.getByRole("button", { name: "Try again" }).click();
      await explained(watched);
      const shards = asked.slice(before).filter(({ path }) => path.endsWith(".safetensors"));
      assert.ok(shards.length < 3, `${shards.length} of 3 shards were fetched again`);
    },
  );
});
