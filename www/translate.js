/**
 * What the engine says, in the page's language: it speaks English, and its sentences are found by templates.
 *
 * A template is the English sentence with a {gap} for each part that varies. A number in a gap is written as the
 * language does it; any other text is carried over as it is, unless a group of templates has the gap's name: then that
 * group translates it. What no template of such a group fits stays English.
 */
import { language } from "./language.js";
import { decimals } from "./numerals.js";
import { engine } from "./strings.js";

/**
 * Part of a text.
 * @typedef {object} Piece
 * @property {string} text
 * @property {"en" | null} lang null: the page's
 */

/** @typedef {Readonly<Record<string, string>>} Templates English to the page's language */
/** @typedef {Readonly<Record<string, Templates>>} Groups */
/** @typedef {{ pattern: RegExp, gaps: string[], parts: string[], weight: number }} Compiled */

/** What a file brings along may be of any length; no sentence is this long. */
const MOST = 10_000;

/** @type {WeakMap<Templates, Compiled[]>} */
const known = new WeakMap();

/**
 * The message of an error.
 * @param {string} message
 * @returns {Piece[]}
 */
export function translateError(message) {
  return translate(message, "messages", engine.errors) ?? [english(message)];
}

/**
 * A few words of the engine's inside a text of the page's.
 * @param {string} words
 * @param {"architecture" | "origin"} group of what they may be
 * @returns {string}
 */
export function translateWords(words, group) {
  return textOf(translate(words, group, engine.errors) ?? [english(words)]);
}

/**
 * @param {string} text
 * @param {string} group that has the text's template
 * @param {Groups} groups
 * @returns {Piece[] | null} null: no template fits
 */
export function translate(text, group, groups) {
  const templates = Object.hasOwn(groups, group) ? groups[group] : null;
  if (!templates || text.length > MOST) return null;
  for (const { pattern, gaps, parts } of compiled(templates)) {
    const found = pattern.exec(text)?.slice(1);
    if (!found) continue;
    const values = new Map(gaps.map((gap, index) => [gap, found[index]]));
    // Between two texts stands the name of a gap.
    return joined(parts.flatMap((part, i) => (i % 2 ? fill(part, values.get(part) ?? "", groups) : [own(part)])));
  }
  return null;
}

/** @param {readonly Piece[]} pieces */
export function textOf(pieces) {
  return pieces.map(({ text }) => text).join("");
}

/**
 * @param {string} gap
 * @param {string} value what stands in it
 * @param {Groups} groups
 * @returns {Piece[]}
 */
function fill(gap, value, groups) {
  const number = value.match(/^-?\d+(?:\.(\d+))?$/);
  if (number) return [own(decimals(Number(value), number[1]?.length ?? 0))];
  if (!Object.hasOwn(groups, gap)) return [own(value)];
  return translate(value, gap, groups) ?? [english(value)];
}

/**
 * The most specific first: those with the most words of their own.
 * @param {Templates} templates
 */
function compiled(templates) {
  let all = known.get(templates);
  if (!all) {
    all = Object.entries(templates).map(([source, target]) => {
      const pieces = split(source);
      const literal = pieces.filter((_, i) => i % 2 === 0);
      const pattern = new RegExp(`^${literal.map(escaped).join("(.*?)")}$`, "s");
      const gaps = pieces.filter((_, i) => i % 2 === 1);
      return { pattern, gaps, parts: split(target), weight: literal.join("").length };
    });
    all.sort((a, b) => b.weight - a.weight);
    known.set(templates, all);
  }
  return all;
}

/** @param {string} template @returns {string[]} text, gap, text, gap, …, text */
function split(template) {
  return template.split(/\{(\w+)\}/);
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** @param {Piece[]} pieces @returns {Piece[]} neighbours of one language as one, none empty */
function joined(pieces) {
  /** @type {Piece[]} */
  const all = [];
  for (const piece of pieces.filter(({ text }) => text !== "")) {
    const last = all.at(-1);
    if (last?.lang === piece.lang) last.text += piece.text;
    else all.push({ ...piece });
  }
  return all;
}

/** @param {string} text @returns {Piece} */
function own(text) {
  return { text, lang: null };
}

/** @param {string} text @returns {Piece} */
function english(text) {
  return { text, lang: language === "en" ? null : "en" };
}
