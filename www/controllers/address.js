/**
 * Which of the page's settings are in its address, how they are written there, and the button that copies it.
 */
import { element, find, on } from "../dom.js";
import { keepLanguage, language, preferred, readLanguage } from "../language.js";
import { join, split } from "../link.js";
import { crops, how as texts } from "../strings.js";
import { readTarget, writeTarget } from "../targets.js";

/** @import * as Api from "../camscope.d.ts" */
/** @import { App } from "../app.js" */
/** @import { Link } from "../link.js" */
/** @import { LookView } from "../views/look.js" */
/** @import { SettingsView } from "../views/settings.js" */

/**
 * What belongs to others, and how to change it.
 * @typedef {object} Ports
 * @property {LookView} lookView
 * @property {{ chosen: string[], choose: (ids: string[]) => void }} methods
 * @property {{ measure: string | null }} agreement
 * @property {() => void} changeScene
 * @property {(crop: Api.Crop) => void} setCrop
 * @property {() => string | null} sampleOnScreen null: the first one, or none
 * @property {(file: string | null) => void} openSample null: the first one
 */

const FUSIONS = /** @type {Api.Fusion[]} */ (Object.keys(texts.fusions));
const SMOOTHINGS = /** @type {Api.Smoothing[]} */ (Object.keys(texts.smoothings));

/**
 * @param {App} app
 * @param {Link} link
 * @param {Ports} ports
 */
export function bindSettings(
  app,
  link,
  { lookView, methods, agreement, changeScene, setCrop, sampleOnScreen, openSample },
) {
  const ids = () => app.explainer?.model.layers.map(({ id }) => id) ?? [];
  /** @param {Partial<import("../app.js").Options>} options */
  const setOptions = (options) => {
    app.options = { ...app.options, ...options };
    changeScene();
  };

  link.bind("sample", {
    get: () => sampleOnScreen(),
    // The first picture is opened by the page itself, when it knows the samples.
    set: (file) => {
      if (app.seen) openSample(file);
    },
  });
  link.bind("crop", {
    get: () => (app.crop === "center" ? null : app.crop),
    set: (text) => setCrop(text !== null && Object.hasOwn(crops, text) ? /** @type {Api.Crop} */ (text) : "center"),
  });
  link.bind("layer", {
    get: () => (app.layer === ids().at(-1) ? null : app.layer),
    set: (text) => {
      const layer = text === null ? ids().at(-1) : text;
      if (layer === undefined || !ids().includes(layer)) return;
      app.layer = layer;
      changeScene();
    },
  });
  link.bind("layers", {
    get: () => join(app.options.layers ?? []),
    set: (text) => {
      const layers = split(text, ids());
      setOptions({ layers: layers.length > 0 ? ids().filter((id) => layers.includes(id)) : null });
    },
  });
  link.bind("fusion", {
    get: () => (app.options.fusion === "mean" ? null : app.options.fusion),
    set: (text) => setOptions({ fusion: FUSIONS.find((fusion) => fusion === text) ?? "mean" }),
  });
  link.bind("target", {
    get: () => {
      const target = app.options.target ?? app.chosen;
      return target === null ? null : writeTarget(target);
    },
    set: (text) => {
      const target = text === null ? null : readTarget(text, app.explainer?.model.classes ?? 0);
      app.chosen = typeof target === "number" ? target : null;
      setOptions({ target: typeof target === "number" ? null : target });
    },
  });
  link.bind("smoothing", {
    get: () => join(app.options.smoothing),
    set: (text) => setOptions({ smoothing: SMOOTHINGS.filter((id) => split(text, SMOOTHINGS).includes(id)) }),
  });
  link.bind("reference", {
    get: () => (app.options.reference ? "1" : null),
    set: (text) => setOptions({ reference: text === "1" }),
  });
  link.bind("methods", {
    get: () => join(methods.chosen),
    set: (text) => methods.choose(split(text, app.explainer?.methods.map(({ id }) => id) ?? [])),
  });
  link.bind("agreement", { get: () => agreement.measure, set: (text) => (agreement.measure = text) });
  for (const key of lookView.keys) {
    link.bind(key, { get: () => lookView.get(key), set: (text) => lookView.set(key, text) });
  }
  bindSkip();
  for (const type of /** @type {const} */ (["scene", "maps", "look", "view", "settings", "region"])) {
    app.on(type, () => link.save());
  }
}

/**
 * The header's settings: the theme, which a link changes for a visit alone; and the language, in which the page is loaded
 * anew, with its settings in the address.
 * @param {Link} link
 * @param {SettingsView} settings
 */
export function bindHeader(link, settings) {
  link.bind("theme", { get: () => settings.theme, set: (text) => (settings.theme = text) });
  on(settings, "theme", () => link.set("theme", settings.theme));
  link.bind("lang", {
    get: () => (language === preferred ? null : language),
    set: (text) => {
      const asked = readLanguage(text);
      if (asked !== null && asked !== language) location.reload();
    },
  });
  on(settings, "language", (/** @type {string} */ choice) => {
    const chosen = readLanguage(choice);
    if (chosen === null) return;
    keepLanguage(chosen);
    link.set("lang", chosen === preferred ? null : chosen);
    location.reload();
  });
}

/**
 * @param {App} app
 * @param {HTMLElement} root
 */
export function addCopyButton(app, root) {
  const button = element("button", { type: "button", id: "copy-link", title: texts.copyHint }, texts.copy);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  button.addEventListener("click", async () => {
    clearTimeout(timer);
    /** @type {string} */
    let text = texts.copied;
    try {
      await navigator.clipboard.writeText(location.href);
      app.say(`${texts.copied}. ${texts.copyHint}`);
    } catch {
      // Not allowed, or no secure context.
      text = texts.copyFailed;
      app.say(text);
    }
    button.textContent = text;
    timer = setTimeout(() => (button.textContent = texts.copy), 4000);
  });
  root.append(button);
}

/** What follows the # in the address is settings: following the link past the header would lose them. */
function bindSkip() {
  find(document, ".skip", HTMLElement).addEventListener("click", (event) => {
    event.preventDefault();
    find(document, "#main", HTMLElement).focus();
  });
}
