/**
 * What is on screen, over a reload: the picture comes back, and those of its maps that this network made on this device.
 */
import { TabMemory } from "../tab-memory.js";

/** @import * as Api from "../camscope.d.ts" */
/** @import { App, Photo } from "../app.js" */
/** @import { TabStore } from "../tab-store.js" */

/** The rest is computed again. */
const MOST_MAPS = 64;

export class TabController {
  #app;
  /** @type {TabMemory | null} */
  #memory = null;
  /** The picture that the memory is of. @type {Photo | null} */
  #photo = null;
  /** Maps of it, by what made them. @type {Map<string, Api.Explanation>} */
  #maps = new Map();

  /** @param {App} app */
  constructor(app) {
    this.#app = app;
    app.remember = (blob, key, map) => {
      const by = this.#by();
      if (blob === this.#photo?.blob && by !== null) this.#keep(by + key, map);
    };
    app.on("scene", () => this.#keepPhoto());
    app.on("model", () => this.#recall());
  }

  /**
   * The picture that was on screen before the page was loaded anew.
   * @param {{ own: TabStore, last: TabStore | null } | null} stores
   * @param {(photo: Photo) => boolean} isWanted whether it is to be there again
   * @returns {Promise<Photo | null>}
   */
  async restore(stores, isWanted) {
    if (!stores) return null;
    const { own, last } = stores;
    const found = last && (await TabMemory.read(last));
    const remembered = !this.#photo && found && isWanted(found.photo) ? found : null;
    this.#memory = new TabMemory(own, own === last ? found?.next : 0);
    if (remembered) {
      this.#photo = remembered.photo;
      this.#maps = new Map(remembered.maps);
      this.#recall();
      if (own === last) return this.#photo;
    }
    if (this.#photo) this.#memory.keepPhoto(this.#photo);
    for (const [key, map] of this.#maps) this.#memory.keepMap(key, map);
    return remembered && this.#photo;
  }

  #keepPhoto() {
    const photo = this.#app.seen?.photo;
    if (!photo || photo.blob === this.#photo?.blob) return;
    this.#photo = photo;
    this.#maps.clear();
    this.#memory?.keepPhoto(photo);
  }

  /**
   * @param {string} key
   * @param {Api.Explanation} map
   */
  #keep(key, map) {
    if (this.#maps.has(key) || this.#maps.size >= MOST_MAPS) return;
    this.#maps.set(key, map);
    this.#memory?.keepMap(key, map);
  }

  /** What the network that is loaded has made. */
  #recall() {
    const by = this.#by();
    if (by === null || !this.#photo) return;
    for (const [key, map] of this.#maps) {
      if (key.startsWith(by)) this.#app.recall(this.#photo.blob, key.slice(by.length), map);
    }
  }

  /** Version and weights; null where nothing tells these from others. */
  #by() {
    const { explainer, weights } = this.#app;
    return explainer && weights !== null ? `${explainer.version} ${weights} ` : null;
  }
}
