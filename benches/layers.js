/**
 * The network's convolutions, each by itself.
 */
import { digits } from "./report.js";

/** @import { Page } from "playwright-core" */
/** @import { Device } from "./options.js" */

/**
 * Where the time of a forward goes, one row for convolutions of one shape.
 * @param {Page} page
 * @param {Device} device
 * @param {number} batch
 * @param {boolean} isGpu
 * @returns {Promise<string[][]>}
 */
export async function measureLayers(page, device, batch, isGpu) {
  // A GPU's answer takes longer to come than a convolution.
  const options = { batch, rounds: 3, calls: isGpu ? 20 : 1 };
  const timings = await page.evaluate((options) => bench.layers("camscope", options), options);
  const [peak] = timings.splice(0, 1);
  const reached = (/** @type {{ macs: number, ms: number }} */ { macs, ms }) => macs / ms / 1e6;
  const most = reached({ macs: peak.macs, ms: peak.milliseconds });
  /** @type {Map<string, { count: number, macs: number, ms: number }>} */
  const shapes = new Map();
  for (const { shape, macs, milliseconds } of timings) {
    const [side, stride, input, output, height, width] = shape;
    const key = `${side}×${side}${stride > 1 ? `, stride ${stride}` : ""}: ${input} → ${output} at ${height}×${width}`;
    const known = shapes.get(key) ?? { count: 0, macs: 0, ms: 0 };
    shapes.set(key, { count: known.count + 1, macs: known.macs + macs, ms: known.ms + milliseconds });
  }
  const total = [...shapes.values()].reduce((sum, { ms }) => sum + ms, 0);
  const line = (/** @type {string} */ name, /** @type {{ count: number, macs: number, ms: number }} */ shape) => [
    device,
    String(batch),
    name,
    String(shape.count),
    digits(shape.ms),
    `${((100 * shape.ms) / total).toFixed(1)} %`,
    reached(shape).toFixed(2),
    `${((100 * reached(shape)) / most).toFixed(0)} %`,
  ];
  const macs = timings.reduce((sum, timing) => sum + timing.macs, 0);
  return [
    [
      device,
      "",
      `matrix product, ${peak.macs.toExponential(1)} multiplications`,
      "",
      digits(peak.milliseconds),
      "",
      most.toFixed(2),
      "100 %",
    ],
    ...[...shapes].map(([name, shape]) => line(name, shape)),
    line("all convolutions", { count: timings.length, macs, ms: total }),
  ];
}
