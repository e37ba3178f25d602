/**
 * Which build of the site this is. The page's thread, the worker and its threads each have it from here: a site that is
 * updated while a page is open would else let a page of one build compute with an engine of another.
 */

/** `cargo xtask dist` puts the site's version here. */
export const BUILD = "development";

/**
 * SHA-256, by path, of what the worker fetches to compute with; of a working copy nothing is known.
 * @type {Readonly<Record<string, string>>}
 */
export const ENGINE = Object.freeze({});
