/**
 * A visitor's own network: checkpoints written by torchvision, against what PyTorch computes with them
 * (scripts/make_checkpoint.py wrote both), through the module and through the page.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { withOneClass, withRenamed } from "./checkpoints.js";
import { inRepository, largestDifference, open, openLab, pearson, setUp, site, within } from "./fixture.js";
import { askForLess } from "./less.js";

/** @import { Watched } from "./fixture.js" */

setUp();

/** @param {string} file */
const bytesOf = async (file) => Array.from(await readFile(inRepository(`tests/fixtures/${file}`)));

/**
 * The fixture's square input, ((7c + 3y + 5x) mod 17) / 8 - 1, is the picture 15 · ((7c + 3y + 5x) mod 17) once 8/17 is
 * taken from its 0…1 and the rest divided by 8/17.
 */
const PREPROCESSING = {
  resize: 64,
  crop: 64,
  mean: /** @type {[number, number, number]} */ ([8 / 17, 8 / 17, 8 / 17]),
  std: /** @type {[number, number, number]} */ ([8 / 17, 8 / 17, 8 / 17]),
};

/** @param {string} file */
async function expectations(file) {
  const { cases } = JSON.parse(await readFile(inRepository(`tests/fixtures/${file}`), "utf8"));
  const [square] = cases;
  assert.deepEqual([square.input.width, square.input.height], [64, 64]);
  return square;
}

