/**
 * What a tab remembers over a reload of its other views: the picture on screen, its finished maps, and what else was
 * found of it.
 */

/** @import { Explanation } from "./camscope.d.ts" */
/** @import { Photo } from "./app.js" */
/** @import { TabStore } from "./tab-store.js" */

const PHOTO = "photo";
const MAPS = "map/";
const FOUND = "found/";
/** A single finding is small: what is larger is not worth the room. */
const MOST_BYTES = 2 ** 22;

/**
 * @typedef {object} Remembered
 * @property {Photo} photo
 * @property {[string, Explanation][]} maps
 * @property {{ path: string, key: string, value: unknown }[]} findings
 * @property {number} next a number that neither a map nor a finding has
 */

export class TabMemory {
  #store;
  /** One after the other. */
  #writing = Promise.resolve();
  #next;
  /** What is to be kept of each finding. @type {Map<string, { path: string, value: unknown }>} */
  #findings = new Map();

  /**
   * @param {TabStore} store
   * @param {Remembered | null} has what is in it
   */
  constructor(store, has) {
    this.#store = store;
    this.#next = has?.next ?? 0;
    for (const { path, key, value } of has?.findings ?? []) this.#findings.set(key, { path, value });
  }

  /**
   * Another picture in the last one's place, of which nothing is known.
   * @param {Photo} photo
   */
  keepPhoto({ blob, name, sample }) {
    this.#findings.clear();
    this.#write(async () => {
      for (const of of [MAPS, FOUND]) for (const path of await this.#store.paths(of)) await this.#store.delete(path);
      try {
        await this.#store.put(PHOTO, { blob, name, sample });
      } catch (error) {
        // The last one is not on screen any more.
        await this.#store.delete(PHOTO);
        throw error;
      }
    });
  }

  /**
   * @param {string} key
   * @param {Explanation} map
   */
  keepMap(key, map) {
    this.#write(async () => void (await this.#store.put(`${MAPS}${this.#next++}`, [key, map])));
  }

  /**
   * In the place of what had the same key.
   * @param {string} key
   * @param {unknown} value
   */
  keepFinding(key, value) {
    const path = this.#findings.get(key)?.path ?? `${FOUND}${this.#next++}`;
    this.#findings.set(key, { path, value });
    this.#write(async () => {
      // A newer one follows, or another picture did.
      if (this.#findings.get(key)?.value !== value) return;
      await this.#store.put(path, [key, value], MOST_BYTES);
    });
  }

  /** @param {string} key */
  dropFinding(key) {
    const path = this.#findings.get(key)?.path;
    this.#findings.delete(key);
    if (path) this.#write(() => this.#store.delete(path));
  }

  /** @param {() => Promise<void>} work Storage may be full: then a reload finds less. */
  #write(work) {
    this.#writing = this.#writing.then(work).catch((error) => {
      console.warn("camscope: not kept for a reload:", error);
    });
  }

  /**
   * @param {TabStore} store
   * @returns {Promise<Remembered | null>}
   */
  static async read(store) {
    try {
      const photo = await store.get(PHOTO);
      if (!photo) return null;
      const [ofMaps, ofFindings] = await Promise.all([MAPS, FOUND].map((of) => store.paths(of)));
      const numbers = [...ofMaps, ...ofFindings].map((path) => Number(path.slice(path.indexOf("/") + 1)));
      const maps = await Promise.all(ofMaps.map((path) => store.get(path)));
      const findings = await Promise.all(
        ofFindings.map(async (path) => {
          const [key, value] = await store.get(path);
          return { path, key, value };
        }),
      );
      return { photo, maps, findings, next: Math.max(-1, ...numbers) + 1 };
    } catch {
      return null;
    }
  }
}
