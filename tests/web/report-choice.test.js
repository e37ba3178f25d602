/**
 * What a report computes of what was chosen or dropped, on the CPU: no method twice, none where it has no map, nothing by
 * another network; what it says of maps that look broken; and what a link keeps of it.
 */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { drawings } from "./drawings.js";
import { inRepository, open, saved, setUp, settingsOf, site, within } from "./fixture.js";
import { mapNotes, pictureRemarks } from "../../www/report/words.js";

/** @import { Page } from "playwright-core" */

setUp();

const [DISC, STRIPES, SKY] = drawings();

test("methods that are one at the layer are computed once; all are named", () =>
  within(open, async ({ page }) => {
    const { setup, heads, make, how } = reportOn(page);
    await page.goto(
      `${site()}?device=cpu#view=report&report-methods=xgradcam,gradcam,hirescam,cam&report-measures=focus`,
    );
    await setup.getByText("XGrad-CAM: At layer4 this is Grad-CAM's map").waitFor();
    await setup.getByText("HiResCAM: At layer4 this is Grad-CAM's map").waitFor();
    await setup.getByText(/^CAM: At layer4 this is Grad-CAM's map/).waitFor();
    await page.locator("#report-file").setInputFiles([DISC]);
    await make();
    assert.deepEqual(await heads(), ["Grad-CAM", "Random map", "Centred Gaussian"]);
    assert.match(await how(), /HiResCAM: At layer4 this is Grad-CAM's map, by mathematics/);
    assert.doesNotMatch(await how(), /Dots in this map/);
    assert.doesNotMatch(await page.locator(".report-figures figcaption").innerText(), /the maps agree/);
    const json = JSON.parse((await saved(page, "json")).bytes.toString("utf8"));
    assert.deepEqual([json.settings.methods, Object.keys(json.pictures[0].maps)], [["gradcam"], ["gradcam"]]);
    assert.deepEqual(
      json.leftOut.map((/** @type {any} */ { method, as }) => [method, as]),
      [
        ["xgradcam", "gradcam"],
        ["hirescam", "gradcam"],
        ["cam", "gradcam"],
      ],
    );

    // At an earlier layer three of them differ, and the fourth is Grad-CAM still.
    await setup.getByRole("combobox", { name: "Layer" }).selectOption("layer3");
    await setup.getByText(/^CAM: Here this is Grad-CAM's map/).waitFor();
    assert.equal(await setup.getByText("this is Grad-CAM's map").count(), 1);
    await make();
    assert.deepEqual(await heads(), ["Grad-CAM", "HiResCAM", "XGrad-CAM", "Random map", "Centred Gaussian"]);
    assert.equal(await page.locator(".report-failed li").count(), 0);
    assert.match(await how(), /CAM: Here this is Grad-CAM's map/);
    // What looks broken says why, here and in both files.
    assert.match(await how(), /HiResCAM: Dots in this map are no fault of it/);
    const [html, again] = [await saved(page, "html"), await saved(page, "json")];
    assert.match(html.bytes.toString("utf8"), /HiResCAM: Dots in this map are no fault of it/);
    const [{ maps }] = JSON.parse(again.bytes.toString("utf8")).pictures;
    assert.match(JSON.stringify(maps.hirescam.notes), /Dots in this map/);
    assert.deepEqual(maps.gradcam.notes, []);

    // No method is left.
    for (const name of ["XGrad-CAM", "Grad-CAM", "HiResCAM", "CAM"]) {
      await setup.getByRole("checkbox", { name, exact: true }).uncheck();
    }
    await setup.getByText("Choose at least one method and one measure.").waitFor();
  }));

test("what is wrong with one picture's map is said beside it, what holds for all of them once", () => {
  const notes = [
    { code: "blank", text: "The map is empty: no place is hot." },
    { code: "half-precision", text: "Computed in half precision." },
    { code: "budget", text: "Approximate: 64 of 2048 channels, which hold 90 % of it." },
  ];
  const result = (/** @type {number} */ share) => ({
    maps: new Map([["scorecam", { notes: [...notes.slice(share % 2), note(share)], reasons: ["Dots."] }]]),
  });
  const note = (/** @type {number} */ share) => ({ code: "budget", text: `Of it ${share} % is there.` });
  const [one, other] = /** @type {any[]} */ ([result(90), result(91)]);
  const name = () => "ScoreCAM";
  assert.deepEqual(pictureRemarks(one, name), ["ScoreCAM: The map is empty: no place is hot."]);
  assert.deepEqual(pictureRemarks(other, name), []);
  const { approximations, remarks } = mapNotes([one, other], name);
  assert.deepEqual(remarks, ["ScoreCAM: Computed in half precision.", "ScoreCAM: Dots."]);
  assert.equal(approximations.length, 2);
  assert.equal(approximations[1], "ScoreCAM: Of it 90 to 91 % is there.");
});

test("a network that is loaded anew, from the same file, begins the report anew", () =>
  within(open, async ({ page }) => {
    const { make } = reportOn(page);
    await page.goto(`${site()}?device=cpu#view=report&report-methods=gradcam&report-measures=focus`);
    await page.locator("#network > summary").click();
    await page.locator("#network-file").setInputFiles(inRepository("tests/fixtures/torchvision_tiny.pth"));
    const status = page.locator("#network-status");
    await status.filter({ hasText: "7 classes" }).waitFor();
    await page.locator("#network details summary").first().click();
    for (const field of ["resize", "crop"]) await page.locator(`#network-${field}`).fill("64");
    const load = async (/** @type {string} */ mean) => {
      await page.locator("#network-mean").fill(mean);
      await page.locator("#network-load").click();
      await status.filter({ hasText: /^torchvision_tiny\.pth \(ResNet/ }).waitFor();
    };
    const said = () => page.locator(".report-row").first().innerText();
    await load("0.4, 0.4, 0.4");
    await page.locator("#report-file").setInputFiles([DISC]);
    await make();
    const before = await said();
    await load("0.9, 0.2, 0.1");
    await page.locator("#report-file").setInputFiles([STRIPES]);
    await page.getByText("2 pictures in the report.").waitFor();
    await page.getByRole("button", { name: "Go on with the rest", exact: true }).click();
    await page.locator(".report-row").nth(1).waitFor();
    assert.notEqual(await said(), before);
  }));

test("a link keeps the figures that were chosen, and their scale, for when there are pictures", () =>
  within(open, async ({ page }) => {
    const { make } = reportOn(page);
    const settings = "view=report&report-methods=gradcam&report-measures=focus";
    const address = () => page.evaluate(() => location.hash);
    const figures = async () => {
      const captions = await page.locator(".report-figures figcaption").allInnerTexts();
      return captions.map((text) => /^Figure \d\. (.*?):/.exec(text)?.[1]);
    };
    const given = async () => {
      await page.locator("#report-file").setInputFiles([DISC, STRIPES, SKY]);
      await make();
    };
    // There is no ninth.
    await page.goto(`${site()}?device=cpu#${settings}&report-figures=3.9.2&report-scale=shared`);
    await given();
    assert.deepEqual(
      await figures(),
      [SKY, STRIPES, STRIPES].map(({ name }) => name),
    );
    await page.locator(".report-figures .report-scale", { hasText: "One scale for its maps" }).nth(2).waitFor();
    assert.equal((await settingsOf(page))["report-scale"], "shared");
    await page.locator(".report-figures select").first().selectOption(DISC.name);
    await page.locator("#report-document").getByRole("combobox", { name: "Scale" }).selectOption("Each its own");
    assert.equal((await settingsOf(page))["report-figures"], "1.2.2");
    assert.equal((await settingsOf(page))["report-scale"], undefined);

    const link = await address();
    await page.getByRole("button", { name: "Remove all" }).click();
    await page.waitForFunction(() => !location.hash.includes("report-figures"));
    await page.evaluate((hash) => (location.hash = hash), link);
    await given();
    assert.deepEqual(
      await figures(),
      [DISC, STRIPES, STRIPES].map(({ name }) => name),
    );
    await page.evaluate((hash) => (location.hash = hash), `${settings}&report-figures=x..-1.2`);
    await page.locator(".report-figures figcaption", { hasText: `Figure 3. ${SKY.name}` }).waitFor();
    assert.deepEqual(
      await figures(),
      [DISC, STRIPES, SKY].map(({ name }) => name),
    );
  }));

test("the pictures of a folder that is dropped on the page are in the report, however deep; other files are not", () =>
  within(open, async ({ page }) => {
    const folder = await mkdtemp(join(tmpdir(), "camscope-"));
    try {
      await mkdir(join(folder, "deeper/still"), { recursive: true });
      for (const [path, { buffer }] of Object.entries({ "a.bmp": DISC, "deeper/still/b.bmp": SKY })) {
        await writeFile(join(folder, path), buffer);
      }
      await writeFile(join(folder, "deeper/notes.txt"), "no picture");
      await page.goto(`${site()}?device=cpu#view=report&report-methods=gradcam&report-measures=focus`);
      const protocol = await page.context().newCDPSession(page);
      // As the browser does it, with a folder of the disk.
      for (const type of /** @type {const} */ (["dragEnter", "dragOver", "drop"])) {
        const data = { items: [], files: [folder], dragOperationsMask: 1 };
        await protocol.send("Input.dispatchDragEvent", { type, x: 400, y: 400, data });
      }
      await page.getByText("2 pictures in the report.").waitFor();
      await page.getByText("1 file that is no picture left out.").waitFor();
      await reportOn(page).make();
      const titles = await page.locator(".report-row h4").allInnerTexts();
      assert.deepEqual(titles.map((text) => text.match(/\S+\.bmp/)?.[0]).sort(), ["a.bmp", "b.bmp"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  }));

/**
 * A report in a page of its own.
 * @param {Page} page
 */
function reportOn(page) {
  const setup = page.locator("#report-setup");
  return {
    setup,
    heads: async () => {
      const all = await page.locator(".report-row").first().locator("thead th").allInnerTexts();
      return all.map((text) => text.split("\n")[0].trim());
    },
    how: () => page.locator(".report-how").innerText(),
    /** The whole report, and its numbers over all pictures. */
    make: async () => {
      await page.getByRole("button", { name: /^(Make the report|Make it again|Go on with the rest)$/ }).click();
      await page.locator("#report-bar", { hasText: "The report is complete." }).waitFor();
    },
  };
}
