/**
 * Marking the object on the picture: a box is dragged, or an area brushed, or the box given in numbers. The keyboard moves
 * a mark of the same kind over the picture, resizes it, and sets it.
 * Emits "region" with the region, or null when it was cleared, and "read" with where the keyboard's mark is, in words.
 */
import { canvasOf, context2d, element, find, radioRow } from "../dom.js";
import { drawStroke } from "../edit.js";
import { drawOutline } from "../region.js";
import { region as texts } from "../strings.js";
import { shareAt } from "./fit.js";
import { boxText, movedBy } from "./mark.js";

/** @import { MarkedRegion } from "../region.js" */
/** @import { Box } from "../paint.js" */

/** Thickness of the brush, as a share of the picture's longer side. */
const BRUSH = 0.07;
/** Of the mark that the keyboard moves: its first side. */
const MARK = 0.3;
/** A box with a shorter side, as a share of the picture's, is a click and no box. */
const LEAST = 0.01;

const PICTURE = "picture-to-mark";

const SIDES = /** @type {const} */ (["left", "top", "width", "height"]);

export class RegionView extends EventTarget {
  #stage;
  #canvas;
  #over = canvasOf(1, 1);
  #open;
  #tools;
  #clear;
  /** @type {HTMLInputElement[]} */
  #fields;
  /** @type {"box" | "brush"} */
  #tool = "box";
  /** @type {MarkedRegion | null} */
  #region = null;
  /** @type {{ x: number, y: number } | null} where the drag began, in the picture's pixels */
  #from = null;
  /** The keyboard's mark: its middle, as shares of the picture, and its side, as one of the longer side. */
  #mark = { x: 0.5, y: 0.5, side: MARK };

