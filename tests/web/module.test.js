/**
 * The public module on the CPU: its whole contract.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { inRepository, openLab, setUp } from "./fixture.js";

/** @import { Watched } from "./fixture.js" */

setUp();

/**
 * The browser reports the end of a worker a little later than it ends it.
 * @param {Watched} watched
 */
async function workersGone({ page }) {
  while (page.workers().length > 0) await page.workers()[0].waitForEvent("close");
}

describe("the module on the CPU", () => {
  /** @type {Watched} */
  let watched;
  /** @type {Awaited<ReturnType<import("./lab.js").Lab["load"]>>} */
  let loaded;

  before(async () => {
    watched = await openLab();
    loaded = await watched.page.evaluate(() => lab.load({ device: "cpu" }));
  });
  after(() => watched.done());

  test("load tells the device, the model and its progress in bytes", async () => {
    assert.equal(loaded.device.kind, "cpu");
    assert.equal(loaded.device.fallback, null);
    assert.notEqual(loaded.device.description, "");
    const { model, progress } = loaded;
    assert.equal(model.name, "resnet50");
    assert.equal(model.variant, "v1");
    assert.equal(model.classes, 1000);
    assert.equal(model.labels.length, 1000);
    assert.equal(model.labels[285], "Egyptian_cat");
    assert.deepEqual(model.layers.at(-1), { id: "layer4", channels: 2048, height: 7, width: 7 });
    assert.deepEqual(
      model.layers.map(({ id }) => id),
      ["stem", "layer1", "layer2", "layer3", "layer4"],
    );

    const manifest = JSON.parse(await readFile(inRepository("pkg/models/resnet50/manifest.json"), "utf8"));
    const bytes = manifest.shards.reduce((/** @type {number} */ sum, /** @type {any} */ shard) => sum + shard.bytes, 0);
    const weights = progress.filter(({ stage }) => stage === "weights");
    assert.deepEqual(weights.at(-1), { stage: "weights", done: bytes, total: bytes, stalled: false });
    for (let i = 1; i < weights.length; i++) assert.ok(weights[i].done >= weights[i - 1].done);
    assert.ok(progress.some(({ stage, done }) => stage === "engine" && done > 0));
  });

  test("methods and palettes are described", async () => {
    const { methods, palettes } = await watched.page.evaluate(() => {
      const { methods, palettes } = lab.explainer;
      return { methods, palettes: palettes.map(({ id, uniform, rgb }) => ({ id, uniform, bytes: rgb.length })) };
    });
    for (const id of ["gradcam", "ablationcam", "scorecam"]) assert.ok(methods.some((method) => method.id === id));
    for (const { paper, url, summary, cost } of methods) {
      assert.ok(paper && summary && cost);
      assert.match(url, /^https:/);
    }
    assert.ok(palettes.some(({ id, uniform }) => id === "viridis" && uniform));
    assert.ok(palettes.some(({ id, uniform }) => id === "jet" && !uniform));
    for (const { bytes } of palettes) assert.equal(bytes, 768);
  });

  test("classify names the cat and gives the crop in the picture's pixels", async () => {
    const found = await watched.page.evaluate(async () => lab.classify(await lab.sample("chelsea.png")));
    assert.equal(found.width, 451);
    assert.equal(found.height, 300);
    // The middle 224 of a shorter side of 256.
    const side = (300 * 224) / 256;
    assert.ok(Math.abs(found.crop.width - side) < 1.5 && Math.abs(found.crop.height - side) < 1.5);
    assert.ok(Math.abs(found.crop.x - (451 - side) / 2) < 1.5 && Math.abs(found.crop.y - (300 - side) / 2) < 1.5);
    assert.equal(found.classes.length, 5);
    assert.equal(found.classes[0].label, "Egyptian_cat");
    assert.ok(found.classes[0].probability > 0.7 && found.classes[0].probability < 0.85);
    assert.equal(found.logits.length, 1000);
    const order = found.logits.map((logit, index) => ({ logit, index })).sort((a, b) => b.logit - a.logit);
    assert.deepEqual(
      found.classes.map(({ index }) => index),
      order.slice(0, 5).map(({ index }) => index),
    );
    const sum = found.logits.reduce((total, logit) => total + Math.exp(logit - order[0].logit), 0);
    assert.ok(Math.abs(found.classes[0].probability - 1 / sum) < 1e-4);
  });

  test("classify names the espresso, and as many classes as asked", async () => {
    const found = await watched.page.evaluate(async () => lab.classify(await lab.sample("coffee.png"), { topK: 2 }));
    assert.equal(found.classes.length, 2);
    assert.equal(found.classes[0].label, "espresso");
    assert.ok(found.classes[0].probability > 0.98, `${found.classes[0].probability}`);
  });

  test("the crops differ in what they show", async () => {
    const [squash, full] = await watched.page.evaluate(async () => {
      const image = await lab.sample("chelsea.png");
      return [await lab.classify(image, { crop: "squash" }), await lab.classify(image, { crop: "full" })];
    });
    assert.deepEqual(squash.crop, { x: 0, y: 0, width: 451, height: 300 });
    assert.deepEqual(full.crop, { x: 0, y: 0, width: 451, height: 300 });
    const map = await watched.page.evaluate(async () =>
      lab.explain(await lab.sample("chelsea.png"), { method: "gradcam", crop: "full" }),
    );
    assert.equal(map.values.length, map.width * map.height);
    assert.ok(map.width > map.height, "the map keeps the picture's aspect");
    assert.ok(Math.abs(map.width / map.height - 451 / 300) < 0.1);
    assert.ok(map.raw.width > 7 && map.raw.height >= 7);
  });

  test("a Blob, an ArrayBuffer, a Uint8Array and an ImageData give the same answer and stay as they were", async () => {
    const { kinds, before, after, lengths } = await watched.page.evaluate(async () => {
      const blob = await lab.sample("chelsea.png");
      const buffer = await blob.arrayBuffer();
      // A view into a larger buffer: only the view's bytes are the picture.
      const larger = new Uint8Array(buffer.byteLength + 20);
      larger.set(new Uint8Array(buffer), 7);
      const view = larger.subarray(7, 7 + buffer.byteLength);
      const { width, height, pixels } = await lab.explainer.preview(blob, { maxSide: 5000 });
      const image = new ImageData(pixels, width, height);
      const sum = () => image.data.reduce((total, value) => total + value, 0);
      const before = sum();
      const kinds = [];
      for (const kind of [blob, buffer, view, image]) kinds.push((await lab.classify(kind)).logits);
      return { kinds, before, after: sum(), lengths: [buffer.byteLength, larger.byteLength - 20, blob.size] };
    });
    assert.equal(new Set(lengths).size, 1);
    assert.equal(before, after);
    for (const logits of kinds) assert.deepEqual(logits, kinds[0]);
  });

  test("preview and input give the pixels", async () => {
    const { preview, input } = await watched.page.evaluate(async () => {
      const image = await lab.sample("chelsea.png");
      const preview = await lab.explainer.preview(image, { maxSide: 100 });
      const input = await lab.explainer.input(image);
      /** @param {typeof preview} pixels */
      const size = ({ width, height, pixels }) => ({ width, height, bytes: pixels.length, opaque: pixels[3] === 255 });
      return { preview: size(preview), input: size(input) };
    });
    assert.equal(preview.width, 100);
    assert.ok(Math.abs(preview.height - 67) <= 1);
    assert.equal(preview.bytes, 4 * preview.width * preview.height);
    assert.deepEqual(input, { width: 224, height: 224, bytes: 4 * 224 * 224, opaque: true });
  });

  for (const method of ["gradcam", "ablationcam"]) {
    test(`${method} gives a scaled map, the signed map, and a weight per channel`, async () => {
      const map = await watched.page.evaluate(
        async (method) => lab.explain(await lab.sample("chelsea.png"), { method }),
        method,
      );
      assert.equal(map.method, method);
      assert.equal(map.layer, "layer4");
      assert.equal(map.target.label, "Egyptian_cat");
      assert.equal(map.exact, true);
      assert.deepEqual([map.width, map.height, map.values.length], [224, 224, 224 * 224]);
      assert.ok(Math.min(...map.values) >= 0);
      assert.ok(Math.abs(Math.max(...map.values) - 1) < 1e-3);
      assert.deepEqual([map.raw.width, map.raw.height, map.raw.values.length], [7, 7, 49]);
      assert.equal(map.weights.length, 2048);
      assert.ok(Number.isFinite(map.seconds));
    });
  }

  test("another class and another layer give another map", async () => {
    const maps = await watched.page.evaluate(async () => {
      const image = await lab.sample("chelsea.png");
      return [
        await lab.explain(image, { method: "gradcam" }),
        await lab.explain(image, { method: "gradcam", target: 281 }),
        await lab.explain(image, { method: "gradcam", layer: "layer3" }),
      ];
    });
    assert.equal(maps[1].target.index, 281);
    assert.equal(maps[1].target.label, "tabby");
    assert.notDeepEqual(maps[1].raw.values, maps[0].raw.values);
    assert.equal(maps[2].layer, "layer3");
    assert.deepEqual([maps[2].raw.width, maps[2].raw.height], [14, 14]);
  });

  test("scorecam with a channel budget says that it is approximate, and reports progress with partial maps", async () => {
    const { map, steps } = await watched.page.evaluate(async () => {
      /** @type {{ done: number, total: number, secondsLeft: number | null, partial: number | null }[]} */
      const steps = [];
      const map = await lab.explain(await lab.sample("chelsea.png"), {
        method: "scorecam",
        channels: 8,
        onProgress: ({ partial, ...step }) => steps.push({ ...step, partial: partial && partial.values.length }),
      });
      return { map, steps };
    });
    assert.equal(map.exact, false);
    assert.ok(map.notes.length > 0 && map.notes.every(({ code, text }) => code && text));
    assert.equal(map.scores.length, 2048);
    assert.equal(map.scores.filter((score) => !Number.isNaN(score)).length, 8);
    assert.ok(map.passes >= 1 && map.passes <= 8);
    assert.ok(steps.length > 0);
    assert.ok(steps.some(({ partial }) => partial !== null && partial > 0));
    assert.equal(steps.at(-1)?.done, steps.at(-1)?.total);
  });

  test("what takes a pass is answered between two batches of what takes many, and changes nothing about it", async () => {
    const { order, alone, interrupted } = await watched.page.evaluate(async () => {
      const [cat, coffee] = await Promise.all(["chelsea.png", "coffee.png"].map((file) => lab.sample(file)));
      const options = { method: "scorecam", channels: 12 };
      const alone = await lab.explain(cat, options);
      /** @type {string[]} */
      const order = [];
      const told = async (/** @type {string} */ what, /** @type {Promise<unknown>} */ call) => {
        await call;
        order.push(what);
      };
      const long = lab.explain(cat, options);
      await Promise.all([
        told("scorecam", long),
        told("another scorecam", lab.explain(coffee, { ...options, channels: 2 })),
        told("classify", lab.classify(coffee)),
        told("gradcam at layer3", lab.explain(coffee, { method: "gradcam", layer: "layer3" })),
        told("ablationcam", lab.explain(cat, { method: "ablationcam" })),
      ]);
      return { order, alone, interrupted: await long };
    });
    assert.deepEqual(order, ["classify", "gradcam at layer3", "ablationcam", "scorecam", "another scorecam"]);
    assert.deepEqual(interrupted.values, alone.values);
    assert.deepEqual(interrupted.scores, alone.scores);
  });

  test("scorecam of chosen channels evaluates these", async () => {
    const map = await watched.page.evaluate(async () => {
      const image = await lab.sample("chelsea.png");
      const { raw, weights } = await lab.explainer.explain(image, { method: "gradcam" });
      if (raw.values.length !== 49) throw new Error("no map");
      const strongest = [...weights.keys()].sort((a, b) => weights[b] - weights[a]).slice(0, 2);
      return { ...(await lab.explain(image, { method: "scorecam", channels: strongest })), strongest };
    });
    const evaluated = [...map.scores.entries()].filter(([, score]) => !Number.isNaN(score));
    assert.deepEqual(
      evaluated.map(([channel]) => channel),
      [...map.strongest].sort((a, b) => a - b),
    );
  });

  test("measure: a constant map fills the frame, and a map that keeps all keeps the confidence", async () => {
    const { found, plain, top } = await watched.page.evaluate(async () => {
      const image = await lab.sample("chelsea.png");
      const { classes } = await lab.explainer.classify(image);
      const map = { width: 224, height: 224, values: new Float32Array(224 * 224).fill(1) };
      const region = { x: 0, y: 0, width: 56, height: 112 };
      const found = await lab.explainer.measure(image, map, { target: classes[0].index, region });
      return { found, plain: await lab.explainer.measure(image, map), top: classes[0].probability };
    });
    const { focus, inside, confidence } = found;
    assert.ok(Math.abs(focus.halfHeat - 0.5) < 1e-4 && Math.abs(focus.aboveHalf - 1) < 1e-9);
    assert.ok(Math.abs(focus.effectiveArea - 1) < 1e-6 && Math.abs(focus.gini) < 1e-6);
    assert.ok(focus.centre.every((share) => Math.abs(share - 0.5) < 1e-6));
    assert.ok(inside && Math.abs(inside.energy - 1 / 8) < 1e-6 && Math.abs(inside.area - 1 / 8) < 1e-9);
    assert.ok(confidence && Math.abs(confidence.before - top) < 1e-5);
    assert.ok(Math.abs(confidence.after - confidence.before) < 1e-4, JSON.stringify(confidence));
    assert.equal(plain.inside, null);
    assert.equal(plain.confidence, null);
    assert.deepEqual(plain.focus, focus);
  });

  test("measure: one pixel is as focused as can be, and an explanation's confidence drops as documented", async () => {
    const { pixel, real, before } = await watched.page.evaluate(async () => {
      const image = await lab.sample("chelsea.png");
      const values = new Float32Array(224 * 224);
      values[10 * 224 + 20] = 1;
      const region = { x: 20, y: 10, width: 1, height: 1 };
      const pixel = await lab.explainer.measure(image, { width: 224, height: 224, values }, { region });
      const map = await lab.explainer.explain(image, { method: "gradcam" });
      const real = await lab.explainer.measure(image, map, { target: map.target.index });
      return { pixel, real, before: map.target.probability };
    });
    assert.ok(Math.abs(pixel.focus.halfHeat - 1 / 224 ** 2) < 1e-9);
    assert.deepEqual({ ...pixel.inside, area: 0 }, { energy: 1, peak: true, area: 0 });
    assert.ok(Math.abs(pixel.focus.centre[0] - 20.5 / 224) < 1e-6);
    assert.ok(Math.abs(pixel.focus.centre[1] - 10.5 / 224) < 1e-6);
    const { focus, confidence } = real;
    assert.ok(focus.halfHeat > 0 && focus.halfHeat < 0.5, "a map with a hot place is more focused than a constant one");
    assert.ok(confidence && Math.abs(confidence.before - before) < 1e-5);
    assert.ok(Math.abs(confidence.drop - Math.max(0, confidence.before - confidence.after)) < 1e-6);
    assert.equal(confidence.increase, confidence.after > confidence.before);
  });

  test("compare: a map agrees with itself, less with another, and not with its opposite", async () => {
    const { same, other, back, opposite } = await watched.page.evaluate(async () => {
      const image = await lab.sample("chelsea.png");
      const a = await lab.explainer.explain(image, { method: "gradcam" });
      const b = await lab.explainer.explain(image, { method: "gradcam", target: 504 });
      const inverse = { ...a, values: a.values.map((value) => 1 - value) };
      const { explainer } = lab;
      return {
        same: await explainer.compare(a, a),
        other: await explainer.compare(a, b),
        back: await explainer.compare(b, a),
        opposite: await explainer.compare(a, inverse),
      };
    });
    assert.ok(Math.abs(same.pearson - 1) < 1e-9 && Math.abs(same.spearman - 1) < 1e-9 && same.iou === 1);
    assert.ok(other.pearson < 0.999 && other.iou < 1);
    assert.ok(Math.abs(other.pearson - back.pearson) < 1e-9 && Math.abs(other.spearman - back.spearman) < 1e-9);
    assert.ok(Math.abs(opposite.pearson + 1) < 1e-4);
  });

  test("measure and compare refuse maps that do not fit, and take a signal", async () => {
    const failures = await watched.page.evaluate(async () => {
      const image = await lab.sample("chelsea.png");
      /** @param {number} width @param {number} height */
      const flat = (width, height) => ({ width, height, values: new Float32Array(width * height).fill(1) });
      /** @type {any} */
      const wrong = { width: 10, height: 10, values: new Float32Array(7) };
      const { explainer } = lab;
      return [
        await lab.failure(explainer.measure(image, flat(10, 10), { target: 0 })),
        await lab.failure(explainer.measure(image, wrong)),
        await lab.failure(explainer.measure(image, /** @type {any} */ (undefined))),
        await lab.failure(explainer.measure(image, flat(224, 224), { target: 5000 })),
        await lab.failure(explainer.compare(flat(10, 10), flat(10, 11))),
        await lab.failure(explainer.compare(wrong, wrong)),
        await lab.failure(explainer.measure(image, flat(224, 224), { signal: AbortSignal.abort() })),
        await lab.failure(explainer.compare(flat(10, 10), flat(10, 10), { signal: AbortSignal.abort() })),
      ];
    });
    const [option, abort] = ["OptionError", "AbortError"];
    assert.deepEqual(
      failures.map((failure) => failure?.name),
      [option, option, option, "ClassError", option, option, abort, abort],
    );
    assert.match(failures[0]?.message ?? "", /10.*224/);
  });

  test("calls queue and are answered in turn", async () => {
    const order = await watched.page.evaluate(async () => {
      const image = await lab.sample("chelsea.png");
      /** @type {string[]} */
      const order = [];
      await Promise.all([
        lab.classify(image, { crop: "squash" }).then(() => order.push("classify")),
        lab.explain(image, { method: "gradcam" }).then(() => order.push("explain")),
        lab.explainer.preview(image).then(() => order.push("preview")),
      ]);
      return order;
    });
    assert.deepEqual(order, ["classify", "explain", "preview"]);
  });

  test("an abort before the call, in the queue and in mid-run rejects with AbortError; the explainer stays usable", async () => {
    const { failures, late, again } = await watched.page.evaluate(async () => {
      const image = await lab.sample("coffee.png");
      const early = AbortSignal.abort();
      const before = await lab.failure(lab.explainer.classify(image, { signal: early }));

      // An exact ScoreCAM: it would take many minutes here.
      const running = new AbortController();
      const queued = new AbortController();
      let steps = 0;
      let stepsAfter = 0;
      /** @type {() => void} */
      let started = () => {};
      const first = new Promise((resolve) => (started = () => resolve(null)));
      const long = lab.failure(
        lab.explainer.explain(image, {
          method: "scorecam",
          signal: running.signal,
          onProgress: () => {
            steps++;
            if (running.signal.aborted) stepsAfter++;
            started();
          },
        }),
      );
      const waiting = lab.failure(lab.explainer.classify(image, { signal: queued.signal }));
      await first;
      queued.abort();
      const inQueue = await waiting;
      running.abort();
      const inRun = await long;
      // Answered only once the worker is free again.
      const again = await lab.classify(image);
      return { failures: [before, inQueue, inRun], late: stepsAfter, again: again.classes[0].label, steps };
    });
    for (const failure of failures) assert.equal(failure?.name, "AbortError");
    assert.equal(late, 0);
    assert.equal(again, "espresso");
  });

  test("what is not a picture is refused in plain words", async () => {
    const jpeg = [...(await readFile(inRepository("tests/fixtures/pictures/baseline.jpg")))];
    const truncated = [...(await readFile(inRepository("tests/fixtures/pictures/truncated.jpg")))];
    const bomb = [...(await readFile(inRepository("tests/fixtures/pictures/bomb-header.png")))];
    const text = [...new TextEncoder().encode("This is no picture.")];
    for (const [name, bytes] of /** @type {[string, number[]][]} */ ([
      ["0 bytes", []],
      ["text", text],
      ["truncated", truncated],
      ["too large", bomb],
    ])) {
      const failure = await watched.page.evaluate((bytes) => lab.failure(lab.classify(lab.blob(bytes))), bytes);
      assert.equal(failure?.name, "DecodeError", name);
      assert.ok((failure?.message.length ?? 0) > 20, `${name}: ${failure?.message}`);
    }
    const found = await watched.page.evaluate((bytes) => lab.classify(lab.blob(bytes)), jpeg);
    assert.equal(found.classes.length, 5);
  });

  test("options that do not exist are refused by name", async () => {
    const failures = await watched.page.evaluate(async () => {
      const image = await lab.sample("chelsea.png");
      /** @type {any} */
      const wrong = {};
      return [
        await lab.failure(lab.explain(image, { method: "gradcam", target: 5000 })),
        await lab.failure(lab.explain(image, { method: "gradcam", layer: "layer9" })),
        await lab.failure(lab.explain(image, { method: "nothing" })),
        await lab.failure(lab.explain(image, { ...wrong, method: "gradcam", crop: "round" })),
        await lab.failure(lab.explain(image, wrong)),
        await lab.failure(lab.explainer.classify(/** @type {any} */ ("a path"))),
        await lab.failure(lab.Explainer.load({ ...wrong, device: "quantum" })),
      ];
    });
    assert.deepEqual(
      failures.map((failure) => failure?.name),
      ["ClassError", "LayerError", "OptionError", "OptionError", "OptionError", "OptionError", "OptionError"],
    );
    assert.match(failures[0]?.message ?? "", /5000/);
    assert.match(failures[1]?.message ?? "", /layer9/);
    assert.match(failures[2]?.message ?? "", /nothing/);
  });
});

