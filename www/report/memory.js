/**
 * What a tab remembers of its report over a reload: the pictures that were given, and what is known of each that is
 * finished.
 *
 * Whoever changes the report says how it is now (`keep`); what the store has that is no longer so goes, and what it has
 * not is written, one thing after the other. The sum is bounded, and the browser may have less room: what does not fit is
 * left out, and `risk` says so.
 */
import { LIMITS } from "../limits.js";
import { report as strings } from "../strings.js";
import { sampleSource } from "./pictures.js";

/** @import { TabStore } from "../tab-store.js" */
/** @import { Report } from "./export.js" */
/** @import { Row } from "./queue.js" */

/** What was stored by a page that did it in another way is not read. */
const FORMAT = 2;
const ALL = "report/";
const HEAD = `${ALL}head`;
const PICTURE = `${ALL}picture/`;
const OUTCOME = `${ALL}outcome/`;
/** Neither pictures nor results can take the others' room. */
const MOST_BYTES = LIMITS.kept / 2;

/**
 * @typedef {object} State of the report
 * @property {Row[]} rows
 * @property {Report | null} report null: none is begun
 * @property {number[] | null} figures rows that the visitor chose
 * @property {boolean} unsaved whether no saved file has all of it
 */

/** @typedef {State & { missing: number }} Remembered `missing`: rows that there was no room for */

/** Emits "change" when there is another risk. */
export class ReportMemory extends EventTarget {
  /** @type {TabStore | null} */
  #store = null;
  #isOpened = false;
  /** @type {State | null} */
  #state = null;
  /** What each path holds. @type {Map<string, { what: unknown, bytes: number }>} */
  #kept = new Map();
  /** What had no room. @type {Map<string, unknown>} */
  #left = new Map();
  #isWriting = false;

