/**
 * How the maps are looked at: the layer, and colours, opacity and blend, which need no computing.
 * Emits "layer" with the id, "look" with nothing.
 */
import { element, find, radioRow } from "../dom.js";
import { paintScale } from "../paint.js";
import { blends, layers as texts, palettes as groups } from "../strings.js";

/** @import { LayerInfo, PaletteInfo } from "../camscope.d.ts" */
/** @import { Blend, Look } from "../paint.js" */

export class LookView extends EventTarget {
  #layer;
  #opacity;
  #opacityValue;
  #palette;
  #blend;
  #scale;
  /** @type {readonly PaletteInfo[]} */
  #palettes = [];

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#layer = find(root, "#layer", HTMLElement);
    this.#opacity = find(root, "#opacity", HTMLInputElement);
    this.#opacityValue = find(root, "#opacity-value", HTMLOutputElement);
    this.#palette = find(root, "#palette", HTMLSelectElement);
    this.#blend = find(root, "#blend", HTMLSelectElement);
    this.#scale = find(root, "#scale", HTMLCanvasElement);
    this.#layer.replaceChildren(element("p", { class: "hint" }, texts.waiting));
    this.#blend.replaceChildren(...Object.entries(blends).map(([value, text]) => element("option", { value }, text)));
    this.#opacity.value = "55";
    this.#layer.addEventListener("change", (event) => {
      const { value } = /** @type {HTMLInputElement} */ (event.target);
      this.dispatchEvent(new CustomEvent("layer", { detail: value }));
    });
    for (const control of [this.#opacity, this.#palette, this.#blend]) {
      control.addEventListener("input", () => this.#changed());
    }
    this.#showValues();
  }

  /**
   * @param {readonly LayerInfo[]} layers
   * @param {string} chosen
   */
  setLayers(layers, chosen) {
    const options = layers.map(({ id, width, height }) => ({ value: id, text: id, detail: texts.size(width, height) }));
    radioRow(this.#layer, "layer", options, chosen);
  }

  /**
   * @param {readonly PaletteInfo[]} palettes
   * @param {string} chosen
   */
  setPalettes(palettes, chosen) {
    this.#palettes = palettes;
    /** @param {boolean} uniform */
    const options = (uniform) =>
      palettes.filter((one) => one.uniform === uniform).map(({ id, name }) => element("option", { value: id }, name));
    this.#palette.replaceChildren(
      element("optgroup", { label: groups.uniform }, ...options(true)),
      element("optgroup", { label: groups.other }, ...options(false)),
    );
    this.#palette.value = chosen;
    this.#showValues();
  }

  /** @returns {Look | null} null before the engine has given its colour tables */
  get look() {
    const palette = this.#palettes.find(({ id }) => id === this.#palette.value);
    if (!palette) return null;
    return {
      rgb: palette.rgb,
      opacity: Number(this.#opacity.value) / 100,
      blend: /** @type {Blend} */ (this.#blend.value),
    };
  }

  get paletteId() {
    return this.#palette.value;
  }

  #changed() {
    this.#showValues();
    this.dispatchEvent(new CustomEvent("look"));
  }

  #showValues() {
    const isOnly = this.#blend.value === "only";
    this.#opacity.disabled = isOnly;
    this.#opacityValue.textContent = isOnly ? "" : `${this.#opacity.value} %`;
    const look = this.look;
    if (look) paintScale(this.#scale, look.rgb);
  }
}
