/**
 * A static server over the repository, for running the tests without `cargo xtask`. `node server.js [port]` by hand.
 */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/** @type {Record<string, string>} */
export const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".jpeg": "image/jpeg",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** Makes a page cross-origin isolated, which gives it threads. */
export const ISOLATION = Object.freeze({
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
});

/**
 * @param {number} [port] 0: any that is free
 * @param {string} [root]
 * @param {boolean} [isolated]
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export async function serve(port = 0, root = REPOSITORY, isolated = true) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = path.join(root, decodeURIComponent(pathname.endsWith("/") ? `${pathname}index.html` : pathname));
    try {
      if (!file.startsWith(root)) throw new Error("outside the root");
      const { size } = await stat(file);
      const type = TYPES[path.extname(file).toLowerCase()] ?? "application/octet-stream";
      response.writeHead(200, {
        "content-type": type,
        "content-length": size,
        "cache-control": "no-cache",
        ...(isolated ? ISOLATION : {}),
      });
      createReadStream(file).pipe(response);
    } catch {
      response.writeHead(404, { "content-type": "text/plain" });
      response.end("not found");
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(null)));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("The server has no port.");
  return { url: `http://127.0.0.1:${address.port}/`, close };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serve(Number(process.argv[2] ?? 8080));
  console.log(url);
}
