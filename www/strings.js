/**
 * Every text that the page shows, in one place: here, and in strings/ for the views of their own. Nothing here is markup.
 * In English; another language has the same texts in a folder of its own (strings/translations.js).
 */
import { decimals, plural, whole } from "./numerals.js";
import { localizer } from "./strings/translations.js";

const localized = localizer("page");

/** Texts that index.html names in its data-text and data-label attributes. */
export const fixed = localized("fixed", {
  pageTitle: "camscope: what does the network look at?",
  skip: "Skip to the main part",
  viewsTitle: "Views",
  tagline: "What does the network look at?",
  photoTitle: "Picture",
  choose: "Choose a picture",
  camera: "Take a photo",
  dropHint: "or drop or paste one anywhere on this page.",
  private: "It stays on this device: nothing is uploaded.",
  samples: "Samples",
  crop: "What the network is given",
  classesTitle: "What the network says",
  classesHint: "Choose a class to see where it is found.",
  search: "Another class",
  searchHint: "Search all names",
  viewTitle: "How to look",
  opacity: "Heat",
  palette: "Colours",
  blend: "Blend",
  whatifTitle: "What if this were not there?",
  whatifHint:
    "Paint over, blur or erase part of the picture and see what the network says then. A map says where the network looks; taking the place away says whether it needs it. By keyboard: the arrow keys move a patch on the picture, + and − resize it, Enter applies it.",
  undo: "Undo",
  reset: "Untouched picture",
  editFill: "What becomes of the place",
  editTool: "Mark it with",
  editSize: "Brush size",
  editColour: "Colour",
  changes: "The classes’ probabilities, before and after",
  checkTitle: "The causal check",
  checkHint:
    "If a map finds what the network needs, the class falls when its hottest places go, and hardly when as many others do.",
  checkMap: "Map",
  checkWhich: "Take away",
  checkShare: "So much",
  checkTake: "Take it away",
  tries: "Tried on this picture",
  sanityTitle: "Does the map depend on the network?",
  sanityHint:
    "The sanity check: the network’s weights are drawn anew by chance, layer by layer from the top down. The network forgets what it knows, so a map that hardly changes is not about what it knows. Methods that take a pass for each channel are checked by approximate maps: of 64 passes, at layer2 of 128, for with fewer they may be other maps altogether. Recipro-CAM before the last layer takes a pass for each place and is left out: it would take hours.",
  sanityStart: "Randomise the network",
  gridTitle: "Methods × layers × classes",
  gridHint:
    "Any of them beside each other, on one picture. Maps share what they can: the network looks at the picture once, and a gradient is computed once for each layer and class, whichever methods ask for it.",
  gridTable: "The grid of heatmaps",
  compareTitle: "Which map to believe?",
  compareHint:
    "The numbers of every map that is ready, beside those of two maps that know nothing of the picture. A star (★) marks the best of the methods. A number in brackets is no better than a control’s, so it says nothing for its map.",
  compareWaiting: "Appears once a map of the chosen class and layer is ready.",
  compareTable: "Measures of the maps",
  compareExplain: "Point at a number, or focus the head of a row, to read what it means.",
  mark: "Mark the object",
  markClear: "Clear the mark",
  markTool: "How to mark",
  markBox: "The box in per cent of the picture",
  markHint: "Drag a box around the object or brush over it, or give the box in per cent of the picture.",
  evidence: "Evidence",
  scale: "Scale",
  mapsTitle: "Heatmaps",
  device: "Compute on",
  theme: "Theme",
  language: "Language",
  cancel: "Cancel",
  save: "Save PNG",
  about: "How it works",
  dismiss: "Dismiss this message",
  drop: "Drop the picture to explain it",
  privacyTitle: "Nothing leaves this device",
  privacy:
    "The network runs inside this page. Your picture, its classes and its heatmaps are never sent anywhere; the page only downloads its own files. So that a reload loses nothing, the pictures of this visit and a network of your own stay in this browser, encrypted, for as long as its tab is open.",
  readingTitle: "Reading a heatmap",
  reading:
    "Hot places raise the score of the chosen class. Each map is scaled to its own maximum, so heat compares places within one map, not one map with another. A heatmap shows what moves this network's answer, not what is true of the picture.",
  modelTitle: "The network",
  networkTitle: "Another network, or your own",
  methodsTitle: "More methods",
  agreementTitle: "Do the maps agree?",
  agreementTable: "Agreement of every two maps",
  agreementWaiting: "Appears once two maps of one class and layer are ready.",
  agreementMeasure: "Measure",
  caveat:
    "Numbers compare maps; they do not prove one right. Two methods can agree and both be wrong, and a focused map can be focused on the wrong thing.",
});

