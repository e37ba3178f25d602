/**
 * Numbers and tables, and what is said meanwhile.
 */

/** @param {number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Median, and the range that all runs lie in.
 * @param {number[]} values milliseconds
 * @param {number} [per] divide by this
 */
export function spread(values, per = 1) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${digits(median(values) / per)} (${digits(least / per)}–${digits(most / per)})`;
}

/**
 * With about three significant digits.
 * @param {number} value
 */
export function digits(value) {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

/**
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function largestDifference(a, b) {
  if (a.length !== b.length || a.length === 0) return NaN;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    // A NaN on either side is no agreement.
    most = difference <= most ? most : difference;
  }
  return most;
}

/**
 * A Markdown table with its columns lined up.
 * @param {string[]} head
 * @param {string[][]} rows
 */
export function table(head, rows) {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** @param {string} text what is going on, apart from the results */
export function note(text) {
  process.stderr.write(`${text}\n`);
}
