/**
 * What the page knows of the methods beyond what the engine tells of each: where two of them are the same by mathematics,
 * and where a right map looks broken.
 */
import { remarks as texts } from "./strings.js";

/** @import { MethodInfo, Smoothing, Target } from "./camscope.d.ts" */

/** Always shown. Cheap ones first. */
export const MAIN = Object.freeze(["gradcam", "ablationcam", "scorecam"]);

/** @type {readonly MethodInfo["family"][]} in the order of the picker */
export const FAMILIES = Object.freeze(["gradient", "activation", "perturbation", "group", "control"]);

/**
 * @typedef {object} Place where and how a method is asked
 * @property {readonly string[]} layers
 * @property {boolean} isLastLayer whether that is the last one alone
 * @property {Target | undefined} target
 * @property {readonly Smoothing[]} smoothing
 * @property {boolean} reference
 */

/**
 * Between the last layer and the class scores there are only an average over all places and a linear layer. So the
 * gradient of whatever target is the same at every place, and weighing place by place, by its mean, or by the linear
 * layer's weights comes to the same.
 */
const AS_GRADCAM_AT_THE_END = ["gradcam", "hirescam", "xgradcam"];

/** Its weights are the classifier's at the last layer, and what these generalise to before it: Grad-CAM's. */
const AS_GRADCAM_EVERYWHERE = "cam";

/** Every layer ends in a ReLU. With activations that are never negative, relu(g · A) is relu(g) · A. */
const AS_LAYERCAM = ["layercam", "gradcamelementwise"];

/** Eigen smoothing takes the first component of the products per channel: of g · A it is EigenGrad-CAM. */
const AS_EIGENGRADCAM = ["eigengradcam", "hirescam"];

/** Of methods that draw the same map, the one that draws it. */
const FIRST = ["gradcam", "layercam", "eigengradcam"];

/** They multiply by the gradient of each place, or ask the network place by place. */
const BY_PLACE = ["hirescam", "layercam", "gradcamelementwise", "eigengradcam", "reciprocam"];
const BEFORE_A_STRIDE = ["layer1", "layer2", "layer3"];

/** Their maps are principal components; others' are with eigen smoothing, but for those that have none. */
const EIGEN = ["eigencam", "eigengradcam"];
const UNSMOOTHED = ["groupcam", "reciprocam"];

/** Do not ask which class, or look at all layers whichever is asked for. */
const ANY_CLASS = ["eigencam", "randomcam"];
const ANY_LAYER = ["fullgrad"];

/** @typedef {(name: string, layer: string) => string} Why */

/**
 * The method whose map this one's is, and why.
 * @param {string} method
 * @param {Place} place
 * @param {readonly string[]} shown the methods that are shown
 * @returns {{ id: string, why: Why } | null}
 */
export function twinOf(method, place, shown) {
  const own = kindOf(method, place);
  const same = shown.filter((id) => id === method || kindOf(id, place).kind === own.kind);
  const [first] = [...FIRST, ...same].filter((id) => same.includes(id));
  return first === undefined || first === method ? null : { id: first, why: own.why };
}

/**
 * Methods of one kind draw one map.
 * @param {string} method
 * @param {Place} place
 * @returns {{ kind: string, why: Why }}
 */
function kindOf(method, place) {
  const { isLastLayer, target, smoothing } = place;
  if (method === AS_GRADCAM_EVERYWHERE) {
    const { kind, why } = kindOf("gradcam", place);
    return { kind, why: isLastLayer ? why : texts.sameGeneralised };
  }
  // Of a class alone it makes a contrast; any other target it takes as it is.
  const asked = method === "finercam" && typeof target === "object" ? "gradcam" : method;
  const isAtTheEnd = isLastLayer && AS_GRADCAM_AT_THE_END.includes(asked);
  if (smoothing.includes("eigen") && (isAtTheEnd || AS_EIGENGRADCAM.includes(asked))) {
    return { kind: "component", why: isAtTheEnd ? texts.sameAtTheEnd : texts.sameSmoothed };
  }
  if (asked !== method)
    return { kind: isAtTheEnd ? "sum" : asked, why: isContrast(target) ? texts.sameContrast : texts.sameTarget };
  if (isAtTheEnd) return { kind: "sum", why: texts.sameAtTheEnd };
  if (AS_LAYERCAM.includes(method)) return { kind: "rectified", why: texts.sameEverywhere };
  return { kind: method, why: texts.sameEverywhere };
}

/** @param {Target | undefined} target */
function isContrast(target) {
  return typeof target === "object" && "contrastive" in target;
}

/**
 * Why the map may look broken though it is right.
 * @param {string} method
 * @param {Place} place
 * @param {string} variant of the network
 * @returns {string[]}
 */
export function reasons(method, { layers, smoothing, reference }, variant) {
  const isDotted = BY_PLACE.includes(method) && layers.some((id) => BEFORE_A_STRIDE.includes(id));
  const isComponent = EIGEN.includes(method) || (smoothing.includes("eigen") && !UNSMOOTHED.includes(method));
  const dots = variant === "v1" ? texts.dotted : texts.dottedFaintly;
  return [...(isDotted ? [dots] : []), ...(isComponent && reference ? [texts.unsigned] : [])];
}

/**
 * What a map does not depend on, though it is asked for.
 * @param {string} method
 * @returns {"class" | "layer" | null}
 */
export function indifferentTo(method) {
  if (ANY_CLASS.includes(method)) return "class";
  return ANY_LAYER.includes(method) ? "layer" : null;
}
