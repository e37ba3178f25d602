/**
 * The picture that is edited: painted on with the pointer, or with a patch that the keyboard moves, resizes and applies.
 * Emits "edit" with a finished edit's shape, "undo", "reset", "tools" when another tool is chosen, or set otherwise, and
 * "read" with where the keyboard's patch is, in words.
 */
import { canvasOf, context2d, element, find, keepFocus, radioRow } from "../dom.js";
import { drawEdited } from "../edit.js";
import { drawOutline } from "../region.js";
import { whatif as texts } from "../strings.js";
import { shareAt } from "./fit.js";
import { boxText, movedBy } from "./mark.js";

/** @import { Edit, Fill, Point, Shape } from "../edit.js" */

const TOOL = "brush";
const FILL = "erase";
/** The patch's first side, as a share of the picture's longer side. */
const PATCH = 0.25;

export class EditorView extends EventTarget {
  #stage;
  #canvas;
  #over = canvasOf(1, 1);
  #size;
  #colour;
  #tools;
  #fills;
  #undo;
  #reset;
  /** @type {HTMLCanvasElement | null} untouched */
  #picture = null;
  /** @type {readonly Edit[]} */
  #edits = [];
  /** @type {Point[]} of the stroke or the patch that is being drawn */
  #points = [];
  /** The patch of the keyboard: its middle and side, as shares of the picture. */
  #patch = { x: 0.5, y: 0.5, side: PATCH };

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#stage = find(root, ".stage", HTMLElement);
    this.#canvas = find(root, ".stage canvas", HTMLCanvasElement);
    this.#over.className = "outline";
    this.#over.setAttribute("aria-hidden", "true");
    this.#stage.append(this.#over);
    this.#stage.setAttribute("aria-label", texts.editor);
    this.#canvas.setAttribute("aria-label", texts.edited);
    this.#size = find(root, ".size", HTMLInputElement);
    this.#colour = find(root, ".colour", HTMLInputElement);
    this.#tools = find(root, ".tool .radios", HTMLElement);
    this.#fills = find(root, ".fill .radios", HTMLElement);
    /** @param {Record<string, string>} choices */
    const options = (choices) => Object.entries(choices).map(([value, text]) => ({ value, text }));
    radioRow(this.#tools, "edit-tool", options(texts.tools), TOOL);
    radioRow(this.#fills, "edit-fill", options(texts.fills), FILL);
    this.#fills.addEventListener("change", () => this.#showColour());
    root.addEventListener("change", () => this.dispatchEvent(new CustomEvent("tools")));
    this.#undo = find(root, ".undo", HTMLButtonElement);
    this.#reset = find(root, ".reset", HTMLButtonElement);
    this.#undo.addEventListener("click", () => this.dispatchEvent(new CustomEvent("undo")));
    this.#reset.addEventListener("click", () => this.dispatchEvent(new CustomEvent("reset")));
    this.#stage.addEventListener("pointerdown", (event) => this.#begin(event));
    this.#stage.addEventListener("pointermove", (event) => this.#move(event));
    this.#stage.addEventListener("pointerup", () => this.#end());
    this.#stage.addEventListener("pointercancel", () => this.#end());
    this.#stage.addEventListener("keydown", (event) => this.#press(event));
    for (const type of ["focus", "blur"]) this.#stage.addEventListener(type, () => this.#draw());
    this.#stage.addEventListener("focus", () => this.#isByKeyboard && this.#read());
    this.#showColour();
  }

  /** @returns {HTMLCanvasElement} the picture as edited */
  get canvas() {
    return this.#canvas;
  }

  /** @returns {{ fill: Fill, colour: string }} */
  get paint() {
    return { fill: /** @type {Fill} */ (checked(this.#fills)), colour: this.#colour.value };
  }

  /** What a link keeps of it. */
  get keys() {
    return ["edit-tool", "edit-fill", "edit-size", "edit-colour"];
  }

  /**
   * @param {string} key
   * @returns {string | null} null: the default
   */
  get(key) {
    const { fill, colour } = this.paint;
    /** @type {Record<string, [string, string]>} */
    const values = {
      "edit-tool": [checked(this.#tools), TOOL],
      "edit-fill": [fill, FILL],
      "edit-size": [this.#size.value, this.#size.defaultValue],
      "edit-colour": [colour.slice(1), this.#colour.defaultValue.slice(1)],
    };
    const [value, usual] = values[key];
    return value === usual ? null : value;
  }

  /**
   * What does not exist is ignored.
   * @param {string} key
   * @param {string | null} text null: the default
   */
  set(key, text) {
    if (key === "edit-tool") check(this.#tools, text, TOOL);
    else if (key === "edit-fill") check(this.#fills, text, FILL);
    else if (key === "edit-size") {
      const { min, max, defaultValue } = this.#size;
      const isSize =
        text !== null && /^\d{1,2}$/.test(text) && Number(text) >= Number(min) && Number(text) <= Number(max);
      this.#size.value = isSize ? text : defaultValue;
    } else this.#colour.value = /^[\da-f]{6}$/.test(text ?? "") ? `#${text}` : this.#colour.defaultValue;
    this.#showColour();
  }

  /**
   * @param {HTMLCanvasElement} picture untouched
   * @param {readonly Edit[]} edits
   * @param {boolean} canUndo
   */
  show(picture, edits, canUndo) {
    this.#picture = picture;
    this.#edits = edits;
    this.#draw();
    keepFocus(
      () => {
        this.#undo.disabled = !canUndo;
        this.#reset.disabled = edits.length === 0;
      },
      () => [this.#undo, this.#stage],
    );
  }

  #showColour() {
    const label = this.#colour.closest("label");
    if (label) label.hidden = this.paint.fill !== "paint";
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (!this.#picture || event.button !== 0) return;
    this.#stage.setPointerCapture(event.pointerId);
    this.#points = [this.#pointOf(event)];
    this.#draw();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (this.#points.length === 0) return;
    const point = this.#pointOf(event);
    this.#points = checked(this.#tools) === "patch" ? [this.#points[0], point] : [...this.#points, point];
    this.#draw();
  }

  #end() {
    const shape = this.#drawing;
    this.#points = [];
    if (shape) this.#emit(shape);
  }

  /** @returns {Shape | null} what is being drawn */
  get #drawing() {
    const [first] = this.#points;
    const last = this.#points[this.#points.length - 1];
    if (!first) return null;
    if (checked(this.#tools) === "brush") {
      return { kind: "stroke", points: this.#points, thickness: (Number(this.#size.value) / 100) * this.#side };
    }
    const [x, y] = [Math.min(first.x, last.x), Math.min(first.y, last.y)];
    const box = { x, y, width: Math.abs(first.x - last.x), height: Math.abs(first.y - last.y) };
    return box.width >= 1 && box.height >= 1 ? { kind: "patch", box } : null;
  }

  get #side() {
    return Math.max(this.#canvas.width, this.#canvas.height);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (!this.#picture || event.target !== this.#stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const moved = movedBy(this.#patch, event.key);
    const isApplied = event.key === "Enter" || event.key === " ";
    if (!moved && !isApplied) return;
    event.preventDefault();
    if (!moved) {
      this.#emit({ kind: "patch", box: this.#patchBox });
      return;
    }
    this.#patch = moved;
    this.#read();
    this.#draw();
  }

  get #isByKeyboard() {
    return this.#stage.matches(":focus-visible");
  }

  #read() {
    if (!this.#picture) return;
    this.dispatchEvent(new CustomEvent("read", { detail: boxText(this.#patchBox, this.#canvas) }));
  }

  get #patchBox() {
    const { x, y, side } = this.#patch;
    const length = side * this.#side;
    return {
      x: x * this.#canvas.width - length / 2,
      y: y * this.#canvas.height - length / 2,
      width: length,
      height: length,
    };
  }

  /**
   * @param {PointerEvent} event
   * @returns {Point}
   */
  #pointOf(event) {
    const { x, y } = shareAt(event, this.#stage, this.#canvas);
    return { x: x * this.#canvas.width, y: y * this.#canvas.height };
  }

  /** @param {Shape} shape */
  #emit(shape) {
    this.dispatchEvent(new CustomEvent("edit", { detail: shape }));
  }

  #draw() {
    if (!this.#picture) return;
    const drawing = this.#drawing;
    drawEdited(
      this.#canvas,
      this.#picture,
      drawing ? [...this.#edits, { shape: drawing, ...this.paint }] : this.#edits,
    );
    const isByKeyboard = this.#isByKeyboard;
    this.#over.hidden = !isByKeyboard;
    if (!isByKeyboard) return;
    this.#over.width = this.#canvas.width;
    this.#over.height = this.#canvas.height;
    drawOutline(context2d(this.#over), { kind: "box", box: this.#patchBox }, this.#side / 200);
  }
}

/** @param {HTMLElement} radios */
function checked(radios) {
  return find(radios, "input:checked", HTMLInputElement).value;
}

/**
 * @param {HTMLElement} radios
 * @param {string | null} value
 * @param {string} usual checked where there is no such value
 */
function check(radios, value, usual) {
  const inputs = [...radios.querySelectorAll("input")];
  const wanted = inputs.some((input) => input.value === value) ? value : usual;
  for (const input of inputs) input.checked = input.value === wanted;
}

/**
 * The options of a list.
 * @param {HTMLSelectElement} select
 * @param {{ value: string, text: string }[]} options
 * @param {string} chosen
 */
export function fillSelect(select, options, chosen) {
  select.replaceChildren(...options.map(({ value, text }) => element("option", { value }, text)));
  select.value = chosen;
}
