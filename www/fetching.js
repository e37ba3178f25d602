/**
 * Worker side: downloads over a network that is slow or breaks. What broke off is asked for again after a while, from
 * where it ended if the server can; a connection over which nothing comes is given up.
 */
import { ENGINE } from "./build.js";
import { sha256 } from "./hash.js";
import { abortError, updateError } from "./protocol.js";

/** @import { LoadProgress } from "./camscope.d.ts" */

/** Waits before asking again, in milliseconds, for as long as nothing more comes. */
const WAITS = [500, 1500, 4000];
/** A connection over which nothing has come for so long is given up. */
const SILENCE_MS = 20_000;
/** Nothing has come for so long: whoever waits should know. */
const STALL_MS = 5_000;

/** Why a download failed, in words that follow a colon. */
export class DownloadError extends Error {
  /**
   * @param {string} message
   * @param {boolean} mayPass whether asking again may help
   * @param {unknown} [cause]
   */
  constructor(message, mayPass, cause) {
    super(message, { cause });
    this.mayPass = mayPass;
  }
}

/**
 * @param {URL} url
 * @param {RequestInit & { signal: AbortSignal }} options
 * @returns {Promise<Response>} a successful one
 */
export async function ask(url, options) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    throw new DownloadError("the network did not answer", true, error);
  }
  if (response.ok) return response;
  const mayPass = response.status >= 500 || response.status === 408 || response.status === 429;
  throw new DownloadError(`the server answered with HTTP status ${response.status}`, mayPass);
}

/**
 * Whether what was fetched is the file of this build; where there are no hashes (a working copy, an insecure context) that
 * is taken for granted.
 * @param {string} path
 * @param {BlobPart[]} parts
 */
export async function checkBuild(path, parts) {
  const found = path in ENGINE ? await sha256(new Blob(parts)) : null;
  if (found !== null && found !== ENGINE[path]) throw updateError();
}

/**
 * A small file.
 * @param {URL} url
 * @param {{ signal: AbortSignal, cache: RequestCache }} options
 */
export async function fetchSmall(url, { signal, cache }) {
  const response = await ask(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(SILENCE_MS)]), cache });
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new DownloadError("the download broke off", true, error);
  }
}

/**
 * Try again while it may help: three times after the last time that something came.
 * @template T
 * @param {(came: () => void) => Promise<T>} attempt calls `came` when it has got further than any before it
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
export async function insist(attempt, signal) {
  let failures = 0;
  for (;;) {
    try {
      return await attempt(() => (failures = 0));
    } catch (error) {
      if (signal.aborted) throw abortError();
      if (!(error instanceof DownloadError) || !error.mayPass || failures === WAITS.length) throw error;
      await wait(WAITS[failures++], signal);
    }
  }
}

/**
 * A file of a known size. Whether it is the right one is for the caller to find out.
 * @param {URL} url
 * @param {number} size
 * @param {{ signal: AbortSignal, cache: RequestCache, onBytes: (done: number) => void }} options
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function fetchFile(url, size, { signal, cache, onBytes }) {
  const bytes = new Uint8Array(size);
  let done = 0;
  let most = 0;
  /** @type {string | null} Of which version of the file the bytes are. */
  let version = null;
  const attempt = async (/** @type {() => void} */ came) => {
    const silence = new Silence();
    try {
      /** @type {Record<string, string>} */
      const headers = done > 0 && version ? { range: `bytes=${done}-`, "if-range": version } : {};
      const either = AbortSignal.any([signal, silence.signal]);
      const response = await ask(url, { signal: either, cache, headers });
      if (response.status !== 206 || !isFrom(response, done)) done = 0;
      version = strongTag(response);
      const reader = response.body?.getReader();
      for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
        silence.restart();
        if (done + chunk.value.length > size) {
          await reader?.cancel();
          throw new DownloadError(`it is longer than the ${size} bytes that the manifest gives`, false);
        }
        bytes.set(chunk.value, done);
        done += chunk.value.length;
        if (done > most) came();
        most = Math.max(most, done);
        onBytes(done);
      }
    } catch (error) {
      if (error instanceof DownloadError && !silence.signal.aborted) throw error;
      throw new DownloadError(
        `the download broke off after ${done} of ${size} bytes; check the connection`,
        true,
        error,
      );
    } finally {
      silence.end();
    }
    if (done < size) throw new DownloadError(`it is truncated: ${done} of ${size} bytes`, true);
    return bytes;
  };
  return insist(attempt, signal);
}

/** Ends a connection over which nothing comes: its signal is the connection's. */
export class Silence {
  #controller = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  constructor() {
    this.signal = this.#controller.signal;
    this.restart();
  }

  restart() {
    this.end();
    this.#timer = setTimeout(() => this.#controller.abort(), SILENCE_MS);
  }

  end() {
    clearTimeout(this.#timer);
  }
}

/**
 * Progress that says when nothing has come for a while, though more should.
 * @param {(progress: LoadProgress) => void} tell
 */
export function noticingStalls(tell) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return {
    /** @param {Omit<LoadProgress, "stalled">} step */
    report(step) {
      clearTimeout(timer);
      tell({ ...step, stalled: false });
      if (step.done !== step.total) timer = setTimeout(() => tell({ ...step, stalled: true }), STALL_MS);
    },
    end: () => clearTimeout(timer),
  };
}

/**
 * Whether a partial answer begins where the last one ended.
 * @param {Response} response
 * @param {number} start
 */
function isFrom(response, start) {
  return response.headers.get("content-range")?.startsWith(`bytes ${start}-`) ?? false;
}

/**
 * What names a version byte for byte: only with it can one be continued.
 * @param {Response} response
 */
function strongTag(response) {
  const tag = response.headers.get("etag");
  return tag && !tag.startsWith("W/") ? tag : response.headers.get("last-modified");
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 */
function wait(ms, signal) {
  return /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      const stop = () => (clearTimeout(timer), reject(abortError()));
      const timer = setTimeout(() => (signal.removeEventListener("abort", stop), resolve()), ms);
      signal.addEventListener("abort", stop, { once: true });
    })
  );
}
