/**
 * How much the page keeps in memory. A phone's browser ends a page that takes too much, and with it what was computed.
 */

/** Whether there is little memory: by what the browser says (in GB, at most 8), else on phones and tablets. */
function isSmall() {
  if (typeof matchMedia === "undefined") return false;
  const { deviceMemory } = /** @type {Navigator & { deviceMemory?: number }} */ (navigator);
  return deviceMemory === undefined ? matchMedia("(pointer: coarse)").matches : deviceMemory <= 4;
}

/**
 * The most pictures of a report; of maps that are kept for coming back to them, and of the pictures that they are of;
 * pixels along a picture's longer side on screen; and bytes of a report that a reload brings back.
 */
export const LIMITS = Object.freeze(
  isSmall()
    ? { pictures: 100, results: 48, recent: 4, side: 768, kept: 2 ** 28 }
    : { pictures: 500, results: 128, recent: 8, side: 1024, kept: 2 ** 30 },
);
