/**
 * Settings in the page's address, after the #, so that a link restores them: `#view=compare&layer=layer3`. The picture
 * is not among them, and what follows the # is never sent to a server.
 */

/** Emits "change" when the visitor follows another link or goes back. */
export class Link extends EventTarget {
  constructor() {
    super();
    addEventListener("hashchange", () => this.dispatchEvent(new Event("change")));
  }

  /**
   * @param {string} key
   * @returns {string | null}
   */
  get(key) {
    return read().get(key);
  }

  /**
   * @param {string} key
   * @param {string | null} value null: the default, which needs no mention
   */
  set(key, value) {
    const settings = read();
    if (value === null) settings.delete(key);
    else settings.set(key, value);
    const text = settings.toString();
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  }

  /**
   * This address with one setting changed.
   * @param {string} key
   * @param {string} value
   */
  with(key, value) {
    const settings = read();
    settings.set(key, value);
    return `#${settings}`;
  }
}

function read() {
  return new URLSearchParams(location.hash.slice(1));
}
