/**
 * The page's end of the conversation with a worker: an id per call, a promise per id, exactly one answer each.
 */
import { BUILD } from "./build.js";
import { abortError, namedError, unpackError, updateError } from "./protocol.js";

/** @import { Action, Arguments } from "./protocol.js" */
/** @import { Traffic } from "./camscope.d.ts" */

/**
 * @typedef {object} Pending
 * @property {(value: any) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {((progress: any) => void) | undefined} onProgress
 */

export class Messenger {
  #worker;
  #nextId = 1;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  #isSameBuild = false;
  /** @type {Error | null} Why no more calls can be made. */
  #closed = null;
  #onTraffic;
  /** @type {(error: Error) => void} */
  #lose = () => {};
  /** @type {Promise<Error>} Settled when the worker or its device has stopped, by no one's wish. */
  lost = new Promise((resolve) => (this.#lose = resolve));

  /**
   * @param {Worker} worker
   * @param {(traffic: Traffic) => void} [onTraffic]
   */
  constructor(worker, onTraffic) {
    this.#worker = worker;
    this.#onTraffic = onTraffic;
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onmessageerror = () => this.#fail(deviceError("its answer could not be read"));
    // A script that cannot be fetched gives an event without a message.
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(deviceError(event.message || "worker.js could not be loaded"));
    };
  }

  /**
   * @template {Action} A
   * @param {A} action
   * @param {Arguments[A]} args
   * @param {{ signal?: AbortSignal, onProgress?: (progress: any) => void, transfer?: Transferable[] }} [options]
   * @returns {Promise<any>}
   */
  call(action, args, { signal, onProgress, transfer = [] } = {}) {
    if (this.#closed) return Promise.reject(this.#closed);
    if (signal?.aborted) return Promise.reject(abortError());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      // Not waiting for the worker: it stops at its next batch, the caller is free at once.
      const abort = () => {
        this.#worker.postMessage({ cancel: id });
        this.#take(id)?.reject(abortError());
      };
      const settled = () => signal?.removeEventListener("abort", abort);
      signal?.addEventListener("abort", abort, { once: true });
      this.#pending.set(id, {
        resolve: (value) => (settled(), resolve(value)),
        reject: (error) => (settled(), reject(error)),
        onProgress,
      });
      try {
        this.#worker.postMessage({ id, action, args }, transfer);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.#take(id)?.reject(namedError("OptionError", `The call cannot be sent to the worker: ${why}`));
      }
    });
  }

  /**
   * End the worker. Every call under way, and every later one, rejects with `error`.
   * @param {Error} error
   */
  close(error) {
    if (this.#closed) return;
    this.#closed = error;
    this.#worker.terminate();
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(error);
  }

  /** @param {Error} error */
  #fail(error) {
    if (this.#closed) return;
    this.close(error);
    this.#lose(error);
  }

  /**
   * A worker that is ended, by itself or by the browser, gives no event; but a lock that it held is free then.
   * @param {string} lock
   */
  #watch(lock) {
    navigator.locks.request(lock, () => this.#fail(deviceError("the browser has ended it"))).catch(() => {});
  }

  /** @param {any} message */
  #receive(message) {
    if (!this.#isSameBuild) {
      this.#isSameBuild = message.build === BUILD;
      if (!this.#isSameBuild) this.#fail(updateError());
    } else if ("fatal" in message) this.#fail(unpackError(message.fatal));
    else if ("alive" in message) this.#watch(message.alive);
    else if ("traffic" in message) this.#onTraffic?.(message.traffic);
    else if ("progress" in message) this.#pending.get(message.id)?.onProgress?.(message.progress);
    else if ("error" in message) this.#take(message.id)?.reject(unpackError(message.error));
    else this.#take(message.id)?.resolve(message.value);
  }

  /** @param {number} id */
  #take(id) {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }
}

/** @param {string} why */
function deviceError(why) {
  return namedError("DeviceError", `The worker that computes has stopped (${why}). Load the explainer again.`);
}
