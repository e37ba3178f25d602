/**
 * What the engines compute on: a drawn picture, the same everywhere and a different one for each seed.
 */

/** Width and height of the network's input. */
export const SIDE = 224;

/**
 * @typedef {object} Preprocessing of a model's manifest: per channel, (pixel × scale − mean) / std
 * @property {"bgr" | "rgb"} channelOrder
 * @property {number} scale
 * @property {number[]} mean
 * @property {number[]} std
 */

/**
 * A round thing before a striped ground.
 * @param {number} seed
 * @returns {{ width: number, height: number, data: Uint8ClampedArray }} RGBA
 */
export function drawPicture(seed) {
  const data = new Uint8ClampedArray(SIDE * SIDE * 4);
  const [centreX, centreY] = [80 + ((37 * seed) % 64), 80 + ((53 * seed) % 64)];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const distance = Math.hypot(x - centreX, y - centreY);
      const stripe = 40 * Math.sin((x + y * 0.5 + 11 * seed) / 6);
      const colour =
        distance < 56 ? [230 - distance, 120 + distance, 40 + 2 * (seed % 20)] : [90 + stripe, 110, 150 - stripe];
      data.set([...colour, 255], (y * SIDE + x) * 4);
    }
  }
  return { width: SIDE, height: SIDE, data };
}

/**
 * `n` different pictures as the network takes them.
 * @param {number} n
 * @param {Preprocessing} how
 * @returns {Float32Array} [n, 3, SIDE, SIDE]
 */
export function drawBatch(n, { channelOrder, scale, mean, std }) {
  const plane = SIDE * SIDE;
  const values = new Float32Array(n * 3 * plane);
  for (let i = 0; i < n; i++) {
    const { data } = drawPicture(i);
    for (let channel = 0; channel < 3; channel++) {
      const from = channelOrder === "bgr" ? 2 - channel : channel;
      const to = (i * 3 + channel) * plane;
      for (let at = 0; at < plane; at++) {
        values[to + at] = (data[at * 4 + from] * scale - mean[channel]) / std[channel];
      }
    }
  }
  return values;
}
