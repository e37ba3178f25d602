/**
 * The published site: without the network after one visit, and never of two versions at once, by the service worker or
 * without it. `CAMSCOPE_SITE` is the
 * folder that `cargo xtask test` writes as `cargo xtask dist` does.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFile, cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { FAILED_REQUEST, open, setUp, within } from "./fixture.js";
import { serve } from "./server.js";

/** @import { Page } from "playwright-core" */
/** @import { Watched } from "./fixture.js" */

setUp();

const SITE = process.env.CAMSCOPE_SITE;
const skip = SITE ? false : "CAMSCOPE_SITE is not set: `cargo xtask test` writes a site and sets it";

/** @param {Page} page */
async function explained(page) {
  await page.locator(".card[data-method=gradcam][aria-busy=false] .number").first().waitFor();
  assert.match(await page.locator("#bars button").first().innerText(), /Egyptian cat/);
}

/** @param {Page} page */
const installed = (page) => page.evaluate(async () => void (await navigator.serviceWorker.ready));

/** @param {Page} page */
const tagline = (page) => page.locator("[data-text=tagline]").innerText();

/** @param {string} text */
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

test("after one visit the page works with its server gone", { skip }, async () => {
  const server = await serve(0, SITE);
  await within(
    () => open({ origin: new URL(server.url).origin }),
    async ({ page, allow }) => {
      await page.goto(`${server.url}?device=cpu`);
      await explained(page);
      await installed(page);
      const browser = await page.context().newCDPSession(page);
      const { installabilityErrors } = await browser.send("Page.getInstallabilityErrors");
      // The tests' contexts are private windows, which install nothing.
      const errors = installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito");
      assert.deepEqual(errors, [], "the page can be installed as an app");
      server.close();
      // The manifest of a model is asked for anew each time; the kept one serves.
      allow(FAILED_REQUEST);
      await page.reload();
      await explained(page);
      await page.getByRole("button", { name: /Explain the sample: Espresso/ }).click();
      await page.locator("#bars button", { hasText: "espresso" }).first().waitFor();
    },
  );
});

test("an update is taken whole or not at all", { skip }, async () => {
  const folder = path.join(await mkdtemp(path.join(tmpdir(), "camscope-")), "site");
  await cp(SITE ?? "", folder, { recursive: true });
  const server = await serve(0, folder);
  try {
    await within(
      () => open({ origin: new URL(server.url).origin }),
      async ({ page }) => {
        await page.goto(`${server.url}?device=cpu`);
        await explained(page);
        await installed(page);
        const before = await tagline(page);

        // A new version of which only a part has been uploaded.
        const strings = await readFile(path.join(folder, "www/strings/en.js"), "utf8");
        const newer = strings.replace(before, "A newer version");
        const worker = await readFile(path.join(folder, "sw.js"), "utf8");
        const [first, ...rest] = worker.split("\n");
        const site = JSON.parse(first.slice("const SITE = ".length, -1));
        site.files["www/strings/en.js"] = sha256(newer);
        site.version = "newer";
        await writeFile(path.join(folder, "sw.js"), [`const SITE = ${JSON.stringify(site)};`, ...rest].join("\n"));
        const update = () =>
          page.evaluate(async () => {
            const registration = await navigator.serviceWorker.ready;
            await registration.update().catch(() => null);
            const next = registration.installing ?? registration.waiting;
            if (!next) return "none";
            if (next.state === "installing") {
              await new Promise((resolve) => next.addEventListener("statechange", resolve, { once: true }));
            }
            return next.state;
          });
        assert.equal(await update(), "redundant");
        await page.reload();
        assert.equal(await tagline(page), before);

        // Now the rest of it. The open page keeps its version; the next visit has the new one, all of it.
        await writeFile(path.join(folder, "www/strings/en.js"), newer);
        assert.equal(await update(), "installed");
        await page.reload();
        assert.equal(await tagline(page), before);
        // The browser takes its time to notice that a visit is over: one that comes before is still of the last version.
        for (let visits = 0; (await tagline(page)) === before; visits++) {
          assert.ok(visits < 20, "the last version stays");
          await page.goto("about:blank");
          await page.waitForTimeout(500);
          await page.goto(`${server.url}?device=cpu`);
        }
        assert.equal(await tagline(page), "A newer version");
        const kept = await page.evaluate(async () => (await caches.keys()).filter((name) => name.includes("site")));
        assert.deepEqual(kept, ["camscope-site-newer"]);
      },
    );
  } finally {
    server.close();
    await rm(path.dirname(folder), { recursive: true });
  }
});

