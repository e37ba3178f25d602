/**
 * Pictures that are drawn, not taken: as BMP files, which need no compression.
 */

const [WIDTH, HEIGHT] = [96, 72];

/** @returns {{ name: string, mimeType: string, buffer: Buffer }[]} three that the network tells apart */
export function drawings() {
  return [
    draw("disc.bmp", (x, y) => (Math.hypot(x - 60, y - 30) < 18 ? [230, 120, 20] : [40, 90, 60])),
    draw("stripes.bmp", (x, y) => ((x + y) % 16 < 8 ? [240, 240, 235] : [20, 20, 25])),
    draw("sky.bmp", (x, y) => (y > 50 + 6 * Math.sin(x / 9) ? [60, 110, 40] : [90 + y, 140 + y, 220])),
  ];
}

/**
 * @param {string} name
 * @param {(x: number, y: number) => number[]} colour red, green, blue at a place
 */
export function draw(name, colour) {
  const buffer = Buffer.alloc(54 + 3 * WIDTH * HEIGHT);
  buffer.write("BM");
  buffer.writeUInt32LE(buffer.length, 2);
  buffer.writeUInt32LE(54, 10);
  buffer.writeUInt32LE(40, 14);
  buffer.writeInt32LE(WIDTH, 18);
  // Negative: the top row first.
  buffer.writeInt32LE(-HEIGHT, 22);
  buffer.writeUInt16LE(1, 26);
  buffer.writeUInt16LE(24, 28);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const [red, green, blue] = colour(x, y);
      buffer.set([blue, green, red], 54 + 3 * (y * WIDTH + x));
    }
  }
  return { name, mimeType: "image/bmp", buffer };
}
