/**
 * Numbers as the page's language writes them.
 */
import { language } from "./language.js";

/** @type {Map<number, Intl.NumberFormat>} */
const formats = new Map();

/**
 * @param {number} value
 * @param {number} places behind the decimal mark
 */
export function decimals(value, places) {
  let format = formats.get(places);
  if (!format) {
    format = new Intl.NumberFormat(language, { minimumFractionDigits: places, maximumFractionDigits: places });
    formats.set(places, format);
  }
  return minus(format.format(value));
}

/** @param {number} value a whole number */
export function whole(value) {
  return decimals(value, 0);
}

/**
 * @param {number} number
 * @param {string} one
 * @param {string} many
 */
export function plural(number, one, many) {
  return `${whole(number)} ${number === 1 ? one : many}`;
}

/** @param {string} number with the minus that is as wide as a plus, and none before zero */
export function minus(number) {
  return number.replace(/^-(0([.,]0+)?)$/, "$1").replace("-", "\u2212");
}

/** @param {number} value with its sign, even where that is plus @param {number} places */
export function signed(value, places) {
  return `${value > 0 ? "+" : ""}${decimals(value, places)}`;
}

const moments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** @param {string} time ISO 8601 */
export function moment(time) {
  return moments.format(new Date(time));
}

/**
 * The numbers that someone has written one after the other. A comma is a decimal mark where spaces or semicolons are
 * between the numbers, or there is one number alone; else it is between them.
 * @param {string} text
 * @returns {number[]} NaN where there is something else
 */
export function parseNumbers(text) {
  const parts = text.trim().split(/\s*;\s*|\s+/);
  const isDecimal = parts.every((part) => !part.includes(",") || /^[-+]?\d+,\d+(e[-+]?\d+)?$/i.test(part));
  const numbers = isDecimal ? parts.map((part) => part.replace(",", ".")) : text.trim().split(/[\s,;]+/);
  return numbers.map((number) => (number === "" ? NaN : Number(number)));
}
