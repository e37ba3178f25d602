/**
 * Edits and what came of them, as values that a tab keeps over a reload: numbers as they are, so that the same steps give
 * the same pixels again.
 */
import { canvasOf, context2d } from "./dom.js";

/** @import { Edit, Point, Shape } from "./edit.js" */

/** The latest steps; earlier ones cannot be taken back after a reload. */
const MOST_STEPS = 32;

/**
 * All edits of a step. It has an identity: what was found after it is known by that.
 * @typedef {{ id: string, edits: Edit[] }} Step
 */

/** An edit is written as often as another follows. @type {WeakMap<Edit, object>} */
const written = new WeakMap();

/**
 * @param {Step[]} history
 * @returns {{ edits: object[], steps: { id: string, of: number[] }[] }} every edit once; the steps name them by their place
 */
export function writeHistory(history) {
  const latest = history.slice(-MOST_STEPS);
  const all = [...new Set(latest.flatMap(({ edits }) => edits))];
  const places = new Map(all.map((edit, place) => [edit, place]));
  const steps = latest.map(({ id, edits }) => ({ id, of: edits.map((edit) => places.get(edit) ?? 0) }));
  return { edits: all.map(write), steps };
}

/**
 * @param {ReturnType<typeof writeHistory>} history
 * @returns {Step[]}
 */
export function readHistory({ edits, steps }) {
  const all = edits.map(read);
  return steps.map(({ id, of }) => ({ id, edits: of.map((place) => all[place]) }));
}

/**
 * @param {Edit} edit
 * @returns {object}
 */
function write(edit) {
  const known = written.get(edit) ?? { ...edit, shape: writeShape(edit.shape) };
  written.set(edit, known);
  return known;
}

/** @param {any} kept */
function read(kept) {
  /** @type {Edit} */
  const edit = { ...kept, shape: readShape(kept.shape) };
  written.set(edit, kept);
  return edit;
}

/** @param {Shape} shape */
function writeShape(shape) {
  if (shape.kind === "stroke") {
    const points = Float64Array.from(shape.points.flatMap(({ x, y }) => [x, y]));
    return { ...shape, points: new Uint8Array(points.buffer) };
  }
  if (shape.kind === "patch") return shape;
  const { width, height } = shape.mask;
  const { data } = context2d(shape.mask).getImageData(0, 0, width, height);
  const mask = Uint8Array.from({ length: width * height }, (_, index) => data[4 * index + 3]);
  return { ...shape, mask, width, height };
}

/**
 * @param {any} kept
 * @returns {Shape}
 */
function readShape(kept) {
  if (kept.kind === "stroke") {
    const numbers = new Float64Array(kept.points.slice().buffer);
    /** @type {Point[]} */
    const points = [];
    for (let i = 0; i < numbers.length; i += 2) points.push({ x: numbers[i], y: numbers[i + 1] });
    return { ...kept, points };
  }
  if (kept.kind === "patch") return kept;
  const { mask: alpha, width, height, part } = kept;
  const image = new ImageData(width, height);
  for (const [index, value] of alpha.entries()) image.data[4 * index + 3] = value;
  const mask = canvasOf(width, height);
  context2d(mask).putImageData(image, 0, 0);
  return { kind: "places", mask, part };
}
