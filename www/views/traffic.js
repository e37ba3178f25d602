/**
 * What has gone over the network since the weights were there, for whoever does not take the page's word for it.
 */
import { traffic as texts } from "../strings.js";

/** @import { Traffic } from "../camscope.d.ts" */

const NONE = Object.freeze({ requests: 0, bytes: 0, last: "" });

export class TrafficView {
  #root;
  /** @type {{ page: Traffic, worker: Traffic }} */
  #now = { page: NONE, worker: NONE };
  /** @type {{ page: Traffic, worker: Traffic } | null} When the network was loaded; null before. */
  #then = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#draw();
  }

  /**
   * @param {"page" | "worker"} side
   * @param {Traffic} sums since that side started
   */
  count(side, sums) {
    this.#now = { ...this.#now, [side]: sums };
    this.#draw();
  }

  /** Another network is being loaded, by a new worker. */
  reset() {
    this.#now = { ...this.#now, worker: NONE };
    this.#then = null;
    this.#draw();
  }

  /** The network is loaded: from here on there is nothing left to ask for. */
  begin() {
    this.#then = this.#now;
    this.#draw();
  }

  #draw() {
    const { page, worker } = this.#now;
    const bytes = page.bytes + worker.bytes;
    if (!this.#then) {
      this.#root.textContent = texts.loading(bytes);
      return;
    }
    const before = this.#then;
    const requests = page.requests + worker.requests - before.page.requests - before.worker.requests;
    const last = page.requests > before.page.requests ? page.last : worker.last;
    this.#root.textContent = requests === 0 ? texts.none(bytes) : texts.some(requests, own(last), bytes);
  }
}

/**
 * An address as one knows it from this site.
 * @param {string} url
 */
function own(url) {
  return url.startsWith(document.baseURI) ? url.slice(document.baseURI.length) : new URL(url).pathname;
}
