/**
 * The sample pictures that come with the page.
 */

/** @import { Mark } from "./region.js" */
/** @import { Sample } from "./views/photo.js" */

const SAMPLES = new URL("../pkg/samples/", import.meta.url);

/** @param {string} file */
export function sampleAddress(file) {
  return new URL(file, SAMPLES).href;
}

/**
 * Those that set-up could get.
 * @returns {Promise<Sample[]>}
 */
export async function listSamples() {
  try {
    return await (await get("index.json")).json();
  } catch (error) {
    console.warn("camscope: there are no samples:", error);
    return [];
  }
}

/**
 * @param {string} file
 * @param {AbortSignal} signal
 */
export async function fetchSample(file, signal) {
  return (await get(file, signal)).blob();
}

/**
 * @param {string} file
 * @param {AbortSignal} [signal]
 */
async function get(file, signal) {
  const response = await fetch(sampleAddress(file), { signal });
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  return response;
}

/**
 * The box that comes with a sample.
 * @param {Sample[]} samples
 * @param {string | null} sample its file
 * @param {number} width of its picture
 * @returns {Mark | null}
 */
export function markOf(samples, sample, width) {
  const own = samples.find(({ file }) => file === sample)?.mark;
  if (!own) return null;
  const [x, y, w, h] = own;
  return { region: { kind: "box", box: { x, y, width: w, height: h } }, picture: { width }, isOurs: true };
}
