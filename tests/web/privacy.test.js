/**
 * What leaves the device (nothing), and what hostile names and labels can do (nothing).
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { drawings } from "./drawings.js";
import { inRepository, open, saved, setUp, site, within } from "./fixture.js";
import { serve } from "./server.js";

/** @import { Page } from "playwright-core" */

setUp();

/** Ends an attribute, too. */
const HOSTILE = `"><img src=x onerror="window.injected=1"><script>window.injected=1</script>`;

/** @param {Page} page nothing of what is hostile has become an element, or has run */
async function isHarmless(page) {
  assert.equal(await page.locator("img[src=x], [onerror], script:not([src])").count(), 0);
  assert.equal(await page.evaluate(() => "injected" in window), false);
}

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

test("a whole session, every view and the files it saves, asks nothing of the network once the weights are there", () =>
  within(open, async ({ page, requests }) => {
    const report = "report-methods=gradcam,ablationcam&report-measures=focus";
    await page.goto(`${site()}?device=cpu#${report}`);
    await gradcam(page).waitFor();
    await page.keyboard.press("Escape");
    const loaded = requests.length;
    const buffer = await readFile(inRepository("tests/fixtures/reference/drawn.png"));
    const file = { name: "drawn.png", mimeType: "image/png", buffer };
    /** @param {string} name */
    const view = (name) => page.locator("#views").getByRole("link", { name }).click();
    /** @param {() => Promise<unknown>} click */
    const saved = (click) => Promise.all([page.waitForEvent("download"), click()]);

    await page.locator("#file").setInputFiles(file);
    await page.locator(".card.picture .target", { hasText: "drawn.png" }).waitFor();
    await gradcam(page).waitFor();
    await saved(() => page.locator(".card[data-method=gradcam] .save").click());
    await page.keyboard.press("Escape");
    await view("Grid");
    await page.locator("#map-grid .state", { hasText: /maps ready/ }).waitFor();
    await page.keyboard.press("Escape");
    await view("Methods");
    await page.locator("[data-views=methods] canvas").first().waitFor();
    await view("Compare");
    await page.locator("#compare .start").click();
    await page.locator("#compare .charts figure").first().waitFor();
    await page.keyboard.press("Escape");
    await view("What if");
    await page.locator("#whatif .take").click();
    await page.locator("#whatif .tries li").first().waitFor();
    await page.keyboard.press("Escape");
    await view("Report");
    await page.locator("#report-file").setInputFiles(file);
    await page.getByRole("button", { name: "Make the report" }).click();
    await page.getByText("The report is complete.").waitFor();
    for (const format of await page.locator("#report-files [data-format]").all()) await saved(() => format.click());

    const later = requests.slice(loaded).filter((url) => !/^(blob|data):/.test(url));
    assert.deepEqual(later, []);
    assert.match(await traffic(page), /0 bytes sent/);
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
    await page
      .workers()[0]
      .evaluate((address) => fetch(address, { method: "POST", body: "12345678" }), `${site()}sent-5`);
    await page.locator("#traffic", { hasText: "30 bytes sent" }).waitFor();
  }));

test("names and labels from outside are shown as text", async () => {
  // A server that pins no manifest: this one is not the page's own.
  const { url, close } = await serve();
  const opening = () => open({ origin: new URL(url).origin });
  await within(opening, async ({ page }) => {
    const manifest = JSON.parse(await readFile(inRepository("pkg/models/resnet50/manifest.json"), "utf8"));
    manifest.labels = manifest.labels.map((/** @type {string} */ label) => `${HOSTILE} ${label}`);
    for (const text of ["title", "source", "license"]) manifest[text] = HOSTILE;
    await page.route("**/manifest.json", (route) => route.fulfill({ json: manifest }));
    await page.goto(`${url}?device=cpu`);
    await gradcam(page).waitFor();
    const buffer = await readFile(inRepository("tests/fixtures/reference/drawn.png"));
    await page.locator("#file").setInputFiles({ name: `${HOSTILE}.png`, mimeType: "image/png", buffer });
    await page.locator(".card.picture .target", { hasText: "onerror" }).waitFor();
    await gradcam(page).waitFor();
    await page.locator("#search").pressSequentially("onerror");
    await page.locator("#search-list [role=option]").first().waitFor();
    assert.match(await page.locator("#bars button").first().innerText(), /<img src=x onerror/);
    assert.match(await page.locator("#model").innerText(), /<img src=x onerror/);
    await isHarmless(page);
  });
  close();
});

