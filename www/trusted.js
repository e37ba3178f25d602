/**
 * The only script addresses that this page starts anything from. With Trusted Types (index.html asks for them) the
 * browser refuses every address that has not come through here.
 */

/** Where the page lies: this module is in its folder www. */
const SITE = new URL("../", import.meta.url).href;
const SCRIPTS = new Set(["www/worker.js", "www/kernel-thread.js", "sw.js"].map((path) => SITE + path));
/** The addresses of modules that do nothing but import one of the scripts. @type {Map<string, string>} */
const importers = new Map();

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

/**
 * Start one of this site's scripts as a worker.
 * @param {URL} url
 * @param {{ confined: boolean, name?: string }} options `confined`: under the policy of whoever starts it. A page's `meta`
 *   element does not bind a worker that has an address of its own, but binds one from a `blob:`.
 */
export function startWorker(url, { confined, name }) {
  const address = confined ? new URL(importerOf(own(url.href))) : url;
  return new Worker(scriptAddress(address), { type: "module", name });
}

/** @param {string} script */
function importerOf(script) {
  const made = importers.get(script);
  if (made) return made;
  const module = new Blob([`import ${JSON.stringify(script)};`], { type: "text/javascript" });
  const address = URL.createObjectURL(module);
  importers.set(script, address);
  return address;
}

/** @param {string} url */
function own(url) {
  if (!SCRIPTS.has(url) && ![...importers.values()].includes(url)) {
    throw new TypeError(`${url} is no script of this page.`);
  }
  return url;
}