describe("a network of the visitor's in the module, on the CPU", () => {
  /** @type {Watched} */
  let watched;
  before(async () => {
    watched = await openLab();
  });
  after(() => watched.done());

  for (const [file, expected, options] of /** @type {[string, string, { epsilon?: number }][]} */ ([
    ["torchvision_tiny_wrapped.pth", "torchvision_tiny.json", {}],
    ["torchvision_tiny_legacy.pth", "torchvision_tiny_epsilon.json", { epsilon: 1e-3 }],
    ["torchvision_tiny_basic.safetensors", "torchvision_tiny_basic.json", {}],
  ])) {
    test(`${file} gives PyTorch's logits and maps, and nothing leaves the device`, async () => {
      const { page, requests } = watched;
      const square = await expectations(expected);
      const bytes = await bytesOf(file);
      requests.length = 0;
      const found = await page.evaluate(
        async ({ bytes, preprocessing, options, target }) => {
          const checkpoint = lab.blob(bytes);
          const inspection = await lab.Explainer.inspect(checkpoint);
          const { model, progress } = await lab.load({
            device: "cpu",
            model: { checkpoint, preprocessing, name: "mine", ...options },
          });
          const picture = new ImageData(64, 64);
          for (let y = 0; y < 64; y++) {
            for (let x = 0; x < 64; x++) {
              for (let c = 0; c < 3; c++) picture.data[4 * (64 * y + x) + c] = 15 * ((7 * c + 3 * y + 5 * x) % 17);
              picture.data[4 * (64 * y + x) + 3] = 255;
            }
          }
          const { logits } = await lab.classify(picture, { crop: "squash" });
          const maps = [];
          for (const layer of ["layer2", "layer4"]) {
            maps.push(await lab.explain(picture, { method: "gradcam", layer, target, crop: "squash" }));
          }
          lab.explainer.dispose();
          return { inspection, model, progress, logits, maps };
        },
        { bytes, preprocessing: PREPROCESSING, options, target: square.target },
      );
      assert.equal(found.inspection.classes, 7);
      assert.equal(found.inspection.bytes, bytes.length);
      assert.ok(found.inspection.tensors.some(({ name }) => name === "layer4.0.bn2.running_var"));
      assert.equal(found.inspection.fault, null);
      assert.ok(found.inspection.expected.length > 40);
      for (const { shape, found: own } of found.inspection.expected) assert.deepEqual(own, shape);
      assert.match(found.model.title, /^mine \(ResNet of/);
      assert.equal(found.model.labelSource, "none");
      assert.equal(found.model.labels[6], "class 6");
      assert.ok(found.progress.some(({ stage, done }) => stage === "weights" && done > 0));
      // The pictures' values and the fixture's differ by float32 rounding: 1e-3, as natively.
      assert.ok(largestDifference(found.logits, square.logits) <= 1e-3);
      for (const { layer, raw } of found.maps) {
        const reference = square.maps[`gradcam.${layer}`].raw;
        const scale = Math.max(...reference.map(Math.abs));
        assert.ok(largestDifference(raw.values, reference) <= 2e-3 * scale, layer);
        assert.ok(pearson(raw.values, reference) >= 0.9999, layer);
      }
      // Only the module's own files were fetched; nothing was sent.
      assert.ok(
        requests.every((url) => /\/(www|pkg)\/[\w.-]+$/.test(new URL(url).pathname)),
        requests.join(" "),
      );
    });
  }

  test("labels are the caller's, and must be as many as the classes", async () => {
    const bytes = await bytesOf("torchvision_tiny.safetensors");
    const [named, refused] = await watched.page.evaluate(async (bytes) => {
      const checkpoint = lab.blob(bytes);
      const labels = ["a", "b", "c", "d", "e", "f", "g"];
      const { model } = await lab.load({ device: "cpu", model: { checkpoint, labels } });
      lab.explainer.dispose();
      const load = lab.Explainer.load({ device: "cpu", model: { checkpoint, labels: ["a"] } });
      return /** @type {const} */ ([model, await lab.failure(load)]);
    }, bytes);
    assert.deepEqual([named.labels[6], named.labelSource], ["g", "given"]);
    assert.equal(refused?.name, "OptionError");
    assert.match(refused?.message ?? "", /7 classes, but there are 1 labels/);
  });

  test("files that are no ResNet's checkpoint are refused with the reason", async () => {
    const whole = await bytesOf("torchvision_tiny.pth");
    const picture = await bytesOf("pictures/baseline.jpg");
    for (const [bytes, reason] of /** @type {[number[], RegExp][]} */ ([
      [
        await bytesOf("hostile.pth"),
        /names \w+\.system, which is no tensor\. It was refused, and nothing in it was run/,
      ],
      [whole.slice(0, whole.length >> 1), /damaged or incomplete/],
      [picture, /neither a PyTorch checkpoint .* nor a safetensors file/],
      [[], /neither a PyTorch checkpoint/],
    ])) {
      const failures = await watched.page.evaluate(async (bytes) => {
        const checkpoint = lab.blob(bytes);
        return [
          await lab.failure(lab.Explainer.inspect(checkpoint)),
          await lab.failure(lab.Explainer.load({ device: "cpu", model: { checkpoint } })),
        ];
      }, bytes);
      for (const failure of failures) {
        assert.equal(failure?.name, "WeightsError");
        assert.match(failure?.message ?? "", reason);
      }
    }
  });

  test("the models beside the page are listed", async () => {
    const models = await watched.page.evaluate(() => lab.Explainer.models());
    assert.deepEqual([models[0].name, models[0].title], ["resnet50", "ResNet50 (Keras)"]);
    assert.match(models[0].manifest, /^http.*\/pkg\/models\/resnet50\/manifest\.json$/);
  });
});

test("the page offers the models beside it; a link restores the choice; no map stands under another's name", () =>
  within(open, async ({ page }) => {
    // The same weights under another name, with other names for the classes.
    const models = `${site()}pkg/models`;
    const manifest = JSON.parse(await readFile(inRepository("pkg/models/resnet50/manifest.json"), "utf8"));
    const labels = manifest.labels.map((/** @type {string} */ label) => `other ${label}`);
    await page.route(`${models}/index.json`, async (route) => {
      const entries = JSON.parse(await readFile(inRepository("pkg/models/index.json"), "utf8"));
      const other = { name: "other", title: "Another network", manifest: "other/manifest.json" };
      await route.fulfill({ json: [entries[0], other] });
    });
    await page.route(`${models}/other/**`, async (route) => {
      const file = new URL(route.request().url()).pathname.split("/").at(-1);
      if (file === "manifest.json") {
        return route.fulfill({ json: { ...manifest, name: "other", title: "Another network", labels } });
      }
      return route.fulfill({ body: await readFile(inRepository(`pkg/models/resnet50/${file}`)) });
    });
    await askForLess(page, { channels: 16, steps: 4 });
    // At every frame, what says what it is for says so in its network's words; numbers stand with a card's map.
    await page.addInitScript(() => {
      window.strangers = [];
      const words = ".card[data-method] .target, #whatif .verdict, #whatif .changes li, #whatif .pairs canvas";
      const numbers = "#compare tbody th, #compare figure, #sanity .verdicts li, #sanity figure, #whatif .tries li";
      const look = () => {
        const isOther = document.querySelector("#map-network")?.textContent === "Maps by Another network";
        const targets = [...document.querySelectorAll(".card[data-method] .target")];
        for (const one of document.querySelectorAll(words)) {
          const text = one.textContent || one.getAttribute("aria-label") || "";
          const found = text.match(/(other )?Egyptian cat/);
          if (found && Boolean(found[1]) !== isOther) window.strangers?.push(text);
        }
        const isExplained = targets.some(({ textContent }) => textContent);
        for (const one of document.querySelectorAll(numbers)) {
          if (!isExplained && one.getClientRects().length > 0) window.strangers?.push(one.textContent ?? "");
        }
        for (const { textContent } of document.querySelectorAll("#bars button")) {
          if (textContent && textContent.startsWith("other ") !== isOther) window.strangers?.push(textContent);
        }
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await page.goto(`${site()}?device=cpu`);
    const target = page.locator(".card[data-method=gradcam][aria-busy=false] .target");
    await target.filter({ hasText: "for Egyptian cat" }).waitFor();
    assert.doesNotMatch(page.url(), /model=/);
    await page.locator("#network > summary").click();
    await page
      .locator("#network .field", { hasText: /^Network/ })
      .getByRole("combobox")
      .selectOption("Another network");
    await target.filter({ hasText: "for other Egyptian cat" }).waitFor();
    assert.match(page.url(), /#.*model=other/);
    await page.reload();
    await target.filter({ hasText: "for other Egyptian cat" }).waitFor();
    assert.equal(await page.locator("#map-network").innerText(), "Maps by Another network");
    assert.match(page.url(), /#.*model=other/);
    await page.goto(`${site()}?device=cpu#model=none`);
    await target.filter({ hasText: "for other Egyptian cat" }).waitFor();
    await page.goto(`${site()}?device=cpu#`);
    await target.filter({ hasText: "for Egyptian cat" }).waitFor();
    assert.deepEqual(await page.evaluate(() => window.strangers), []);

    const use = (/** @type {string} */ name) =>
      page
        .locator("#network .field", { hasText: /^Network/ })
        .getByRole("combobox")
        .selectOption(name);
    const view = (/** @type {string} */ name) => page.locator("#views").getByRole("link", { name }).click();
    // What was tried, and both maps of a pair.
    await view("What if");
    await page.locator("#network > summary").click();
    await page.getByRole("button", { name: "Take it away" }).click();
    const pair = page.locator("#whatif .after[aria-busy=false] canvas").first();
    await page.locator("#whatif .tries li").waitFor();
    await pair.and(page.locator("[aria-label*=' for Egyptian cat']")).waitFor();
    await use("Another network");
    await pair.and(page.locator("[aria-label*=' for other Egyptian cat']")).waitFor();
    assert.equal(await page.locator("#whatif .tries li").count(), 0);

    // A curve, and a check of the network's weights.
    await view("Compare");
    const heads = page.locator("#compare thead th");
    await heads.first().waitFor();
    await page.locator("#compare .start").click();
    await page.locator("#compare figure").first().waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#sanity .start").click();
    await page.locator("#sanity .verdicts li").first().waitFor();
    await page.keyboard.press("Escape");
    await use("ResNet50 (Keras)");
    await target.filter({ hasText: "for Egyptian cat" }).waitFor({ state: "attached" });
    await heads.first().waitFor();
    assert.equal(await page.locator("#compare figure:visible, #sanity .verdicts li").count(), 0);
    assert.deepEqual(await page.evaluate(() => window.strangers), []);
    await page.keyboard.press("Escape");
  }));

test("another network before the last is loaded: what the last one's end leaves is no error", () =>
  within(open, async ({ page }) => {
    const models = `${site()}pkg/models`;
    const manifest = JSON.parse(await readFile(inRepository("pkg/models/resnet50/manifest.json"), "utf8"));
    await page.route(`${models}/index.json`, async (route) => {
      const entries = JSON.parse(await readFile(inRepository("pkg/models/index.json"), "utf8"));
      const more = ["second", "third"].map((name) => ({
        name,
        title: `The ${name}`,
        manifest: `${name}/manifest.json`,
      }));
      await route.fulfill({ json: [entries[0], ...more] });
    });
    // Neither ever comes.
    await page.route(`${models}/second/**`, () => {});
    await page.route(`${models}/third/**`, async (route) => {
      if (route.request().url().endsWith("/manifest.json"))
        await route.fulfill({ json: { ...manifest, name: "third", title: "The third" } });
    });
    await page.goto(`${site()}?device=cpu`);
    await page.locator("#map-network", { hasText: "Maps by ResNet50" }).waitFor();
    await page.locator("#network > summary").click();
    const choice = page.locator("#network-choice");
    const status = page.locator("#network-status");
    await choice.selectOption("The second");
    await status.filter({ hasText: "Loading Network" }).waitFor();
    const asked = page.waitForRequest(/third\/manifest\.json/);
    await choice.selectOption("The third");
    await asked;
    await page.waitForTimeout(500);
    assert.equal(await page.locator("#network-error").innerText(), "");
    assert.match(await status.innerText(), /^Loading/);
    assert.equal(await choice.locator("option:checked").innerText(), "The third");
    await page.keyboard.press("Escape");
  }));

describe("a checkpoint that is dropped, on the CPU", () => {
  /** @type {Watched} */
  let watched;
  before(async () => {
    watched = await open();
    await watched.page.goto(`${site()}?device=cpu#target=281.285`);
  });
  after(() => watched.done());

  /** @param {string} name @param {number[]} bytes */
  const drop = (name, bytes) =>
    watched.page.evaluate(
      ({ name, bytes }) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], name));
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
      },
      { name, bytes },
    );
  const status = () => watched.page.locator("#network-status");
  /** @param {string} view */
  const goTo = async (view) => {
    await watched.page.locator(`#views a[data-view=${view}]`).click();
    await watched.page.locator(`#views a[data-view=${view}][aria-current]`).waitFor();
  };
  const close = () => watched.page.locator("#network").evaluate((panel) => panel.removeAttribute("open"));

  test("in every view its content is shown in the open panel; from Methods, which has none, the view changes", async () => {
    const { page } = watched;
    await page.locator(".card[data-method=gradcam][aria-busy=false] .target", { hasText: "for" }).waitFor();
    const views = await page.locator("#views a").evaluateAll((all) => all.map((one) => one.dataset.view ?? ""));
    assert.equal(views.length, 6);
    for (const view of views) {
      await goTo(view);
      await close();
      await drop(`${view}.pth`, await bytesOf("torchvision_tiny.pth"));
      await status()
        .filter({ hasText: `${view}.pth: ResNet of 1, 2, 1 and 1 bottleneck blocks, 7 classes` })
        .waitFor();
      assert.equal(await page.locator("#network-load").isVisible(), true, view);
      const shown = await page.locator("#views a[aria-current]").getAttribute("data-view");
      assert.equal(shown, view === "methods" ? "explain" : view);
      // The network's name stands beside the maps.
      const isNamed = await page.locator("#map-network").isVisible();
      assert.equal(isNamed, view !== "report", view);
    }
    assert.equal(await page.getByText("left out").isVisible(), false);
    assert.equal(await page.getByRole("alert").filter({ hasText: /./ }).isVisible(), false);
  });

  test("of a network of one class no other target is offered, and none is left of the last one's", async () => {
    const { page } = watched;
    await goTo("explain");
    await drop(
      "one.safetensors",
      withOneClass(await readFile(inRepository("tests/fixtures/torchvision_tiny_basic.safetensors"))),
    );
    await status().filter({ hasText: "one.safetensors: ResNet of" }).filter({ hasText: "1 classes" }).waitFor();
    await page.locator("#network-load").click();
    await page.locator("#map-network", { hasText: "Maps by one.safetensors" }).waitFor();
    await page.locator(".card[data-method=gradcam][aria-busy=false] .target", { hasText: "for class 0" }).waitFor();
    assert.equal(await page.locator("#bars button").count(), 1);
    assert.doesNotMatch(page.url(), /target/);
    await page.locator(".more-how summary").click();
    await page.locator("#how .hint", { hasText: "What speaks for the class" }).waitFor();
    assert.equal(await page.getByRole("radio", { name: "Several together" }).isVisible(), false);
    assert.equal(await page.getByRole("radio", { name: "This, not the nearest" }).isVisible(), false);
    await page.keyboard.press("Escape");
  });
});

describe("a network of the visitor's in the page, on the CPU", () => {
  /** @type {Watched} */
  let watched;
  before(async () => {
    watched = await open();
    await watched.page.goto(`${site()}?device=cpu`);
  });
  after(() => watched.done());

  /** @param {string} map */
  const settled = (map) =>
    watched.page.waitForFunction(
      (map) =>
        document.querySelector("#map-network")?.textContent === map &&
        document.querySelector(".card[data-method=gradcam]")?.getAttribute("aria-busy") === "false" &&
        document.querySelector(".card[data-method=gradcam] .target")?.textContent,
      map,
    );
  /** @param {import("playwright-core").Page} page */
  const drawing = (page) =>
    page.$eval(".card[data-method=gradcam] canvas", (canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());
  const KERAS = "Maps by ResNet50 (Keras)";

  test("what cannot be used says why, and the network and its map stay", async () => {
    const { page } = watched;
    await settled(KERAS);
    const map = await drawing(page);
    await page.locator("#network > summary").click();
    await page.locator("#network-file").setInputFiles(inRepository("tests/fixtures/hostile.pth"));
    await page.locator("#network-error", { hasText: "nothing in it was run" }).waitFor();
    assert.ok(await page.locator("#network-load").isDisabled());
    assert.ok(await page.locator("#network .tensors").isHidden());

    // Of a network that is known, but not whole: what is expected, beside what the file has.
    const [name, other] = ["layer1.0.bn1.running_var", "layer1.0.bn1.running_vat"];
    const file = await readFile(inRepository("tests/fixtures/torchvision_tiny_basic.safetensors"));
    await page.locator("#network-file").setInputFiles({
      name: "damaged.safetensors",
      mimeType: "application/octet-stream",
      buffer: withRenamed(file, name, other),
    });
    await page.locator("#network-error", { hasText: `${name} is missing (expected` }).waitFor();
    await page.locator("#network-status", { hasText: /^damaged\.safetensors: ResNet of .* basic blocks/ }).waitFor();
    assert.ok(await page.locator("#network-load").isDisabled());
    const tensors = page.locator("#network .tensors li");
    assert.match(
      (await tensors.first().innerText()).trim(),
      /^layer1\.0\.bn1\.running_var \[\d+\] missing in the file$/,
    );
    assert.match(await tensors.filter({ hasText: other }).innerText(), /in the file only, not used$/);
    assert.equal(await page.locator("#network .tensors mark").count(), 1);
    assert.match(await tensors.nth(1).innerText(), /^conv1\.weight \[\d+, 3, 7, 7\]$/);

    // Fit to be inspected, but not to be loaded: the names are too few.
    await page.locator("#network-file").setInputFiles(inRepository("tests/fixtures/torchvision_tiny.pth"));
    await page
      .locator("#network-status", { hasText: "ResNet of 1, 2, 1 and 1 bottleneck blocks, 7 classes" })
      .waitFor();
    await page
      .locator("#network-labels")
      .setInputFiles({ name: "names.txt", mimeType: "text/plain", buffer: Buffer.from("one\ntwo\n") });
    await page.locator("#network-load").click();
    await page.locator("#network-error", { hasText: "7 classes, but there are 2 labels" }).waitFor();
    assert.equal(await page.locator("#map-network").innerText(), KERAS);
    assert.equal(await drawing(page), map);
  });

  test("a checkpoint takes its place: its classes have PyTorch's probabilities, under its name", async () => {
    const { page, requests } = watched;
    const { logits } = await expectations("torchvision_tiny.json");
    const names = {
      name: "names.json",
      mimeType: "application/json",
      buffer: Buffer.from('["a","b","c","d","e","f","g"]'),
    };
    await page.locator("#network-labels").setInputFiles(names);
    await page.locator("#network details summary").first().click();
    for (const [field, value] of [
      ["mean", PREPROCESSING.mean.join(", ")],
      ["std", PREPROCESSING.std.join(" ")],
      ["resize", "64"],
      ["crop", "64"],
    ]) {
      await page.locator(`#network-${field}`).fill(value);
    }
    const before = await drawing(page);
    requests.length = 0;
    await page.locator("#network-load").click();
    const own = "Maps by torchvision_tiny.pth (ResNet of 1, 2, 1 and 1 bottleneck blocks)";
    await settled(own);
    assert.notEqual(await drawing(page), before);

    const picture = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(64, 64);
      const data = new ImageData(64, 64);
      for (let i = 0; i < 64 * 64; i++) {
        const [x, y] = [i % 64, Math.floor(i / 64)];
        for (let c = 0; c < 3; c++) data.data[4 * i + c] = 15 * ((7 * c + 3 * y + 5 * x) % 17);
        data.data[4 * i + 3] = 255;
      }
      canvas.getContext("2d")?.putImageData(data, 0, 0);
      return Array.from(new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer()));
    });
    await page
      .locator("#file")
      .setInputFiles({ name: "formula.png", mimeType: "image/png", buffer: Buffer.from(picture) });
    const top = Math.max(...logits);
    const powers = logits.map((/** @type {number} */ logit) => Math.exp(logit - top));
    const sum = powers.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b);
    const best = powers.indexOf(Math.max(...powers));
    const share = `${((100 * powers[best]) / sum).toFixed(1)}\u00a0%`;
    await page.locator("#bars button", { hasText: share }).first().waitFor();
    assert.ok((await page.locator("#bars button").first().innerText()).startsWith("abcdefg"[best]));
    // Nothing but the page's own files was asked for, and none of the visitor's was sent.
    assert.ok(
      requests.every((url) => /^(blob|data):|\/(www|pkg)\/[\w./-]+$/.test(url)),
      requests.join(" "),
    );
  });

  test("its dots have the reason that holds for it, which is not that of the network before", async () => {
    const { page } = watched;
    await page.locator("#methods summary").click();
    await page.getByRole("checkbox", { name: "LayerCAM", exact: true }).check();
    const remarks = page.locator(".card[data-method=layercam] .remarks");
    await page.getByRole("radio", { name: /layer2/ }).check();
    await remarks.filter({ hasText: "this network's shortcuts read only every second row and column" }).waitFor();
    assert.doesNotMatch(await remarks.innerText(), /v1/);
    await page.getByRole("radio", { name: /layer4/ }).check();
    await remarks.filter({ hasNotText: "shortcuts" }).waitFor({ state: "attached" });
  });
});