test("a visitor's own checkpoint, its labels and a report's pictures are called what they are called, as text", () =>
  within(open, async ({ page }) => {
    const own = await readFile(inRepository("tests/fixtures/torchvision_tiny.safetensors"));
    const length = Number(own.readBigUInt64LE(0));
    /** @param {string} tensor is given a hostile name, with what it ends in */
    const check = (tensor, ending = "") => {
      const renamed = JSON.stringify(HOSTILE + ending);
      const head = Buffer.from(own.toString("utf8", 8, 8 + length).replace(`"${tensor}"`, () => renamed));
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(head.length));
      const buffer = Buffer.concat([size, head, own.subarray(8 + length)]);
      return page.locator("#network-file").setInputFiles({ name: `${HOSTILE}.safetensors`, mimeType: "", buffer });
    };
    await page.goto(`${site()}?device=cpu#methods=gradcam&report-methods=gradcam&report-measures=focus`);
    await gradcam(page).waitFor();
    await page.locator("#network > summary").click();
    await check("layer4.0.bn2.bias");
    await page.locator("#network-error", { hasText: HOSTILE }).waitFor();
    await isHarmless(page);
    // A counter's name is listed, and does not matter.
    await check("bn1.num_batches_tracked", ".num_batches_tracked");
    await page.locator("#network-status", { hasText: HOSTILE }).waitFor();
    await page.locator("#network .tensors li", { hasText: HOSTILE }).waitFor({ state: "attached" });
    const labels = Buffer.from(`${HOSTILE}\n`.repeat(7));
    await page.locator("#network-labels").setInputFiles({ name: `${HOSTILE}.txt`, mimeType: "", buffer: labels });
    await page.locator("#network-load").click();
    await page.locator("#map-network", { hasText: HOSTILE }).waitFor();
    await page.locator("#bars button", { hasText: HOSTILE }).first().waitFor();
    await gradcam(page).waitFor();
    await isHarmless(page);

    await page.getByRole("link", { name: "Report" }).click();
    await page.locator("#report-file").setInputFiles({ ...drawings()[0], name: `${HOSTILE}.bmp` });
    await page.getByRole("button", { name: "Make the report", exact: true }).click();
    await page.getByText("The report is complete.").waitFor();
    await page.locator("#report-document .report-row", { hasText: `${HOSTILE}.bmp` }).waitFor();
    await isHarmless(page);
    const { bytes } = await saved(page, "html");
    await page.route(`${site()}saved.html`, (route) => route.fulfill({ contentType: "text/html", body: bytes }));
    await page.goto(`${site()}saved.html`);
    await page.locator(".report-row", { hasText: `${HOSTILE}.bmp` }).waitFor();
    await isHarmless(page);
  }));

test("the page's policy lets no text become a style or a script, and nothing be asked of another origin", () =>
  within(open, async ({ page, allow }) => {
    allow(/Content Security Policy|violates|Refused|Failed to load/i);
    await page.goto(`${site()}?device=cpu`);
    await gradcam(page).waitFor();
    const policy = (await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content")) ?? "";
    assert.doesNotMatch(policy, /unsafe-inline|(?<!wasm-)unsafe-eval|https?:|\*/);
    const blocked = await page.evaluate(async () => {
      /** @type {string[]} */
      const found = [];
      document.addEventListener("securitypolicyviolation", (event) => found.push(event.effectiveDirective));
      const style = document.createElement("style");
      style.append("body { color: red }");
      document.head.append(style);
      document.body.setAttribute("style", "color: red");
      const refused = await fetch("https://elsewhere.example/").catch((error) => error.name);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { found: found.sort(), refused };
    });
    assert.deepEqual(blocked.found, ["connect-src", "style-src-attr", "style-src-elem"]);
    assert.equal(blocked.refused, "TypeError");
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

test("the worker and its threads are bound by the page's policy, whatever the host", () =>
  within(open, async ({ page, allow }) => {
    allow(/Content Security Policy|violates|Refused|Trusted/i);
    await page.goto(`${site()}?device=cpu`);
    await gradcam(page).waitFor();
    const workers = page.workers();
    const threads = await page.evaluate(() => Math.min(navigator.hardwareConcurrency, 8));
    assert.deepEqual(
      workers.map((worker) => new URL(worker.url()).protocol),
      Array.from({ length: threads }, () => "blob:"),
    );
    const refused = await workers[0].evaluate(async () => {
      // Apart from the debugger's call, which may do what scripts may not.
      await new Promise((resolve) => setTimeout(resolve));
      /** @type {string[]} */
      const directives = [];
      self.addEventListener("securitypolicyviolation", (event) =>
        directives.push(/** @type {SecurityPolicyViolationEvent} */ (event).effectiveDirective),
      );
      const load = (/** @type {string} */ address) => import(address);
      /** @type {Record<string, () => unknown>} */
      const attempts = {
        eval: () => Reflect.apply(self.eval, self, ["1"]),
        function: () => Reflect.construct(Function, ["return 1"]),
        fetch: () => fetch("https://elsewhere.example/"),
        module: () => load("data:text/javascript,"),
        worker: () => new Worker(URL.createObjectURL(new Blob(["1"]))),
      };
      /** @type {string[]} */
      const passed = [];
      for (const [name, attempt] of Object.entries(attempts)) {
        try {
          await attempt();
          passed.push(name);
        } catch {
          // As it should be.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { passed, directives: [...new Set(directives)].sort() };
    });
    assert.deepEqual(refused.passed, []);
    assert.deepEqual(refused.directives, ["connect-src", "require-trusted-types-for", "script-src-elem"]);
  }));
