/**
 * What the engine says in its own words, in another language. It speaks English, so in English there is nothing here.
 */
import { localizer } from "./translations.js";

const localized = localizer("engine");

/** @type {Readonly<Record<string, { summary: string, cost: string }>>} by the methods' ids */
export const methods = localized("methods", {});

/**
 * Remarks beside a map, by the engine's sentence with # for each number: the numbers go into the translation.
 * @type {Readonly<Record<string, (numbers: string[], name: string) => string>>}
 */
export const notes = localized("notes", {});
