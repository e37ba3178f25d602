/**
 * The report over the ten ImageNet photos, made by the page itself on the CPU: `npm run ten-images` leaves what the page
 * exports in docs/ten-images.json, and writes docs/ten-images.md from it, with figures of the freely licensed samples
 * alone. `npm run ten-images -- write` only writes.
 */
import { readFile, writeFile } from "node:fs/promises";
import { chromium } from "playwright-core";
import { judge } from "../../www/report/claims.js";
import {
  approximated,
  claimText,
  differenceText,
  mergedNotes,
  settingsText,
  valueText,
} from "../../www/report/words.js";
import { COLUMNS, CONTROLS } from "../../www/report/measures.js";
import { className, percent } from "../../www/format.js";
import { report as strings } from "../../www/strings.js";
import { inRepository } from "./fixture.js";
import { serve } from "./server.js";

/** @import { Page } from "playwright-core" */
/** @import { Column } from "../../www/report/measures.js" */

/** A budget and steps that a laptop's processor gets through in half an hour. */
const SETTINGS =
  "view=report&report-budget=256&report-steps=8&report-measures=focus,confidence,deletion,insertion,road,adcc,arcc";
const FIGURES = [
  { file: "chelsea.png", figure: "ten-images-cat.jpg", credit: "Cat: Stéfan van der Walt, from scikit-image, CC0." },
  {
    file: "coffee.png",
    figure: "ten-images-espresso.jpg",
    credit: "Espresso: Rachel Michetti, from scikit-image, CC0.",
  },
];
/** The numbers of each picture: all that need no mark. */
const LISTED = COLUMNS.map(({ id }) => id).filter((id) => id !== "inside" && id !== "peak");
const EXPORTED = inRepository("docs/ten-images.json");
const HOUR = 3_600_000;

/** @param {any} report as exported, JSON */
function markdown(report) {
  const { pictures, settings, device, model } = report;
  /** @type {Record<string, string>} */
  const names = { gradcam: "Grad-CAM", ablationcam: "AblationCAM", scorecam: "ScoreCAM", ...strings.controls };
  const nameOf = (/** @type {string} */ id) => names[id] ?? id;
  const maps = [...settings.methods, ...CONTROLS];
  const results = pictures.map((/** @type {any} */ { maps }) => ({ maps: new Map(Object.entries(maps)) }));
  const approximate = approximated(settings.methods, results);
  const lines = [
    "# Ten images",
    "",
    "The report that camscope began with compared three methods by eye on ten pictures, and found ScoreCAM the sharpest,",
    "Grad-CAM the most diffuse, and the network looking at the object. These are the same claims, measured: the page's own",
    'report (view *Report*, "The 10 ImageNet photos") over ten photographs, start to end in Chromium.',
    "",
    `- ${model.title}, variant ${model.variant}, on: ${device.description}; camscope ${report.camscope}; ${report.began.slice(0, 10)}.`,
    `- Settings: ${settingsText(settings, approximate.map(nameOf))}.`,
    ...approximations(pictures, nameOf),
    "- Written by `npm run ten-images` in `tests/web` (`ten-images.js`) from [what the page exported](ten-images.json); run it",
    "  again to repeat it.",
    "",
    "## What was claimed, and what the numbers say",
    "",
  ];
  const summaries = report.aggregate.map((/** @type {any} */ { number, groups, pairs }) => ({
    column: columnOf(number),
    groups,
    pairs,
  }));
  for (const claim of judge(summaries, settings.methods)) {
    const { claim: text, verdict, numbers } = claimText(claim, nameOf);
    lines.push(`- ${text}: **${verdict}**.`, ...numbers.map((number) => `  - ${number}`));
  }
  lines.push("", strings.document.rule, "", "## All ten together", "", strings.document.aggregateHint, "");
  for (const { number, groups, pairs } of report.aggregate) {
    const column = columnOf(number);
    const { name, hint } = strings.columns[number];
    lines.push(`### ${name} (${hint})`, "", "| Map | Mean | 95 % interval | Mean rank |", "|---|---:|---:|---:|");
    for (const { name, mean, low, high, rank } of groups) {
      const interval = `${valueText(column, low)} … ${valueText(column, high)}`;
      lines.push(`| ${nameOf(name)} | ${valueText(column, mean)} | ${interval} | ${strings.values.rank(rank)} |`);
    }
    lines.push("", "| Difference | Mean | 95 % interval | p |", "|---|---:|---:|---:|");
    for (const { a, b, difference, low, high, p } of pairs) {
      if (!settings.methods.includes(a)) continue;
      const interval = `${differenceText(column, low)} … ${differenceText(column, high)}`;
      const words = strings.claims.p(p).replace("= ", "");
      const [first, second] = [nameOf(a), nameOf(b)];
      lines.push(
        `| ${strings.document.minus(first, second)} | ${differenceText(column, difference)} | ${interval} | ${words} |`,
      );
    }
    lines.push("");
  }
  lines.push("## Picture by picture", "");
  for (const id of LISTED) {
    const column = columnOf(id);
    if (!settings.measures.includes(column.metric)) continue;
    const { name, hint } = strings.columns[id];
    lines.push(`### ${name} (${hint})`, "", `| Picture | Network's answer | ${maps.map(nameOf).join(" | ")} |`);
    lines.push(`|---|---|${maps.map(() => "---:").join("|")}|`);
    for (const { name, top, maps: own, controls } of pictures) {
      const numbers = maps.map((map) =>
        valueText(column, column.of((own[map] ?? { measures: controls[map] }).measures) ?? NaN),
      );
      lines.push(`| ${name} | ${className(top.label)}, ${percent(top.probability)} | ${numbers.join(" | ")} |`);
    }
    lines.push("");
  }
  lines.push("## How two samples look", "");
  lines.push(
    "The ten photographs are their photographers' and are not shown here. These two samples, which are not among the ten,",
  );
  lines.push(
    "are in the public domain (CC0). Left to right: what the network sees, then the methods with the same settings.",
    "",
  );
  for (const { figure, credit } of FIGURES) lines.push(`![${credit}](${figure})`, "", credit, "");
  lines.push(
    "## The very pictures",
    "",
    "SHA-256 of the files, from github.com/EliSchwartz/imagenet-sample-images:",
    "",
  );
  for (const { name, sha256 } of pictures) lines.push(`- ${name}: \`${sha256}\``);
  return `${lines.join("\n")}\n`;
}