/** The page's views, in the order of the navigation. */
export const views = localized("views", {
  explain: "Explain",
  compare: "Compare",
  grid: "Grid",
  whatif: "What if",
  report: "Report",
  methods: "Methods",
});

export const crops = localized("crops", {
  center: { name: "Middle", hint: "The shorter side to 256, the middle 224 × 224: as the network was evaluated." },
  squash: { name: "Squashed", hint: "The whole picture, squeezed to 224 × 224." },
  full: { name: "Whole", hint: "The whole picture in its own proportions: slower, and finer maps." },
});

export const blends = localized("blends", {
  normal: "Over the picture",
  glow: "Fade in with heat",
  multiply: "Multiply",
  screen: "Screen",
  spotlight: "Spotlight",
  only: "Heat only",
});

export const devices = localized("devices", {
  auto: "Automatic",
  webgpu: "GPU (WebGPU)",
  "webgpu-f16": "GPU, half precision (experimental)",
  cpu: "CPU",
});
export const themes = localized("themes", { auto: "As the system", light: "Light", dark: "Dark" });

/**
 * Shown until the engine has said what its methods are called.
 * @type {Readonly<Record<string, string>>}
 */
export const methodNames = localized("methodNames", {
  gradcam: "Grad-CAM",
  ablationcam: "AblationCAM",
  scorecam: "ScoreCAM",
});

export const methods = localized("methods", {
  waiting: "once the network is loaded",
  always: "Always shown.",
  families: {
    gradient: "By gradients",
    activation: "By activations alone",
    perturbation: "By trying things out",
    group: "By trying many things at once",
    control: "Control",
  },
  /** @param {string} paper @param {number} year */
  paper: (paper, year) => `${paper} (${year})`,
});

/** How the maps are looked at: what is shown of them, on which scale, and what the colours then mean. */
export const look = localized("look", {
  evidence: { for: "For", signed: "For and against" },
  scales: { own: "Each its own", shared: "One for all" },
  /**
   * @param {boolean} signed @param {number} top end of the shared scale; 0 without one
   * @param {{ against: string, for: string } | null} sides classes that are held against each other
   */
  legend: (signed, top, sides) => {
    const end = `${decimals(top, 1)}×`;
    if (signed && sides) return [`for ${sides.against}`, "neither", `for ${sides.for}`];
    if (top > 0) return signed ? [`\u2212${end}`, "times the average", end] : ["0", "times the average", end];
    return signed ? ["against", "neither", "for"] : ["none", "relative evidence", "most"];
  },
  ownHint: "Each map on its own scale: heat compares places within one map, not one map with another.",
  sharedHint:
    "All maps on one scale: heat as a multiple of its own map’s average, so a focused map is brighter than a diffuse one. The maps’ raw values have different units from method to method and cannot be compared.",
});

/** What a map says at a place. */
export const reading = localized("reading", {
  /** @param {string} name */
  label: (name) => `Values of the ${name} map: arrow keys read them, Home goes to the hottest place`,
  /** @param {number} value 0…1 */
  own: (value) => `${Math.round(100 * value)}\u00a0% of its maximum`,
  /** @param {number} value */
  times: (value) => `${decimals(value, 1)} × its average`,
  /** @param {number} value -1…1 */
  signed: (value) => {
    const share = `${Math.round(100 * Math.abs(value))}\u00a0%`;
    if (Math.round(100 * value) === 0) return "neither for nor against";
    return `${share} ${value > 0 ? "for" : "against"}`;
  },
  /** @param {{ name: string, value: string }[]} found */
  all: (found) => found.map(({ name, value }) => `${name}: ${value}`).join("; "),
});

