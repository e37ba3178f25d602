/**
 * What only a published page has: its model's manifest by hash, and use without the network by its service worker (sw.js).
 */
import { scriptAddress } from "./trusted.js";

/**
 * A working copy has no such worker, and must not be served by one that was left behind at its address: it would show
 * old files for new ones.
 */
export async function keepForOffline() {
  // Missing in an insecure context.
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const script = new URL("sw.js", document.baseURI);
  try {
    if (document.querySelector("meta[name=camscope-offline]")) {
      await serviceWorker.register(scriptAddress(script), { updateViaCache: "none" });
    } else {
      const left = await serviceWorker.getRegistration();
      if (left?.active?.scriptURL === script.href) await left.unregister();
    }
  } catch (error) {
    console.warn("camscope: the page could not be kept for use without the network:", error);
  }
}

/** A published page knows its model's manifest; in a working copy the weights may be converted anew at any time. */
export function pinnedManifest() {
  const meta = document.querySelector("meta[name=camscope-manifest-sha256]");
  return meta?.getAttribute("content") ?? undefined;
}
