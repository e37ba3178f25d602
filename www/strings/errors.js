/**
 * What the engine and the module say when something fails, in another language, and what the engine calls a visitor's own
 * network. They speak English, so in English there is nothing here.
 */
import { localizer } from "./translations.js";

const localized = localizer("errors");

/**
 * Templates (translate.js) by group: whole messages, and what stands in their gaps.
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
export const errors = localized("errors", {});
