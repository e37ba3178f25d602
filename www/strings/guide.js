/**
 * The texts of the tour for a first visit.
 */
import { localizer } from "./translations.js";

const localized = localizer("guide");

export const guide = localized("guide", {
  /** @param {number} at @param {number} of */
  step: (at, of) => `First visit, step ${at} of ${of}`,
  next: "Next",
  back: "Back",
  skip: "Skip the tour",
  finish: "Finish the tour",
  again: "Show the tour",
  skipped: "The tour is closed. “Show the tour” at the foot of the page opens it again.",
  steps: {
    picture: {
      title: "A picture to begin with",
      text: "This is a sample. Choose, drop or paste a picture of your own whenever you like: the network runs on this device, and nothing is uploaded. Beside it stand the five classes that the network finds most probable; the chosen one is what the heatmaps explain.",
    },
    how: {
      title: "Where in the network to look",
      text: "The last layer knows what things are and sees coarsely; earlier layers see finely and know less. Begin with the last one.",
    },
    maps: {
      title: "Three methods, three heatmaps",
      text: "Each asks in its own way which places raise the score of the class. Point at a map, or focus it and use the arrow keys, to read its values. Under each map stand numbers with their meaning.",
    },
    agreement: {
      title: "Do not trust a map because it looks right",
      text: "The methods often disagree. Here stands by how much. Compare holds every map against maps that know nothing of the picture; What if takes places away and asks the network again; Methods explains what each method computes and when it misleads.",
    },
  },
});
