/**
 * The only script addresses that this page starts anything from. With Trusted Types (index.html asks for them) the
 * browser refuses every address that has not come through here.
 */

/** Where the page lies: this module is in its folder www. */
const SITE = new URL("../", import.meta.url).href;
const SCRIPTS = new Set(["www/worker.js", "sw.js"].map((path) => SITE + path));

/** @typedef {{ createPolicy: (name: string, rules: { createScriptURL: (url: string) => string }) => { createScriptURL: (url: string) => any } }} Factory */

// The DOM library that is checked against has no Trusted Types yet.
const factory = /** @type {{ trustedTypes?: Factory }} */ (/** @type {unknown} */ (globalThis)).trustedTypes;
const policy = factory?.createPolicy("camscope", { createScriptURL: own });

/**
 * @param {URL} url one of this site's scripts
 * @returns {string} in fact a TrustedScriptURL, where the browser has them
 */
export function scriptAddress(url) {
  return policy ? policy.createScriptURL(url.href) : own(url.href);
}

/** @param {string} url */
function own(url) {
  if (!SCRIPTS.has(url)) throw new TypeError(`${url} is no script of this page.`);
  return url;
}
