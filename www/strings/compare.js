/**
 * The texts of the view that compares maps by numbers.
 */
import { decimals } from "../numerals.js";
import { localizer } from "./translations.js";

const localized = localizer("compare");

/** What maps are compared by. */
export const measures = localized("measures", {
  yes: "yes",
  no: "no",
  /** @param {number} value */
  value: (value) => decimals(value, 3),
  names: {
    half: "Half the heat in",
    above: "Above half",
    area: "Effective area",
    gini: "Gini",
    inside: "Heat in the mark",
    peak: "Peak in it",
    drop: "Drop",
    increase: "Surer",
    deletion: "Deletion",
    insertion: "Insertion",
    road: "ROAD",
    adcc: "ADCC",
    arcc: "ARCC",
  },
  hints: {
    half: "The smallest part of the frame that holds half of the map’s heat. It says how focused a map is, not whether it is focused on the right thing.",
    above: "The share of the frame where the map is hotter than half of its maximum.",
    area: "The share of the frame that the heat fills in effect, by its entropy: 100 % where every place is equally hot, towards 0 where all of it is in one place.",
    gini: "How unequally the heat is spread: 0 where every place is equally hot, towards 1 where all of it is in one place.",
    inside: "The share of the heat inside the object that you marked (the energy-based pointing game).",
    peak: "Whether the hottest place lies in the object that you marked (the pointing game).",
    drop: "How much of the network’s confidence is lost when the picture is faded where the map is cold.",
    increase: "Whether the network is even surer of the class when it sees only what the map keeps.",
    deletion:
      "The hottest places are blurred first, then more and more of the picture: the area under the curve of the class’s probability. A map that finds what matters makes it fall at once.",
    insertion:
      "The blurred picture is restored from the hottest places on: the area under the curve of the class’s probability. A map that finds what matters makes it rise at once.",
    road: "How much more the confidence falls when the hottest places are filled in from their neighbours than when the coldest are: (LeRF − MoRF) / 2, from −1 to 1. 0 is chance.",
    adcc: "Harmonic mean of three: whether the map stays the same on what it keeps (coherency), how little it keeps (1 − complexity), and how little confidence that costs (1 − average drop). A control keeps its map whatever the picture, so its coherency is 1 by definition.",
    arcc: "Harmonic mean of coherency, sparsity and twice ROAD (cut to 0…1). A control’s coherency is 1 by definition.",
  },
  metrics: {
    focus: "focus",
    confidence: "confidence",
    deletion: "deletion",
    insertion: "insertion",
    road: "ROAD",
    adcc: "ADCC",
    arcc: "ARCC",
  },
});

/** The view that compares maps. */
export const compare = localized("compare", {
  caption: "Measures and methods",
  measure: "Measure",
  unknown: "–",
  best: "(best)",
  chance: "(no better than a control)",
  better: { lower: "lower is better", higher: "higher is better" },
  direction: { lower: "Lower is better.", higher: "Higher is better." },
  controls: { random: "Random map", gaussian: "Centred Gaussian" },
  /** @param {string} name */
  approximate: (name) => `${name} (approximate)`,
  noHeat: "(no heat)",
  /** @param {string} label */
  judged: (label) =>
    `A map of several classes, added or compared, is judged by the first of them: the numbers that ask the network go by the probability of ${label} alone.`,
  /** @param {string | null} time */
  start: (time) => (time ? `Measure faithfulness (about ${time})` : "Measure faithfulness"),
  progress: "Progress of the measures",
  /** @param {string} name @param {string} metric @param {string | null} left */
  doing: (name, metric, left) => `${name}: ${metric}${left ? ` · ${left} left` : ""}`,
  done: "All measures are there.",
  curves: {
    deletion: {
      title: "Deletion: the class’s probability as the hottest places go (lower is better)",
      x: "Share removed",
      y: "Probability",
    },
    insertion: {
      title: "Insertion: the class’s probability as the hottest places come (higher is better)",
      x: "Share restored",
      y: "Probability",
    },
    morf: {
      title: "ROAD, the hottest places filled in first: change of confidence (lower is better)",
      x: "Share filled in",
      y: "Change",
    },
    lerf: {
      title: "ROAD, the coldest places filled in first: change of confidence (higher is better)",
      x: "Share filled in",
      y: "Change",
    },
  },
});

export const chart = localized("chart", {
  /** @param {string} title */
  label: (title) => `${title}. Arrow keys read values off.`,
  table: "The values as a table",
  none: "–",
  /** @param {number} value */
  value: (value) => decimals(value, 3),
});

/** The sanity check. */
export const sanity = localized("sanity", {
  untouched: "as it is",
  progress: "Progress of the sanity check",
  /** @param {string} name @param {number} channels */
  approximate: (name, channels) => `${name} (approximate, by ${channels} passes)`,
  /** @param {string} name @param {string | null} left */
  doing: (name, left) => `${name}${left ? ` · ${left} left` : ""}`,
  done: "The sanity check is done.",
  chart: {
    title: "Likeness to the first map as the weights are drawn anew, from the top down",
    x: "Drawn anew down to",
    y: "Spearman",
  },
});
