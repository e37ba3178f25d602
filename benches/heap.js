/**
 * The JavaScript heap of camscope's worker, as the browser tells it to a debugger: a worker cannot ask for its own.
 */

/** @import { Page } from "playwright-core" */

/** A worker that computes in WebAssembly answers when it awaits something. */
const EVERY_MS = 500;

/**
 * @param {Page} page
 * @param {string} script the worker's file
 * @returns {Promise<{ most: () => number }>} bytes in use at most, of the samples taken until then, garbage included
 */
export async function watchHeap(page, script) {
  const session = await page.context().newCDPSession(page);
  /** @type {string | null} */
  let worker = null;
  let most = 0;
  session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
    if (targetInfo.url.endsWith(script)) worker = sessionId;
  });
  session.on("Target.detachedFromTarget", ({ sessionId }) => {
    if (sessionId === worker) worker = null;
  });
  session.on("Target.receivedMessageFromTarget", ({ message }) => {
    most = Math.max(most, JSON.parse(message).result?.usedSize ?? 0);
  });
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const message = JSON.stringify({ id: 1, method: "Runtime.getHeapUsage" });
  const timer = setInterval(() => {
    // It may end before it is asked.
    if (worker) session.send("Target.sendMessageToTarget", { sessionId: worker, message }).catch(() => {});
  }, EVERY_MS);
  page.on("close", () => clearInterval(timer));
  return { most: () => most };
}
