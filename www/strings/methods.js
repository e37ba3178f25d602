/**
 * The texts of the view that explains the methods.
 */
import { localizer } from "./translations.js";

const localized = localizer("methods");

export const view = localized("view", {
  title: "What each method computes",
  intro:
    "Each picture shows the method at work on a toy network: four features on a grid of nine by nine, a class that is made of head and body and spoken against by grass. The formula is the method's own, and the page has just computed it (A: a feature, g: the gradient of the class score y by it, x: the picture). In a real layer there are up to 2,048 features.",
  computes: "What it computes",
  costs: "What it costs",
  misleads: "When it misleads",
  contents: "The methods",
  features: { head: "head", body: "body", grass: "grass", corner: "corner" },
  input: "picture",
  map: "map",
  /** @param {string} weight */
  weight: (weight) => `× ${weight}`,
  weights: "Each feature with its weight",
  places: "Each feature, weighed place by place",
  alone: "The features",
  /** @param {string} method @param {string} heat the map in words */
  alt: (method, heat) => `The toy map of ${method}: ${heat}`,
  /** @param {string} feature */
  altFeature: (feature) => `Where the feature “${feature}” is active`,
  altInput: "The toy picture: a head on a body, on grass, and something in a corner",
});

/** @typedef {{ computes: string, costs: string, misleads: string }} MethodPage */

/** By the methods' ids. */
export const pages = localized("pages", {
  gradcam: {
    computes:
      "How steeply the class score rises with each feature, averaged over all places: that is the feature's weight. The map is the weighted sum of the features.",
    costs: "Nothing at the last layer, where the gradient has a closed form; one backward pass at earlier ones.",
    misleads:
      "The average forgets where the gradient was. A feature that helps at one place and hurts at another gets one weight for both, so at earlier layers the map may be hot where the network saw nothing of the class.",
  },
  ablationcam: {
    computes:
      "By how much of itself the class score falls when a feature is switched off: that share is the feature's weight.",
    costs:
      "Nothing at the last layer, where it is exact in closed form; one partial pass per active feature at earlier ones.",
    misleads:
      "Features that stand in for each other hide each other: with either gone the other still carries the score, so both look unimportant. With a negative score the original formula inverts the map; camscope does not.",
  },
  scorecam: {
    computes:
      "What the network says when it sees the picture only through a feature: the features whose view keeps the score high weigh most.",
    costs: "About 1,550 passes at the last layer; a quick approximation takes 256 and says what it is worth.",
    misleads:
      "A darkened picture is like nothing that the network has learnt from, so its scores can be odd. The weights go through a softmax over raw scores: often a few features take everything, or all weigh the same.",
  },
  cam: {
    computes:
      "The classifier's own weights for the class, times the features. It is the original of the family; every other method is a way to do this elsewhere.",
    costs: "Nothing.",
    misleads:
      "It exists only at the last layer, where it is Grad-CAM's map. Of a coarse grid of 7 × 7 places smooth colours make more than there is.",
  },
  gradcampp: {
    computes:
      "Grad-CAM with an average that counts places with a positive gradient more, made so that several objects of one class all show.",
    costs: "As Grad-CAM.",
    misleads:
      "It drops what speaks against the class, so it rarely shows that anything does. Gradients are so small that a constant in the formula, 1e-6, decides much of the map.",
  },
  hirescam: {
    computes:
      "Gradient times feature at every place, then the sum: what each place contributes to a linear reading of the score.",
    costs: "As Grad-CAM; at the last layer it is Grad-CAM's map.",
    misleads:
      "Faithful only where nothing but a linear layer follows. At early layers gradients change from pixel to pixel, and in this network they are zero at three of four places: the map becomes a grid of dots.",
  },
  gradcamelementwise: {
    computes: "As HiResCAM, but what is negative at a place in a feature is set to zero before the sum.",
    costs: "As Grad-CAM. In this network it is LayerCAM's map.",
    misleads:
      "Nothing can be taken off again: places where features speak for and against the class look as hot as clear ones.",
  },
  xgradcam: {
    computes: "The gradient averaged where the feature is active, instead of everywhere: that is the feature's weight.",
    costs: "As Grad-CAM; at the last layer it is Grad-CAM's map.",
    misleads:
      "Still one weight for a whole feature. Where a feature is barely active, its weight is an average of very little.",
  },
  layercam: {
    computes:
      "Every place of a feature times its own gradient, where that is positive. Made to be used at early layers.",
    costs: "As Grad-CAM.",
    misleads:
      "Early layers show edges and texture: a fine map is not a right one. It drops what speaks against the class, and shows dots where a stride leaves gradients at zero.",
  },
  eigencam: {
    computes: "The strongest pattern among the features: their first principal component. The class is not asked.",
    costs: "Nothing: no pass at all.",
    misleads:
      "It shows what stands out, not what the class rests on, and is the same for every class. A component has no sign: other programs may show it inverted.",
  },
  eigengradcam: {
    computes: "The strongest pattern in gradient times feature, so that the class has a say.",
    costs: "As Grad-CAM.",
    misleads: "One pattern need not be the whole: what a second one holds is lost. Its sign is a convention as well.",
  },
  fullgrad: {
    computes:
      "What the input and every bias of the network contribute to the score, by size, added up over all layers.",
    costs: "One pass forward and backward through the whole network.",
    misleads:
      "It takes sizes without signs: what speaks against the class is as hot as what speaks for it. Each layer's part is scaled on its own, so faint parts count as much as strong ones.",
  },
  finercam: {
    computes:
      "Grad-CAM of the difference to the classes that are nearest: what makes it this and not that. In the toy the other class shares the body.",
    costs: "As Grad-CAM.",
    misleads:
      "What all the near classes share goes dark, however important it is. With an unlike neighbour the map shows what the neighbour lacks.",
  },
  groupcam: {
    computes:
      "Features are put into groups, and the network sees the picture through each group: what the view keeps of the probability is the group's weight.",
    costs: "33 passes, and a backward pass at earlier layers.",
    misleads:
      "Features that happen to share a group share a weight. It is a method of its own: it does not tell what ScoreCAM would have shown.",
  },
  reciprocam: {
    computes: "What the network says of the features of one place alone, place by place.",
    costs: "A partial pass per place: 49 at the last layer, where they are all but free, 3,136 at layer1.",
    misleads:
      "A single place without its surroundings is unlike anything the network has learnt from. What is recognised only together does not show.",
  },
  randomcam: {
    computes: "Features with weights drawn by chance. It is a control, not an explanation.",
    costs: "Nothing.",
    misleads:
      "It often looks convincing, because the features themselves lie on the object. A method has to show more than this map does.",
  },
});
