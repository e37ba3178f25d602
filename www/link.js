/**
 * Settings in the page's address, after the #, so that a link restores them: `#view=compare&layer=layer3`. What follows
 * the # is never sent to a server. The picture is not among the settings, unless it is a sample.
 *
 * Whoever owns a setting binds it to a key. A default has no mention; what a setting does not understand is ignored, and
 * gone with the next change.
 */

/**
 * @typedef {object} Setting
 * @property {() => string | null} get its value; null: the default
 * @property {(text: string | null) => void} set take over what a link says; null: the default
 */

/** No setting is longer, not even the classes of the largest grid; a link's text is anybody's. */
const LONGEST = 1000;

/** Emits "change" when the visitor follows another link or goes back. */
export class Link extends EventTarget {
  /** @type {Map<string, Setting>} */
  #settings = new Map();
  #isRestored = false;
  /** What follows the # as it was last read or written: anything else is a link that the visitor has just followed. */
  #known = "";

  constructor() {
    super();
    addEventListener("hashchange", () => {
      if (this.#isRestored) this.restore();
      this.dispatchEvent(new Event("change"));
    });
  }

  /**
   * @param {string} key
   * @returns {string | null}
   */
  get(key) {
    const text = read().get(key);
    return text !== null && text.length > LONGEST ? null : text;
  }

  /**
   * @param {string} key
   * @param {string | null} value null: the default, which needs no mention
   */
  set(key, value) {
    this.#write(new Map([[key, value]]));
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

  /**
   * Keep a setting in the address from now on, in the order in which they are bound.
   * @param {string} key
   * @param {Setting} setting
   */
  bind(key, setting) {
    this.#settings.set(key, setting);
  }

  /** Take over what the address says. */
  restore() {
    // What one setting's change makes the page save must not undo those that come after it.
    this.#isRestored = false;
    this.#known = location.hash;
    for (const [key, setting] of this.#settings) {
      const text = this.get(key);
      if (text !== setting.get()) setting.set(text);
    }
    this.#isRestored = true;
  }

  /** Write the settings into the address, once what it says has been taken over. */
  save() {
    if (!this.#isRestored || location.hash !== this.#known) return;
    this.#write(new Map(Array.from(this.#settings, ([key, setting]) => [key, setting.get()])));
  }

  /** @param {Map<string, string | null>} values */
  #write(values) {
    const isKnown = location.hash === this.#known;
    const settings = read();
    const before = settings.toString();
    for (const [key, value] of values) {
      if (value === null) settings.delete(key);
      else settings.set(key, value);
    }
    const text = settings.toString();
    if (text === before) return;
    history.replaceState(history.state, "", text ? `#${text}` : location.pathname + location.search);
    if (isKnown) this.#known = location.hash;
  }
}

function read() {
  return new URLSearchParams(location.hash.slice(1));
}

/**
 * Several words as one setting: `gradcam.layercam`.
 * @param {readonly string[]} words
 * @returns {string | null} null for none
 */
export function join(words) {
  return words.length > 0 ? words.join(".") : null;
}

/**
 * The words of a setting that are among those that there are, each once.
 * @param {string | null} text
 * @param {readonly string[]} known
 * @returns {string[]}
 */
export function split(text, known) {
  return [...new Set(text?.split("."))].filter((word) => known.includes(word));
}
