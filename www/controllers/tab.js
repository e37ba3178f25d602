/**
 * What is on screen, over a reload: the picture comes back, and those of its maps and of what else was found of it that
 * this network made on this device.
 */
import { LIMITS } from "../limits.js";
import { TabMemory } from "../tab-memory.js";

/** @import * as Api from "../camscope.d.ts" */
/** @import { App, Photo } from "../app.js" */
/** @import { TabStore } from "../tab-store.js" */

/** The rest is computed again. */
const MOST_MAPS = 64;
/** The latest: numbers of a map, a sanity check of a method, edits. */
const MOST_FINDINGS = LIMITS.results;

export class TabController {
  #app;
  /** @type {TabMemory | null} */
  #memory = null;
  /** The picture that the memory is of. @type {Photo | null} */
  #photo = null;
  /** Maps of it, by what made them. @type {Map<string, Api.Explanation>} */
  #maps = new Map();
  /** What else was found of it, likewise; the latest last. @type {Map<string, unknown>} */
  #findings = new Map();

  /** @param {App} app */
  constructor(app) {
    this.#app = app;
    app.remember = (blob, key, map) => {
      const by = this.#by();
      if (blob === this.#photo?.blob && by !== null) this.#keep(by + key, map);
    };
    app.keep = (blob, key, value) => {
      const by = this.#byDevice();
      if (blob === this.#photo?.blob && by !== null) this.#keepFinding(by + key, value);
    };
    app.kept = (blob, key) =>
      blob === this.#photo?.blob ? this.#findings.get(`${this.#byDevice()}${key}`) : undefined;
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
    this.#memory = new TabMemory(own, own === last ? found : null);
    if (remembered) {
      this.#photo = remembered.photo;
      this.#maps = new Map(remembered.maps);
      this.#findings = new Map(remembered.findings.map(({ key, value }) => [key, value]));
      this.#recall();
      if (own === last) return this.#photo;
    }
    if (this.#photo) this.#memory.keepPhoto(this.#photo);
    for (const [key, map] of this.#maps) this.#memory.keepMap(key, map);
    for (const [key, value] of this.#findings) this.#memory.keepFinding(key, value);
    return remembered && this.#photo;
  }

  #keepPhoto() {
    const photo = this.#app.seen?.photo;
    if (!photo || photo.blob === this.#photo?.blob) return;
    this.#photo = photo;
    this.#maps.clear();
    this.#findings.clear();
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

  /**
   * @param {string} key
   * @param {unknown} value
   */
  #keepFinding(key, value) {
    this.#findings.delete(key);
    this.#findings.set(key, value);
    this.#memory?.keepFinding(key, value);
    if (this.#findings.size <= MOST_FINDINGS) return;
    const [oldest] = this.#findings.keys();
    this.#findings.delete(oldest);
    this.#memory?.dropFinding(oldest);
  }

  /** What the network that is loaded has made. */
  #recall() {
    const by = this.#by();
    if (by === null || !this.#photo) return;
    for (const [key, map] of this.#maps) {
      if (key.startsWith(by)) this.#app.recall(this.#photo.blob, key.slice(by.length), map);
    }
  }

  /** Version, build and weights; null where nothing tells these from others. */
  #by() {
    const { explainer, weights } = this.#app;
    return explainer && weights !== null ? `${explainer.version} ${explainer.build} ${weights} ` : null;
  }

  /** The same, the network's name and the kind of device: numbers are each device's own, and classes have their names. */
  #byDevice() {
    const { explainer } = this.#app;
    const by = this.#by();
    if (!explainer || by === null) return null;
    const { device, model } = explainer;
    return `${by}${model.name} ${device.kind} ${device.precision} `;
  }
}
