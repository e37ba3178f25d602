/**
 * The visitor's own picture on its way over a reload of the page's own making: put away on this device, and taken out, and
 * gone, as soon as the page is back.
 */

const CACHE = "camscope-carried";

/** @param {{ blob: Blob, name: string }} photo */
export async function carry({ blob, name }) {
  try {
    const cache = await caches.open(CACHE);
    await cache.put("carried", new Response(blob, { headers: { "x-name": encodeURIComponent(name) } }));
  } catch {
    // No cache in an insecure context, or no room: the picture is to be chosen again.
  }
}

/** @returns {Promise<{ blob: Blob, name: string } | null>} */
export async function takeCarried() {
  try {
    if (!(await caches.has(CACHE))) return null;
    const found = await (await caches.open(CACHE)).match("carried");
    await caches.delete(CACHE);
    return found ? { blob: await found.blob(), name: decodeURIComponent(found.headers.get("x-name") ?? "") } : null;
  } catch {
    return null;
  }
}
