/**
 * Calls from the page to a worker, one at a time.
 */

/** @typedef {{ action: string, args: unknown[] }} Call */

/**
 * Worker side.
 * @param {Record<string, (...args: any[]) => unknown>} actions
 */
export function serve(actions) {
  const refuse = (/** @type {unknown} */ error) => {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    self.postMessage({ error: text });
  };
  self.onmessage = async (/** @type {MessageEvent<Call>} */ { data: { action, args } }) => {
    try {
      self.postMessage({ value: await actions[action](...args) });
    } catch (error) {
      refuse(error);
    }
  };
  // A panic inside a running future settles no promise: it surfaces only here.
  self.onunhandledrejection = (event) => refuse(event.reason);
}

/**
 * Page side.
 * @param {Worker} worker
 * @param {string} action
 * @param {...unknown} args
 * @returns {Promise<any>}
 */
export function call(worker, action, ...args) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.value));
    worker.onerror = (event) => reject(new Error(event.message || "The worker's script could not be loaded."));
    worker.postMessage({ action, args });
  });
}
