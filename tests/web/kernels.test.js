/**
 * The GPU's kernels are compiled while the weights are downloaded: the first picture waits for none.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { askForLess } from "./less.js";
import { open, setUp, within } from "./fixture.js";
import { serveUnreliably } from "./unreliable.js";

setUp();

/** Counts, in the worker, the kernels that the GPU is given to compile before the first picture and after. */
const HOOK = `
self.kernels = { before: 0, after: 0, isAsked: false };
for (const name of ["createComputePipeline", "createComputePipelineAsync"]) {
  const create = GPUDevice.prototype[name];
  GPUDevice.prototype[name] = function (descriptor) {
    self.kernels[self.kernels.isAsked ? "after" : "before"]++;
    return Reflect.apply(create, this, [descriptor]);
  };
}
addEventListener("message", ({ data }) => {
  if (data.action === "classify") self.kernels.isAsked = true;
});`;

test("the first picture's maps on a GPU wait for no kernel to be compiled", async () => {
  const { url, close } = await serveUnreliably(({ path }) =>
    path === "/www/worker.js" ? { change: (text) => text + HOOK } : null,
  );
  try {
    await within(
      () => open({ origin: new URL(url).origin }),
      async ({ page }) => {
        await askForLess(page, { channels: 3 });
        await page.goto(`${url}?device=webgpu`);
        for (const method of ["gradcam", "ablationcam", "scorecam"]) {
          await page.locator(`.card[data-method=${method}][aria-busy=false] .number`).first().waitFor();
        }
        const { before, ...kernels } = await page.workers()[0].evaluate(() => Reflect.get(self, "kernels"));
        assert.ok(before > 0, "kernels are compiled, and counted");
        assert.deepEqual(kernels, { after: 0, isAsked: true });
      },
    );
  } finally {
    close();
  }
});
