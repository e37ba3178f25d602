/**
 * What there is to know of a map, as entries of a list: what the engine says of it, in the page's language, and why it
 * may look broken.
 */
import { translateNote } from "../describe.js";
import { element } from "../dom.js";
import { language } from "../language.js";

/** @import { Note } from "../camscope.d.ts" */

/** @typedef {{ text: string, lang: string }} Remark */

/**
 * @param {readonly Note[]} notes of the engine
 * @param {readonly string[]} own the page's
 * @returns {Remark[]}
 */
export function remarksOf(notes, own) {
  return [...notes.map(translateNote), ...own.map((text) => ({ text, lang: language }))];
}

/** @param {readonly Remark[]} remarks */
export function remarkItems(remarks) {
  return remarks.map(({ text, lang }) => element("li", { lang: lang === language ? null : lang }, text));
}
