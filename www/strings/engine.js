/**
 * What the engine says in its own words, in another language. It speaks English, so in English there is nothing here.
 */
import { localizer } from "./translations.js";

const localized = localizer("engine");

/** @type {Readonly<Record<string, { summary: string, cost: string }>>} by the methods' ids */
export const methods = localized("methods", {});

/**
 * Templates (translate.js) of the remarks beside a map, and of what stands in their gaps.
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
export const notes = localized("notes", {});
