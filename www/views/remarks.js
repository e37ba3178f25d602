/**
 * What the engine says beside a map, as entries of a list in the page's language.
 */
import { translateNote } from "../describe.js";
import { element } from "../dom.js";
import { language } from "../language.js";

/** @import { Note } from "../camscope.d.ts" */

/** @param {readonly Note[]} notes */
export function remarkItems(notes) {
  return notes.map((note) => {
    const { text, lang } = translateNote(note);
    return element("li", { lang: lang === language ? null : lang }, text);
  });
}
