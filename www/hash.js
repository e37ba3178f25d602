/**
 * What a file is known by.
 */

/**
 * @param {Blob} blob
 * @returns {Promise<string | null>} its SHA-256; null where the browser does not hash (an insecure context) or read it
 */
export async function sha256(blob) {
  if (!globalThis.crypto?.subtle) return null;
  /** @type {ArrayBuffer} */
  let bytes;
  try {
    bytes = await blob.arrayBuffer();
  } catch {
    // The engine says what is wrong with the file.
    return null;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
