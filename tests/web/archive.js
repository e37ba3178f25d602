/**
 * Reads zip archives and NumPy's arrays by their published formats (PKWARE APPNOTE 4.3.12; NEP 1).
 */
import assert from "node:assert/strict";
import { crc32, inflateRawSync } from "node:zlib";

/**
 * @param {Buffer} bytes
 * @returns {Map<string, Buffer>} files by name
 */
export function readZip(bytes) {
  const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  assert.ok(end >= 0, "no end of central directory");
  /** @type {Map<string, Buffer>} */
  const files = new Map();
  let at = bytes.readUInt32LE(end + 16);
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count--) {
    assert.equal(bytes.subarray(at, at + 4).toString("latin1"), "PK\x01\x02");
    const [method, crc, size] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 16), bytes.readUInt32LE(at + 20)];
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const name = bytes.subarray(at + 46, at + 46 + nameLength).toString("utf8");
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(start, start + size);
    const file = method === 0 ? packed : inflateRawSync(packed);
    assert.equal(crc32(file), crc, name);
    files.set(name, Buffer.from(file));
    at += 46 + nameLength + extra + comment;
  }
  return files;
}

/**
 * @param {Buffer | undefined} bytes of a .npy file of 32-bit floats
 * @returns {{ shape: number[], values: Float32Array }}
 */
export function readNpy(bytes) {
  assert.ok(bytes);
  assert.equal(bytes.subarray(0, 8).toString("latin1"), "\x93NUMPY\x01\x00");
  const length = bytes.readUInt16LE(8);
  assert.equal((10 + length) % 64, 0, "the values begin at a multiple of 64 bytes");
  const header = bytes.subarray(10, 10 + length).toString("latin1");
  assert.match(header, /'descr': '<f4'/);
  assert.match(header, /'fortran_order': False/);
  assert.ok(header.endsWith("\n"));
  const shape = header
    .match(/'shape': \(([\d, ]*)\)/)?.[1]
    .split(",")
    .filter((side) => side.trim())
    .map(Number);
  assert.ok(shape);
  return { shape, values: new Float32Array(Uint8Array.from(bytes.subarray(10 + length)).buffer) };
}
