/**
 * What a tab remembers over a reload of its other views: the picture on screen and its finished maps.
 */

/** @import { Explanation } from "./camscope.d.ts" */
/** @import { Photo } from "./app.js" */
/** @import { TabStore } from "./tab-store.js" */

const PHOTO = "photo";
const MAPS = "map/";

/** @typedef {{ photo: Photo, maps: [string, Explanation][] }} Remembered */

export class TabMemory {
  #store;
  /** One after the other. */
  #writing = Promise.resolve();
  #count = 0;

  /** @param {TabStore} store */
  constructor(store) {
    this.#store = store;
  }

  /**
   * Another picture in the last one's place, without maps.
   * @param {Photo} photo
   */
  keepPhoto({ blob, name, sample }) {
    this.#write(async () => {
      for (const path of [PHOTO, ...(await this.#store.paths(MAPS))]) await this.#store.delete(path);
      this.#count = 0;
      await this.#store.put(PHOTO, { blob, name, sample });
    });
  }

  /**
   * @param {string} key
   * @param {Explanation} map
   */
  keepMap(key, map) {
    this.#write(async () => void (await this.#store.put(`${MAPS}${this.#count++}`, [key, map])));
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
      return { photo, maps: await Promise.all((await store.paths(MAPS)).map((path) => store.get(path))) };
    } catch {
      return null;
    }
  }
}
