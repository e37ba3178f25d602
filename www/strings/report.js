/**
 * The texts of the report over many pictures.
 */
import { decimals, plural, signed, whole } from "../numerals.js";
import { localizer } from "./translations.js";

const localized = localizer("report");

export const setup = localized("setup", {
  title: "Report over many pictures",
  intro:
    "Explain many pictures by several methods, measure every map, and see what the numbers say of the methods together. Everything is computed on this device; nothing is uploaded.",
  pictures: "Pictures",
  /** @param {number} count */
  ten: (count) => `The ${count} ImageNet photos`,
  /** @param {number} count */
  samples: (count) => `All ${count} samples`,
  files: "Choose pictures",
  folder: "Choose a folder",
  clear: "Remove all",
  drop: "or drop pictures or a folder anywhere on this page.",
  none: "No pictures yet.",
  mark: "A picture whose object you have marked in Explain keeps its mark here: how much of the heat lies inside is measured too. The samples come with a box, which a mark of yours replaces.",
  /** @param {number} count */
  count: (count) => `${plural(count, "picture", "pictures")} in the report.`,
  /** @param {number} count @param {number} most */
  refused: (count, most) =>
    `${plural(count, "picture was", "pictures were")} left out: a report holds ${whole(most)} at most.`,
  /** @param {number} count */
  notPictures: (count) => `${plural(count, "file that is", "files that are")} no picture left out.`,
  /** @param {number} count */
  missing: (count) =>
    `${plural(count, "picture was", "pictures were")} not kept over the reload. Add what is missing again.`,
  unread: "What was dropped could not be read. Choose the pictures with the button instead.",
  methods: "Methods",
  measures: "Measures",
  layer: "Layer",
  crop: "What the network is given",
  budget: "Channels of ScoreCAM",
  steps: "Steps of the curves",
  /** @param {string} id */
  budgetName: (id) => (id === "auto" ? "As this device allows" : id === "all" ? "All (exact)" : `${id} of them`),
  budgetHint:
    "A budget makes ScoreCAM faster and approximate; the report states it with the error that was measured for it. It also holds for AblationCAM before the last layer.",
  link: "These settings are part of the page's address: a link to it restores them, without the pictures.",
  needsMethod: "Choose at least one method and one measure.",
  /** @param {string} time @param {string} passes */
  estimate: (time, passes) => `About ${time} for all pictures (${passes} on this device).`,
  /** @param {number} count */
  passes: (count) => plural(count, "pass", "passes"),
  /** @param {string} passes */
  unmeasured: (passes) => `${passes} of the network in all; how long that takes shows after the first picture.`,
  /** @param {string} passes @param {string | null} time */
  cost: (passes, time) => (time ? `${passes}, about ${time} a picture` : `${passes} a picture`),
  free: "no pass",
});

/** @type {Readonly<Record<string, { name: string, hint: string }>>} */
export const metrics = localized("metrics", {
  focus: { name: "Focus", hint: "How small the part of the frame is that holds the heat." },
  confidence: {
    name: "Confidence drop and increase",
    hint: "What the network still says of the class when it sees only what the map keeps.",
  },
  deletion: { name: "Deletion", hint: "How fast the class's probability falls as the hottest pixels go." },
  insertion: { name: "Insertion", hint: "How fast it rises as the hottest pixels come." },
  road: {
    name: "ROAD",
    hint: "Removing the hottest against removing the coldest pixels, with imputation in their place.",
  },
  adcc: {
    name: "ADCC",
    hint: "Coherency, complexity and average drop in one number. A control’s coherency is 1 by definition.",
  },
  arcc: { name: "ARCC", hint: "Coherency, sparsity and ROAD in one number. A control’s coherency is 1 by definition." },
});

