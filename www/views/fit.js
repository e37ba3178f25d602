/**
 * Where a canvas lies in a stage that it fits into, whole and in its own proportions (`object-fit: contain`).
 */

/**
 * The drawn frame, in shares of a stage that is square.
 * @param {{ width: number, height: number }} canvas
 */
export function fitOf({ width: w, height: h }) {
  const [width, height] = [Math.min(1, w / h), Math.min(1, h / w)];
  return { left: (1 - width) / 2, top: (1 - height) / 2, width, height };
}

/**
 * Where in the drawn frame a pointer is, in its shares: below 0 or above 1 outside of it.
 * @param {PointerEvent | MouseEvent} event
 * @param {HTMLElement} stage
 * @param {{ width: number, height: number }} canvas
 */
export function shareAt({ clientX, clientY }, stage, canvas) {
  const box = stage.getBoundingClientRect();
  const { left, top, width, height } = fitOf(canvas);
  return {
    x: ((clientX - box.left) / box.width - left) / width,
    y: ((clientY - box.top) / box.height - top) / height,
  };
}
