/**
 * Which texts the page shows: its own, which are English, or those of another language, which have the same names.
 *
 * A language is a folder here with the same objects as strings.js and the files beside this one, an entry below, and its
 * name in language.js. The type check and tests/web/language.test.js hold it to the English: no text may be missing.
 */
import { language } from "../language.js";
import { compare } from "./de/compare.js";
import { engine } from "./de/engine.js";
import { errors } from "./de/errors.js";
import { grid } from "./de/grid.js";
import { guide } from "./de/guide.js";
import { how } from "./de/how.js";
import { methods } from "./de/methods.js";
import { network } from "./de/network.js";
import { page } from "./de/page.js";
import { report } from "./de/report.js";
import { whatif } from "./de/whatif.js";

/**
 * The same texts in another language.
 * @template T
 * @typedef {T extends string ? string : T extends (...given: infer Given) => infer Made ? (...given: Given) => Like<Made> : { [Key in keyof T]: Like<T[Key]> }} Like
 */

/** @type {Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, object>>>>>>} */
export const translations = Object.freeze({
  de: { compare, engine, errors, grid, guide, how, methods, network, page, report, whatif },
});

/**
 * @param {string} part that a file of texts is
 */
export function localizer(part) {
  /**
   * @template {object} T
   * @param {string} name
   * @param {T} english
   * @returns {Readonly<T>} in the page's language
   */
  return (name, english) => Object.freeze(/** @type {T} */ (translations[language]?.[part][name] ?? english));
}
