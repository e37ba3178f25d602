/**
 * What the page knows of the methods beyond what the engine tells of each: their families, where two of them are the same
 * by mathematics, and where a right map looks broken.
 */
import { methods as texts } from "./strings.js";

/** Always shown. Cheap ones first. */
export const MAIN = Object.freeze(["gradcam", "ablationcam", "scorecam"]);

/** @type {Readonly<Record<keyof typeof texts.families, readonly string[]>>} */
export const FAMILIES = Object.freeze({
  gradient: ["gradcam", "gradcampp", "hirescam", "gradcamelementwise", "xgradcam", "layercam", "eigengradcam"],
  activation: ["eigencam"],
  perturbation: ["ablationcam", "scorecam"],
  control: ["randomcam"],
  other: [],
});

/**
 * Between the last layer and the class scores there are only an average over all places and a linear layer. So the
 * gradient is the same at every place, and weighing place by place or by its mean comes to the same.
 */
const AS_GRADCAM_AT_THE_END = ["hirescam", "xgradcam"];

/** Every layer ends in a ReLU. With activations that are never negative, relu(g · A) is relu(g) · A. */
const AS_LAYERCAM = ["gradcamelementwise"];

/** They multiply by the gradient of each place, which a stride leaves at zero where nothing is read. */
const BY_PLACE = ["hirescam", "layercam", "gradcamelementwise", "eigengradcam", "reciprocam"];
const BEFORE_A_STRIDE = ["layer1", "layer2", "layer3"];

/**
 * The method whose map this one's is, and why.
 * @param {string} method
 * @param {boolean} isLastLayer
 * @returns {{ id: string, why: (name: string, layer: string) => string } | null}
 */
export function twinOf(method, isLastLayer) {
  if (isLastLayer && AS_GRADCAM_AT_THE_END.includes(method)) return { id: "gradcam", why: texts.sameAtTheEnd };
  if (AS_LAYERCAM.includes(method)) return { id: "layercam", why: texts.sameEverywhere };
  return null;
}

/**
 * Why the map may look broken though it is right.
 * @param {string} method
 * @param {string} layer
 * @param {string} variant of the network
 * @returns {string[]}
 */
export function reasons(method, layer, variant) {
  const isDotted = variant === "v1" && BY_PLACE.includes(method) && BEFORE_A_STRIDE.includes(layer);
  return isDotted ? [texts.dotted] : [];
}

/**
 * @param {string} method
 * @returns {keyof typeof texts.families}
 */
export function familyOf(method) {
  const found = Object.entries(FAMILIES).find(([, ids]) => ids.includes(method));
  return /** @type {keyof typeof texts.families} */ (found?.[0] ?? "other");
}
