/**
 * The service worker of a published site: after one visit the page works without the network, and what it loads is
 * always of one version.
 *
 * `cargo xtask dist` writes it to the site's root, with `SITE` before it: every file with its SHA-256. A version is
 * installed whole, each file checked against its hash, or not at all; it takes over when no page of the older version
 * is open any more. The weights are not among the files: the page keeps them itself, under their own hashes.
 */

/** @typedef {{ version: string, files: Record<string, string> }} Site files: path to SHA-256 */
/** @typedef {Event & { waitUntil: (work: Promise<unknown>) => void }} LifeEvent */
/** @typedef {Event & { request: Request, respondWith: (answer: Promise<Response>) => void }} AskEvent */

/* global SITE */
/** @type {Site} */
// @ts-ignore: it stands before this file where it is published.
const site = SITE;
/**
 * Many static hosts cannot set headers: from the second visit on the page is cross-origin isolated all the same, and the
 * CPU has threads.
 */
const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};
const PREFIX = "camscope-site-";
const CACHE = PREFIX + site.version;
const ROOT = new URL("./", self.location.href).href;

self.addEventListener("install", (event) => /** @type {LifeEvent} */ (event).waitUntil(install()));
self.addEventListener("activate", (event) => /** @type {LifeEvent} */ (event).waitUntil(forgetOthers()));
self.addEventListener("fetch", (event) => {
  const { request, respondWith } = /** @type {AskEvent} */ (event);
  const path = pathOf(request);
  if (path !== null) Reflect.apply(respondWith, event, [answer(path)]);
});

async function install() {
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(Object.keys(site.files).map(async (path) => cache.put(ROOT + path, await fetchChecked(path))));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/** Other versions' files; of other sites on this origin there may be caches too. */
async function forgetOthers() {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === CACHE) continue;
    const [first] = await (await caches.open(name)).keys();
    if (!first || first.url.startsWith(ROOT)) await caches.delete(name);
  }
}

/**
 * @param {Request} request
 * @returns {string | null} a path of this version's files; null for anything else
 */
function pathOf({ method, url }) {
  const { origin, pathname } = new URL(url);
  const address = origin + pathname;
  if (method !== "GET" || !address.startsWith(ROOT)) return null;
  const path = address.slice(ROOT.length) || "index.html";
  return path in site.files ? path : null;
}

/** @param {string} path */
async function answer(path) {
  const cache = await caches.open(CACHE);
  // The browser may have thrown the file away; a newer one must not take its place.
  return (await cache.match(ROOT + path)) ?? fetchChecked(path).catch(() => Response.error());
}

/**
 * @param {string} path
 * @returns {Promise<Response>}
 */
async function fetchChecked(path) {
  const response = await fetch(ROOT + path, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${path}: HTTP status ${response.status}`);
  const bytes = await response.arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const text = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (text !== site.files[path]) throw new Error(`${path} is not of this version.`);
  return new Response(bytes, { headers: { "content-type": response.headers.get("content-type") ?? "", ...ISOLATION } });
}
