/**
 * Worker side: bring a model's manifest and shards to the engine.
 *
 * The engine checks every shard's size and SHA-256 when it arrives, before it uses it; only what passed is kept in the
 * browser's Cache storage, under its hash, so that a later visit needs no network. What is kept is used at once, and
 * checked again when the visitor has the first result. Where there is no Cache storage (an insecure
 * context, blocked site data) everything works, each visit downloading anew.
 */
import { DownloadError, fetchFile, fetchSmall, insist } from "./fetching.js";
import { abortError, namedError } from "./protocol.js";

/** @import { ModelInfo } from "./camscope.d.ts" */
/** @import { Engine, Shard } from "./wasm-engine.d.ts" */

const CACHE_NAME = "camscope-models-1";
/** More than this at once gains nothing and would hold more shards in memory. */
const PARALLEL = 4;

/**
 * @param {Engine} engine
 * @param {{ url: string, sha256?: string }} address the manifest's, and its hash if only that one will do
 * @param {AbortSignal} signal
 * @param {(done: number, total: number) => void} onProgress in bytes
 * @returns {Promise<{ model: ModelInfo, check: () => Promise<void> }>} `check` fails if what was kept has been altered
 */
export async function loadModel(engine, { url, sha256 }, signal, onProgress) {
  const store = await openStore();
  const manifest = await fetchManifest(url, store, signal);
  if (sha256) await verify(manifest, url, sha256);
  const { shards } = engine.beginModel(manifest);
  const total = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const done = shards.map(() => 0);
  /** @type {Shard[]} */
  const kept = [];
  onProgress(0, total);

  let next = 0;
  // One failure ends the other downloads too.
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const work = async () => {
    while (next < shards.length) {
      const index = next++;
      const onBytes = (/** @type {number} */ bytes) => {
        done[index] = bytes;
        onProgress(
          done.reduce((sum, count) => sum + count, 0),
          total,
        );
      };
      if (await addKeptShard(engine, index, shards[index], store)) {
        kept.push(shards[index]);
        onBytes(shards[index].bytes);
      } else await addShard(engine, index, shards[index], url, store, either, onBytes);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(PARALLEL, shards.length) }, work));
  } catch (error) {
    failed.abort();
    throw error;
  }
  const model = await engine.finishModel();
  await keep(
    store,
    url,
    new Response(new Blob([/** @type {BlobPart} */ (manifest)]), { headers: { "content-type": "application/json" } }),
  );
  await prune(store);
  return {
    model: { ...model, labelSource: "model", weights: shards.map(({ sha256 }) => sha256) },
    check: () => checkKept(kept, store),
  };
}

/**
 * What a model beside the page says of itself.
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<{ labels: string[] }>}
 */
export async function manifestOf(url, signal) {
  return JSON.parse(new TextDecoder().decode(await fetchManifest(url, await openStore(), signal)));
}

/**
 * @param {Engine} engine
 * @param {number} index
 * @param {Shard} shard
 * @param {Cache | null} store
 * @returns {Promise<boolean>} whether it is there
 */
async function addKeptShard(engine, index, shard, store) {
  const key = shardKey(shard.sha256);
  const kept = await store?.match(key);
  if (!kept) return false;
  try {
    engine.addKeptShard(index, new Uint8Array(await kept.arrayBuffer()));
    return true;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    // No longer what was stored: drop it and fetch it again, once.
    await store?.delete(key);
    return false;
  }
}

/**
 * @param {Shard[]} shards
 * @param {Cache | null} store
 */
async function checkKept(shards, store) {
  for (const shard of shards) {
    const key = shardKey(shard.sha256);
    const kept = await store?.match(key);
    if (!kept || (await sha256Of(await kept.arrayBuffer())) === shard.sha256) continue;
    await store?.delete(key);
    throw weights(shard, "what this browser kept of it has been altered since. It is fetched again");
  }
}

/**
 * @param {Engine} engine
 * @param {number} index
 * @param {Shard} shard
 * @param {string} manifestUrl
 * @param {Cache | null} store
 * @param {AbortSignal} signal
 * @param {(bytes: number) => void} onBytes
 */
