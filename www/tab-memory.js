/**
 * What a tab remembers over a reload: the picture on screen and its finished maps.
 *
 * It lies in the browser's Cache storage, encrypted. The key lies in the tab's session storage, which the browser forgets
 * when the tab is closed: nobody can read the rest then, and the next visit clears it away. Without a secure context or
 * storage there is no such memory, and a reload begins anew.
 */

/** @import { Explanation } from "./camscope.d.ts" */
/** @import { Photo } from "./app.js" */

const ITEM = "camscope.tab";
const PREFIX = "camscope-tab-";
const PHOTO = "/.camscope/tab/photo";
const MAPS = "/.camscope/tab/map/";
/** A tab that is being reloaded holds no lock for a moment. */
const CLEAR_AFTER_MS = 30_000;
const NONCE_BYTES = 12;

/** @typedef {{ photo: Photo, maps: [string, Explanation][] }} Remembered */

export class TabMemory {
  #store;
  #key;
  /** One after the other. */
  #writing = Promise.resolve();
  #count = 0;

  /**
   * @param {Cache} store
   * @param {CryptoKey} key
   */
  constructor(store, key) {
    this.#store = store;
    this.#key = key;
  }

  /**
   * This tab's memory, and what is in it.
   * @returns {Promise<{ memory: TabMemory, remembered: Remembered | null } | null>} null where there can be none
   */
  static async open() {
    try {
      const last = JSON.parse(sessionStorage.getItem(ITEM) ?? "null");
      const remembered = last && (await new TabMemory(...(await parts(last))).#read().catch(() => null));
      // A duplicated tab has what the other remembers, but not its place.
      const own = last && (await hold(last.id)) ? last : { id: crypto.randomUUID(), key: await newKey() };
      if (own !== last) await hold(own.id);
      sessionStorage.setItem(ITEM, JSON.stringify(own));
      setTimeout(() => clearOthers(own.id).catch(() => {}), CLEAR_AFTER_MS);
      return { memory: new TabMemory(...(await parts(own))), remembered };
    } catch {
      return null;
    }
  }

  /**
   * Another picture in the last one's place, without maps.
   * @param {Photo} photo
   */
  keepPhoto({ blob, name, sample }) {
    this.#write(async () => {
      for (const request of await this.#store.keys()) await this.#store.delete(request);
      this.#count = 0;
      await this.#put(PHOTO, pack({ name, sample, type: blob.type }, [new Uint8Array(await blob.arrayBuffer())]));
    });
  }

  /**
   * @param {string} key
   * @param {Explanation} map
   */
  keepMap(key, map) {
    /** @type {Uint8Array[]} */
    const arrays = [];
    const head = JSON.stringify({ key, map }, (_, value) => {
      if (!(value instanceof Float32Array)) return value;
      arrays.push(new Uint8Array(value.slice().buffer));
      return { floats: arrays.length - 1 };
    });
    this.#write(() => this.#put(`${MAPS}${this.#count++}`, pack(JSON.parse(head), arrays)));
  }

  /** @param {() => Promise<void>} work Storage may be full: then a reload finds less. */
  #write(work) {
    this.#writing = this.#writing.then(work).catch((error) => {
      console.warn("camscope: not kept for a reload:", error);
    });
  }

  /**
   * @param {string} path
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  async #put(path, bytes) {
    const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.#key, bytes);
    await this.#store.put(path, new Response(new Blob([iv, sealed])));
  }

  /** @returns {Promise<Remembered | null>} */
  async #read() {
    /** @type {Photo | null} */
    let photo = null;
    /** @type {Remembered["maps"]} */
    const maps = [];
    for (const request of await this.#store.keys()) {
      const bytes = new Uint8Array((await (await this.#store.match(request))?.arrayBuffer()) ?? []);
      const [iv, sealed] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES)];
      const open = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.#key, sealed);
      const { head, arrays } = unpack(open);
      if (new URL(request.url).pathname === PHOTO) {
        const { name, sample, type } = head;
        photo = { blob: new Blob([arrays[0]], { type }), name, sample };
      } else {
        const { key, map } = JSON.parse(JSON.stringify(head), (_, value) =>
          typeof value?.floats === "number" ? new Float32Array(arrays[value.floats].slice().buffer) : value,
        );
        maps.push([key, map]);
      }
    }
    return photo && { photo, maps };
  }
}

/**
 * @param {{ id: string, key: JsonWebKey }} own
 * @returns {Promise<[Cache, CryptoKey]>}
 */
async function parts({ id, key }) {
  const imported = await crypto.subtle.importKey("jwk", key, "AES-GCM", false, ["encrypt", "decrypt"]);
  return [await caches.open(PREFIX + id), imported];
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

/**
 * A length, a head as JSON, and arrays of the lengths that it gives.
 * @param {object} head
 * @param {Uint8Array[]} arrays
 * @returns {Uint8Array<ArrayBuffer>}
 */
function pack(head, arrays) {
  const text = new TextEncoder().encode(JSON.stringify({ head, lengths: arrays.map(({ length }) => length) }));
  const size = arrays.reduce((sum, { length }) => sum + length, 4 + text.length);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, text.length);
  let at = 4;
  for (const part of [text, ...arrays]) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * @param {ArrayBuffer} buffer
 * @returns {{ head: any, arrays: Uint8Array<ArrayBuffer>[] }}
 */
function unpack(buffer) {
  const start = 4 + new DataView(buffer).getUint32(0);
  const { head, lengths } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, start - 4)));
  let at = start;
  const arrays = lengths.map((/** @type {number} */ length) => {
    const array = new Uint8Array(buffer, at, length);
    at += length;
    return array;
  });
  return { head, arrays };
}
