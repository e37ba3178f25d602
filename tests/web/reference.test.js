/**
 * What the module computes in the browser, on both devices, against pytorch-grad-cam's results: the repository's compact
 * reference, and the full maps where $CAMSCOPE_REFERENCE names them. The native tests check many more; these check that
 * the way through the browser, the worker and the half-precision weights keeps what they found.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fullReference, inRepository, largestDifference, openLab, pearson, readTensors, setUp } from "./fixture.js";

/** @import { Page } from "playwright-core" */
/** @import { ExplainOptions } from "../../www/camscope.d.ts" */
/** @import { Watched } from "./fixture.js" */

/** 224 × 224, drawn by scripts/: no decoder and no resize stand between it and the network. */
const PICTURE = "drawn";
const FULL = "n02098286_West_Highland_white_terrier";

setUp();

/**
 * @param {Page} page
 * @param {number[]} bytes of a picture that fits the network's input
 * @param {ExplainOptions} options
 */
function explain(page, bytes, options) {
  return page.evaluate(({ bytes, options }) => lab.explain(lab.blob(bytes), { ...options, crop: "squash" }), {
    bytes,
    options,
  });
}

/** @type {Record<string, { logits: number[], gradcam: number[], ablationcam: number[], scorecam: number[] }>} */
const byDevice = {};

for (const { device, channels } of [
  { device: /** @type {const} */ ("cpu"), channels: 8 },
  // A pass takes seconds where WebGPU is emulated by the processor.
  { device: /** @type {const} */ ("webgpu"), channels: 3 },
]) {
  describe(`on ${device}`, () => {
    /** @type {Watched} */
    let watched;
    /** @type {any} */
    let expected;
    /** @type {number[]} */
    let bytes;
    /** @type {Awaited<ReturnType<typeof readTensors>>} */
    let tensors;
    /** @param {string} name */
    const tensor = (name) => {
      const found = tensors.get(name);
      assert.ok(found, `the reference has no ${name}`);
      return found;
    };

    before(async () => {
      const index = JSON.parse(await readFile(inRepository("tests/fixtures/reference/index.json"), "utf8"));
      expected = index.pictures[PICTURE];
      tensors = await readTensors(inRepository(`tests/fixtures/reference/${expected.tensors}`));
      bytes = [...(await readFile(inRepository(`tests/fixtures/reference/${expected.picture}`)))];
      watched = await openLab();
      const loaded = await watched.page.evaluate((device) => lab.load({ device }), device);
      assert.equal(loaded.device.kind, device);
    });
    after(() => watched.done());

    test("the same classes as PyTorch", async () => {
      const found = await watched.page.evaluate((bytes) => lab.classify(lab.blob(bytes), { crop: "squash" }), bytes);
      for (const [rank, [index, probability]] of expected.top5.slice(0, 3).entries()) {
        assert.equal(found.classes[rank].index, index);
        assert.ok(Math.abs(found.classes[rank].probability - probability) <= 0.005);
      }
      assert.ok(largestDifference(found.logits, tensor("logits")) < 0.05);
      byDevice[device] = { logits: found.logits, gradcam: [], ablationcam: [], scorecam: [] };
    });

    for (const method of /** @type {const} */ (["gradcam", "ablationcam"])) {
      test(`the same ${method} as pytorch-grad-cam`, async () => {
        const map = await explain(watched.page, bytes, { method });
        assert.ok(pearson(map.raw.values, tensor(`${method}.layer4.raw`)) > 0.9999);
        assert.ok(pearson(map.weights, tensor(`${method}.layer4.weights`)) > 0.999);
        byDevice[device][method] = map.values;
      });
    }

    test("the same gradcam at layer3", async () => {
      const map = await explain(watched.page, bytes, { method: "gradcam", layer: "layer3" });
      assert.ok(pearson(map.raw.values, tensor("gradcam.layer3.raw")) > 0.999);
    });

    test("the same scorecam scores", async () => {
      const weights = tensor("scorecam.layer4.weights");
      const chosen = [...weights.keys()].sort((a, b) => weights[b] - weights[a]).slice(0, channels);
      const map = await explain(watched.page, bytes, { method: "scorecam", channels: chosen });
      const scores = chosen.map((channel) => map.scores[channel]);
      const expected = tensor("scorecam.layer4.scores");
      const difference = largestDifference(
        scores,
        chosen.map((channel) => expected[channel]),
      );
      assert.ok(difference < 0.05, `largest difference of a logit: ${difference}`);
      byDevice[device].scorecam = scores;
    });

    test("each kernel computes what plain operations do", async () => {
      const checks = await watched.page.evaluate(() => lab.explainer.checkDevice());
      // Both for GPUs and for emulated ones; the CPU has none of them.
      if (device === "cpu") assert.deepEqual(checks, []);
      else assert.ok(checks.length >= 40, `${checks.length} checks`);
      for (const { name, error } of checks) assert.ok(error < 1e-5, `${name}: off by ${error}`);
    });
  });
}

test("CPU and WebGPU agree with each other", () => {
  const { cpu, webgpu } = byDevice;
  assert.ok(largestDifference(cpu.logits, webgpu.logits) < 5e-3);
  assert.ok(largestDifference(cpu.gradcam, webgpu.gradcam) < 5e-3);
  assert.ok(largestDifference(cpu.ablationcam, webgpu.ablationcam) < 5e-3);
  assert.ok(largestDifference(cpu.scorecam.slice(0, webgpu.scorecam.length), webgpu.scorecam) < 5e-3);
});

const folder = fullReference();
test(
  "the full maps of a 224 × 224 picture, passed unchanged",
  { skip: folder ? false : "$CAMSCOPE_REFERENCE names no folder: only the compact reference was checked" },
  async () => {
    const tensors = await readTensors(`${folder}/${FULL}.safetensors`);
    const bytes = [...(await readFile(`${folder}/${FULL}.png`))];
    const watched = await openLab();
    await watched.page.evaluate(() => lab.load({ device: "cpu" }));
    for (const method of ["gradcam", "ablationcam"]) {
      const map = await explain(watched.page, bytes, { method });
      const wanted = tensors.get(`${method}.layer4`);
      assert.ok(wanted);
      assert.ok(pearson(map.values, wanted) > 0.9999);
      assert.ok(largestDifference(map.values, wanted) < 0.01);
    }
    await watched.done();
  },
);
