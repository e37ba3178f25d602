/**
 * Which failures are none, and which end everything.
 */

/** @param {unknown} error */
export function isAbort(error) {
  return error instanceof DOMException && error.name === "AbortError";
}

/**
 * Of a call of a loaded explainer: whether that can do no more.
 * @param {unknown} error
 */
export function isFatal(error) {
  return error instanceof Error && ["DeviceError", "WeightsError"].includes(error.name);
}

/**
 * A job in the place of the last one, which ends.
 * @param {AbortController} last
 */
export function replace(last) {
  last.abort();
  return new AbortController();
}
