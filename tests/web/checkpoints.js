/**
 * Safetensors files, changed.
 */

/**
 * A checkpoint with the first of its classes alone.
 * @param {Buffer} bytes of a safetensors file
 * @returns {number[]}
 */
export function withOneClass(bytes) {
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString("utf8"));
  const data = bytes.subarray(8 + length);
  /** @type {Buffer[]} */
  const parts = [];
  let at = 0;
  for (const [name, info] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [from, to] = info.data_offsets;
    const isHead = name.startsWith("fc.");
    const part = data.subarray(from, isHead ? from + (to - from) / info.shape[0] : to);
    if (isHead) info.shape[0] = 1;
    info.data_offsets = [at, at + part.length];
    at += part.length;
    parts.push(part);
  }
  const head = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(head.length));
  return [...Buffer.concat([size, head, ...parts])];
}

/**
 * A checkpoint with another name for a tensor.
 * @param {Buffer} bytes of a safetensors file
 * @param {string} name
 * @param {string} other of the same length, so that the file's index is as long as it is
 */
export function withRenamed(bytes, name, other) {
  const at = bytes.indexOf(`"${name}"`) + 1;
  const renamed = Buffer.from(bytes);
  renamed.write(other, at);
  return renamed;
}
