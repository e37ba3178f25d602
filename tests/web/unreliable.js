/**
 * A static server over the repository that answers as bad networks do, where a test says so.
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { TYPES } from "./server.js";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/**
 * What happens to one answer: another status; an end, or silence, after so many bytes; other text.
 * @typedef {{ status?: number, bytes?: number, then?: "end" | "silence", change?: (text: string) => string }} Fault
 */

/** @typedef {{ path: string, range: string | undefined }} Asked */

const FETCHING = "/www/fetching.js";

/**
 * The page's downloads with less patience than visitors are given.
 * @param {string} text of www/fetching.js
 * @param {{ silence?: boolean }} [also] whether a server that says nothing is given up sooner as well
 */
export function impatient(text, { silence = false } = {}) {
  /** @type {[string, string][]} */
  const changes = [["[500, 1500, 4000]", "[50, 150, 400]"]];
  if (silence) changes.push(["SILENCE_MS = 20_000", "SILENCE_MS = 10_000"], ["STALL_MS = 5_000", "STALL_MS = 1_000"]);
  return changes.reduce((changed, [usual, sooner]) => {
    if (!changed.includes(usual)) throw new Error(`${FETCHING} has no ${usual}`);
    return changed.replace(usual, sooner);
  }, text);
}

/**
 * Its pages do not wait long before they ask again.
 * @param {(asked: Asked, nth: number) => Fault | null | undefined} fault `nth`: how often the path was asked for before
 * @param {{ hasRanges?: boolean }} [options] whether a part of a file can be had
 * @returns {Promise<{ url: string, asked: Asked[], close: () => void }>}
 */
export async function serveUnreliably(fault, { hasRanges = true } = {}) {
  /** @type {Asked[]} */
  const asked = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = decodeURIComponent(pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    const what = { path: file, range: request.headers.range };
    const nth = asked.filter(({ path }) => path === file).length;
    asked.push(what);
    const { status, bytes, then, change } = fault(what, nth) ?? (file === FETCHING ? { change: impatient } : {});
    const whole = await readFile(path.join(REPOSITORY, file)).catch(() => null);
    if (status || !whole) {
      response.writeHead(status ?? 404).end();
      return;
    }
    const body = change ? Buffer.from(change(whole.toString("utf8"))) : whole;
    const etag = `"${body.length}"`;
    const start =
      hasRanges && request.headers["if-range"] === etag ? Number(/\d+/.exec(what.range ?? "")?.[0] ?? 0) : 0;
    const part = body.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      "content-type": TYPES[path.extname(file)] ?? "application/octet-stream",
      "content-length": part.length,
      "cache-control": "no-cache",
      ...(hasRanges && { etag }),
      ...(start > 0 && { "content-range": `bytes ${start}-${body.length - 1}/${body.length}` }),
    });
    if (bytes === undefined) response.end(part);
    else response.write(part.subarray(0, bytes), () => then === "end" && response.destroy());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("The server has no port.");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    asked,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