async function addShard(engine, index, shard, manifestUrl, store, signal, onBytes) {
  const bytes = await download(
    new URL(shard.file, manifestUrl),
    shard,
    store ? "no-store" : "default",
    signal,
    onBytes,
  );
  engine.addShard(index, bytes);
  await keep(store, shardKey(shard.sha256), new Response(new Blob([bytes])));
}

/**
 * @param {URL} url
 * @param {Shard} shard
 * @param {RequestCache} cache
 * @param {AbortSignal} signal
 * @param {(bytes: number) => void} onBytes
 */
async function download(url, shard, cache, signal, onBytes) {
  try {
    return await fetchFile(url, shard.bytes, { signal, cache, onBytes });
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    throw weights(shard, error.message, error);
  }
}

/**
 * The network's manifest first, so that a new model is seen; without the network the one that last loaded whole.
 * Either is only as good as the shards that fit its hashes.
 * @param {string} url
 * @param {Cache | null} store
 * @param {AbortSignal} signal
 */
async function fetchManifest(url, store, signal) {
  const attempt = () => fetchSmall(new URL(url), { signal, cache: "no-cache" });
  try {
    return await attempt();
  } catch {
    if (signal.aborted) throw abortError();
    const kept = await store?.match(url);
    if (kept) return new Uint8Array(await kept.arrayBuffer());
  }
  try {
    return await insist(attempt, signal);
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    const why = error.message;
    throw namedError("WeightsError", `The model's manifest ${fileName(url)} could not be loaded: ${why}.`, error);
  }
}

/**
 * The manifest holds the hashes of everything else, and this one is the page's own.
 * @param {Uint8Array} manifest
 * @param {string} url
 * @param {string} sha256
 */
async function verify(manifest, url, sha256) {
  // An insecure context has no hashing; there the page itself could have been altered on its way.
  if (!isSecureContext) return;
  const found = await sha256Of(/** @type {BufferSource} */ (manifest));
  if (found === sha256) return;
  const text = `The model's manifest ${fileName(url)} is not the one that this page was published with (SHA-256 ${found}, expected ${sha256}). Reload the page.`;
  throw namedError("WeightsError", text);
}

/**
 * @param {BufferSource} bytes
 * @returns {Promise<string>} in lower-case hexadecimal
 */
async function sha256Of(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @returns {Promise<Cache | null>} */
async function openStore() {
  try {
    return await self.caches.open(CACHE_NAME);
  } catch {
    return null;
  }
}

/**
 * Storage may be full or refused: that costs a download next time, no more.
 * @param {Cache | null} store
 * @param {string} key
 * @param {Response} response
 */
async function keep(store, key, response) {
  try {
    await store?.put(key, response);
  } catch (error) {
    console.warn(`camscope: ${fileName(key)} could not be kept for the next visit:`, error);
  }
}

/**
 * Forget shards that no kept manifest names any more.
 * @param {Cache | null} store
 */
async function prune(store) {
  if (!store) return;
  try {
    const requests = await store.keys();
    const manifests = requests.filter(({ url }) => !isShardKey(url));
    const named = new Set();
    for (const request of manifests) {
      const manifest = await (await store.match(request))?.json();
      for (const { sha256 } of manifest?.shards ?? []) named.add(shardKey(sha256));
    }
    for (const request of requests) {
      if (isShardKey(request.url) && !named.has(request.url)) await store.delete(request);
    }
  } catch (error) {
    console.warn("camscope: old model files could not be removed:", error);
  }
}

/** @param {string} sha256 */
function shardKey(sha256) {
  return new URL(`/.camscope/sha256/${sha256}`, self.location.origin).href;
}

/** @param {string} url */
function isShardKey(url) {
  return url.startsWith(shardKey(""));
}

/** @param {string} url */
function fileName(url) {
  return url.slice(url.lastIndexOf("/") + 1);
}

/**
 * @param {Shard} shard
 * @param {string} why
 * @param {unknown} [cause]
 */
function weights(shard, why, cause) {
  return namedError("WeightsError", `The weights' file ${shard.file} cannot be used: ${why}.`, cause);
}
