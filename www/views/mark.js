/**
 * A square on a picture that the keyboard moves and resizes.
 */

/** @typedef {{ x: number, y: number, side: number }} Mark its middle in shares of the picture's sides, its side of the longer one's */

/** How far a key moves a mark's middle or changes its side. */
const STEP = 0.03;

/**
 * @param {Mark} mark
 * @param {string} key arrow keys move, plus and minus resize
 * @returns {Mark | null} null for a key that does neither
 */
export function movedBy({ x, y, side }, key) {
  const within = (/** @type {number} */ share) => Math.min(1, Math.max(0, share));
  const sized = (/** @type {number} */ share) => Math.min(1, Math.max(STEP, share));
  switch (key) {
    case "ArrowLeft":
      return { x: within(x - STEP), y, side };
    case "ArrowRight":
      return { x: within(x + STEP), y, side };
    case "ArrowUp":
      return { x, y: within(y - STEP), side };
    case "ArrowDown":
      return { x, y: within(y + STEP), side };
    case "+":
      return { x, y, side: sized(side + STEP) };
    case "-":
      return { x, y, side: sized(side - STEP) };
    default:
      return null;
  }
}
