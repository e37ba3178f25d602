/**
 * Small reports in the page, on the CPU: of pictures that are marked, given twice, or printed with every method.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { drawings } from "./drawings.js";
import { inRepository, open, setUp, site, within } from "./fixture.js";

/** @import { Page } from "playwright-core" */

setUp();

const [DISC, , SKY] = drawings();

/**
 * A report of a few pictures.
 * @param {(page: Page) => Promise<void>} prepare
 * @param {typeof DISC[]} pictures
 * @param {(page: Page) => Promise<void>} look
 */
async function small(prepare, pictures, look) {
  await within(open, async ({ page }) => {
    await page.goto(`${site()}?device=cpu#report-methods=gradcam&report-measures=focus`);
    await prepare(page);
    await page.getByRole("link", { name: "Report" }).click();
    await page.locator("#report-file").setInputFiles(pictures);
    await page.getByRole("button", { name: "Make the report", exact: true }).click();
    await page.getByText("The report is complete.").waitFor();
    await look(page);
  });
}

test("an object that is marked in Explain is measured in the report, and in no other picture", async () => {
  /** @type {string} */
  let explained = "";
  const mark = async (/** @type {Page} */ page) => {
    const number = page.locator(".card[data-method=gradcam] .number");
    await number.first().waitFor();
    await page.locator("#file").setInputFiles(DISC);
    // Not the sample's, which was there before.
    await number.filter({ hasText: "otterhound" }).waitFor();
    await page.getByRole("button", { name: "Mark the object" }).click();
    for (const name of ["Left", "Top", "Width", "Height"]) await page.getByLabel(name, { exact: true }).fill("50");
    await page.getByLabel("Height", { exact: true }).press("Tab");
    const inside = number.filter({ hasText: /inside the mark, which covers 25\.0/ });
    explained = (await inside.innerText()).match(/[\d.]+/)?.[0] ?? "";
  };
  await small(mark, [DISC, SKY], async (page) => {
    const line = page.locator(".report-row").first().locator("tbody tr", { hasText: "Heat in the mark" });
    assert.equal((await line.locator("td").first().innerText()).replace(/\s.*/, ""), explained);
    assert.equal(await page.locator(".report-row").nth(1).locator("tbody tr", { hasText: "the mark" }).count(), 0);
    const group = page.locator(".report-number", { hasText: "Heat in the mark" });
    assert.equal(await group.locator("tbody tr").first().locator("td").last().innerText(), "1", "n is one");
    assert.match(await page.locator(".report-claims").innerText(), /marked in 1 of 2 pictures/);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("#report-files [data-format=json]").click(),
    ]);
    const { pictures } = JSON.parse(await readFile(await download.path(), "utf8"));
    const { width, height } = pictures[0];
    assert.deepEqual(pictures[0].mark, {
      ...{ kind: "box", x: width / 2, y: height / 2 },
      ...{ width: width / 2, height: height / 2 },
    });
    assert.equal(pictures[1].mark, null);
  });
});

test("the samples come with their boxes, which a visitor's mark replaces; that they do is said", async () => {
  const index = JSON.parse(await readFile(inRepository("pkg/samples/index.json"), "utf8"));
  await within(open, async ({ page }) => {
    // The cat's lower right quarter, as a link has it.
    const own = "sample=chelsea.png&region=5000.5000.5000.5000";
    await page.goto(`${site()}?device=cpu#${own}&report-methods=gradcam&report-measures=focus`);
    await page.locator(".card[data-method=gradcam] .number", { hasText: "inside the mark" }).waitFor();
    await page.getByRole("link", { name: "Report" }).click();
    await page.getByRole("button", { name: /^All \d+ samples$/ }).click();
    await page.getByRole("button", { name: "Make the report", exact: true }).click();
    await page.getByText("The report is complete.").waitFor();
    const claims = await page.locator(".report-claims").innerText();
    const boxes = index.filter((/** @type {any} */ { mark }) => mark).length;
    assert.ok(claims.includes(`marked in ${boxes} of ${index.length} pictures`), claims);
    assert.ok(claims.includes(`${boxes - 1} marks are boxes that came with the samples`), claims);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("#report-files [data-format=json]").click(),
    ]);
    const { pictures } = JSON.parse(await readFile(await download.path(), "utf8"));
    for (const [i, { file, mark: box }] of index.entries()) {
      const { width, height, mark } = pictures[i];
      if (file === "chelsea.png") {
        assert.equal(mark.by, undefined);
        assert.deepEqual([mark.x, mark.width], [width / 2, width / 2]);
      } else if (box) {
        assert.equal(mark.by, "camscope");
        assert.deepEqual([mark.x, mark.y, mark.width, mark.height], box, file);
        assert.ok(mark.x + mark.width <= width && mark.y + mark.height <= height, `${file}: in its pixels`);
      } else {
        assert.equal(mark, null, file);
      }
    }
  });
});

test("with every method, the printed report is no wider than a sheet, and it becomes a PDF", async () => {
  await within(open, async ({ page }) => {
    await page.goto(`${site()}?device=cpu#view=report&report-measures=focus&report-budget=32`);
    const boxes = page.locator("#report-setup fieldset").first().locator("input");
    await boxes.first().waitFor();
    const count = await boxes.count();
    assert.ok(count > 12, `${count} methods`);
    for (let index = 0; index < count; index++) await boxes.nth(index).check();
    await page.locator("#report-file").setInputFiles([DISC]);
    await page.getByRole("button", { name: "Make the report", exact: true }).click();
    await page.getByText("The report is complete.").waitFor();
    const heads = page.locator(".report-row thead th");
    // With the two controls, without those that have another method's map at layer4.
    assert.ok((await heads.count()) >= count - 2, `${await heads.count()} of ${count}`);
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: 700, height: 990 });
    const wide = await page.evaluate(() => {
      const all = [...document.querySelectorAll("#report-document *")];
      const beyond = all.filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5);
      return beyond.map(({ tagName, className, textContent }) =>
        `${tagName}.${className}: ${textContent}`.slice(0, 120),
      );
    });
    assert.deepEqual(wide, []);
    const pdf = await page.pdf({ format: "A4" });
    assert.equal(pdf.subarray(0, 5).toString("latin1"), "%PDF-");
    assert.match(pdf.subarray(-8).toString("latin1"), /%%EOF/);
  });
});

test("the same picture twice is one picture, and the report says which was left out", async () => {
  const again = { ...DISC, name: "copy of the disc.bmp" };
  await small(
    async () => {},
    [DISC, SKY, again],
    async (page) => {
      assert.equal(await page.locator(".report-row").count(), 2);
      const left = await page.locator(".report-failed li").innerText();
      assert.ok(left.startsWith(again.name) && left.includes(DISC.name), left);
      const first = page.locator(".report-number").first().locator("tbody tr").first();
      assert.equal(await first.locator("td").last().innerText(), "2");
      // And the object is nobody's mark.
      assert.match(await page.locator(".report-claims").innerText(), /No object is marked/);
    },
  );
});
