/**
 * The page's texts in English, which every other language follows: the same names, and functions of the same gaps. Nothing
 * here is markup.
 */
import { decimals, plural, signed, whole } from "../numerals.js";

/**
 * The same texts in any language.
 * @template T
 * @typedef {T extends string ? string : T extends (...given: infer Given) => infer Made ? (...given: Given) => Like<Made> : { readonly [Key in keyof T]: Like<T[Key]> }} Like
 */

/** @typedef {Like<typeof en>} Texts */

export const en = {
  // The page as a whole.

  /** Texts that index.html names in its data-text, data-label, data-content and data-href attributes. */
  fixed: {
    pageTitle: "camscope: what does the network look at?",
    pageDescription:
      "See what a neural network recognises in a photo, and where: Grad-CAM, AblationCAM and ScoreCAM heatmaps, computed on your own device.",
    /** What the page is when it is installed, as a file of this language. */
    manifest: "www/app.webmanifest",
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
      "The sanity check: the network’s weights are drawn anew by chance, layer by layer from the top down. The network forgets what it knows, so a map that hardly changes is not about what it knows. Methods that take a pass for each channel are checked by approximate maps: of 64 passes, at layer2 of 128, for with fewer they may be other maps altogether. In reference mode, which has exact maps only, they are left out where the layer has more channels than that. Recipro-CAM before the last layer takes a pass for each place and is left out: it would take hours.",
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
  },

  /** The page's views, in the order of the navigation. */
  views: {
    explain: "Explain",
    compare: "Compare",
    grid: "Grid",
    whatif: "What if",
    report: "Report",
    methods: "Methods",
  },

  themes: { auto: "As the system", light: "Light", dark: "Dark" },

  devices: {
    auto: "Automatic",
    webgpu: "GPU (WebGPU)",
    "webgpu-f16": "GPU, half precision (experimental)",
    cpu: "CPU",
  },

  device: {
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
  },

  loading: {
    title: "Getting ready",
    /** @param {string} done @param {string | null} total */
    engine: (done, total) => `Loading the engine: ${total ? `${done} of ${total}` : done}`,
    /** @param {string} done @param {string} total */
    weights: (done, total) => `Loading the network's weights: ${done} of ${total}`,
    stalled: "Nothing has come for a while; waiting for the connection.",
    once: "Kept in this browser afterwards, so the next visit starts at once.",
    own: "Read on this device; nothing is uploaded.",
  },

  say: {
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
  },

  errors: {
    /** @type {Record<string, string>} */
    titles: {
      DecodeError: "This picture cannot be read",
      WeightsError: "The network's weights could not be loaded",
      DeviceError: "The computation has stopped",
      ClassError: "There is no such class",
      LayerError: "There is no such layer",
      OptionError: "This setting does not work",
      UpdateError: "The site has been updated",
    },
    other: "Something went wrong",
    kept: "The last result is still shown.",
    retry: "Try again",
    restart: "Start again",
    reload: "Load the page again",
    useCpu: "Use the CPU",
    /** The engine has stopped, and another takes its place. */
    recovery: {
      restarting: "It is being started again.",
      /** @param {string} device */
      restarted: (device) => `It has been started again, on ${device}.`,
      goOn: "Continue",
    },
    notPicture: { title: "There is no picture in it", text: "What was dropped or pasted holds no picture file." },
    /** @param {string} file */
    sample: (file) => ({
      title: "This sample could not be fetched",
      text: `${file} did not come. Check the connection, then choose it again.`,
    }),
  },

  /** What has gone over the network. */
  traffic: {
    /** @param {number} bytes */
    loading: (bytes) => `Loading its own files; ${plural(bytes, "byte", "bytes")} sent.`,
    /** @param {number} bytes */
    none: (bytes) =>
      `Since the network was loaded: no request, ${plural(bytes, "byte", "bytes")} sent. Take the device offline and try.`,
    /** @param {number} requests @param {string} last @param {number} bytes */
    some: (requests, last, bytes) =>
      `Since the network was loaded: ${plural(requests, "request", "requests")} for files of this page, the last for ${last}; ${plural(bytes, "byte", "bytes")} sent.`,
  },

  model: {
    /** @param {string} title @param {number} classes @param {string} variant */
    about: (title, classes, variant) => `${title}, ${whole(classes)} classes, variant ${variant}.`,
    /** @param {string} top1 @param {string} top5 */
    accuracy: (top1, top5) => `Published accuracy: right at first guess for ${top1}, within five for ${top5}.`,
    /** @param {string} source @param {string} license */
    source: (source, license) => `Weights: ${source} (${license}).`,
  },

  units: {
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
  },

  // The view Explain: the picture, and what the network says.

  photo: {
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
  },

  crops: {
    center: { name: "Middle", hint: "The shorter side to 256, the middle 224 × 224: as the network was evaluated." },
    squash: { name: "Squashed", hint: "The whole picture, squeezed to 224 × 224." },
    full: { name: "Whole", hint: "The whole picture in its own proportions: slower, and finer maps." },
  },

  classes: {
    waiting: "The five most probable classes appear here.",
    chosen: "chosen",
    /** @param {number} count */
    found: (count) => (count === 0 ? "No class has this name." : `${plural(count, "class", "classes")} found.`),
    /** @param {number} count */
    more: (count) => `${plural(count, "more class", "more classes")}: type on to narrow the search.`,
    /** @param {string} label @param {string} percent */
    alt: (label, percent) => `${label}, ${percent}`,
  },

  // The view Explain: how a scene is explained, by which methods and at what cost.

  how: {
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
      "To compare with Python: principal components keep the sign that they come with, so eigen maps may be flipped, and a negative score flips AblationCAM's map. Every map is exact: one that takes long on this device waits until you start it.",
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
  },

  layers: {
    /** @param {number} width @param {number} height */
    size: (width, height) => `${width} × ${height}`,
  },

  costs: {
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
  },

  /** Where two methods draw one map, and where a right map looks broken. */
  remarks: {
    /** @param {string} name of the other method @param {string} layer */
    sameAtTheEnd: (name, layer) =>
      `At ${layer} this is ${name}'s map, by mathematics: behind it the network only averages over all places, so the gradient is the same at each of them. It is not drawn twice.`,
    /** @param {string} name of the other method */
    sameGeneralised: (name) =>
      `Here this is ${name}'s map: CAM weighs by the classifier's weights, which only the last layer has. Before it the sums of the gradient take their place, as ${name} generalises it. It is not drawn twice.`,
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
  },

  /**
   * Shown until the engine has said what its methods are called.
   * @type {Readonly<Record<string, string>>}
   */
  methodNames: {
    gradcam: "Grad-CAM",
    ablationcam: "AblationCAM",
    scorecam: "ScoreCAM",
  },

  methods: {
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
  },

  // The view Explain: the maps, their numbers, and whether they agree.

  /** How the maps are looked at: what is shown of them, on which scale, and what the colours then mean. */
  look: {
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
  },

  palettes: {
    diverging: "Two colours",
    uniform: "Even steps",
    other: "Uneven steps (can mislead)",
    /** Where they are not names that every language keeps. @type {Record<string, string>} */
    names: { rdbu: "Red and blue", puor: "Orange and purple", brbg: "Brown and green" },
  },

  blends: {
    normal: "Over the picture",
    glow: "Fade in with heat",
    multiply: "Multiply",
    screen: "Screen",
    spotlight: "Spotlight",
    only: "Heat only",
  },

  card: {
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
  },

  /** What a map says at a place. */
  reading: {
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
  },

  /** A heatmap in words. */
  words: {
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
  },

  /** The numbers under a map. */
  numbers: {
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
    peakHint:
      "The pointing game: whether the single hottest place lies in the mark. The rest of the map does not count.",
    /** @param {string} label @param {string} before @param {string} after */
    kept: (label, before, after) => `Seeing only what the map keeps: ${label} ${before} → ${after}`,
    /** @param {string} label */
    keptOf: (label) => `The map is of several classes; this is the probability of ${label} alone.`,
    keptHint:
      "The picture was faded to plain grey where the map is cold, and the network asked again. If its confidence holds or rises, the hot places were enough for its answer. A faded picture is unlike those that the network has learnt from, so a fall need not be the map's fault.",
  },

  agreement: {
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
  },

  /** Marking the object. */
  region: {
    tools: { box: "Box", brush: "Brush" },
    sides: { left: "Left", top: "Top", width: "Width", height: "Height" },
    stage: "The picture to mark the object on: arrow keys move the mark, plus and minus resize it, Enter sets it",
  },

  // The view Compare: maps by numbers.

  /** What maps are compared by. */
  measures: {
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
      inside: "The share of the heat inside the marked object (the energy-based pointing game).",
      peak: "Whether the hottest place lies in the marked object (the pointing game).",
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
  },

  /** The view that compares maps. */
  compare: {
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
  },

  chart: {
    /** @param {string} title */
    label: (title) => `${title}. Arrow keys read values off.`,
    table: "The values as a table",
    none: "–",
    /** @param {number} value */
    value: (value) => decimals(value, 3),
  },

  /** The sanity check. */
  sanity: {
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
  },

  // The view Grid: many maps at once.

  grid: {
    methods: "Methods",
    layers: "Layers",
    classes: "Classes",
    add: "Add a class",
    likeliest: "The likeliest",
    /** @param {number} count */
    likeliestHint: (count) => `The ${count} likeliest, whatever the picture.`,
    /** @param {string} name */
    remove: (name) => `Leave out ${name}`,
    /** @param {number} maps @param {number} most */
    tooMany: (maps, most) => `${whole(maps)} maps are more than a grid holds (${whole(most)}): leave some out.`,
    none: "Choose at least one method, layer and class.",
    waiting: "Appears once a picture has been classified.",
    caption: "Heatmaps by method, layer and class",
    method: "Method",
    /** @param {string} label @param {string | null} percent */
    section: (label, percent) => (percent === null ? label : `${label}, ${percent}`),
    /** @param {string} name @param {string} layer @param {string} label */
    cell: (name, layer, label) => `${name} at ${layer} for ${label}`,
    /** @param {string} cell @param {string} heat */
    map: (cell, heat) => `${cell}. ${heat}`,
    /** @param {string} share */
    half: (share) => `half in ${share}`,
    /** @param {string} above @param {string} area @param {string} gini */
    rest: (above, area, gini) =>
      `${above} of the picture is hotter than half of the map's maximum. Its effective area, by entropy, is ${area}. Its Gini coefficient is ${gini}: 0 is heat spread evenly, near 1 all of it in one place.`,
    /** @param {string} cell */
    empty: (cell) => `${cell}: no heatmap yet.`,
    /** @param {string} name */
    as: (name) => (name === "" ? "as above" : `= ${name}`),
    /** @param {number} place */
    note: (place) => `Note ${place}`,
    notes: "Notes to the maps",
    waits: "waits",
    computing: "computing …",
    /** @param {number} done @param {number} total */
    passes: (done, total) => `${whole(done)} of ${whole(total)}`,
    approximate: "approximate",
    failed: "failed",
    anyClass: "The same for every class: this method does not ask which one. It is drawn once.",
    anyLayer: "The same for every layer: this method looks at all of them. It is drawn once.",
    /** @param {number} ready @param {number} maps @param {number} same */
    state: (ready, maps, same) =>
      `${whole(ready)} of ${plural(maps, "map", "maps")} ready${same > 0 ? `; ${plural(same, "cell has", "cells have")} another's map` : ""}.`,
    /** @param {string} passes @param {string | null} time */
    cost: (passes, time) => (time ? `The rest: about ${time} here.` : `The rest: about ${passes} of the network.`),
    /** @param {number} count */
    spent: (count) => `Computed with ${plural(count, "pass", "passes")} through the network or a part of it.`,
    /** @param {number} count @param {string | null} time */
    start: (count, time) => `Run the ${plural(count, "long map", "long maps")}${time ? ` (about ${time})` : ""}`,
    progress: "Progress of the grid",
    /** @param {string} cell @param {string | null} left */
    doing: (cell, left) => `${cell}${left ? ` · ${left} left` : ""}`,
    done: "All maps of the grid are ready.",
  },

  // The view What if: the picture is edited.

  /** The view in which the picture is edited. */
  whatif: {
    tools: { brush: "Brush", patch: "Box" },
    fills: { erase: "Erase", blur: "Blur", paint: "Paint" },
    which: { hottest: "its hottest places", coldest: "its coldest places", random: "places by chance" },
    editor: "The picture to edit: arrow keys move the patch, plus and minus resize it, Enter applies it",
    edited: "The picture as edited",
    /** @param {number} share in per cent */
    share: (share) => `${whole(Math.round(share))}\u00a0%`,
    sides: { before: "before", after: "after" },
    /** @param {string} before @param {string | null} after */
    change: (before, after) => `${before} → ${after ?? "…"}`,
    /** @param {string} label @param {string} before @param {string} after */
    verdict: (label, before, after) => `With the edit, ${label} goes from ${before} to ${after}.`,
    untouched: "Nothing has been changed yet.",
    /** @param {string} which @param {string} share @param {string | null} method */
    taken: (which, share, method) => (method ? `${method}, ${which}, ${share}` : `${which}, ${share}`),
  },

  // The view Report: many pictures.

  report: {
    setup: {
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
    },

    /** @type {Readonly<Record<string, { name: string, hint: string }>>} */
    metrics: {
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
      arcc: {
        name: "ARCC",
        hint: "Coherency, sparsity and ROAD in one number. A control’s coherency is 1 by definition.",
      },
    },

    /** @type {Readonly<Record<string, { name: string, hint: string }>>} */
    columns: {
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
    },

    /** @type {Readonly<Record<string, string>>} */
    controls: { random: "Random map", gaussian: "Centred Gaussian" },

    bar: {
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
    },

    document: {
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
      legends: {
        own: {
          cold: "no heat",
          hot: "each map’s own maximum",
          scale: "Colour scale of the overlays, from no heat to each map’s own maximum",
        },
        shared: {
          cold: "no heat",
          hot: "the most, in times its map’s average, that any map of the picture reaches",
          scale:
            "Colour scale of the overlays, from no heat to the most, in times its map’s average, that any map of the picture reaches",
        },
      },
      /** @param {number} top in times a map's average */
      scaleTo: (top) => `One scale for its maps: to ${decimals(top, 1)} times a map’s average.`,
      /** @param {string} name */
      read: (name) =>
        `Values of the maps of ${name}: arrow keys read them, Home goes to the hottest place of the first map`,
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
    },

    /** @type {Readonly<Record<string, string>>} */
    verdicts: {
      supported: "supported",
      notSupported: "not supported",
      notEnough: "not enough evidence",
      notMeasured: "not measured",
    },

    claims: {
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
        missing:
          "No object is marked in these pictures. Mark it in Explain, by a box or a brush, in at least six of them.",
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
    },

    values: {
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
    },
  },

  // The view Methods: what each computes.

  methodsView: {
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
  },

  /** By the methods' ids. */
  methodPages: {
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
      costs: "Nothing at the last layer; before it one pass forward and backward.",
      misleads:
        "Only the last layer has such weights. Before it, it is what it generalises to: Grad-CAM's map, as at the last layer. Of a coarse grid of 7 × 7 places smooth colours make more than there is.",
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
      computes:
        "The gradient averaged where the feature is active, instead of everywhere: that is the feature's weight.",
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
  },

  // The choice of a network, and a visitor's own.

  network: {
    present: "Network",
    own: "Your own network",
    intro:
      "Choose or drop a checkpoint (.pth or .safetensors) of a ResNet-18, -34, -50, -101 or -152 in torchvision's naming, with any number of classes. It is read on this device; nothing is uploaded, and nothing in it is run.",
    file: "Checkpoint",
    labels: "Class names (optional)",
    labelsHint: "A text file with one name a line, or a JSON array.",
    advanced: "Preprocessing and batch norm",
    mean: "Mean, one for each channel",
    std: "Standard deviation, one for each channel",
    resize: "Shorter side, pixels",
    crop: "Input, pixels",
    order: "Channels",
    orders: { rgb: "RGB", bgr: "BGR" },
    epsilon: "Batch norm's epsilon",
    load: "Use this network",
    reading: "Reading the file's index …",
    tensors: "Expected tensors and their shapes",
    missing: "missing in the file",
    /** @param {string} shape */
    otherwise: (shape) => `in the file: [${shape}]`,
    unused: "in the file only, not used",
    /** @param {string} name @param {string} architecture @param {number} classes @param {string} size */
    found: (name, architecture, classes, size) => `${name}: ${architecture}, ${whole(classes)} classes, ${size}.`,
    imagenet:
      "It has 1,000 classes and no names for them: ImageNet's are assumed, as the network that comes with the page names them.",
    numbered: "Its classes have no names: they are numbered.",
    /** @param {string} field */
    threeNumbers: (field) => `${field}: give three numbers, such as 0.5, 0.5, 0.5.`,
    /** @param {string} field */
    oneNumber: (field) => `${field}: give a number.`,
    badLabels: "The class names must be one a line, or a JSON array of names.",
    /** @param {string} title */
    loading: (title) => `Loading ${title} …`,
    /** @param {string} title */
    maps: (title) => `Maps by ${title}`,
    kept: "The network before it is still in use.",
  },

  // The tour for a first visit.

  guide: {
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
        text: "The page begins with a sample. Choose, drop or paste a picture of your own whenever you like: the network runs on this device, and nothing is uploaded. Beside it stand the five classes that the network finds most probable; the chosen one is what the heatmaps explain.",
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
  },

  // What the engine and the module say in their own words, in another language. They speak English, so in English there is
  // nothing here.

  engine: {
    /** By the methods' ids. @type {Readonly<Record<string, { summary: string, cost: string }>>} */
    methods: {},
    /**
     * Templates (translate.js) of the remarks beside a map, and of what stands in their gaps.
     * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
     */
    notes: {},
    /**
     * Templates by group of what is said when something fails, and of what the engine calls a visitor's own network: whole
     * messages, and what stands in their gaps.
     * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
     */
    errors: {},
  },
};
