/**
 * What a tab remembers over a reload of its other views: the picture on screen and its finished maps.
 */

/** @import { Explanation } from "./camscope.d.ts" */
/** @import { Photo } from "./app.js" */
/** @import { TabStore } from "./tab-store.js" */

const PHOTO = "photo";
const MAPS = "map/";

/** @typedef {{ photo: Photo, maps: [string, Explanation][], next: number }} Remembered `next`: a number that no map has */

export class TabMemory {
  #store;
  /** One after the other. */
  #writing = Promise.resolve();
  #next;

  /**
   * @param {TabStore} store
   * @param {number} next a number that no map in it has
   */
  constructor(store, next = 0) {
    this.#store = store;
    this.#next = next;
  }

  /**
   * Another picture in the last one's place, without maps.
   * @param {Photo} photo
   */
  keepPhoto({ blob, name, sample }) {
    this.#write(async () => {
      for (const path of await this.#store.paths(MAPS)) await this.#store.delete(path);
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
      const paths = await store.paths(MAPS);
      const numbers = paths.map((path) => Number(path.slice(MAPS.length)));
      const maps = await Promise.all(paths.map((path) => store.get(path)));
      return { photo, maps, next: Math.max(-1, ...numbers) + 1 };
    } catch {
      return null;
    }
  }
}
