/**
 * A square on a picture that the keyboard moves and resizes; and where something lies on a picture, in words.
 */
import { region as sides, whatif as texts } from "../strings.js";

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

/**
 * Where a box lies on a picture, in words.
 * @param {{ x: number, y: number, width: number, height: number }} box
 * @param {{ width: number, height: number }} picture which may end before the box does
 */
export function boxText(box, picture) {
  const across = shareOf(box.x, box.width, picture.width);
  const down = shareOf(box.y, box.height, picture.height);
  const { left, top, width, height } = sides.sides;
  const parts = { [left]: across.from, [top]: down.from, [width]: across.length, [height]: down.length };
  return Object.entries(parts)
    .map(([name, share]) => `${name} ${texts.share(100 * share)}`)
    .join(", ");
}

/**
 * Where a place lies, in words that a value has.
 * @param {{ x: number, y: number }} place in shares of the frame
 */
export function placeTexts({ x, y }) {
  const { left, top } = sides.sides;
  return [
    { name: left, value: texts.share(100 * x) },
    { name: top, value: texts.share(100 * y) },
  ];
}

/**
 * @param {number} from
 * @param {number} length
 * @param {number} whole
 */
function shareOf(from, length, whole) {
  const [first, last] = [from, from + length].map((end) => Math.min(1, Math.max(0, end / whole)));
  return { from: first, length: last - first };
}
