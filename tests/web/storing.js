/**
 * What a page is still writing to its storage, for tests that leave it: a reload cuts that off.
 */

/** @import { Page } from "playwright-core" */

/** @param {Page} page before it is opened; with it all that it opens */
export function watchStorage(page) {
  return page.context().addInitScript(() => {
    // An empty page has no storage, and writes nothing.
    if (!isSecureContext) return;
    window.writing = 0;
    const begin = () => (window.writing = (window.writing ?? 0) + 1);
    const end = () => (window.writing = (window.writing ?? 0) - 1);
    // Whatever stands between what is to be kept and its place: in a pause between two of these one of them is under way.
    const steps = /** @type {[any, string[]][]} */ ([
      [window.CacheStorage, ["open", "keys"]],
      [window.Cache, ["put", "delete", "keys", "match"]],
      [window.SubtleCrypto, ["encrypt", "decrypt", "digest"]],
      [Blob, ["arrayBuffer"]],
      [Response, ["arrayBuffer", "blob"]],
    ]);
    for (const [of, names] of steps) {
      for (const name of names) {
        const step = of.prototype[name];
        of.prototype[name] = function (/** @type {unknown[]} */ ...given) {
          begin();
          const done = Reflect.apply(step, this, given);
          done.then(end, end);
          return done;
        };
      }
    }
    const { toBlob } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.toBlob = function (take, ...rest) {
      begin();
      Reflect.apply(toBlob, this, [(/** @type {Blob | null} */ blob) => (take(blob), end()), ...rest]);
    };
  });
}

/** @param {Page} page that is watched: a reload finds all that there is */
export const stored = (page) => page.waitForFunction(() => window.writing === 0);
