/**
 * The site at an address of its own where any browser tells what goes wrong in the page, and what its worker could do:
 * WebDriver hears of no uncaught error and reaches no worker.
 */
import { createServer } from "node:http";
import { ISOLATION } from "./server.js";

/** @import { IncomingMessage, ServerResponse } from "node:http" */

/** The page as on a phone: browsers' windows do not get so narrow. */
const PHONE = `<!doctype html><title>phone</title><link rel="icon" href="data:,">
<iframe src="./?device=cpu" style="width: 360px; height: 740px; border: 0"></iframe>`;

/**
 * Runs in the page before all else.
 * @param {string} to
 */
function listen(to) {
  const send = navigator.sendBeacon.bind(navigator);
  /** @param {string} fault */
  const tell = (fault) => send(to, fault);
  const { error } = console;
  console.error = (...words) => (tell(`console error: ${words.join(" ")}`), error.apply(console, words));
  addEventListener("error", ({ message }) => tell(`uncaught: ${message}`));
  addEventListener("unhandledrejection", ({ reason }) => tell(`uncaught: ${reason}`));
  addEventListener("securitypolicyviolation", ({ effectiveDirective: directive, blockedURI }) =>
    tell(`against the policy: ${directive} ${blockedURI}`),
  );
}

/**
 * Runs in the page's worker, and tries what its policy forbids.
 * @param {string} to
 */
async function breakOut(to) {
  const post = fetch;
  const load = (/** @type {string} */ address) => import(address);
  /** @type {Record<string, () => unknown>} */
  const attempts = {
    eval: () => Reflect.apply(self.eval, self, ["1"]),
    function: () => Reflect.construct(Function, ["return 1"]),
    fetch: () => post("https://elsewhere.example/"),
    module: () => load("data:text/javascript,"),
  };
  const passed = [];
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      await attempt();
      passed.push(name);
    } catch {
      // As it should be.
    }
  }
  await post(to, {
    method: "POST",
    body: `${Object.keys(attempts).length} tried, done: ${passed.join(" ") || "none"}`,
  });
}

/**
 * @param {string} site
 * @returns {Promise<{ url: string, faults: string[], attempts: string[], close: () => void }>} `url`: the page, which is
 *   at `phone` from there once more, as on a phone; `attempts`: what came of them in each worker that was started
 */
export async function relay(site) {
  /** @type {Record<string, string[]>} */
  const told = { "/fault": [], "/attempts": [] };

  /**
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   */
  async function answer(request, response) {
    const address = request.url ?? "/";
    /** @param {string} type @param {string | Buffer} body */
    const send = (type, body, status = 200) =>
      response.writeHead(status, { "content-type": type, "cache-control": "no-cache", ...ISOLATION }).end(body);
    if (request.method !== "GET") {
      const body = await new Response(/** @type {any} */ (request)).text();
      (told[address] ?? told["/fault"]).push(address in told ? body : `sent to ${address}: ${body}`);
      return send("text/plain", "");
    }
    if (address === "/phone") return send("text/html", PHONE);
    if (address === "/listen.js") return send("text/javascript", `(${listen})("fault");`);
    const found = await fetch(new URL(`.${address}`, site));
    const type = found.headers.get("content-type") ?? "";
    const { pathname } = new URL(address, site);
    if (pathname === "/") {
      const html = await found.text();
      return send(type, html.replace("<script", '<script src="listen.js"></script><script'));
    }
    if (pathname === "/www/worker.js") {
      return send(type, `${await found.text()}\n(${breakOut})(new URL("../attempts", import.meta.url));`);
    }
    return send(type, Buffer.from(await found.arrayBuffer()), found.status);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.writeHead(502).end(String(error)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const place = server.address();
  if (!place || typeof place === "string") throw new Error("The relay has no port.");
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${place.port}/`, faults: told["/fault"], attempts: told["/attempts"], close };
}