export const palettes = localized("palettes", {
  diverging: "Two colours",
  uniform: "Even steps",
  other: "Uneven steps (can mislead)",
  /** Where they are not names that every language keeps. @type {Record<string, string>} */
  names: { rdbu: "Red and blue", puor: "Orange and purple", brbg: "Brown and green" },
});

export const loading = localized("loading", {
  title: "Getting ready",
  /** @param {string} done @param {string | null} total */
  engine: (done, total) => `Loading the engine: ${total ? `${done} of ${total}` : done}`,
  /** @param {string} done @param {string} total */
  weights: (done, total) => `Loading the network's weights: ${done} of ${total}`,
  stalled: "Nothing has come for a while; waiting for the connection.",
  once: "Kept in this browser afterwards, so the next visit starts at once.",
  own: "Read on this device; nothing is uploaded.",
});

export const device = localized("device", {
  starting: "starting …",
  none: "not running",
  /** @param {string} description */
  webgpu: (description) => `GPU · ${description}`,
  /**
   * @param {string} description
   * @param {number | null} threads
   */
  cpu: (description, threads) => `${description} · ${threads === 1 ? "1 thread" : `${threads} threads`}`,
  noWebgpu: "This browser offers no WebGPU adapter, so the network runs on the CPU: the same results, more slowly.",
  software:
    "The WebGPU adapter of this browser is emulated by the processor. The same results come faster when computed on the CPU directly.",
  /** After the reason. */
  fallback: "WebGPU is there but could not be used, so the network runs on the CPU.",
});

export const photo = localized("photo", {
  title: "Picture",
  pasted: "pasted picture",
  /** @param {string} name */
  use: (name) => `Explain the sample: ${name}`,
  /** @param {number} width @param {number} height */
  size: (width, height) => `${width} × ${height} pixels`,
  cropped: "The frame is what the network sees.",
  whole: "The network sees all of it.",
  empty: "No picture yet",
  /** @param {string} name @param {string} size */
  alt: (name, size) => `The picture ${name}, ${size}`,
  /** @param {string} credit @param {string} license */
  credit: (credit, license) => `${credit} (${license})`,
});

export const classes = localized("classes", {
  waiting: "The five most probable classes appear here.",
  chosen: "chosen",
  /** @param {number} count */
  found: (count) => (count === 0 ? "No class has this name." : `${plural(count, "class", "classes")} found.`),
  /** @param {number} count */
  more: (count) => `${plural(count, "more class", "more classes")}: type on to narrow the search.`,
  /** @param {string} label @param {string} percent */
  alt: (label, percent) => `${label}, ${percent}`,
});

export const layers = localized("layers", {
  /** @param {number} width @param {number} height */
  size: (width, height) => `${width} × ${height}`,
});

export const card = localized("card", {
  /** @param {string} label */
  target: (label) => `for ${label}`,
  waiting: "waiting",
  /** @param {string} method */
  computing: (method) => `Computing ${method} …`,
  stopped: "Cancelled.",
  failed: "Failed: see the message above.",
  /** @param {string} time */
  tooLong: (time) => `Not started unasked: about ${time} here.`,
  /** @param {number} passes */
  passes: (passes) => (passes === 0 ? "no extra pass" : plural(passes, "pass", "passes")),
  approximate: "approximate",
  /** @param {string | null} time */
  runExactly: (time) => (time ? `Run exactly (up to ${time})` : "Run exactly"),
  /** @param {string} method */
  start: (method) => `Run ${method}`,
  /** @param {number} done @param {number} total @param {string | null} left */
  progress: (done, total, left) =>
    `${whole(done)} of ${plural(total, "pass", "passes")}${left ? ` · ${left} left` : ""}`,
  /** @param {string} method */
  progressLabel: (method) => `Progress of ${method}`,
  /** @param {string} method */
  cancelLabel: (method) => `Cancel ${method} (Escape)`,
  /** @param {string} method */
  saveLabel: (method) => `Save PNG of the ${method} overlay`,
});

