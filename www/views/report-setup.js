/**
 * What goes into a report: pictures, methods, measures, and the settings they share.
 * Emits "ten", "samples", "files" with a list of files, "clear" and "settings" with the new settings.
 */
import { element, keepFocus, setText } from "../dom.js";
import { METRICS } from "../measures.js";
import { BUDGETS, CROPS, STEPS } from "../report/settings.js";
import { crops, report } from "../strings.js";

/** @import { Crop, LayerInfo, MethodInfo } from "../camscope.d.ts" */
/** @import { Budget, Settings } from "../report/settings.js" */

const texts = report.setup;

/** @typedef {{ ids: string[], name: (id: string) => string, hint: (id: string) => string }} Choices */

export class ReportSetup extends EventTarget {
  #ten = button(texts.ten(10), () => this.#emit("ten"));
  #samples = button(texts.samples(12), () => this.#emit("samples"));
  #clear = button(texts.clear, () => this.#emit("clear"));
  #sources = element("div", { class: "report-sources" });
  #count = element("p", { role: "status" }, texts.none);
  #notice = element("p", { class: "hint", role: "status" });
  #methods = element("fieldset", { class: "field checks" });
  #leftOut = element("div", { class: "hint", role: "status", hidden: true });
  #measures = element("fieldset", { class: "field checks" });
  #layer = element("select");
  #crop = element("select");
  #budget = element("select");
  #steps = element("select");
  #estimate = element("p", { role: "status" });
  #options = element("div", { class: "report-options" });
  /** @type {Settings | null} */
  #settings = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    const files = this.#input("file", { multiple: true, accept: "image/*" });
    const folder = this.#input("folder", { webkitdirectory: true });
    this.#sources.append(
      this.#ten,
      this.#samples,
      button(texts.files, () => files.click()),
      button(texts.folder, () => folder.click()),
      this.#clear,
    );
    fill(this.#crop, CROPS, (id) => crops[id].name);
    fill(this.#budget, ["auto", ...BUDGETS.map(String), "all"], texts.budgetName);
    fill(this.#steps, STEPS.map(String), (steps) => steps);
    this.#options.append(
      field(texts.layer, this.#layer),
      field(texts.crop, this.#crop),
      field(texts.budget, this.#budget),
      field(texts.steps, this.#steps),
    );
    for (const part of [this.#methods, this.#measures, this.#options]) {
      part.addEventListener("change", () => this.#changed());
    }
    root.replaceChildren(
      element("h2", { id: "report-title" }, texts.title),
      element("p", { class: "hint" }, texts.intro),
      element("h3", {}, texts.pictures),
      this.#sources,
      files,
      folder,
      element("p", { class: "hint" }, texts.drop),
      element("p", { class: "hint" }, texts.mark),
      this.#count,
      this.#notice,
      this.#methods,
      this.#leftOut,
      this.#measures,
      this.#options,
      element("p", { class: "hint" }, texts.budgetHint),
      element("p", { class: "hint" }, texts.link),
      this.#estimate,
    );
    this.setSamples(0, 0);
    this.showCount(0);
  }

  /**
   * @param {number} ten how many of the ImageNet photos there are
   * @param {number} all how many samples
   */
  setSamples(ten, all) {
    this.#ten.hidden = ten === 0;
    this.#ten.textContent = texts.ten(ten);
    this.#samples.hidden = all <= ten;
    this.#samples.textContent = texts.samples(all);
  }

  /**
   * What the loaded network and engine offer.
   * @param {readonly MethodInfo[]} methods
   * @param {LayerInfo[]} layers
   * @param {Settings} settings
   * @param {(id: string) => string} costOf a measure
   */
  setOptions(methods, layers, settings, costOf) {
    this.#settings = settings;
    const named = new Map(methods.map((method) => [method.id, method]));
    checks(this.#methods, texts.methods, {
      ids: [...named.keys()],
      name: (id) => named.get(id)?.name ?? id,
      hint: () => "",
    });
    checks(this.#measures, texts.measures, {
      ids: Object.keys(METRICS),
      name: (id) => report.metrics[id].name,
      hint: (id) => report.metrics[id].hint,
    });
    fill(
      this.#layer,
      layers.map(({ id }) => id),
      (id) => id,
    );
    this.show(settings, costOf);
  }

  /**
   * @param {Settings} settings
   * @param {(id: string) => string} costOf a measure
   */
  show(settings, costOf) {
    this.#settings = settings;
    for (const input of inputs(this.#methods)) input.checked = settings.methods.includes(input.value);
    for (const input of inputs(this.#measures)) {
      input.checked = settings.measures.includes(input.value);
      const cost = input.parentElement?.querySelector("i");
      if (cost) cost.textContent = costOf(input.value);
    }
    this.#layer.value = settings.layer;
    this.#crop.value = settings.crop;
    this.#budget.value = String(settings.budget);
    this.#steps.value = String(settings.steps);
  }

  /** @param {number} count of pictures */
  showCount(count) {
    setText(this.#count, count === 0 ? texts.none : texts.count(count));
    keepFocus(
      () => (this.#clear.disabled = count === 0),
      () => [...this.#sources.children],
    );
  }

  /** @param {string} text what happened to the last pictures that were given */
  showNotice(text) {
    this.#notice.textContent = text;
  }

  /** @param {string[]} texts why chosen methods are not computed */
  showLeftOut(texts) {
    if (texts.join("") === this.#leftOut.textContent) return;
    this.#leftOut.hidden = texts.length === 0;
    this.#leftOut.replaceChildren(...texts.map((text) => element("p", {}, text)));
  }

  /** @param {string} text */
  showEstimate(text) {
    setText(this.#estimate, text);
  }

  #changed() {
    if (!this.#settings) return;
    const [methods, measures] = [this.#methods, this.#measures].map((set) =>
      inputs(set).flatMap(({ checked, value }) => (checked ? [value] : [])),
    );
    const { value } = this.#budget;
    /** @type {Settings} */
    const settings = {
      methods,
      measures,
      layer: this.#layer.value,
      crop: /** @type {Crop} */ (this.#crop.value),
      budget: /** @type {Budget} */ (value === "auto" || value === "all" ? value : Number(value)),
      steps: Number(this.#steps.value),
    };
    this.#settings = settings;
    this.#emit("settings", settings);
  }

  /**
   * A file input behind a button.
   * @param {string} name
   * @param {Record<string, string | boolean>} attributes
   */
  #input(name, attributes) {
    const input = element("input", { type: "file", id: `report-${name}`, hidden: true, ...attributes });
    input.addEventListener("change", () => {
      this.#emit("files", { files: [...(input.files ?? [])], isFolder: name === "folder" });
      // So that the same files can be chosen again.
      input.value = "";
    });
    return input;
  }

  /**
   * @param {string} type
   * @param {unknown} [detail]
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** @param {string} text @param {() => void} run */
function button(text, run) {
  const made = element("button", { type: "button" }, text);
  made.addEventListener("click", run);
  return made;
}

/** @param {string} text @param {HTMLSelectElement} select */
function field(text, select) {
  return element("label", { class: "field" }, element("span", {}, text), select);
}

/**
 * @template {string} T
 * @param {HTMLSelectElement} select
 * @param {readonly T[]} ids
 * @param {(id: T) => string} name
 */
function fill(select, ids, name) {
  select.replaceChildren(...ids.map((id) => element("option", { value: id }, name(id))));
}

/**
 * @param {HTMLElement} fieldset
 * @param {string} title
 * @param {Choices} choices
 */
function checks(fieldset, title, { ids, name, hint }) {
  const boxes = ids.map((id) => {
    const small = hint(id) ? [element("small", {}, hint(id), " ", element("i"))] : [];
    return element(
      "label",
      {},
      element("input", { type: "checkbox", value: id }),
      element("span", {}, name(id), ...small),
    );
  });
  fieldset.replaceChildren(element("legend", {}, title), element("div", {}, ...boxes));
}

/** @param {HTMLElement} fieldset @returns {HTMLInputElement[]} */
function inputs(fieldset) {
  return [...fieldset.querySelectorAll("input")];
}
