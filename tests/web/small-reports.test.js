/**
 * Small reports in the page, on the CPU: of pictures that are marked, given twice, or printed with every method.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { drawings } from "./drawings.js";
import { open, setUp, site, within } from "./fixture.js";

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
      // On a phone a number stands beside each head, and the first overlay beside the picture.
      await page.setViewportSize({ width: 360, height: 740 });
      const seen = await page.$$eval("#report-document .scroll", (all) =>
        all.flatMap((scroll) => {
          const { right } = scroll.getBoundingClientRect();
          const firsts = [...scroll.querySelectorAll("tbody tr td:nth-child(2), thead th img:first-of-type")];
          return firsts.slice(0, 4).map((one) => one.getBoundingClientRect().right <= right);
        }),
      );
      assert.ok(seen.length > 4 && seen.every(Boolean), JSON.stringify(seen));
      // And the object is nobody's mark.
      assert.match(await page.locator(".report-claims").innerText(), /No object is marked/);
    },
  );
});
