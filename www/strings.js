/**
 * Every text that the page shows, in the page's language. The rest of www takes its texts from here alone.
 *
 * Another language is a file like strings/de.js, its line among `TEXTS` with the import, and its name for itself in
 * language.js. The type check and tests/web/language.test.js hold it to the English: no text may be missing.
 */
import { language } from "./language.js";
import { de } from "./strings/de.js";
import { en } from "./strings/en.js";

/** @import { Language } from "./language.js" */
/** @import { Texts } from "./strings/en.js" */

/** @type {Readonly<Record<Language, Texts>>} */
const TEXTS = { en, de };

export const {
  fixed,
  views,
  themes,
  devices,
  device,
  loading,
  say,
  errors,
  traffic,
  model,
  units,
  photo,
  crops,
  classes,
  how,
  layers,
  costs,
  remarks,
  methodNames,
  methods,
  look,
  palettes,
  blends,
  card,
  reading,
  words,
  numbers,
  agreement,
  region,
  measures,
  compare,
  chart,
  sanity,
  grid,
  whatif,
  report,
  methodsView,
  methodPages,
  network,
  guide,
  engine,
} = frozen(TEXTS[language]);

/**
 * @template {object} Tree
 * @param {Tree} tree
 * @returns {Tree} in which nothing can be changed any more
 */
function frozen(tree) {
  for (const branch of Object.values(tree)) {
    if (typeof branch === "object") frozen(branch);
  }
  return Object.freeze(tree);
}
