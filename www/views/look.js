/**
 * How the maps are looked at, which needs no computing: colours, opacity, blend, scale, and whether what
 * speaks against the class is shown as well.
 * Emits "look".
 */
import { element, find, radioRow } from "../dom.js";
import { paintScale } from "../paint.js";
import { blends, look as words, palettes as groups } from "../strings.js";

/** @import { PaletteInfo } from "../camscope.d.ts" */
/** @import { Blend, Look } from "../paint.js" */

/** Per cent. */
const OPACITY = "55";

export class LookView extends EventTarget {
  #opacity;
  #opacityValue;
  #palette;
  #blend;
  #scale;
  /** @type {readonly PaletteInfo[]} */
  #palettes = [];
  /** What was chosen for signed maps, and for others. */
  #chosen = { signed: "", other: "" };
  #evidence;
  #scaleChoice;
  #labels;
  #hint;
  #top = 0;
  /** @type {{ against: string, for: string } | null} */
  #sides = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#opacity = find(root, "#opacity", HTMLInputElement);
    this.#opacityValue = find(root, "#opacity-value", HTMLElement);
    this.#palette = find(root, "#palette", HTMLSelectElement);
    this.#blend = find(root, "#blend", HTMLSelectElement);
    this.#scale = find(root, "#scale", HTMLCanvasElement);
    this.#evidence = find(root, "#evidence", HTMLElement);
    this.#scaleChoice = find(root, "#scale-choice", HTMLElement);
    this.#labels = root.querySelectorAll("#legend span");
    this.#hint = find(root, "#scale-hint", HTMLElement);
    /** @param {Record<string, string>} choices */
    const options = (choices) => Object.entries(choices).map(([value, text]) => ({ value, text }));
    radioRow(this.#evidence, "evidence", options(words.evidence), "for");
    radioRow(this.#scaleChoice, "scale", options(words.scales), "own");
    this.#evidence.addEventListener("change", () => {
      this.#fillPalettes();
      this.#changed();
    });
    this.#scaleChoice.addEventListener("change", () => this.#changed());
    this.#blend.replaceChildren(...Object.entries(blends).map(([value, text]) => element("option", { value }, text)));
    this.#opacity.value = OPACITY;
    for (const control of [this.#opacity, this.#palette, this.#blend]) {
      control.addEventListener("input", () => this.#changed());
    }
    this.#showValues();
  }

  /**
   * @param {readonly PaletteInfo[]} palettes
   * @param {string} chosen
   */
  setPalettes(palettes, chosen) {
    this.#palettes = palettes;
    this.#chosen.other = chosen;
    this.#chosen.signed ||= palettes.find(({ diverging }) => diverging)?.id ?? "";
    this.#fillPalettes();
    this.#showValues();
  }

  /** @param {number} top where the shared scale ends; 0 without one */
  setTop(top) {
    this.#top = top;
    this.#showValues();
  }

  /**
   * Two classes are held against each other: the map has two sides, and the legend says which is whose.
   * @param {{ against: string, for: string } | null} sides null: what speaks for and against one class
   */
  setSides(sides) {
    const isNew = sides !== null && this.#sides === null;
    this.#sides = sides;
    if (isNew) {
      find(this.#evidence, `input[value="signed"]`, HTMLInputElement).checked = true;
      this.#fillPalettes();
      this.#changed();
    }
    this.#showValues();
  }

  get #isSigned() {
    return isChecked(this.#evidence, "signed");
  }

  /** A map with two sides needs colours with two sides, and no other does. */
  #fillPalettes() {
    const isSigned = this.#isSigned;
    /**
     * @param {string} label
     * @param {(palette: PaletteInfo) => boolean} belongs
     */
    const group = (label, belongs) => {
      const options = this.#palettes
        .filter(belongs)
        .map(({ id, name }) => element("option", { value: id }, groups.names[id] ?? name));
      return element("optgroup", { label }, ...options);
    };
    const found = isSigned
      ? [group(groups.diverging, ({ diverging }) => diverging)]
      : [
          group(groups.uniform, ({ diverging, uniform }) => !diverging && uniform),
          group(groups.other, ({ diverging, uniform }) => !diverging && !uniform),
        ];
    this.#palette.replaceChildren(...found);
    this.#palette.value = isSigned ? this.#chosen.signed : this.#chosen.other;
  }

  /** @returns {Look | null} null before the engine has given its colour tables */
  get look() {
    const palette = this.#palettes.find(({ id }) => id === this.#palette.value);
    if (!palette) return null;
    return {
      palette: palette.id,
      rgb: palette.rgb,
      opacity: Number(this.#opacity.value) / 100,
      blend: /** @type {Blend} */ (this.#blend.value),
      signed: this.#isSigned,
      shared: isChecked(this.#scaleChoice, "shared"),
    };
  }

  /** What was chosen for maps of what speaks for the class. */
  get paletteId() {
    return this.#chosen.other;
  }

  /** What a link keeps of it. */
  get keys() {
    return ["palette", "signed-palette", "evidence", "scale", "blend", "opacity"];
  }

  /**
   * @param {string} key
   * @returns {string | null} null: the default
   */
  get(key) {
    const [first] = this.#palettes;
    const firstSigned = this.#palettes.find(({ diverging }) => diverging);
    /** @type {Record<string, [string, string | undefined]>} */
    const values = {
      palette: [this.#chosen.other, first?.id],
      "signed-palette": [this.#chosen.signed, firstSigned?.id],
      evidence: [this.#isSigned ? "signed" : "for", "for"],
      scale: [isChecked(this.#scaleChoice, "shared") ? "shared" : "own", "own"],
      blend: [this.#blend.value, "normal"],
      opacity: [this.#opacity.value, OPACITY],
    };
    const [value, usual] = values[key];
    return value === usual || value === "" ? null : value;
  }

  /**
   * What does not exist is ignored.
   * @param {string} key
   * @param {string | null} text null: the default
   */
  set(key, text) {
    /** @param {boolean} isDiverging */
    const palette = (isDiverging) => {
      const own = this.#palettes.filter(({ diverging = false }) => diverging === isDiverging);
      return own.find(({ id }) => id === text)?.id ?? own[0]?.id ?? "";
    };
    if (key === "palette") this.#chosen.other = palette(false);
    else if (key === "signed-palette") this.#chosen.signed = palette(true);
    else if (key === "evidence") check(this.#evidence, text === "signed" ? "signed" : "for");
    else if (key === "scale") check(this.#scaleChoice, text === "shared" ? "shared" : "own");
    else if (key === "blend") this.#blend.value = text !== null && Object.hasOwn(blends, text) ? text : "normal";
    else this.#opacity.value = text !== null && /^(\d{1,2}|100)$/.test(text) ? text : OPACITY;
    this.#fillPalettes();
    this.#showValues();
    this.dispatchEvent(new CustomEvent("look"));
  }

  #changed() {
    this.#chosen[this.#isSigned ? "signed" : "other"] = this.#palette.value;
    this.#showValues();
    this.dispatchEvent(new CustomEvent("look"));
  }

  #showValues() {
    const isOnly = this.#blend.value === "only";
    this.#opacity.disabled = isOnly;
    this.#opacityValue.textContent = isOnly ? "" : `${this.#opacity.value}\u00a0%`;
    const look = this.look;
    if (look) paintScale(this.#scale, look.rgb);
    const labels = words.legend(this.#isSigned, look?.shared ? this.#top : 0, this.#sides);
    labels.forEach((text, index) => (this.#labels[index].textContent = text));
    this.#hint.textContent = look?.shared ? words.sharedHint : words.ownHint;
  }
}

/**
 * @param {HTMLElement} root of a row of radio buttons
 * @param {string} value
 */
function isChecked(root, value) {
  return root.querySelector(`input[value="${value}"]:checked`) !== null;
}

/**
 * @param {HTMLElement} root of a row of radio buttons
 * @param {string} value
 */
function check(root, value) {
  find(root, `input[value="${value}"]`, HTMLInputElement).checked = true;
}