  /** @param {HTMLElement} root the picture's card */
  constructor(root) {
    super();
    this.#stage = find(root, ".stage", HTMLElement);
    this.#canvas = find(root, "canvas", HTMLCanvasElement);
    this.#over.className = "outline";
    this.#over.setAttribute("aria-hidden", "true");
    this.#open = find(root, ".mark", HTMLButtonElement);
    this.#tools = find(root, ".marking", HTMLElement);
    this.#clear = find(root, ".clear", HTMLButtonElement);
    const radios = find(root, ".marking .radios", HTMLElement);
    const options = Object.entries(texts.tools).map(([value, text]) => ({ value, text }));
    radioRow(radios, "region-tool", options, this.#tool);
    this.#fields = SIDES.map((side) => {
      const input = element("input", { type: "number", min: "0", max: "100", step: "1", inputmode: "decimal" });
      input.addEventListener("change", () => this.#readFields());
      find(root, ".box", HTMLElement).append(element("label", {}, element("span", {}, texts.sides[side]), input));
      return input;
    });
    radios.addEventListener("change", (event) => {
      this.#tool = /** @type {"box" | "brush"} */ (/** @type {HTMLInputElement} */ (event.target).value);
    });
    this.#open.addEventListener("click", () => this.#setOpen(Boolean(this.#tools.hidden)));
    this.#clear.addEventListener("click", () => {
      this.#change(null);
      this.#open.focus();
    });
    this.#stage.addEventListener("pointerdown", (event) => this.#begin(event));
    this.#stage.addEventListener("pointermove", (event) => this.#move(event));
    for (const type of ["pointerup", "pointercancel"]) this.#stage.addEventListener(type, () => this.#end());
    this.#stage.addEventListener("keydown", (event) => this.#press(event));
    for (const type of ["focus", "blur"]) this.#stage.addEventListener(type, () => this.#draw());
    this.#stage.addEventListener("focus", () => this.#isByKeyboard && this.#read());
    this.#canvas.id = PICTURE;
    this.#setOpen(false);
  }

  /** @param {MarkedRegion | null} region of the picture that is shown */
  show(region) {
    this.#region = region;
    this.#draw();
  }

  /** @param {boolean} isOpen */
  #setOpen(isOpen) {
    this.#tools.hidden = !isOpen;
    this.#open.setAttribute("aria-expanded", String(isOpen));
    this.#stage.classList.toggle("marked", isOpen);
    const about = { tabindex: "0", role: "application", "aria-label": texts.stage, "aria-describedby": PICTURE };
    for (const [name, value] of Object.entries(about)) {
      if (isOpen) this.#stage.setAttribute(name, value);
      else this.#stage.removeAttribute(name);
    }
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (this.#tools.hidden || event.button !== 0) return;
    event.preventDefault();
    this.#stage.setPointerCapture(event.pointerId);
    this.#from = this.#pointOf(event);
    if (this.#tool === "brush") this.#brush(this.#from, this.#from);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#from) return;
    const to = this.#pointOf(event);
    if (this.#tool === "brush") {
      this.#brush(this.#from, to);
      this.#from = to;
      return;
    }
    const [x, y] = [Math.min(this.#from.x, to.x), Math.min(this.#from.y, to.y)];
    const box = { x, y, width: Math.abs(this.#from.x - to.x), height: Math.abs(this.#from.y - to.y) };
    const isBox = box.width > LEAST * this.#canvas.width && box.height > LEAST * this.#canvas.height;
    if (!isBox) return;
    this.#region = { kind: "box", box };
    this.#draw();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (this.#tools.hidden || event.target !== this.#stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const moved = movedBy(this.#mark, event.key);
    const isSet = event.key === "Enter" || event.key === " ";
    if (!moved && !isSet) return;
    event.preventDefault();
    if (moved) {
      this.#mark = moved;
      this.#read();
    }
    const middle = { x: this.#mark.x * this.#canvas.width, y: this.#mark.y * this.#canvas.height };
    if (!isSet) this.#draw();
    else if (this.#tool === "box") this.#change({ kind: "box", box: this.#markBox });
    else {
      this.#brush(middle, middle, this.#mark.side);
      this.#change(this.#region);
    }
  }

  /** The keyboard's mark, cut to the picture. @returns {Box} */
  get #markBox() {
    const { width, height } = this.#canvas;
    const half = (this.#mark.side * Math.max(width, height)) / 2;
    const [x, y] = [Math.max(0, this.#mark.x * width - half), Math.max(0, this.#mark.y * height - half)];
    return {
      x,
      y,
      width: Math.min(width, this.#mark.x * width + half) - x,
      height: Math.min(height, this.#mark.y * height + half) - y,
    };
  }

  get #isByKeyboard() {
    return !this.#tools.hidden && this.#stage.matches(":focus-visible");
  }

  #read() {
    this.dispatchEvent(new CustomEvent("read", { detail: boxText(this.#markBox, this.#canvas) }));
  }

  #end() {
    if (!this.#from) return;
    this.#from = null;
    this.#change(this.#region);
  }

  /**
   * @param {{ x: number, y: number }} from
   * @param {{ x: number, y: number }} to
   * @param {number} [thickness] as a share of the picture's longer side
   */
  #brush(from, to, thickness = BRUSH) {
    const { width, height } = this.#canvas;
    const last = this.#region?.kind === "brush" ? this.#region.mask : null;
    // Never drawn on in place: whoever has the last one has it as it was.
    const mask = canvasOf(width, height);
    const context = context2d(mask);
    if (last) context.drawImage(last, 0, 0);
    drawStroke(context, [from, to], thickness * Math.max(width, height));
    this.#region = { kind: "brush", mask };
    this.#draw();
  }

  /** In the picture's pixels, inside it. */
  #pointOf(/** @type {PointerEvent} */ event) {
    const { x, y } = shareAt(event, this.#stage, this.#canvas);
    const clamp = (/** @type {number} */ share) => Math.min(1, Math.max(0, share));
    return { x: clamp(x) * this.#canvas.width, y: clamp(y) * this.#canvas.height };
  }

  #readFields() {
    const [left, top, wide, high] = this.#fields.map(({ value }) => Math.min(100, Math.max(0, Number(value))) / 100);
    const { width, height } = this.#canvas;
    const box = {
      x: left * width,
      y: top * height,
      width: Math.min(wide, 1 - left) * width,
      height: Math.min(high, 1 - top) * height,
    };
    if (box.width > 0 && box.height > 0) this.#change({ kind: "box", box });
  }

  /** @param {MarkedRegion | null} region */
  #change(region) {
    this.#region = region;
    this.#draw();
    this.dispatchEvent(new CustomEvent("region", { detail: region }));
  }

  #draw() {
    const { width, height } = this.#canvas;
    const region = this.#region;
    this.#clear.hidden = !region;
    this.#over.remove();
    this.#fill(region?.kind === "box" ? region.box : null);
    const isByKeyboard = this.#isByKeyboard;
    if (!region && !isByKeyboard) return;
    this.#canvas.after(this.#over);
    this.#over.width = width;
    this.#over.height = height;
    const context = context2d(this.#over);
    const line = Math.max(width, height) / 200;
    if (region) drawOutline(context, region, line);
    if (isByKeyboard) drawOutline(context, { kind: "box", box: this.#markBox }, line / 2);
  }

  /** @param {Box | null} box */
  #fill(box) {
    const { width, height } = this.#canvas;
    const shares = box && [box.x / width, box.y / height, box.width / width, box.height / height];
    this.#fields.forEach((input, index) => {
      if (input !== document.activeElement) input.value = shares ? String(Math.round(100 * shares[index])) : "";
    });
  }
}
