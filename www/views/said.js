/**
 * What the engine says of a failure, in the page's language. What of it stays English is marked as such, so that screen
 * readers speak it as English.
 */
import { element } from "../dom.js";
import { translateError } from "../translate.js";

/**
 * @param {string} message
 * @returns {HTMLElement}
 */
export function said(message) {
  const parts = translateError(message).map(({ text, lang }) => (lang ? element("span", { lang }, text) : text));
  return element("span", {}, ...parts);
}
