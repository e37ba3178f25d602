/**
 * docs/ten-images.md, from what the page exported: `npm run ten-images` writes it, and a test holds it to docs/ten-images.json.
 */
import { judge } from "../../www/report/claims.js";
import {
  approximated,
  claimText,
  differenceText,
  mergedNotes,
  settingsText,
  valueText,
} from "../../www/report/words.js";
import { COLUMNS, CONTROLS, columnsOf } from "../../www/report/measures.js";
import { className, percent } from "../../www/format.js";
import { report as strings } from "../../www/strings.js";

/** @import { Column } from "../../www/report/measures.js" */

/** What stands in it: the freely licensed samples alone. */
export const FIGURES = [
  { file: "chelsea.png", figure: "ten-images-cat.jpg", credit: "Cat: Stéfan van der Walt, from scikit-image, CC0." },
  {
    file: "coffee.png",
    figure: "ten-images-espresso.jpg",
    credit: "Espresso: Rachel Michetti, from scikit-image, CC0.",
  },
];

/** @param {any} report as exported, JSON */
export function markdown(report) {
  const { pictures, settings, device, model } = report;
  /** @type {Record<string, string>} */
  const names = { gradcam: "Grad-CAM", ablationcam: "AblationCAM", scorecam: "ScoreCAM", ...strings.controls };
  const nameOf = (/** @type {string} */ id) => names[id] ?? id;
  const maps = [...settings.methods, ...CONTROLS];
  const results = pictures.map((/** @type {any} */ { maps }) => ({ maps: new Map(Object.entries(maps)) }));
  const marked = pictures.filter((/** @type {any} */ { mark }) => mark).length;
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
    if (claim.id === "inside" && marked > 0) {
      numbers.push(strings.claims.marked(marked, pictures.length), strings.claims.ours(marked));
    }
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
  for (const column of columnsOf(settings.measures, marked > 0)) {
    const { name, hint } = strings.columns[column.id];
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
