/**
 * Which layer is looked at: a slider to scrub through them with a row of radio buttons under it, or several to be fused.
 * Emits "layer" with `{ id, isScrubbing }`, "fusion" with `{ layers, fusion }` (null: not several).
 */
import { element, find, radioRow } from "../dom.js";
import { layers as sizes, how as texts } from "../strings.js";

/** @import { Fusion, LayerInfo } from "../camscope.d.ts" */

const FUSIONS = /** @type {Fusion[]} */ (Object.keys(texts.fusions));

export class LayersView extends EventTarget {
  #one;
  #slider;
  #radios;
  #several;
  #many;
  #boxes;
  #fusion;
  #hint;
  /** @type {readonly LayerInfo[]} */
  #layers = [];

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#slider = element("input", { type: "range", id: "scrubber", min: "0", max: "0", "aria-label": texts.scrub });
    this.#slider.disabled = true;
    this.#radios = element("div", { class: "radios", id: "layer" }, element("p", { class: "hint" }, texts.waiting));
    this.#one = element("div", { class: "scrub" }, this.#slider, this.#radios);
    this.#several = element("input", { type: "checkbox", id: "several" });
    this.#boxes = element("div", { class: "radios", id: "fused" });
    const options = FUSIONS.map((value) => element("option", { value }, texts.fusions[value].name));
    this.#fusion = element("select", { id: "fusion" }, ...options);
    const label = element("label", { class: "field inline" }, element("span", {}, texts.fusion), this.#fusion);
    this.#many = element("div", { class: "fused", hidden: true }, this.#boxes, label);
    this.#hint = element("p", { class: "hint", hidden: true });
    const toggle = element("label", { class: "tick" }, this.#several, element("span", {}, texts.several));
    root.append(element("legend", {}, texts.layer), this.#one, this.#many, toggle, this.#hint);

    this.#slider.addEventListener("input", () => {
      const { id } = this.#layers[Number(this.#slider.value)];
      this.#choose(id, true);
    });
    this.#radios.addEventListener("change", (event) => {
      this.#choose(/** @type {HTMLInputElement} */ (event.target).value, false);
    });
    this.#several.addEventListener("change", () => this.#fuse());
    this.#boxes.addEventListener("change", () => this.#fuse());
    this.#fusion.addEventListener("change", () => this.#fuse());
  }

  /**
   * @param {readonly LayerInfo[]} layers
   * @param {string} chosen
   * @param {{ layers: readonly string[] | null, fusion: Fusion }} fused
   */
  show(layers, chosen, { layers: fused, fusion }) {
    // The same ones stay where they are, and the focus with them.
    if (layers !== this.#layers) this.#offer(layers, chosen);
    const ticked = fused ?? layers.slice(-2).map(({ id }) => id);
    for (const input of this.#boxes.querySelectorAll("input")) input.checked = ticked.includes(input.value);
    this.#fusion.value = fusion;
    this.#several.checked = fused !== null;
    this.#arrange();
    this.#mark(chosen);
  }

  /**
   * @param {readonly LayerInfo[]} layers
   * @param {string} chosen
   */
  #offer(layers, chosen) {
    this.#layers = layers;
    const size = (/** @type {LayerInfo} */ { width, height }) => sizes.size(width, height);
    const options = layers.map((layer) => ({ value: layer.id, text: layer.id, detail: size(layer) }));
    radioRow(this.#radios, "layer", options, chosen);
    this.#slider.max = String(layers.length - 1);
    this.#slider.disabled = false;
    this.#boxes.replaceChildren(
      ...layers.map((layer) => {
        const input = element("input", { type: "checkbox", name: "fused", value: layer.id });
        return element("label", {}, input, element("span", {}, layer.id, element("small", {}, size(layer))));
      }),
    );
  }

  /**
   * @param {string} id
   * @param {boolean} isScrubbing
   */
  #choose(id, isScrubbing) {
    this.#mark(id);
    this.dispatchEvent(new CustomEvent("layer", { detail: { id, isScrubbing } }));
  }

  /** @param {string} id */
  #mark(id) {
    const index = this.#layers.findIndex((layer) => layer.id === id);
    if (index < 0) return;
    const { width, height } = this.#layers[index];
    this.#slider.value = String(index);
    this.#slider.setAttribute("aria-valuetext", texts.at(id, sizes.size(width, height)));
    find(this.#radios, `input[value="${id}"]`, HTMLInputElement).checked = true;
  }

  #fuse() {
    this.#arrange();
    const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (this.#boxes.querySelectorAll("input:checked"));
    const layers = this.#several.checked ? Array.from(boxes, ({ value }) => value) : null;
    this.#showHint(layers);
    const fusion = /** @type {Fusion} */ (this.#fusion.value);
    if (layers === null || layers.length > 0) {
      this.dispatchEvent(new CustomEvent("fusion", { detail: { layers, fusion } }));
    }
  }

  #arrange() {
    this.#one.hidden = this.#several.checked;
    this.#many.hidden = !this.#several.checked;
    this.#showHint(null);
  }

  /** @param {string[] | null} layers */
  #showHint(layers) {
    this.#hint.hidden = !this.#several.checked;
    const isFew = layers !== null && layers.length < 2;
    this.#hint.textContent = isFew ? texts.fewLayers : texts.fusions[/** @type {Fusion} */ (this.#fusion.value)].hint;
  }
}
