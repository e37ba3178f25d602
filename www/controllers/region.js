/**
 * The region that the visitor marks on the picture. It is kept with the picture, so coming back to it brings it back, after
 * a reload too. A box on a sample is a setting, so a link brings it back as well: `#region=1200.2500.4000.5000`, its left
 * and top, width and height in ten thousandths of the picture's.
 */
import { on } from "../dom.js";
import { sha256 as hash } from "../hash.js";
import { MarkMemory } from "../mark-memory.js";
import { RegionView } from "../views/region.js";

/** @import { App } from "../app.js" */
/** @import { Link } from "../link.js" */
/** @import { Remembered } from "../mark-memory.js" */
/** @import { Box } from "../paint.js" */
/** @import { Mark, MarkedRegion } from "../region.js" */
/** @import { TabStore } from "../tab-store.js" */

const UNITS = 10_000;

export class RegionController {
  #app;
  #view;
  /** @type {Map<Blob | string, Mark>} by sample, or by file */
  #kept = new Map();
  /** Marks of before the page was loaded anew, on files that have not been met since. @type {Remembered[]} */
  #remembered = [];
  /** @type {MarkMemory | null} */
  #memory = null;
  /** @type {Box | null} What a link says of a sample that is not on screen yet, in shares of the picture. */
  #linked = null;

  /**
   * @param {App} app
   * @param {HTMLElement} root the picture's card
   */
  constructor(app, root) {
    this.#app = app;
    this.#view = new RegionView(root);
    on(this.#view, "region", (/** @type {MarkedRegion | null} */ region) => {
      if (!app.seen) return;
      this.#keep(region);
      this.#set(region);
    });
    on(this.#view, "read", (/** @type {string} */ text) => app.say(text));
    app.on("scene", () => {
      this.#takeLinked();
      this.#show();
      this.#recognise();
    });
    app.markOf = (sample, blob, sha256) => this.#markOf(sample, blob, sha256);
  }

  /**
   * The marks that were there before the page was loaded anew. What has been marked since stays.
   * @param {{ own: TabStore, last: TabStore | null } | null} stores null where there can be none
   */
  async restore(stores) {
    if (!stores) return;
    this.#memory = new MarkMemory(stores.own);
    const found = stores.last ? await this.#memory.read(stores.last) : [];
    for (const { sample, mark } of found) {
      if (sample !== null && !this.#kept.has(sample)) this.#kept.set(sample, mark);
    }
    this.#remembered = found.filter(({ sample }) => sample === null);
    this.#show();
    this.#recognise();
  }

  /** The picture on screen may be a file whose mark is remembered. */
  async #recognise() {
    const key = this.#key;
    if (!(key instanceof Blob) || this.#kept.has(key)) return;
    if (!this.#remembered.some(({ size }) => size === key.size)) return;
    const known = this.#recall(await hash(key));
    if (!known || this.#kept.has(key)) return;
    this.#kept.set(key, known.mark);
    // One that is taken away does not come back.
    this.#remembered = this.#remembered.filter((one) => one !== known);
    this.#show();
  }

  /** @param {string | null} sha256 of a file */
  #recall(sha256) {
    return this.#remembered.find((one) => one.sha256 === sha256) ?? null;
  }

  /** @param {Link} link */
  bind(link) {
    link.bind("region", {
      get: () => {
        const { seen, region } = this.#app;
        if (!seen?.photo.sample || region?.kind !== "box") return null;
        const { x, y, width, height } = region.box;
        const { width: w, height: h } = seen.picture;
        return [x / w, y / h, width / w, height / h].map((share) => Math.round(UNITS * share)).join(".");
      },
      set: (text) => {
        this.#linked = boxOf(text);
        const { seen } = this.#app;
        if (!seen?.photo.sample || (link.get("sample") ?? seen.photo.sample) !== seen.photo.sample) return;
        if (!this.#linked) this.#keep(null);
        this.#takeLinked();
        this.#show();
      },
    });
  }

  /** The link's box is of the sample that is on screen now. */
  #takeLinked() {
    const { seen } = this.#app;
    if (!this.#linked || !seen?.photo.sample) return;
    const { x, y, width, height } = this.#linked;
    const { width: w, height: h } = seen.picture;
    const box = { x: x * w, y: y * h, width: width * w, height: height * h };
    this.#keep({ kind: "box", box });
    this.#linked = null;
  }

  /** @param {MarkedRegion | null} region of what is on screen; null: there is none any more */
  #keep(region) {
    const [key, seen] = [this.#key, this.#app.seen];
    if (!key || !seen) return;
    const mark = region && { region, picture: { width: seen.picture.width } };
    if (mark) this.#kept.set(key, mark);
    else this.#kept.delete(key);
    this.#memory?.keep(seen.photo.blob, seen.photo.sample, mark);
  }

  #show() {
    const key = this.#key;
    const region = (key && this.#kept.get(key)?.region) || null;
    this.#view.show(region);
    if (region !== this.#app.region) this.#set(region);
  }

  /**
   * The mark on a picture: a file that is chosen twice is two files of the same bytes.
   * @param {string | null} sample
   * @param {Blob} blob
   * @param {string | null} sha256 of `blob`; null where the browser does not hash
   * @returns {Promise<Mark | null>}
   */
  async #markOf(sample, blob, sha256) {
    const known = this.#kept.get(sample ?? blob);
    if (known) return known;
    if (sha256 === null) return null;
    for (const [key, mark] of this.#kept) {
      if (key instanceof Blob && key.size === blob.size && (await hash(key)) === sha256) return mark;
    }
    return this.#recall(sha256)?.mark ?? null;
  }

  get #key() {
    const photo = this.#app.seen?.photo;
    return photo && (photo.sample ?? photo.blob);
  }

  /** @param {MarkedRegion | null} region */
  #set(region) {
    this.#app.region = region;
    this.#app.emit("region");
  }
}

/**
 * @param {string | null} text of a link
 * @returns {Box | null} in shares of the picture; null for what is no box in it
 */
function boxOf(text) {
  if (!text || !/^\d{1,5}(\.\d{1,5}){3}$/.test(text)) return null;
  const [x, y, width, height] = text.split(".").map((number) => Number(number) / UNITS);
  return width > 0 && height > 0 && x + width <= 1 && y + height <= 1 ? { x, y, width, height } : null;
}
