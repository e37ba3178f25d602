/**
 * The module on pages with a Content-Security-Policy of their own: it works under one that says nothing of `blob:`, and one
 * that allows it can bind the worker.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openLab, setUp, within } from "./fixture.js";

setUp();

const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src data:; worker-src 'self'";

test("a page whose policy has no blob: works as ever, and learns that its worker cannot be confined", () =>
  within(
    () => openLab(POLICY),
    async ({ page, allow }) => {
      const { device } = await page.evaluate(() => lab.load({ device: "cpu" }));
      assert.equal(device.kind, "cpu");
      allow(/Content Security Policy|violates|Refused/i);
      const failure = await page.evaluate(() => lab.failure(lab.Explainer.load({ device: "cpu", confined: true })));
      assert.equal(failure?.name, "DeviceError");
    },
  ));

test("a page whose policy has it can bind the worker by it", () =>
  within(
    () => openLab(`${POLICY} blob:`),
    async ({ page, allow }) => {
      /** @param {boolean} confined */
      const evaluates = async (confined) => {
        const { threads } = (await page.evaluate((confined) => lab.load({ device: "cpu", confined }), confined)).device;
        assert.equal(threads, await page.evaluate(() => Math.min(navigator.hardwareConcurrency, 8)));
        const found = await page.workers()[0].evaluate(
          () =>
            new Promise((resolve) =>
              setTimeout(() => {
                try {
                  resolve(Reflect.apply(self.eval, self, ["1 + 1"]));
                } catch (error) {
                  resolve(/** @type {Error} */ (error).name);
                }
              }),
            ),
        );
        await page.evaluate(() => lab.explainer.dispose());
        while (page.workers().length > 0) await page.workers()[0].waitForEvent("close");
        return found;
      };
      assert.equal(await evaluates(false), 2);
      allow(/Content Security Policy|violates|Refused/i);
      assert.equal(await evaluates(true), "EvalError");
    },
  ));
