/**
 * Every sentence in the sources that a visitor may read though it is not in www/strings: what the engine (Rust) and the
 * module say, above all when something fails. Taken from the sources, not from the translations, with {} for what
 * varies.
 */
import { Linter } from "eslint";
import { readFile, readdir } from "node:fs/promises";
import { inRepository } from "./fixture.js";

/**
 * @typedef {object} Sentence
 * @property {string} text its skeleton
 * @property {boolean} isWhole and not a part of another
 * @property {string} at file and line
 */

/** What is between two quotes in Rust, outside comments; raw strings, characters and comments are taken whole. */
const TOKENS = /\/\/[^\n]*|\/\*.*?\*\/|r(#*)"(.*?)"\1|"((?:\\.|[^"\\])*)"|'(?:\\.|[^'\\])'/gs;

/** Before a literal that is no sentence for the visitor: panics, lints' reasons, and what www/strings has by another name. */
const ASIDE =
  /\b(?:expect|panic!|unreachable!)\(\s*$|\breason = $|\bassert\w*!\([^;]*$|\b(?:paper|summary|cost|name): (?:\w+\()?$/;

/** The GPU's kernels are programs, and their check speaks to developers. */
const KERNELS = "src/model/gpu/";

/** @returns {Promise<Sentence[]>} */
export async function rustSentences() {
  const files = (await list("src", ".rs")).filter((file) => !file.startsWith(KERNELS));
  const all = await Promise.all(
    files.map(async (file) => {
      const source = (await readFile(inRepository(file), "utf8")).split(/^#\[cfg\(test\)\]\nmod /m)[0];
      return [...source.matchAll(TOKENS)].flatMap((found) => {
        const literal = found[3];
        if (literal === undefined || ASIDE.test(source.slice(0, found.index).slice(-300))) return [];
        return [sentence(unescaped(literal), file, lineOf(source, found.index))];
      });
    }),
  );
  return all.flat().filter(({ text }) => isSentence(text));
}

/**
 * In files that make errors for whoever called, all texts; elsewhere those of errors.
 * @returns {Promise<Sentence[]>}
 */
export async function scriptSentences() {
  const files = (await list("www", ".js")).filter((file) => !/^www\/(strings|sw\.js)/.test(file));
  const all = await Promise.all(
    files.map(async (file) => {
      const source = await readFile(inRepository(file), "utf8");
      const makesErrors = /\b(?:namedError|DownloadError)\b/.test(source);
      return literals(source, makesErrors).map(({ text, line }) => sentence(text, file, line));
    }),
  );
  return all.flat().filter(({ text }) => isSentence(text));
}

/**
 * @param {string} text @param {string} file @param {number} line
 * @returns {Sentence}
 */
function sentence(text, file, line) {
  return { text: skeleton(text), isWhole: /^[A-Z].*\.$/s.test(text), at: `${file}:${line}` };
}

/**
 * Both kinds of gaps as one, neighbours as one, and none at the ends, where only punctuation would be left.
 * @param {string} text
 */
export function skeleton(text) {
  return text.replaceAll(/(?:\{[^{}]*\})+/g, "{}").replaceAll(/^(?:\{\}|[\s;,.:])+|(?:\{\}|[\s;,.:])+$/g, "");
}

/** @param {string} text without what varies: whether it has words enough */
export function isSentence(text) {
  return / /.test(text) && (text.replaceAll("{}", " ").match(/(?<![\w-])[A-Za-z]{2,}(?![\w-])/g)?.length ?? 0) >= 2;
}

/** @param {string} literal of Rust */
function unescaped(literal) {
  return literal.replaceAll(/\\\n\s*/g, "").replaceAll(/\\(["\\])/g, "$1");
}

/**
 * @param {string} source of a script
 * @param {boolean} everywhere or only where an error is made
 */
function literals(source, everywhere) {
  /** @type {{ text: string, line: number }[]} */
  const found = [];
  /** @param {any} node */
  const take = (node) => {
    const ancestors = [...parents(node)];
    const calls = ancestors.filter(({ type }) => /^(?:Call|New)Expression$/.test(type));
    const names = calls.map(({ callee }) => callee.name ?? callee.object?.name ?? "");
    const isAside =
      names.includes("console") ||
      // Cancelling is no failure: no one is told.
      calls.some((call) => call.arguments[0]?.value === "AbortError") ||
      ancestors.some(({ type }) => type === "ImportDeclaration");
    if (isAside || !(everywhere || names.some((name) => /Error$/.test(name)))) return;
    const text =
      node.type === "Literal" ? node.value : node.quasis.map((/** @type {any} */ { value }) => value.cooked).join("{}");
    if (typeof text === "string") found.push({ text, line: node.loc.start.line });
  };
  const rule = { create: () => ({ Literal: take, TemplateLiteral: take }) };
  const config = { plugins: { own: { rules: { sentences: rule } } }, rules: { "own/sentences": "error" } };
  const faults = new Linter().verify(source, /** @type {any} */ (config));
  if (faults.length > 0) throw new Error(faults[0].message);
  return found;
}

/** @param {any} node @returns {Iterable<any>} */
function* parents(node) {
  for (let above = node.parent; above; above = above.parent) yield above;
}

/** @param {string} folder @param {string} ending */
async function list(folder, ending) {
  const names = await readdir(inRepository(folder), { recursive: true });
  return names.filter((name) => name.endsWith(ending)).map((name) => `${folder}/${name}`);
}

/** @param {string} source @param {number} index */
function lineOf(source, index) {
  return source.slice(0, index).split("\n").length;
}
