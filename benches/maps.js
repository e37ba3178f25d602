/**
 * The maps that are measured.
 */

/** `slow`: measured once, without a warm-up, unless a GPU computes. */
export const MAPS = [
  { name: "Grad-CAM, layer4", method: "gradcam", layer: "layer4" },
  { name: "AblationCAM, layer4", method: "ablationcam", layer: "layer4" },
  { name: "AblationCAM, layer3", method: "ablationcam", layer: "layer3", slow: true },
  // On a GPU what AblationCAM is held against: plain passes through layer4. The CPU leaves out what is zero.
  { name: "Recipro-CAM, layer3", method: "reciprocam", layer: "layer3", slow: true },
  {
    name: "ScoreCAM, layer4, first useful map (64 passes)",
    method: "scorecam",
    layer: "layer4",
    channels: 64,
    slow: true,
  },
];

export const EXACT = [{ name: "ScoreCAM, layer4, exact", method: "scorecam", layer: "layer4", slow: true }];
