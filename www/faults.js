/**
 * Which failures are none, and which end everything.
 */

/** @param {unknown} error */
export function isAbort(error) {
  return error instanceof DOMException && error.name === "AbortError";
}

/** @param {unknown} error */
export function isFatal(error) {
  return error instanceof Error && error.name === "DeviceError";
}
