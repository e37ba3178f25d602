/**
 * What a tab remembers over a reload of where the visitor marked objects: of samples by their name, of files by the hash
 * of their bytes. It lies where the rest of the tab's memory lies (tab-store.js), encrypted, and goes with the tab.
 */
import { canvasOf, context2d } from "./dom.js";
import { sha256 } from "./hash.js";

/** @import { Mark } from "./region.js" */
/** @import { TabStore } from "./tab-store.js" */

const ALL = "mark/";

/** @typedef {{ sample: string | null, sha256: string | null, size: number, mark: Mark }} Remembered `size`: the file's bytes */

export class MarkMemory {
  #store;
  /** What is still to be written; null: the mark is gone. @type {Map<Blob, { sample: string | null, mark: Mark | null }>} */
  #waiting = new Map();
  #isWriting = false;
  /** Where a mark lies, by its sample or its file's hash: the place itself tells neither. @type {Map<string | null, string>} */
  #paths = new Map();

  /** @param {TabStore} store */
  constructor(store) {
    this.#store = store;
  }

  /**
   * @param {Blob} blob the picture
   * @param {string | null} sample its name, of a sample
   * @param {Mark | null} mark null: there is none any more
   */
  keep(blob, sample, mark) {
    this.#waiting.set(blob, { sample, mark });
    if (!this.#isWriting) this.#write();
  }

  async #write() {
    this.#isWriting = true;
    for (let [next] = this.#waiting; next; [next] = this.#waiting) {
      const [blob, { sample, mark }] = next;
      this.#waiting.delete(blob);
      try {
        const hash = sample === null ? await sha256(blob) : null;
        const path = this.#pathOf(sample ?? hash);
        if (mark) await this.#store.put(path, { sample, sha256: hash, size: blob.size, mark: await packed(mark) });
        else await this.#store.delete(path);
      } catch (error) {
        console.warn("camscope: not kept for a reload:", error);
      }
    }
    this.#isWriting = false;
  }

  /** @param {string | null} key */
  #pathOf(key) {
    const path = this.#paths.get(key) ?? ALL + crypto.randomUUID();
    this.#paths.set(key, path);
    return path;
  }

  /**
   * What there was, kept here from now on. Nothing is written before it is known.
   * @param {TabStore} last
   * @returns {Promise<Remembered[]>}
   */
  async read(last) {
    this.#isWriting = true;
    const found = [];
    try {
      for (const path of await last.paths(ALL)) {
        const { mark, ...rest } = await last.get(path);
        this.#paths.set(rest.sample ?? rest.sha256, path);
        if (this.#store !== last) await this.#store.put(path, { ...rest, mark });
        found.push({ ...rest, mark: await unpacked(mark) });
      }
    } catch (error) {
      console.warn("camscope: the marks could not be read again:", error);
    }
    this.#write();
    return found;
  }
}

/**
 * With a brushed area as a picture's file.
 * @param {Mark} mark
 */
async function packed({ region, picture: { width } }) {
  if (region.kind === "box") return { region, picture: { width } };
  const { mask } = region;
  const file = await new Promise((resolve) => mask.toBlob(resolve));
  if (!file) throw new DOMException("", "EncodingError");
  return { region: { kind: "brush", mask: file }, picture: { width } };
}

/**
 * @param {{ region: any, picture: { width: number } }} stored
 * @returns {Promise<Mark>}
 */
async function unpacked({ region, picture }) {
  if (region.kind === "box") return { region, picture };
  const bitmap = await createImageBitmap(region.mask);
  const mask = canvasOf(bitmap.width, bitmap.height);
  context2d(mask).drawImage(bitmap, 0, 0);
  return { region: { kind: "brush", mask }, picture };
}
