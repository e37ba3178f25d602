/**
 * The page's language: the one that the link asks for, else the one that was chosen here before, else the first of the
 * browser's that the page knows, else English. It is settled once, before the first text is read: another choice loads
 * the page anew, with the same settings in its address.
 */

/** @typedef {keyof typeof LANGUAGES} Language */

/** Each by its own name. */
export const LANGUAGES = Object.freeze({ en: "English", de: "Deutsch" });

const KEY = "camscope.language";

/** What the page would be in, were nothing chosen. */
export const preferred = fromBrowser();

export const language = fromLink() ?? remembered() ?? preferred;

/**
 * @param {string | null | undefined} text
 * @returns {Language | null} null where the page does not know it
 */
export function readLanguage(text) {
  return text && Object.hasOwn(LANGUAGES, text) ? /** @type {Language} */ (text) : null;
}

/** @param {Language} choice from the next load on, where the link says nothing else */
export function keepLanguage(choice) {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // Storage may be blocked: then the link alone keeps it.
  }
}

/** @returns {Language | null} */
function fromLink() {
  // Programs that print the page's texts have no address.
  if (typeof document === "undefined") return null;
  return readLanguage(new URLSearchParams(location.hash.slice(1)).get("lang"));
}

/** @returns {Language | null} */
function remembered() {
  if (typeof document === "undefined") return null;
  try {
    return readLanguage(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/** @returns {Language} */
function fromBrowser() {
  if (typeof document === "undefined") return "en";
  for (const tag of navigator.languages) {
    const found = readLanguage(tag.toLowerCase().split("-")[0]);
    if (found) return found;
  }
  return "en";
}
