/**
 * A place that a tab has to itself and that outlives a reload.
 *
 * It lies in the browser's Cache storage, encrypted. The key lies in the tab's session storage, which the browser forgets
 * when the tab is closed: nobody can read the rest then, and the next visit clears it away. Without a secure context or
 * storage there is no such place, and a reload begins anew.
 */
import { pack, unpack } from "./packing.js";

const ITEM = "camscope.tab";
const PREFIX = "camscope-tab-";
const ROOT = "/.camscope/tab/";
/** A tab that is being reloaded holds no lock for a moment. */
const CLEAR_AFTER_MS = 30_000;
const NONCE_BYTES = 12;

/** @typedef {{ id: string, key: JsonWebKey, gone?: string[] }} Place `gone`: paths that are to be deleted and may not be yet */

export class TabStore {
  #cache;
  #key;
  #place;
  /** One after the other, as they were asked for. @type {Promise<unknown>} */
  #writing = Promise.resolve();

  /**
   * @param {Cache} cache
   * @param {CryptoKey} key
   * @param {Place} place
   */
  constructor(cache, key, place) {
    this.#cache = cache;
    this.#key = key;
    this.#place = { gone: [], ...place };
  }

  /**
   * This tab's place, and the one that holds what it remembers: another tab's, where it is a duplicate of that.
   * @returns {Promise<{ own: TabStore, last: TabStore | null } | null>} null where there can be none
   */
  static async open() {
    try {
      const last = JSON.parse(sessionStorage.getItem(ITEM) ?? "null");
      // A duplicated tab has what the other remembers, but not its place.
      const isOwn = last && (await hold(last.id));
      const own = isOwn ? last : { id: crypto.randomUUID(), key: await newKey() };
      if (!isOwn) await hold(own.id);
      sessionStorage.setItem(ITEM, JSON.stringify(own));
      setTimeout(() => clearOthers(own.id).catch(() => {}), CLEAR_AFTER_MS);
      const store = await at({ ...own, gone: [] });
      // What a reload cut off.
      for (const path of own.gone ?? []) store.delete(path).catch(() => {});
      return { own: store, last: isOwn ? store : last && (await at(last)) };
    } catch {
      return null;
    }
  }

  /**
   * @param {string} path
   * @param {unknown} value
   * @param {number} [most] bytes that there is room for
   * @returns {Promise<number>} the bytes that it takes
   */
  put(path, value, most = Infinity) {
    return this.#inTurn(() => this.#put(path, value, most));
  }

  /**
   * @param {string} path
   * @param {unknown} value
   * @param {number} most
   */
  async #put(path, value, most) {
    const full = () => new DOMException(`There is no room for ${path}.`, "QuotaExceededError");
    // A large file is not read to find that out.
    if (value instanceof Blob && value.size > most) throw full();
    const bytes = await pack(value);
    if (bytes.length > most) throw full();
    const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.#key, bytes);
    await this.#cache.put(ROOT + path, new Response(new Blob([iv, sealed])));
    return bytes.length;
  }

  /**
   * @param {string} path
   * @returns {Promise<any>} undefined where there is nothing
   */
  async get(path) {
    if (this.#place.gone.includes(path)) return undefined;
    const found = await this.#cache.match(ROOT + path);
    if (!found) return undefined;
    const bytes = new Uint8Array(await found.arrayBuffer());
    const [iv, sealed] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES)];
    return unpack(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.#key, sealed));
  }

  /**
   * @param {string} prefix
   * @returns {Promise<string[]>} the paths that begin with it, in the order in which they came
   */
  async paths(prefix) {
    const paths = (await this.#cache.keys()).map(({ url }) => new URL(url).pathname.slice(ROOT.length));
    return paths.filter((path) => path.startsWith(prefix) && !this.#place.gone.includes(path));
  }

  /**
   * @param {string} path
   * @returns {Promise<number>} the bytes that it takes, about
   */
  async size(path) {
    return (await (await this.#cache.match(ROOT + path))?.blob())?.size ?? 0;
  }

  /**
   * It is gone at once, also for a page that is loaded anew before the storage has done it.
   * @param {string} path
   */
  async delete(path) {
    const { gone } = this.#place;
    gone.push(path);
    this.#note();
    await this.#inTurn(() => this.#cache.delete(ROOT + path));
    gone.splice(gone.indexOf(path), 1);
    this.#note();
  }

  #note() {
    sessionStorage.setItem(ITEM, JSON.stringify(this.#place));
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #inTurn(work) {
    const done = this.#writing.then(work);
    this.#writing = done.catch(() => {});
    return done;
  }
}

/** @param {Place} place */
async function at(place) {
  const { id, key } = place;
  const imported = await crypto.subtle.importKey("jwk", key, "AES-GCM", false, ["encrypt", "decrypt"]);
  return new TabStore(await caches.open(PREFIX + id), imported, place);
}

async function newKey() {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  return crypto.subtle.exportKey("jwk", key);
}

/**
 * Holds a tab's place for as long as the page lives.
 * @param {string} id
 * @returns {Promise<boolean>} false if another tab holds it
 */
function hold(id) {
  return new Promise((resolve) => {
    navigator.locks
      .request(PREFIX + id, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock && new Promise(() => {});
      })
      .catch(() => resolve(false));
  });
}

/**
 * What tabs that are closed have left behind.
 * @param {string} own
 */
async function clearOthers(own) {
  const { held } = await navigator.locks.query();
  const alive = new Set([PREFIX + own, ...(held ?? []).map(({ name }) => name)]);
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && !alive.has(name)) await caches.delete(name);
  }
}