  /**
   * @param {{ own: TabStore, last: TabStore | null } | null} stores null where there can be none
   * @param {(remembered: Remembered) => void} take gets what there is before anything is written
   */
  async open(stores, take) {
    const { own = null, last = null } = stores ?? {};
    try {
      if (own && last && last !== own) await copy(last, own);
      const found = own && (await this.#read(own));
      if (found) take(found);
    } catch (error) {
      console.warn("camscope: the report could not be read again:", error);
    }
    this.#store = own;
    this.#isOpened = true;
    if (this.#state) this.keep(this.#state);
    this.#tell();
  }

  /**
   * Why a reload now would find less of the report than there is.
   * @returns {"room" | "moment" | null} there is no room; it is being written; null: it would find all
   */
  get risk() {
    if (this.#isOpened && (this.#store === null || this.#left.size > 0)) return "room";
    return this.#store === null || this.#isWriting ? "moment" : null;
  }

  /** @param {State} state */
  keep(state) {
    this.#state = state;
    if (!this.#store) return;
    // What the visitor removed does not come back, however much is still to be written and deleted.
    if (state.rows.length === 0 && (this.#isWriting || this.#kept.has(HEAD))) this.#store.delete(HEAD).catch(() => {});
    if (!this.#isWriting) this.#write(this.#store);
  }

  /** @param {TabStore} store */
  async #write(store) {
    this.#isWriting = true;
    for (let step = this.#next(); step; step = this.#next()) {
      const { path, what, value, bound } = step;
      try {
        if (!value) {
          this.#kept.delete(path);
          await store.delete(path);
          continue;
        }
        const bytes = await store.put(path, await value(), MOST_BYTES - this.#bytes(bound));
        this.#kept.set(path, { what, bytes });
        this.#left.delete(path);
      } catch (error) {
        console.warn("camscope: not kept for a reload:", error);
        this.#left.set(path, what);
        this.#tell();
      }
    }
    this.#isWriting = false;
    this.#tell();
  }

  /**
   * The first thing that is not as it should be; without a value it is to go.
   * @returns {{ path: string, what?: unknown, bound: string, value?: () => unknown } | null}
   */
  #next() {
    const { rows, report } = /** @type {State} */ (this.#state);
    /** @type {Map<string, { what: unknown, bound: string, value: () => unknown }>} */
    const wanted = new Map();
    if (rows.length > 0) wanted.set(HEAD, { what: this.#state, bound: HEAD, value: () => this.#head() });
    for (const row of rows) {
      const { id, sample, open, state, reason, result } = row;
      const picture = PICTURE + id;
      const { signal } = new AbortController();
      if (!sample) wanted.set(picture, { what: id, bound: PICTURE, value: () => open(signal) });
      const isKnown = (state === "done" || state === "failed") && !this.#left.has(picture);
      if (!report || !isKnown) continue;
      const value = () => ({ began: report.began, state, reason, result });
      wanted.set(OUTCOME + id, { what: result ?? reason, bound: OUTCOME, value });
    }
    for (const paths of [this.#kept, this.#left]) {
      for (const path of paths.keys()) {
        if (wanted.has(path)) continue;
        if (paths === this.#kept) return { path, bound: path };
        this.#left.delete(path);
      }
    }
    for (const [path, step] of wanted) {
      const isDone = this.#kept.get(path)?.what === step.what || this.#left.get(path) === step.what;
      if (!isDone) return { path, ...step };
    }
    return null;
  }

  #head() {
    const { rows, report, figures, unsaved } = /** @type {State} */ (this.#state);
    // What follows from the rows is found again.
    const begun = report && { ...report, rows: [], summaries: [], claims: [], legend: null };
    const pictures = rows.map(({ id, name, sample }) => ({ id, name, sample }));
    return { format: FORMAT, report: begun, figures, unsaved, pictures };
  }

  /** @param {string} prefix */
  #bytes(prefix) {
    return [...this.#kept].reduce((sum, [path, { bytes }]) => sum + (path.startsWith(prefix) ? bytes : 0), 0);
  }

  /**
   * @param {TabStore} store
   * @returns {Promise<Remembered | null>}
   */
  async #read(store) {
    const head = await store.get(HEAD);
    const paths = new Set(await store.paths(ALL));
    for (const path of paths) this.#kept.set(path, { what: null, bytes: await store.size(path) });
    if (head?.format !== FORMAT) return null;
    /** @type {Row[]} */
    const rows = [];
    for (const { id, name, sample } of head.pictures) {
      const path = PICTURE + id;
      if (!sample && !paths.has(path)) continue;
      const source = sample ? sampleSource({ file: sample, title: name }) : { name, open: () => picture(store, path) };
      // What cannot be read counts as not finished.
      const { began, ...outcome } = (await store.get(OUTCOME + id).catch(() => null)) ?? {};
      const known = began !== undefined && began === head.report?.began ? outcome : {};
      rows.push({ ...source, id, state: "waiting", reason: null, draft: null, result: null, ...known });
      this.#note(path, id);
      this.#note(OUTCOME + id, known.result ?? known.reason);
    }
    const { report, figures, unsaved } = head;
    return { rows, report, figures, unsaved, missing: head.pictures.length - rows.length };
  }

  /**
   * What a path is known to hold.
   * @param {string} path
   * @param {unknown} what
   */
  #note(path, what) {
    const kept = this.#kept.get(path);
    if (kept) kept.what = what;
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * What another tab remembers. What there is no room for is missing, as it would be after a reload.
 * @param {TabStore} from
 * @param {TabStore} to
 */
async function copy(from, to) {
  for (const path of await from.paths(ALL)) {
    await to.put(path, await from.get(path)).catch((error) => console.warn("camscope: not kept for a reload:", error));
  }
}

/**
 * @param {TabStore} store
 * @param {string} path
 * @returns {Promise<Blob>}
 */
async function picture(store, path) {
  const blob = await store.get(path).catch(() => null);
  if (!blob) throw new Error(strings.document.gone);
  return blob;
}
