/**
 * The fixture itself: it notices what it promises to notice.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openLab, setUp } from "./fixture.js";

setUp();

test("a console error in the page fails a test", async () => {
  const watched = await openLab();
  await watched.page.evaluate(() => console.error("from the page"));
  await assert.rejects(watched.done(), /from the page/);
});

test("a console error in the worker fails a test", async () => {
  const watched = await openLab();
  await watched.page.evaluate(() => lab.load({ device: "cpu" }));
  await watched.page.workers()[0].evaluate(() => console.error("from the worker"));
  await watched.page.evaluate(() => 0);
  await assert.rejects(watched.done(), /from the worker/);
});

test("a request to another origin fails a test", async () => {
  const watched = await openLab();
  await watched.page.evaluate(() => fetch("http://camscope.test:1/").catch(() => null));
  await assert.rejects(watched.done(), /another origin: http:\/\/camscope\.test:1/);
});
