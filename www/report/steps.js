/**
 * What of a report's run is announced to who does not see its bar: each picture of a few, each tenth of many, a pause,
 * and the end.
 */

/** @import { ReportQueue } from "./queue.js" */

const MOST = 10;

export class Steps {
  #last = "idle";

  /**
   * @param {Pick<ReportQueue, "state" | "progress">} queue
   * @returns {boolean} whether it has come to another step since it was asked last
   */
  isNext({ state, progress }) {
    const { pictures, finished } = progress;
    const step = state === "running" ? String(Math.floor((MOST * finished) / pictures)) : state;
    if (step === this.#last) return false;
    this.#last = step;
    return state !== "running" || (finished > 0 && finished < pictures);
  }
}