/** @type {Readonly<Record<string, { name: string, hint: string }>>} */
export const columns = localized("columns", {
  halfHeat: { name: "Half of the heat in", hint: "share of the frame; smaller is more focused" },
  aboveHalf: { name: "Above half of the maximum", hint: "share of the frame; smaller is more focused" },
  effectiveArea: { name: "Effective area", hint: "exp(entropy) as a share of the frame; smaller is more focused" },
  gini: { name: "Gini", hint: "0 even, 1 a single pixel; larger is more focused" },
  inside: { name: "Heat in the mark", hint: "share of the heat inside the marked object; larger is better" },
  peak: { name: "Peak in the mark", hint: "share of the marked pictures; larger is better" },
  drop: { name: "Confidence drop", hint: "in percentage points of probability; smaller is better" },
  increase: { name: "Confidence increased", hint: "share of the pictures; larger is better" },
  deletion: { name: "Deletion area", hint: "0 to 1; smaller is better" },
  insertion: { name: "Insertion area", hint: "0 to 1; larger is better" },
  road: { name: "ROAD, combined", hint: "(LeRF − MoRF) / 2; larger is better" },
  adcc: { name: "ADCC", hint: "0 to 1; larger is better; a control’s coherency is 1 by definition" },
  arcc: { name: "ARCC", hint: "0 to 1; larger is better; a control’s coherency is 1 by definition" },
});

/** @type {Readonly<Record<string, string>>} */
export const controls = localized("controls", { random: "Random map", gaussian: "Centred Gaussian" });

export const bar = localized("bar", {
  start: "Make the report",
  more: "Go on with the rest",
  again: "Make it again",
  pause: "Pause",
  resume: "Go on",
  cancel: "Cancel",
  progress: "Progress of the report",
  /** @param {number} finished @param {number} pictures @param {string | null} left */
  running: (finished, pictures, left) =>
    `${whole(finished)} of ${plural(pictures, "picture", "pictures")} finished${left ? ` · about ${left} left` : ""}`,
  /** @param {number} finished @param {number} pictures */
  paused: (finished, pictures) => `Paused after ${whole(finished)} of ${plural(pictures, "picture", "pictures")}.`,
  /** @param {number} finished @param {number} pictures */
  ended: (finished, pictures) => `${whole(finished)} of ${plural(pictures, "picture", "pictures")} finished.`,
  stopped: "The report stopped, and its finished pictures are kept. Go on when the network is loaded again.",
  waiting: "The network is being loaded.",
  /** @param {string} text */
  elsewhere: (text) => `The report: ${text}`,
  show: "Show it",
  complete: "The report is complete.",
  risks: {
    network:
      "A reload forgets your network, and without it the rest of this report cannot follow: let it finish before you leave.",
    room: "The browser cannot keep all of this report over a reload of the page: save it before you leave.",
    moment: "",
  },
});

export const document = localized("document", {
  gone: "The browser has thrown this picture away since the page was loaded: add it again.",
  title: "Which heatmap to believe",
  /** @param {number} count @param {string} date */
  subtitle: (count, date) => `${plural(count, "picture", "pictures")}, ${date}`,
  print: "Print / save as PDF",
  html: "Save HTML",
  csv: "Save CSV",
  json: "Save JSON",
  png: "Save PNGs",
  npz: "Save maps (.npz)",
  exports: "Save the report",
  /** @param {string} what */
  saving: (what) => `Preparing ${what} …`,
  claims: "What was claimed, and what the numbers say",
  rule: "Supported: the 95 % interval of the mean paired difference lies on the claim's side of 0, and Wilcoxon's signed-rank test gives p < 0.05. Not supported: both hold on the other side. Else there is not enough evidence, as there never is with fewer than six pictures. No correction is made for there being several claims.",
  figures: "Three pictures to look at",
  figuresHint:
    "Chosen unless you choose others: where the methods' maps agree most, in the middle, and least (mean Pearson correlation of every two of them).",
  legend: {
    cold: "no heat",
    hot: "each map’s own maximum",
    scale: "Colour scale of the overlays, from no heat to each map’s own maximum",
  },
  /** @param {number} place */
  figure: (place) => `Figure ${place}`,
  /** @param {number} value */
  agreement: (value) => `the maps agree at ${decimals(value, 2)}`,
  aggregate: "All pictures together",
  aggregateHint:
    "Mean over the pictures with its 95 % bootstrap interval, and the mean rank among all rows (1 is best; for the focus, the most focused). Random and Gaussian maps know nothing of the picture: a method that is no better than they are says nothing by this measure. A map without heat has no numbers, and n does not count it.",
  method: "Map",
  mean: "Mean",
  interval: "95 % interval",
  rank: "Mean rank",
  best: "best",
  pictures: "n",
  pairs: "Paired differences",
  pairsHint: "Of each picture's two numbers; p by Wilcoxon's signed-rank test, two-sided.",
  pair: "Maps compared",
  difference: "Mean difference",
  /** @param {string} a @param {string} b */
  minus: (a, b) => `${a} − ${b}`,
  p: "p",
  rows: "Picture by picture",
  /** @param {string} name */
  row: (name) => `Measures of the maps of ${name}`,
  picture: "What the network sees",
  /** @param {string} method @param {string} name */
  overlay: (method, name) => `${method} on ${name}`,
  approximate: "approximate",
  noHeat: "no heat",
  measure: "Measure",
  failed: "Left out",
  failedHint: "The report went on without these.",
  how: "How this was made",
  /** @param {string} version */
  version: (version) => `camscope ${version}`,
  network: "Network",
  device: "Computed on",
  settings: "Settings",
  weights: "SHA-256 of the weights",
  hashes: "SHA-256 of the pictures",
  unhashed: "not available (an insecure context)",
  approximation: "Approximation",
  exact: "All maps are exact.",
  leftOut: "Methods without a map of their own",
  remarks: "What to know of the maps",
  /** @param {string} layer @param {string} crop */
  setting: (layer, crop) => `layer ${layer}; crop “${crop}”`,
  /** @param {number} steps */
  curves: (steps) => `curves of ${steps} steps, deleted pixels blurred`,
  /** @param {string[]} methods @param {number} channels */
  channels: (methods, channels) =>
    `${methods.join(" and ")} by ${channels} passes, for the feature maps that promise most; the scores of the others are predicted`,
  caveat:
    "Numbers compare maps; they do not prove one right. Masked pictures are unlike those that the network has learnt from, so a low number need not be the map's fault.",
});

