/**
 * Which network: one of those beside the page, or a checkpoint of the visitor's with what it does not say.
 * Emits "model" with an address, "file" with the checkpoint, "load" with the options for it.
 */
import { element, keepFocus } from "../dom.js";
import { megabytes } from "../format.js";
import { parseNumbers } from "../numerals.js";
import { network as texts } from "../strings.js";
import { translateWords } from "../translate.js";
import { said } from "./said.js";

/** @import { Inspection, ModelEntry, OwnNetwork, Preprocessing } from "../camscope.d.ts" */

const DEFAULTS = Object.freeze({
  mean: "0.485, 0.456, 0.406",
  std: "0.229, 0.224, 0.225",
  resize: "256",
  crop: "224",
  epsilon: "1e-5",
});

/** What the visitor gave cannot be used, which is said in the page's language; the engine's own errors are English. */
class InputError extends Error {}

export class NetworkView extends EventTarget {
  #choice = element("select", { id: "network-choice" });
  #chosen = element("label", { class: "field", hidden: true }, element("span", {}, texts.present), this.#choice);
  #file = element("input", { type: "file", id: "network-file", accept: ".pth,.pt,.safetensors" });
  #labels = element("input", { type: "file", id: "network-labels", accept: ".txt,.json" });
  #order = element("select", { id: "network-order" });
  #status = element("p", { role: "status", id: "network-status" });
  #error = element("p", { role: "alert", class: "error", id: "network-error" });
  #found = element("details", { hidden: true }, element("summary", {}, texts.tensors));
  #list = element("ul", { class: "tensors", tabindex: "0", "aria-label": texts.tensors });
  #load = element("button", { type: "button", class: "primary", id: "network-load", disabled: true }, texts.load);
  /** @type {Record<keyof typeof DEFAULTS, HTMLInputElement>} */
  #fields;
  /** @type {File | null} */
  #checkpoint = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    /** @param {keyof typeof DEFAULTS} name */
    const field = (name) => {
      const input = element("input", {
        type: "text",
        id: `network-${name}`,
        inputmode: "decimal",
        autocomplete: "off",
      });
      input.value = DEFAULTS[name];
      return input;
    };
    this.#fields = {
      mean: field("mean"),
      std: field("std"),
      resize: field("resize"),
      crop: field("crop"),
      epsilon: field("epsilon"),
    };
    this.#order.append(...Object.entries(texts.orders).map(([value, text]) => element("option", { value }, text)));
    this.#found.append(this.#list);
    /** @param {string} text @param {HTMLElement} input @param {string} [hint] */
    const labelled = (text, input, hint) =>
      element(
        "label",
        { class: "field" },
        element("span", {}, text),
        input,
        ...(hint ? [element("small", {}, hint)] : []),
      );
    const { mean, std, resize, crop, epsilon } = this.#fields;
    root.append(
      this.#chosen,
      element("h2", {}, texts.own),
      element("p", { class: "hint" }, texts.intro),
      labelled(texts.file, this.#file),
      labelled(texts.labels, this.#labels, texts.labelsHint),
      element(
        "details",
        {},
        element("summary", {}, texts.advanced),
        labelled(texts.mean, mean),
        labelled(texts.std, std),
        labelled(texts.resize, resize),
        labelled(texts.crop, crop),
        labelled(texts.order, this.#order),
        labelled(texts.epsilon, epsilon),
      ),
      this.#status,
      this.#error,
      this.#found,
      this.#load,
    );
    this.#choice.addEventListener("change", () => this.#emit("model", this.#choice.value));
    this.#file.addEventListener("change", () => {
      const file = this.#file.files?.[0];
      if (file) this.#emit("file", file);
    });
    this.#load.addEventListener("click", () => this.#submit());
  }

  /**
   * Offered where there is a choice.
   * @param {ModelEntry[]} models
   */
  showModels(models) {
    this.#chosen.hidden = models.length < 2;
    this.#choice.replaceChildren(...models.map(({ title, manifest }) => element("option", { value: manifest }, title)));
  }

  /** @param {string | null} manifest of the model in use; null: the visitor's own */
  showUsed(manifest) {
    if (manifest) this.#choice.value = manifest;
    else this.#choice.selectedIndex = -1;
  }

  showReading() {
    this.#settle(texts.reading);
  }

  /** @param {string} title */
  showLoading(title) {
    this.#settle(texts.loading(title));
  }

  /** @param {string} text */
  showDone(text) {
    this.#settle(text);
    this.#load.disabled = this.#checkpoint === null;
  }

  /**
   * @param {string} message the engine's
   * @param {string} [text] the page's
   */
  showError(message, text = "") {
    this.#settle("");
    this.#error.replaceChildren(...(message ? [said(message), " "] : []), text);
    this.#load.disabled = this.#checkpoint === null;
  }

  /**
   * @param {File | null} file null: it cannot be used
   * @param {Inspection} [found]
   */
  showFile(file, found) {
    const isFit = file !== null && found?.fault === null;
    this.#checkpoint = isFit ? file : null;
    this.#found.hidden = !found;
    this.#load.disabled = !isFit;
    if (!file || !found) return;
    const architecture = translateWords(found.architecture, "architecture");
    this.#settle(texts.found(file.name, architecture, found.classes, megabytes(found.bytes)));
    if (found.fault !== null) this.#error.replaceChildren(said(found.fault));
    this.#load.disabled = !isFit;
    this.#found.open = !isFit;
    this.#list.replaceChildren(...items(found));
  }

  async #submit() {
    if (!this.#checkpoint) return;
    try {
      this.#emit("load", await this.#options(this.#checkpoint));
    } catch (error) {
      if (error instanceof InputError) this.showError("", error.message);
      else this.showError(error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * @param {File} checkpoint
   * @returns {Promise<OwnNetwork>}
   */
  async #options(checkpoint) {
    const { mean, std, resize, crop, epsilon } = this.#fields;
    /** @type {Preprocessing} */
    const preprocessing = {
      mean: three(mean, texts.mean),
      std: three(std, texts.std),
      resize: one(resize, texts.resize),
      crop: one(crop, texts.crop),
      channelOrder: this.#order.value === "bgr" ? "bgr" : "rgb",
    };
    const own = { checkpoint, preprocessing, epsilon: one(epsilon, texts.epsilon), name: checkpoint.name };
    const file = this.#labels.files?.[0];
    return file ? { ...own, labels: parseLabels(await file.text()) } : own;
  }

  /** @param {string} text */
  #settle(text) {
    this.#error.textContent = "";
    this.#status.textContent = text;
    keepFocus(
      () => (this.#load.disabled = true),
      () => [this.#file],
    );
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * The tensors that the network must have, those that the file lacks or has otherwise first; last what only the file has.
 * @param {Inspection} inspection
 */
function items({ expected, tensors }) {
  const isThere = (/** @type {Inspection["expected"][number]} */ { shape, found }) => `${shape}` === `${found}`;
  const line = (/** @type {string} */ name, /** @type {number[]} */ shape) => `${name} [${shape.join(", ")}]`;
  const known = new Set(expected.map(({ name }) => name));
  return [
    ...expected
      .filter((tensor) => !isThere(tensor))
      .map(({ name, shape, found }) => {
        const state = found ? texts.otherwise(found.join(", ")) : texts.missing;
        return element("li", {}, line(name, shape), " ", element("mark", {}, state));
      }),
    ...expected.filter(isThere).map(({ name, shape }) => element("li", {}, line(name, shape))),
    ...tensors
      .filter(({ name }) => !known.has(name))
      .map(({ name, shape }) => element("li", {}, `${line(name, shape)} · ${texts.unused}`)),
  ];
}

/**
 * @param {HTMLInputElement} input
 * @param {string} field
 */
function one(input, field) {
  const values = parseNumbers(input.value);
  if (values.length !== 1 || !Number.isFinite(values[0])) throw new InputError(texts.oneNumber(field));
  return values[0];
}

/**
 * @param {HTMLInputElement} input
 * @param {string} field
 * @returns {[number, number, number]}
 */
function three(input, field) {
  const values = parseNumbers(input.value);
  if (values.length !== 3 || !values.every(Number.isFinite)) throw new InputError(texts.threeNumbers(field));
  return [values[0], values[1], values[2]];
}

/** @param {string} text */
function parseLabels(text) {
  if (!text.trimStart().startsWith("[")) return text.split(/\r?\n/).flatMap((line) => line.trim() || []);
  try {
    const labels = JSON.parse(text);
    if (Array.isArray(labels) && labels.every((label) => typeof label === "string")) return labels;
  } catch {
    // Said below.
  }
  throw new InputError(texts.badLabels);
}
