/**
 * The region that the visitor marks on the picture. It is kept with the picture, so coming back to it brings it back.
 */
import { on } from "../dom.js";
import { RegionView } from "../views/region.js";

/** @import { App } from "../app.js" */
/** @import { MarkedRegion } from "../region.js" */

export class RegionController {
  #app;
  #view;
  /** @type {Map<Blob | string, MarkedRegion>} by sample, or by file */
  #kept = new Map();

  /**
   * @param {App} app
   * @param {HTMLElement} root the picture's card
   */
  constructor(app, root) {
    this.#app = app;
    this.#view = new RegionView(root);
    on(this.#view, "region", (/** @type {MarkedRegion | null} */ region) => {
      const key = this.#key;
      if (!key) return;
      if (region) this.#kept.set(key, region);
      else this.#kept.delete(key);
      this.#set(region);
    });
    app.on("scene", () => {
      const region = (this.#key && this.#kept.get(this.#key)) || null;
      this.#view.show(region);
      if (region !== app.region) this.#set(region);
    });
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
