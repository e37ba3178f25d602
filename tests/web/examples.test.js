/**
 * The examples for those who use the module, as README.md and docs/module.md have them: copied into a file of one's own
 * beside the site, they run.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { inRepository, openLab, setUp, within } from "./fixture.js";
import { askForLess } from "./less.js";

setUp();

for (const source of ["README.md", "docs/module.md"]) {
  test(`the example of ${source} explains a picture`, () =>
    within(openLab, async ({ page }) => {
      const examples = [...(await readFile(inRepository(source), "utf8")).matchAll(/```js\n([^]*?)```/g)];
      assert.equal(examples.length, 1);
      const [imports, ...lines] = examples[0][1].split("\n");
      assert.match(imports, /^import /);
      const body = `${imports}\nexport async function run(file, console) {\n${lines.join("\n")}\nreturn { classes, map };\n}`;
      const address = new URL("../../example.js", page.url()).href;
      await page.route(address, (route) => route.fulfill({ contentType: "text/javascript", body }));
      await askForLess(page, { channels: 8 });
      await page.addInitScript(() => {
        const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (/** @type {any[]} */ ...[message, ...rest]) {
          // An emulated GPU, which "auto" takes here, is slow.
          if (message.action === "load") message.args.device = "cpu";
          return Reflect.apply(post, this, [message, ...rest]);
        };
      });
      await page.reload();
      await page.waitForFunction(() => "lab" in window);
      const { classes, map, told } = await page.evaluate(async (address) => {
        /** @type {unknown[][]} */
        const told = [];
        const console = { log: (/** @type {unknown[]} */ ...words) => void told.push(words) };
        const { run } = await import(address);
        const { classes, map } = await run(await lab.sample("chelsea.png"), console);
        return { classes, map: { ...map, values: [...map.values] }, told };
      }, address);
      assert.equal(classes[0].label, "Egyptian_cat");
      assert.equal(map.target.index, classes[0].index);
      assert.equal(Math.min(...map.values), 0);
      assert.ok(Math.abs(Math.max(...map.values) - 1) < 1e-6);
      assert.equal(map.values.length, map.width * map.height);
      assert.equal(told.length > 0, /console/.test(lines.join()));
    }));
}
