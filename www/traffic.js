/**
 * Counts what the page and its worker ask of the network: requests by the browser's own record (Resource Timing), bytes
 * sent by every way a script has of sending any. Both sides import this first of all.
 */

/** @import { Traffic } from "./camscope.d.ts" */

/**
 * @param {(traffic: Traffic) => void} tell called with the sums whenever they grow
 */
export function countTraffic(tell) {
  const sum = { requests: 0, bytes: 0, last: "" };
  new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      if (/^(blob|data):/.test(name)) continue;
      sum.requests++;
      sum.last = name;
    }
    tell({ ...sum });
  }).observe({ type: "resource", buffered: true });

  /** @param {unknown} body */
  const sent = async (body) => {
    if (body === null || body === undefined) return;
    // The browser turns every kind of body into bytes.
    const bytes = await new Response(/** @type {BodyInit} */ (body)).arrayBuffer().catch(() => null);
    sum.bytes += bytes?.byteLength ?? 0;
    tell({ ...sum });
  };
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    if (input instanceof Request) input.clone().arrayBuffer().then(sent);
    sent(init?.body);
    return fetch(input, init);
  };
  for (const [holder, name, argument] of /** @type {[any, string, number][]} */ ([
    [globalThis.XMLHttpRequest?.prototype, "send", 0],
    [globalThis.WebSocket?.prototype, "send", 0],
    [globalThis.navigator, "sendBeacon", 1],
  ])) {
    const send = holder?.[name];
    if (!send) continue;
    holder[name] = function (/** @type {unknown[]} */ ...args) {
      sent(args[argument]);
      return Reflect.apply(send, this, args);
    };
  }
}
