/**
 * What leaves the device (nothing), and what hostile names and labels can do (nothing).
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { inRepository, open, setUp, site, within } from "./fixture.js";

/** @import { Page } from "playwright-core" */

setUp();

/** @param {Page} page */
const gradcam = (page) => page.locator(".card[data-method=gradcam][aria-busy=false] .number").first();

/** @param {Page} page */
const traffic = (page) => page.locator("#traffic").innerText();

test("a session asks nothing of the network once the weights are there, and the page says so", () =>
  within(open, async ({ page, requests }) => {
    page.on("request", (request) => assert.equal(request.method(), "GET"));
    await page.goto(`${site()}?device=cpu`);
    await gradcam(page).waitFor();
    const loaded = requests.length;
    assert.match(await traffic(page), /0 bytes sent/);
    const buffer = await readFile(inRepository("tests/fixtures/reference/drawn.png"));
    await page.locator("#file").setInputFiles({ name: "drawn.png", mimeType: "image/png", buffer });
    await page.locator(".card.picture .target", { hasText: "drawn.png" }).waitFor();
    await page.locator("#bars button").nth(1).click();
    await page.getByRole("radio", { name: /layer3/ }).check();
    await gradcam(page).waitFor();
    assert.deepEqual(requests.slice(loaded), []);

    // A visitor's own choice is counted, and named.
    await page.getByRole("button", { name: "Explain the sample: Espresso" }).click();
    await page.locator("#traffic", { hasText: "pkg/samples/coffee.png" }).waitFor();
    assert.match(await traffic(page), /\d+ requests? for files of this page.*; 0 bytes sent/);
    await page.keyboard.press("Escape");
  }));

test("what is sent is counted, whichever way it goes", () =>
  within(open, async ({ page, allow }) => {
    allow(/Failed to load resource/);
    await page.goto(`${site()}?device=cpu`);
    await gradcam(page).waitFor();
    await page.route("**/sent-*", (route) => route.fulfill({ status: 404 }));
    await page.evaluate(async () => {
      await fetch("sent-1", { method: "POST", body: "12345" });
      await fetch(new Request("sent-2", { method: "POST", body: new Uint8Array(10) }));
      navigator.sendBeacon("sent-3", "123");
      const request = new XMLHttpRequest();
      request.open("POST", "sent-4");
      request.send("1234");
    });
    await page.locator("#traffic", { hasText: "22 bytes sent" }).waitFor();
    await page.workers()[0].evaluate(() => fetch("sent-5", { method: "POST", body: "12345678" }));
    await page.locator("#traffic", { hasText: "30 bytes sent" }).waitFor();
  }));

test("names and labels from outside are shown as text", () =>
  within(open, async ({ page }) => {
    const hostile = `<img src=x onerror="window.injected=1"><script>window.injected=1</script>`;
    const manifest = JSON.parse(await readFile(inRepository("pkg/models/resnet50/manifest.json"), "utf8"));
    manifest.labels = manifest.labels.map((/** @type {string} */ label) => `${hostile} ${label}`);
    for (const text of ["title", "source", "license"]) manifest[text] = hostile;
    await page.route("**/manifest.json", (route) => route.fulfill({ json: manifest }));
    await page.goto(`${site()}?device=cpu`);
    await gradcam(page).waitFor();
    const buffer = await readFile(inRepository("tests/fixtures/reference/drawn.png"));
    await page.locator("#file").setInputFiles({ name: `${hostile}.png`, mimeType: "image/png", buffer });
    await page.locator(".card.picture .target", { hasText: "onerror" }).waitFor();
    await gradcam(page).waitFor();
    await page.locator("#search").pressSequentially("onerror");
    await page.locator("#search-list [role=option]").first().waitFor();
    assert.match(await page.locator("#bars button").first().innerText(), /<img src=x onerror/);
    assert.match(await page.locator("#model").innerText(), /<img src=x onerror/);
    assert.equal(await page.locator("img[src=x]").count(), 0);
    assert.equal(await page.evaluate(() => "injected" in window), false);
  }));

test("with Trusted Types no other script is started and no markup is made from text", () =>
  within(open, async ({ page, allow }) => {
    allow(/Trusted|Content Security Policy/);
    await page.goto(`${site()}?device=cpu`);
    await gradcam(page).waitFor();
    const caught = await page.evaluate(async () => {
      /** @param {() => unknown} attempt */
      const fails = (attempt) => {
        try {
          attempt();
          return null;
        } catch (error) {
          return /** @type {Error} */ (error).name;
        }
      };
      const { scriptAddress } = await import(new URL("www/trusted.js", document.baseURI).href);
      return [
        fails(() => new Worker("www/worker.js")),
        fails(() => Object.assign(document.createElement("div"), { ["inner" + "HTML"]: "<b>x</b>" })),
        fails(() => scriptAddress(new URL("https://elsewhere.example/www/worker.js"))),
        fails(() => scriptAddress(new URL("www/main.js", document.baseURI))),
      ];
    });
    assert.deepEqual(caught, ["TypeError", "TypeError", "TypeError", "TypeError"]);
  }));