test("dispose ends what is under way, and later calls", async () => {
  const watched = await openLab();
  const failures = await watched.page.evaluate(async () => {
    await lab.load({ device: "cpu" });
    const image = await lab.sample("chelsea.png");
    const pending = lab.failure(lab.explainer.explain(image, { method: "scorecam" }));
    lab.explainer.dispose();
    return [await pending, await lab.failure(lab.explainer.classify(image))];
  });
  assert.deepEqual(
    failures.map((failure) => failure?.name),
    ["AbortError", "AbortError"],
  );
  await workersGone(watched);
  await watched.done();
});

test("a worker that dies rejects every call with DeviceError", async () => {
  const watched = await openLab();
  watched.allow(/boom/);
  await watched.page.evaluate(() => lab.load({ device: "cpu" }));
  const [worker] = watched.page.workers();
  const failures = watched.page.evaluate(async () => {
    const image = await lab.sample("chelsea.png");
    const calls = [
      lab.explainer.explain(image, { method: "scorecam" }),
      lab.explainer.explain(image, { method: "scorecam", target: 281 }),
      new Promise((_, reject) => setTimeout(() => reject(new Error("no answer")), 60_000)),
    ];
    const died = await Promise.all([lab.failure(calls[0]), lab.failure(calls[1])]);
    return [...died, await lab.failure(lab.explainer.classify(image))];
  });
  await worker.evaluate(() => {
    setTimeout(() => {
      throw new Error("boom");
    });
  });
  for (const failure of await failures) {
    assert.equal(failure?.name, "DeviceError");
    assert.match(failure?.message ?? "", /boom/);
  }
  await watched.done();
});

test("an aborted load rejects with AbortError and leaves no worker", async () => {
  const watched = await openLab();
  const failure = await watched.page.evaluate(async () => {
    const controller = new AbortController();
    return lab.failure(
      lab.Explainer.load({ device: "cpu", signal: controller.signal, onProgress: () => controller.abort() }),
    );
  });
  assert.equal(failure?.name, "AbortError");
  await workersGone(watched);
  await watched.done();
});