test("a manifest other than the one that the page was published with is refused", { skip }, async () => {
  const server = await serve(0, SITE);
  await within(
    () => open({ origin: new URL(server.url).origin, serviceWorkers: "block" }),
    async ({ page, allow }) => {
      allow(/Service Worker/);
      const manifest = JSON.parse(await readFile(path.join(SITE ?? "", "pkg/models/resnet50/manifest.json"), "utf8"));
      manifest.labels.reverse();
      await page.route("**/manifest.json", (route) => route.fulfill({ json: manifest }));
      await page.goto(`${server.url}?device=cpu`);
      const alert = page.getByRole("alert").filter({ hasText: "weights could not be loaded" });
      await alert.waitFor();
      assert.match(await alert.innerText(), /not the one that this page was published with/);
    },
  );
  server.close();
});

/**
 * A copy of the site that changes while a page of it is open, which no service worker keeps to its version.
 * @param {(watched: Watched & { url: string, folder: string }) => Promise<void>} run
 */
async function changing(run) {
  const folder = path.join(await mkdtemp(path.join(tmpdir(), "camscope-")), "site");
  await cp(SITE ?? "", folder, { recursive: true });
  const server = await serve(0, folder);
  try {
    await within(
      () => open({ origin: new URL(server.url).origin, serviceWorkers: "block" }),
      (watched) => {
        watched.allow(/Service Worker/);
        return run({ ...watched, url: server.url, folder });
      },
    );
  } finally {
    server.close();
    await rm(path.dirname(folder), { recursive: true });
  }
}

test("a page without a service worker does not go on with another version's engine", { skip }, () =>
  changing(async ({ page, url, folder }) => {
    await page.goto(`${url}?device=cpu#methods=gradcam`);
    await explained(page);
    await page.keyboard.press("Escape");
    const gradcam = page.locator(".card[data-method=gradcam] canvas").first();
    const pixels = () => gradcam.evaluate((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());
    const before = await pixels();

    const stamp = path.join(folder, "www/build.js");
    const [, version] = /BUILD = "([\da-f]{16})"/.exec(await readFile(stamp, "utf8")) ?? [];
    assert.match(await readFile(path.join(folder, "sw.js"), "utf8"), new RegExp(`"version":"${version}"`));
    await writeFile(stamp, (await readFile(stamp, "utf8")).replace(version, "0123456789abcdef"));
    await page
      .workers()[0]
      .evaluate(() => self.close())
      .catch(() => null);
    const alert = page.getByRole("alert").filter({ hasText: "The site has been updated" });
    await alert.waitFor();
    assert.match(await alert.innerText(), /Load the page again\..*The last result is still shown\./s);
    assert.equal(await pixels(), before);
    // The new worker, and the threads of the last one, are ended.
    while (page.workers().length > 0) await page.workers()[0].waitForEvent("close");
    await alert.getByRole("button", { name: "Load the page again" }).click();
    await explained(page);
    assert.equal(await alert.count(), 0);
  }),
);

for (const [what, name] of [
  ["engine", /^camscope_bg\.wasm$/],
  ["arithmetic", /^kernels.*\.wasm$/],
]) {
  test(`a worker refuses another version's ${what}`, { skip }, () =>
    changing(async ({ page, url, folder }) => {
      const files = (await readdir(path.join(folder, "pkg"))).filter((file) => file.match(name));
      assert.ok(files.length > 0);
      // A section of no meaning: it is valid, and does the same.
      for (const file of files) await appendFile(path.join(folder, "pkg", file), Buffer.from([0, 2, 1, 120]));
      await page.goto(`${url}?device=cpu#methods=gradcam`);
      await page.getByRole("alert").filter({ hasText: "The site has been updated" }).waitFor();
      assert.equal(await page.locator(".card .number").count(), 0);
    }),
  );
}
