/**
 * Numbers as the page writes them.
 */
import { units } from "./strings.js";

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 100) return units.seconds(seconds);
  if (seconds < 100 * 60) return units.minutes(Math.round(seconds / 60));
  return units.hours(seconds / 3600);
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return units.megabytes(bytes / 1e6);
}

/** @param {number} share 0…1 */
export function percent(share) {
  return units.percent(share);
}

/**
 * A class's name as people write it: Keras joins words with underscores.
 * @param {string} label
 */
export function className(label) {
  return label.replaceAll("_", " ");
}

/**
 * A file name that every system takes.
 * @param {...string} parts
 */
export function fileName(...parts) {
  return parts
    .map((part) =>
      part
        .normalize("NFKD")
        .replace(/[^\p{L}\p{N}]+/gu, "_")
        .replace(/^_+|_+$/g, "")
        .slice(0, 60),
    )
    .filter(Boolean)
    .join("-");
}
