/**
 * What a tab remembers of the visitor's own network over a reload: its file, with what the file does not say. It lies
 * where the rest of the tab's memory lies (tab-store.js), encrypted, and goes with the tab.
 */
import { LIMITS } from "./limits.js";

/** @import { OwnNetwork } from "./camscope.d.ts" */
/** @import { TabStore } from "./tab-store.js" */

const ALL = "network/";
/** Written last: without it there is nothing. */
const HEAD = `${ALL}head`;
const PART = `${ALL}part/`;
/** How often it was read since it last came to be used. */
const TRIES = `${ALL}tries`;
/** One that ends the page is not loaded for ever. */
const MOST_TRIES = 3;
/** Sealed and opened in pieces, so that a large file is not in memory several times. */
const PART_BYTES = 2 ** 24;
const MOST_BYTES = LIMITS.kept / 2;

/** @typedef {{ id: string | null, own: OwnNetwork }} Remembered `id`: tells what the network made from what others did */

export class NetworkMemory {
  #store;
  /** One after the other. */
  #writing = Promise.resolve(false);
  /** The latest that is to be kept. @type {string | null} */
  #id = null;

  /** @param {TabStore} store */
  constructor(store) {
    this.#store = store;
  }

  /**
   * @param {Remembered | null} network that is in use; null: one that the page has by itself
   * @returns {Promise<boolean>} whether a reload finds it
   */
  keep(network) {
    this.#id = network?.id ?? null;
    return (this.#writing = this.#writing.then(() => this.#write(network)));
  }

  /** @param {Remembered | null} network */
  async #write(network) {
    try {
      const isKnown = network?.id && (await this.#store.get(HEAD))?.id === network.id;
      await this.#store.delete(TRIES);
      if (isKnown) return true;
      // A removed head leaves nothing half written to be read.
      for (const path of [HEAD, ...(await this.#store.paths(PART))]) await this.#store.delete(path);
      if (!network || network.own.checkpoint.size > MOST_BYTES) return false;
      const { id, own } = network;
      const { checkpoint, ...rest } = own;
      const parts = Math.ceil(checkpoint.size / PART_BYTES);
      for (let i = 0; i < parts; i++) {
        // Another has been asked for since.
        if (this.#id !== id) return false;
        await this.#store.put(PART + i, checkpoint.slice(i * PART_BYTES, (i + 1) * PART_BYTES));
      }
      await this.#store.put(HEAD, { id, rest, parts });
      return true;
    } catch (error) {
      console.warn("camscope: the network is not kept for a reload:", error);
      return false;
    }
  }

  /**
   * @param {TabStore} store
   * @returns {Promise<Remembered | null>}
   */
  static async read(store) {
    try {
      const [head, tries = 0] = await Promise.all([store.get(HEAD), store.get(TRIES)]);
      if (!head || tries >= MOST_TRIES) return null;
      await store.put(TRIES, tries + 1);
      const parts = [];
      for (let i = 0; i < head.parts; i++) parts.push(await store.get(PART + i));
      // One that is missing makes the file another.
      if (parts.includes(undefined)) return null;
      return { id: head.id, own: { ...head.rest, checkpoint: new Blob(parts) } };
    } catch {
      return null;
    }
  }
}
