/**
 * docs/module.md from www/camscope.d.ts: every exported type with its words. `node module-reference.js` writes it,
 * `--check` fails where it is not current.
 *
 * The declarations are our own and regular (Prettier lays them out), so a reader of a few lines does; what it does not
 * understand it refuses.
 */
import { readFile, writeFile } from "node:fs/promises";
import { inRepository } from "./fixture.js";

const SOURCE = "www/camscope.d.ts";
const TARGET = "docs/module.md";

/** @typedef {{ words: string, code: string }} Declaration */

/**
 * A comment's words, without its stars.
 * @param {string} comment
 */
function wordsOf(comment) {
  return comment
    .replace(/^\/\*\*\s?|\s*\*\/$/g, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n")
    .trim();
}

/**
 * A text parted into what stands behind each comment, up to the semicolon or brace that ends it.
 * @param {string} text
 * @returns {Declaration[]}
 */
function declarations(text) {
  const found = [];
  let words = "";
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const space = /^\s+/.exec(rest);
    const comment = /^\/\*\*[\s\S]*?\*\//.exec(rest);
    if (space) at += space[0].length;
    else if (comment) {
      // A comment before another belongs to the file.
      words = wordsOf(comment[0]);
      at += comment[0].length;
    } else {
      const length = lengthOf(rest);
      found.push({ words, code: rest.slice(0, length) });
      words = "";
      at += length;
    }
  }
  return found;
}

/** @param {string} text that begins with a declaration */
function lengthOf(text) {
  let depth = 0;
  const isBlock = /^export (interface|declare const \w+: \{)/.test(text);
  for (let i = 0; i < text.length; i++) {
    if (text.startsWith("/*", i)) i = text.indexOf("*/", i) + 1;
    else if ("{([".includes(text[i])) depth++;
    else if ("})]".includes(text[i])) {
      depth--;
      if (depth === 0 && isBlock && text[i] === "}") return i + (text[i + 1] === ";" ? 2 : 1);
    } else if (text[i] === ";" && depth === 0) return i + 1;
  }
  throw new Error(`This declaration does not end: ${text.slice(0, 60)}`);
}

/** `{@link Name}` as a link. @param {string} words */
function linked(words) {
  return words.replace(/\{@link (\w+)([.\w]*)\}/g, (_, name, rest) => `[\`${name}${rest}\`](#${name.toLowerCase()})`);
}

/** In a table's cell. @param {string} text */
function cell(text) {
  return linked(text)
    .replace(/\n- /g, "<br>• ")
    .replace(/^- /, "• ")
    .replace(/\s*\n\s*/g, " ")
    .replaceAll("|", "\\|");
}

/** @param {string} code */
function plain(code) {
  return code
    .replace(/\/\*\*[\s\S]*?\*\//g, "")
    .replace(/;$/, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** @param {Declaration} declaration */
function section({ words, code }) {
  const head = /^export (?:declare )?(?:interface|type|const) (\w+)/.exec(code);
  if (!head) throw new Error(`This declaration is of no known kind: ${code.slice(0, 60)}`);
  const [, name] = head;
  const lines = [`## ${name}`, "", ...(words ? [linked(words), ""] : [])];
  const block = /^export interface \w+(?: extends (\w+))? \{([\s\S]*)\}$/.exec(code);
  if (!block) return [...lines, "```ts", code.replace(/^export (declare )?/, ""), "```", ""].join("\n");
  const [, parent, body] = block;
  if (parent) lines.push(`All of [\`${parent}\`](#${parent.toLowerCase()}), and:`, "");
  lines.push("| member | type | |", "|---|---|---|");
  for (const member of declarations(body)) {
    const parts = /^(?:readonly )?(\w+)(\?)?(\(|: )([\s\S]*)$/.exec(plain(member.code));
    if (!parts) throw new Error(`${name} has a member of no known kind: ${member.code.slice(0, 60)}`);
    const [, own, optional = "", kind, rest] = parts;
    const type = kind === "(" ? `(${rest}` : rest;
    lines.push(`| \`${own}${optional}\` | \`${type.replaceAll("|", "\\|")}\` | ${cell(member.words)} |`);
  }
  return [...lines, ""].join("\n");
}

const source = await readFile(inRepository(SOURCE), "utf8");
const [intro] = source.match(/^\/\*\*[\s\S]*?\*\//) ?? [""];
const [about, example = ""] = wordsOf(intro).split("@example");
const parts = declarations(source.slice(intro.length));
const text = [
  "# The JavaScript module",
  "",
  "Made from `www/camscope.d.ts` by `npm run reference` in `tests/web`; do not edit.",
  "",
  about.trim(),
  "",
  "```js",
  example.trim(),
  "```",
  "",
  ...parts.map(section),
].join("\n");

if (process.argv.includes("--check")) {
  const kept = await readFile(inRepository(TARGET), "utf8").catch(() => "");
  if (kept !== text) {
    console.error(`${TARGET} is not current: run \`npm run reference\` in tests/web.`);
    process.exitCode = 1;
  }
} else await writeFile(inRepository(TARGET), text);
