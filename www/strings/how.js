/**
 * Texts of how a scene is explained: layers, target, smoothing, costs.
 */
import { plural } from "../numerals.js";
import { localizer } from "./translations.js";

const localized = localizer("how");

export const how = localized("how", {
  title: "How to explain",
  more: "Target, smoothing, reference",
  waiting: "once the network is loaded",
  layer: "Layer",
  scrub: "Scrub through the layers",
  several: "Fuse several layers",
  /** @param {string} layer @param {string} size */
  at: (layer, size) => `${layer}, ${size}`,
  fusion: "Fused by",
  fusions: {
    mean: { name: "Mean", hint: "The mean of the layers' maps, as pytorch-grad-cam joins them." },
    max: { name: "Maximum", hint: "At each place the hottest layer's value, as torch-cam joins them." },
    product: {
      name: "Product",
      hint: "Hot only where every layer's map is hot, as RefineCAM joins them (arXiv 2605.14641).",
    },
  },
  fewLayers: "Tick at least two layers: one alone is shown as it is.",
  target: "What is explained",
  targets: {
    class: { name: "One class", hint: "What speaks for the class that is chosen above." },
    sum: { name: "Several together", hint: "What speaks for any of these classes: their scores are added." },
    over: { name: "This rather than that", hint: "What speaks for the one class and not for the other." },
    contrastive: {
      name: "This, not the nearest",
      hint: "Finer-CAM's target: the class against those nearest to it in score, weighed by their probabilities.",
    },
  },
  /** @param {string} names */
  nearest: (names) => `Here against ${names}.`,
  /** @param {number} count */
  most: (count) => `More than ${count} cannot be added.`,
  /** @param {string} name */
  rather: (name) => `${name} rather than`,
  other: "The class it is held against",
  add: "Add a class",
  /** @param {string} name */
  remove: (name) => `Leave out ${name}`,
  smoothing: "Smoothing",
  smoothings: {
    aug: {
      name: "Augmentation",
      hint: "The mean of six maps: of the picture and its mirror image, each at 0.9, 1 and 1.1 times its values. Takes about six times as long.",
    },
    eigen: {
      name: "Eigen",
      hint: "Keeps only the main pattern (first principal component) of the weighted channels, where a method has them. No extra pass.",
    },
  },
  reference: "Reference mode",
  referenceName: "As pytorch-grad-cam does",
  referenceHint:
    "To compare with Python: principal components keep the sign that they come with, so eigen maps may be flipped, and a negative score flips AblationCAM's map.",
  copy: "Copy link",
  copied: "Link copied",
  copyHint: "All settings are in the link; the picture is not, unless it is a sample.",
  copyFailed: "The browser does not let the page copy. The link is in the address bar.",
  /** What the collapsed panel says of itself. @param {string[]} parts */
  state: (parts) => parts.join(" · "),
  plain: "one class, no smoothing",
  /** @param {string[]} names */
  sum: (names) => names.join(" + "),
  /** @param {string} a @param {string} b */
  over: (a, b) => `${a} rather than ${b}`,
  /** @param {string} a @param {number} count */
  contrastive: (a, count) => `${a}, not the nearest ${count}`,
});

export const costs = localized("costs", {
  none: "no extra time here",
  known: "computed already",
  /** @param {number} passes */
  count: (passes) => plural(passes, "pass", "passes"),
  /** @param {string} passes */
  passes: (passes) => `about ${passes} of the network`,
  /** @param {string} time */
  time: (time) => `about ${time} here`,
  /** @param {string} time @param {string} quick */
  budget: (time, quick) => `up to ${time} here; a quick approximation first (about ${quick})`,
  /** @param {string} layers */
  only: (layers) => `Only at ${layers}.`,
});

/** Where two methods draw one map, and where a right map looks broken. */
export const remarks = localized("remarks", {
  /** @param {string} name of the other method @param {string} layer */
  sameAtTheEnd: (name, layer) =>
    `At ${layer} this is ${name}'s map, by mathematics: behind it the network only averages over all places, so the gradient is the same at each of them. It is not drawn twice.`,
  /** @param {string} name of the other method */
  sameEverywhere: (name) =>
    `In this network this is ${name}'s map, by mathematics: its activations are never negative, so it comes to the same whether the gradient or its product with them is cut at zero. It is not drawn twice.`,
  /** @param {string} name of the other method */
  sameSmoothed: (name) =>
    `With eigen smoothing this is ${name}'s map, by mathematics: both are the first principal component of gradient times activation. It is not drawn twice.`,
  /** @param {string} name of the other method */
  sameContrast: (name) =>
    `With this target it is ${name}'s map: Finer-CAM is Grad-CAM asked for what sets the class apart from its nearest. It is not drawn twice.`,
  /** @param {string} name of the other method */
  sameTarget: (name) =>
    `With this target it is ${name}'s map: Finer-CAM is Grad-CAM, and only of one class alone does it make a target of its own. It is not drawn twice.`,
  dotted:
    "Dots in this map are no fault of it: where the resolution halves, this network (v1) reads only every second row and column of the layer, so the gradient is zero everywhere else.",
  dottedFaintly:
    "Dots in this map are no fault of it: where the resolution halves, this network's shortcuts read only every second row and column of the layer, so these places count for more than those between them.",
  unsigned:
    "In reference mode a principal component keeps the sign that it comes with, so this map may be flipped: cold where it should be hot.",
  /** @param {string} name @param {string} layers */
  onlyAt: (name, layers) => `${name} is defined at ${layers} only: choose that layer to see it.`,
});