/** The numbers under a map. */
export const numbers = localized("numbers", {
  none: "No heat to measure.",
  /** @param {string} random @param {string} gaussian */
  beside: (random, gaussian) => `random map ${random} · Gaussian in the middle ${gaussian}`,
  approximate: "Numbers of the approximate map.",
  /** @param {string} share */
  half: (share) => `Half of the heat lies in ${share} of the picture`,
  halfHint:
    "The smallest part of what the network sees that holds half of the map's heat. A map that is equally hot everywhere needs 50 %. A small number says that the map is focused, not that it is right.",
  /** @param {string} energy @param {string} area */
  inside: (energy, area) => `${energy} of the heat inside the mark, which covers ${area} of the frame`,
  insideHint:
    "The energy-based pointing game. A map that knows nothing puts as much of its heat into the mark as the mark covers of the frame; a map that finds the object puts in more. It says where the heat is, not whether the network needs it.",
  /** @param {boolean} isInside */
  peak: (isInside) => (isInside ? "Its peak is inside the mark" : "Its peak is outside the mark"),
  /** @param {boolean} isInside */
  place: (isInside) => (isInside ? "inside" : "outside"),
  peakHint: "The pointing game: whether the single hottest place lies in the mark. The rest of the map does not count.",
  /** @param {string} label @param {string} before @param {string} after */
  kept: (label, before, after) => `Seeing only what the map keeps: ${label} ${before} → ${after}`,
  /** @param {string} label */
  keptOf: (label) => `The map is of several classes; this is the probability of ${label} alone.`,
  keptHint:
    "The picture was faded to plain grey where the map is cold, and the network asked again. If its confidence holds or rises, the hot places were enough for its answer. A faded picture is unlike those that the network has learnt from, so a fall need not be the map's fault.",
});

export const agreement = localized("agreement", {
  waiting: "…",
  controls: { random: "Random map", gaussian: "Centred Gaussian" },
  /** @param {string} name */
  approximate: (name) => `${name} (approximate)`,
  /** @param {number} value */
  value: (value) => decimals(value, 2),
  measures: {
    pearson: {
      name: "Pearson",
      hint: "Correlation of the values: 1 for maps that rise and fall together, 0 for unrelated ones, below 0 where one is hot and the other cold.",
    },
    spearman: {
      name: "Spearman",
      hint: "Correlation of the ranks: as Pearson's, but only the order of hotter and colder places counts, not how much hotter.",
    },
    iou: {
      name: "Hottest fifth",
      hint: "Overlap of the hottest fifth of each map, as a share of the two together: 1 for the same places, 0 for none in common, about 0.11 by chance.",
    },
  },
});

export const say = localized("say", {
  ready: "The network is loaded.",
  reading: "Reading the picture …",
  classifying: "Classifying …",
  /** @param {string} label @param {string} percent */
  classified: (label, percent) => `The network says ${label}, ${percent}.`,
  /** @param {string} method @param {string} label */
  explained: (method, label) => `${method} for ${label} is ready.`,
  cancelled: "Cancelled.",
  /** @param {string} file */
  saved: (file) => `Saved ${file}.`,
});

