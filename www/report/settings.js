/**
 * What a report is made with, and how that travels in the page's address. The pictures do not.
 */
import { leastOf } from "../plan.js";
import { isKnown } from "./measures.js";

/** @import { Crop, Explainer } from "../camscope.d.ts" */
/** @import { Link } from "../link.js" */

/** @typedef {number | "auto" | "all"} Budget of ScoreCAM's channels, and of AblationCAM's before the last layer */

/**
 * @typedef {object} Settings
 * @property {string[]} methods
 * @property {string[]} measures
 * @property {string} layer
 * @property {Crop} crop
 * @property {Budget} budget
 * @property {number} steps of the deletion and insertion curves
 */

/** @typedef {Settings & { channels: number | null }} Resolved `channels`: the budget that this device gets; null: all */

/**
 * Up to 512 ScoreCAM's error at layer4 is known (the table in src/cam/scorecam.rs). 1024 is not in it: its maps are said to
 * be as good as those of 512 or better.
 */
export const BUDGETS = Object.freeze([32, 64, 128, 256, 512, 1024]);
export const STEPS = Object.freeze([8, 16, 32, 64]);
/** @type {readonly Crop[]} */
export const CROPS = Object.freeze(["center", "squash", "full"]);

/** @type {Readonly<Settings>} */
export const DEFAULTS = Object.freeze({
  methods: ["gradcam", "ablationcam", "scorecam"],
  measures: ["focus", "confidence", "deletion", "insertion"],
  layer: "layer4",
  crop: /** @type {Crop} */ ("center"),
  budget: /** @type {Budget} */ ("auto"),
  steps: 32,
});

/** How long an exact ScoreCAM of one picture may take before "auto" gives it a budget, and how long that may take. */
const PATIENCE_SECONDS = 60;

/**
 * The settings in an address; what is not valid there counts as not given.
 * @param {Pick<Link, "get">} link
 * @returns {Settings}
 */
export function readSettings(link) {
  /** @param {keyof Settings} key */
  const list = (key) => link.get(`report-${key}`)?.split(",").filter(Boolean) ?? null;
  /** @param {keyof Settings} key */
  const text = (key) => link.get(`report-${key}`);
  const budget = text("budget");
  const steps = Number(text("steps"));
  const crop = CROPS.find((one) => one === text("crop"));
  const measures = list("measures")?.filter(isKnown);
  const methods = list("methods")?.filter((id) => /^[a-z0-9]+$/.test(id));
  return {
    methods: methods?.length ? [...new Set(methods)] : [...DEFAULTS.methods],
    measures: measures?.length ? [...new Set(measures)] : [...DEFAULTS.measures],
    layer: text("layer") ?? DEFAULTS.layer,
    crop: crop ?? DEFAULTS.crop,
    budget: budget === "all" ? "all" : (BUDGETS.find((one) => String(one) === budget) ?? DEFAULTS.budget),
    steps: STEPS.includes(steps) ? steps : DEFAULTS.steps,
  };
}

/**
 * Defaults need no mention.
 * @param {Pick<Link, "set">} link
 * @param {Settings} settings
 */
export function writeSettings(link, settings) {
  for (const key of /** @type {(keyof Settings)[]} */ (Object.keys(DEFAULTS))) {
    const [value, usual] = [String(settings[key]), String(DEFAULTS[key])];
    link.set(`report-${key}`, value === usual ? null : value);
  }
}

/**
 * An address that has a report's settings, its network and budget among them, and nothing else of this one's.
 * @param {string} address of the page
 * @param {Resolved} settings
 */
export function linkTo(address, { channels, ...settings }) {
  const url = new URL(address);
  const model = new URLSearchParams(url.hash.slice(1)).get("model");
  const own = new URLSearchParams({ ...(model === null ? {} : { model }), view: "report" });
  const set = (/** @type {string} */ key, /** @type {string | null} */ value) => value !== null && own.set(key, value);
  writeSettings({ set }, { ...settings, budget: channels ?? "all" });
  url.hash = String(own);
  return url.href;
}

/**
 * Only what the loaded network and engine have.
 * @param {Settings} settings
 * @param {Explainer} explainer
 * @returns {Settings}
 */
export function fitting(settings, { methods, model }) {
  const known = settings.methods.filter((id) => methods.some((method) => method.id === id));
  const isLayer = model.layers.some(({ id }) => id === settings.layer);
  return {
    ...settings,
    methods: known.length > 0 ? known : [...DEFAULTS.methods],
    layer: isLayer ? settings.layer : model.layers[model.layers.length - 1].id,
  };
}

/**
 * The same for all pictures of one report, so that they can be compared. What a device affords is never less than the
 * layer needs.
 * @param {Settings} settings
 * @param {number} channels of the layer
 * @param {number | null} passSeconds null: not measured yet
 * @returns {Resolved}
 */
export function resolve(settings, channels, passSeconds) {
  const { budget } = settings;
  if (typeof budget === "number") return { ...settings, channels: Math.min(budget, channels) };
  const isQuick = passSeconds === null || channels * passSeconds <= PATIENCE_SECONDS;
  if (budget === "all" || isQuick) return { ...settings, channels: null };
  const affordable = BUDGETS.filter((one) => one * passSeconds <= PATIENCE_SECONDS);
  const least = Math.max(BUDGETS[0], leastOf([{ id: settings.layer }]));
  const spent = Math.max(least, affordable.at(-1) ?? 0);
  return { ...settings, channels: spent < channels ? spent : null };
}