/**
 * @param {any[]} pictures
 * @param {(id: string) => string} nameOf
 */
function approximations(pictures, nameOf) {
  /** @type {string[]} */
  const notes = [];
  for (const { maps } of pictures) {
    for (const [id, { exact, notes: own }] of /** @type {[string, any][]} */ (Object.entries(maps))) {
      if (!exact) notes.push(`- ${nameOf(id)}: ${own.map((/** @type {any} */ { text }) => text).join(" ")}`);
    }
  }
  return mergedNotes(notes);
}

/** @param {string} id @returns {Column} */
function columnOf(id) {
  const column = COLUMNS.find((one) => one.id === id);
  if (!column) throw new Error(`There is no number "${id}".`);
  return column;
}

/** @param {Page} page @param {string} start the button's name */
async function make(page, start) {
  await page.getByRole("button", { name: start }).click();
  // Said when all is drawn.
  await page.getByText("The report is complete.").waitFor({ timeout: HOUR });
}

/** Run it, and leave the exported report and the figures. */
async function run() {
  const server = await serve();
  const executablePath = process.env.CHROME || "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
  page.setDefaultTimeout(600_000);
  await page.goto(`${server.url}?device=cpu#${SETTINGS}`);
  await page.getByRole("button", { name: /^The \d+ ImageNet photos$/ }).click();
  const progress = setInterval(
    async () => console.log(await page.locator("#report-bar p").first().innerText()),
    60_000,
  );
  await make(page, "Make the report");
  clearInterval(progress);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save JSON" }).click(),
  ]);
  await download.saveAs(EXPORTED);

  await page.getByRole("button", { name: "Remove all" }).click();
  await page.locator("#report-file").setInputFiles(FIGURES.map(({ file }) => inRepository(`pkg/samples/${file}`)));
  // The figures show no curves.
  for (const measure of ["deletion", "insertion", "road", "adcc", "arcc"]) {
    await page.locator(`#report-setup input[value=${measure}]`).uncheck();
  }
  await make(page, "Make the report");
  for (const { file, figure } of FIGURES) {
    const shown = page.locator(".report-figures figure", { has: page.locator("figcaption", { hasText: file }) });
    const path = inRepository(`docs/${figure}`);
    await shown.first().locator(".report-figure").screenshot({ path, type: "jpeg", quality: 85 });
  }
  await browser.close();
  server.close();
}

if (process.argv[2] !== "write") await run();
const report = JSON.parse(await readFile(EXPORTED, "utf8"));
await writeFile(inRepository("docs/ten-images.md"), markdown(report));