/** @type {Readonly<Record<string, string>>} */
export const verdicts = localized("verdicts", {
  supported: "supported",
  notSupported: "not supported",
  notEnough: "not enough evidence",
  notMeasured: "not measured",
});

export const claims = localized("claims", {
  scoreAblation: {
    claim: "ScoreCAM is more focused than AblationCAM",
    missing: "Needs ScoreCAM and AblationCAM, and the measure Focus.",
  },
  ablationGrad: {
    claim: "AblationCAM is more focused than Grad-CAM",
    missing: "Needs AblationCAM and Grad-CAM, and the measure Focus.",
  },
  object: {
    claim:
      "The heat is on what the network needs: by insertion (without it, by the confidence drop), every map beats a random and a centred one",
    missing: "Needs the measure Insertion or Confidence.",
  },
  inside: {
    claim:
      "The network looks at the object: more of every map's heat lies inside the mark than of a random and a centred map's",
    missing: "No object is marked in these pictures. Mark it in Explain, by a box or a brush, in at least six of them.",
  },
  /** @param {number} marked @param {number} pictures */
  marked: (marked, pictures) =>
    `The object is marked in ${whole(marked)} of ${plural(pictures, "picture", "pictures")}.`,
  /** @param {number} marks */
  ours: (marks) =>
    `${plural(marks, "mark is a box that came with a sample", "marks are boxes that came with the samples")}, drawn by hand around what the photo is named after.`,
  /** @param {string} column @param {string} a @param {string} meanA @param {string} b @param {string} meanB */
  means: (column, a, meanA, b, meanB) => `${column}: ${meanA} for ${a}, ${meanB} for ${b}`,
  /** @param {string} difference @param {string} low @param {string} high @param {string} p @param {number} n */
  difference: (difference, low, high, p, n) =>
    `mean paired difference ${difference} (95 % interval ${low} to ${high}), p ${p}, n = ${n}`,
  /** @param {number} p */
  p: (p) => (p < 0.001 ? "< 0.001" : `= ${decimals(p, 3)}`),
});

export const values = localized("values", {
  none: "–",
  /** @param {number} value */
  share: (value) => `${decimals(100 * value, 1)}\u00a0%`,
  /** @param {number} value */
  points: (value) => `${signed(100 * value, 1)}\u00a0points`,
  /** @param {number} value */
  number: (value) => decimals(value, 3),
  /** @param {number} value */
  signed: (value) => signed(value, 3),
  /** @param {number} low @param {number} high whole numbers */
  range: (low, high) => (low === high ? `${low}` : `${low} to ${high}`),
  /** @param {number} value */
  rank: (value) => decimals(value, 1),
});