export const errors = localized("errors", {
  /** @type {Record<string, string>} */
  titles: {
    DecodeError: "This picture cannot be read",
    WeightsError: "The network's weights could not be loaded",
    DeviceError: "The computation has stopped",
    ClassError: "There is no such class",
    LayerError: "There is no such layer",
    OptionError: "This setting does not work",
  },
  other: "Something went wrong",
  kept: "The last result is still shown.",
  retry: "Try again",
  restart: "Start again",
  useCpu: "Use the CPU",
  /** The engine has stopped, and another takes its place. */
  recovery: {
    restarting: "It is being started again.",
    /** @param {string} device */
    restarted: (device) => `It has been started again, on ${device}.`,
    goOn: "Continue",
  },
  notPicture: "What was dropped or pasted holds no picture file.",
  /** @param {string} file */
  sample: (file) => `The sample ${file} could not be fetched. Check the connection.`,
});

/** What has gone over the network. */
export const traffic = localized("traffic", {
  /** @param {number} bytes */
  loading: (bytes) => `Loading its own files; ${plural(bytes, "byte", "bytes")} sent.`,
  /** @param {number} bytes */
  none: (bytes) =>
    `Since the network was loaded: no request, ${plural(bytes, "byte", "bytes")} sent. Take the device offline and try.`,
  /** @param {number} requests @param {string} last @param {number} bytes */
  some: (requests, last, bytes) =>
    `Since the network was loaded: ${plural(requests, "request", "requests")} for files of this page, the last for ${last}; ${plural(bytes, "byte", "bytes")} sent.`,
});

/** A heatmap in words. */
export const words = localized("words", {
  none: "No heat anywhere.",
  even: "Equally hot everywhere.",
  nothingFor: "Nothing speaks for it.",
  nothingAgainst: "Nothing speaks against it.",
  evenAgainst: "Every place speaks equally against it.",
  /** Row by row, from the upper left. */
  places: [
    ["in the upper left", "above the middle", "in the upper right"],
    ["left of the middle", "in the middle", "right of the middle"],
    ["in the lower left", "below the middle", "in the lower right"],
  ],
  /** @param {string} centre @param {string} share where it is at least half as hot as at its hottest */
  heat: (centre, share) => `Heat centred ${centre}, over ${share} of the picture`,
  /** @param {string} centre @param {string} share */
  against: (centre, share) => `What speaks against it is centred ${centre}, over ${share} of the picture`,
  /** @param {string} share */
  strength: (share) => `at most ${share} as strong as what speaks for it`,
  /** @param {number} count */
  areas: (count) => `in ${whole(count)} separate areas`,
  /** @param {string} peak */
  peak: (peak) => `hottest ${peak}`,
  /** @param {string} method @param {string} label @param {string} heat */
  map: (method, label, heat) => `${method} heatmap for ${label}. ${heat}`,
  /** @param {string} method */
  empty: (method) => `${method}: no heatmap yet.`,
});

export const units = localized("units", {
  /** @param {number} value */
  seconds: (value) => {
    if (value < 0.01) return `<\u00a0${decimals(0.01, 2)}\u00a0s`;
    return `${decimals(value, value < 1 ? 2 : value < 10 ? 1 : 0)}\u00a0s`;
  },
  /** @param {number} value */
  minutes: (value) => `${value}\u00a0min`,
  /** @param {number} value */
  hours: (value) => `${decimals(value, 1)}\u00a0h`,
  /** @param {number} value */
  megabytes: (value) => `${decimals(value, 1)}\u00a0MB`,
  /** @param {number} value 0…1 */
  percent: (value) => {
    if (value > 0 && value < 0.001) return `<\u00a0${decimals(0.1, 1)}\u00a0%`;
    return `${decimals(100 * value, value >= 0.9995 ? 0 : 1)}\u00a0%`;
  },
});

export const model = localized("model", {
  /** @param {string} title @param {number} classes @param {string} variant */
  about: (title, classes, variant) => `${title}, ${whole(classes)} classes, variant ${variant}.`,
  /** @param {string} top1 @param {string} top5 */
  accuracy: (top1, top5) => `Published accuracy: right at first guess for ${top1}, within five for ${top5}.`,
  /** @param {string} source @param {string} license */
  source: (source, license) => `Weights: ${source} (${license}).`,
});

export * as report from "./strings/report.js";
