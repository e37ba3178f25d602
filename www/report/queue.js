/**
 * The pictures of a report, one after the other: pause and go on, cancel, progress, and failures that stop nothing else.
 *
 * Events: "row" (detail: the row that changed), "rows" (the list changed), "state", "progress".
 */
import { isAbort, isFatal } from "../faults.js";
import { LIMITS } from "../limits.js";

/** @import { Result, Draft } from "./examine.js" */

/** More than this many pictures are not taken in: the page keeps a thumbnail of each map. */
export const MOST_PICTURES = LIMITS.pictures;

/**
 * @typedef {object} Source
 * @property {string} name
 * @property {(signal: AbortSignal) => Promise<Blob>} open
 * @property {string} [sample] the file's name, of a sample
 */

/**
 * @typedef {Source & {
 *   id: number,
 *   state: "waiting" | "running" | "done" | "failed",
 *   reason: string | null,
 *   draft: Draft | null,
 *   result: Result | null,
 * }} Row
 * `reason`: why it failed; `draft`: what is known of a picture that is not finished
 */

/** @typedef {"idle" | "running" | "paused"} State */

/**
 * @callback Work
 * @param {Row} row
 * @param {AbortSignal} signal
 * @param {(cost: number) => void} onProgress in passes, of this picture
 * @returns {Promise<Result>}
 */

export class ReportQueue extends EventTarget {
  /** @type {Row[]} */
  rows = [];
  /** @type {State} */
  state = "idle";
  #nextId = 1;
  #stop = new AbortController();
  /** Passes per picture, and of the one under way. */
  #cost = 1;
  #current = 0;
  /** What the time left is reckoned from: passes and seconds since the queue began or went on. */
  #since = { cost: 0, at: 0 };

  /**
   * @param {Source[]} sources
   * @returns {number} how many there was no room for
   */
  add(sources) {
    const room = MOST_PICTURES - this.rows.length;
    for (const source of sources.slice(0, room)) {
      this.rows.push({ ...source, id: this.#nextId++, state: "waiting", reason: null, draft: null, result: null });
    }
    this.#tell("rows");
    return Math.max(0, sources.length - room);
  }

  /**
   * Pictures and results of before the page was loaded anew. What has been added since comes after them.
   * @param {Row[]} rows
   */
  restore(rows) {
    this.#nextId = Math.max(0, ...rows.map(({ id }) => id)) + 1;
    this.rows = [...rows, ...this.rows.map((row) => ({ ...row, id: this.#nextId++ }))];
    this.#tell("rows");
  }

  /** Forget all pictures and results. */
  clear() {
    this.cancel();
    this.rows = [];
    this.#tell("rows");
  }

  /** Everything is to be computed again. */
  reset() {
    for (const row of this.rows) Object.assign(row, { state: "waiting", reason: null, draft: null, result: null });
    this.#tell("rows");
  }

  get isWaiting() {
    return this.rows.some(({ state }) => state === "waiting");
  }

  /** @returns {{ pictures: number, finished: number, share: number, secondsLeft: number | null }} */
  get progress() {
    const pictures = this.rows.length;
    const finished = this.rows.filter(({ state }) => state === "done" || state === "failed").length;
    const done = finished * this.#cost + this.#current;
    const left = Math.max(0, pictures * this.#cost - done);
    const [cost, seconds] = [done - this.#since.cost, (performance.now() - this.#since.at) / 1000];
    const secondsLeft = this.state === "running" && cost > 0 && seconds > 2 ? (left * seconds) / cost : null;
    return { pictures, finished, share: pictures === 0 ? 0 : 1 - left / (pictures * this.#cost), secondsLeft };
  }

  /**
   * Compute what is waiting. What a paused picture had already is kept.
   * @param {number} cost of a picture, in passes
   * @param {Work} work
   * @returns {Promise<Error | null>} what stopped it before its end, if it was no one's wish
   */
  async run(cost, work) {
    if (this.state === "running") return null;
    const { signal } = (this.#stop = new AbortController());
    this.#cost = Math.max(1, cost);
    this.#current = 0;
    this.#since = { cost: this.#finished() * this.#cost, at: performance.now() };
    this.#enter("running");
    for (;;) {
      const row = this.rows.find(({ state }) => state === "waiting");
      if (!row) break;
      row.state = "running";
      this.#tell("row", row);
      try {
        const result = await work(row, signal, (done) => this.#advance(done));
        Object.assign(row, { state: "done", result, draft: null });
      } catch (error) {
        if (isAbort(error) || isFatal(error)) {
          // Whoever stopped it has settled the state already, unless the engine did.
          row.state = "waiting";
          this.#tell("row", row);
          if (isAbort(error) && signal.aborted) return null;
          this.#enter("paused");
          return error instanceof Error ? error : new Error(String(error));
        }
        Object.assign(row, {
          state: "failed",
          reason: error instanceof Error ? error.message : String(error),
          draft: null,
        });
      }
      this.#current = 0;
      this.#tell("row", row);
      this.#tell("progress");
      if (signal.aborted) return null;
    }
    this.#enter("idle");
    return null;
  }

  /** Stop within one batch; `run` goes on from there. */
  pause() {
    if (this.state !== "running") return;
    this.#enter("paused");
    this.#stop.abort();
  }

  /** Stop within one batch. Finished pictures stay; the one under way is dropped. */
  cancel() {
    if (this.state === "idle") return;
    for (const row of this.rows) row.draft = null;
    this.#enter("idle");
    this.#stop.abort();
  }

  #finished() {
    return this.rows.filter(({ state }) => state === "done" || state === "failed").length;
  }

  /** @param {number} done of the picture's passes */
  #advance(done) {
    this.#current = Math.min(done, this.#cost);
    this.#tell("progress");
  }

  /** @param {State} state */
  #enter(state) {
    this.state = state;
    this.#tell("state");
  }

  /**
   * @param {string} type
   * @param {unknown} [detail]
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
