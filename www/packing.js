/**
 * Values as bytes: what JSON has, and typed arrays, Blobs, Maps and the numbers that JSON has no words for.
 */

/** Marks what JSON has not. */
const TAG = "$packed";

/**
 * A length, the value as JSON with the lengths of the parts that are bytes, and these parts.
 * @param {unknown} value
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function pack(value) {
  /** @type {(Blob | Uint8Array)[]} */
  const parts = [];
  /** @param {string} kind @param {unknown[]} how */
  const tagged = (kind, ...how) => ({ [TAG]: [kind, ...how] });
  const json = JSON.stringify(value, (_, one) => {
    if (one instanceof Float32Array) {
      return tagged("floats", parts.push(new Uint8Array(one.buffer, one.byteOffset, one.byteLength)) - 1);
    }
    if (one instanceof Uint8Array) return tagged("bytes", parts.push(one) - 1);
    if (one instanceof Blob) return tagged("blob", parts.push(one) - 1, one.type);
    if (one instanceof Map) return tagged("map", [...one]);
    if (typeof one === "number" && (!Number.isFinite(one) || Object.is(one, -0))) {
      return tagged("number", Object.is(one, -0) ? "-0" : String(one));
    }
    return one;
  });
  const arrays = await Promise.all(
    parts.map(async (part) => (part instanceof Blob ? new Uint8Array(await part.arrayBuffer()) : part)),
  );
  const head = new TextEncoder().encode(JSON.stringify({ json, lengths: arrays.map(({ length }) => length) }));
  const packed = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 4 + head.length));
  new DataView(packed.buffer).setUint32(0, head.length);
  let at = 4;
  for (const array of [head, ...arrays]) {
    packed.set(array, at);
    at += array.length;
  }
  return packed;
}

/**
 * @param {ArrayBuffer} buffer
 * @returns {any} the value that was packed
 */
export function unpack(buffer) {
  const start = 4 + new DataView(buffer).getUint32(0);
  const { json, lengths } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, start - 4)));
  let at = start;
  const parts = lengths.map((/** @type {number} */ length) => buffer.slice(at, (at += length)));
  return JSON.parse(json, (_, one) => {
    const [kind, what, type] = one?.[TAG] ?? [];
    if (kind === "floats") return new Float32Array(parts[what]);
    if (kind === "bytes") return new Uint8Array(parts[what]);
    if (kind === "blob") return new Blob([parts[what]], { type });
    if (kind === "map") return new Map(what);
    if (kind === "number") return Number(what);
    return one;
  });
}
