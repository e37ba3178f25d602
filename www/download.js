/**
 * Hand a canvas to the visitor as a PNG file.
 */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} file its name
 * @param {() => void} saved
 */
export function savePng(canvas, file, saved) {
  canvas.toBlob((blob) => {
    if (!blob) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = file;
    link.click();
    // The download has its own hold on the data by then.
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    saved();
  }, "image/png");
}
