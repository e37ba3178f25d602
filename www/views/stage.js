/**
 * Where a map is seen: the overlay on its part of the picture, the outline of the region, and the place whose value is
 * read off.
 * Emits "place" with the place under the pointer (shares of the frame) or null, "key" with one that the keyboard chose.
 */
import { canvasOf, context2d, element } from "../dom.js";
import { paintOverlay } from "../paint.js";
import { drawOutline } from "../region.js";
import { onShared, peakOf, valueAt, valuesOf, averageOf } from "../scale.js";
import { reading as texts } from "../strings.js";
import { fitOf, shareAt } from "./fit.js";

/** @import { Box, Look } from "../paint.js" */
/** @import { MarkedRegion } from "../region.js" */
/** @import { Drawable } from "../scale.js" */

/** @typedef {{ x: number, y: number }} Place shares of the frame, 0…1 */

const STEP = 1 / 28;

/** @type {Readonly<Record<string, [number, number]>>} */
const ARROWS = Object.freeze({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

/**
 * Where a key leads from a place: an arrow a step on, with Shift more; Home to the peak.
 * @param {Pick<KeyboardEvent, "key" | "shiftKey">} event
 * @param {Place} from
 * @param {Place} peak
 * @returns {Place | null} null for another key
 */
export function placeAfter({ key, shiftKey }, from, peak) {
  if (key === "Home") return peak;
  const arrow = ARROWS[key];
  if (!arrow) return null;
  const step = shiftKey ? 4 * STEP : STEP;
  const clamp = (/** @type {number} */ share) => Math.min(1, Math.max(0, share));
  return { x: clamp(from.x + arrow[0] * step), y: clamp(from.y + arrow[1] * step) };
}

let made = 0;

export class StageView extends EventTarget {
  #root;
  #canvas;
  #outline = canvasOf(1, 1);
  #marker = element("i", { class: "marker", hidden: true });
  #value = element("span", { class: "reading", hidden: true });
  /** @type {{ picture: HTMLCanvasElement, part: Box } | null} */
  #ground = null;
  /** @type {Drawable | null} */
  #map = null;
  /** @type {Look | null} */
  #look = null;
  /** End of the shared scale. */
  #top = 0;
  /** @type {Place | null} */
  #place = null;

  /** @param {HTMLElement} root holds the canvas */
  constructor(root) {
    super();
    this.#root = root;
    this.#canvas = /** @type {HTMLCanvasElement} */ (root.querySelector("canvas"));
    this.#outline.className = "outline";
    for (const node of [this.#outline, this.#marker, this.#value]) node.setAttribute("aria-hidden", "true");
    root.append(this.#marker, this.#value);
    // Readers that do not look into an application hear the map in words with its name.
    this.#canvas.id = `map-${++made}`;
    root.setAttribute("aria-describedby", this.#canvas.id);
    for (const type of ["pointermove", "pointerdown"]) {
      root.addEventListener(type, (event) => this.#emit("place", this.#placeOf(/** @type {PointerEvent} */ (event))));
    }
    root.addEventListener("pointerleave", () => this.#emit("place", null));
    root.addEventListener("focus", () => this.#map && this.#emit("key", this.#place ?? peakOf(this.#map)));
    root.addEventListener("blur", () => this.#emit("place", null));
    root.addEventListener("keydown", (event) => this.#press(event));
  }

  /** @returns {HTMLCanvasElement} */
  get canvas() {
    return this.#canvas;
  }

  get root() {
    return this.#root;
  }

  /** @param {string} name of the method */
  setName(name) {
    this.#root.setAttribute("aria-label", texts.label(name));
  }

  /** As if it had been tabbed to. */
  focus() {
    this.#root.focus();
  }

  /** @param {boolean} isHidden */
  hide(isHidden) {
    this.#root.hidden = isHidden;
  }

  /**
   * @param {HTMLCanvasElement} picture
   * @param {Box} part in the pixels of `picture`
   */
  setGround(picture, part) {
    this.#ground = { picture, part };
  }

  /**
   * @param {Look | null} look
   * @param {number} top end of the shared scale
   */
  setLook(look, top) {
    this.#look = look;
    this.#top = top;
    this.#paint();
  }

  /** @param {Drawable | null} map null: the picture alone */
  show(map) {
    this.#map = map;
    this.#paint();
  }

  /** @param {MarkedRegion | null} region in the picture's pixels */
  setRegion(region) {
    const { part } = this.#ground ?? {};
    this.#outline.remove();
    if (!region || !part) return;
    this.#canvas.after(this.#outline);
    this.#outline.width = Math.max(1, Math.round(part.width));
    this.#outline.height = Math.max(1, Math.round(part.height));
    const context = context2d(this.#outline);
    context.translate(-part.x, -part.y);
    drawOutline(context, region, Math.max(part.width, part.height) / 200);
  }

  /** @param {Place | null} place */
  setPlace(place) {
    this.#place = place;
    const text = this.read();
    this.#marker.hidden = this.#value.hidden = !text;
    if (!place || !text) return;
    const { left, top, width, height } = fitOf(this.#canvas);
    this.#marker.style.left = `${100 * (left + place.x * width)}%`;
    this.#marker.style.top = `${100 * (top + place.y * height)}%`;
    this.#value.textContent = text;
    // Away from what is pointed at.
    this.#value.classList.toggle("below", place.y < 0.25);
  }

  /** @returns {string} the value at the place, "" where there is none */
  read() {
    if (!this.#place || !this.#map || !this.#look) return "";
    const isSigned = Boolean(this.#look.signed && this.#map.signed);
    const values = valuesOf(this.#map, isSigned);
    const value = valueAt(values, this.#place);
    if (this.#look.shared) return texts.times(value / (averageOf(values) || 1));
    return isSigned ? texts.signed(value) : texts.own(value);
  }

  #paint() {
    if (!this.#ground || !this.#look) return;
    const look = this.#look;
    const isSigned = Boolean(look.signed && this.#map?.signed);
    let map = this.#map && valuesOf(this.#map, isSigned);
    if (map && look.shared && this.#top > 0) map = onShared(map, this.#top);
    paintOverlay(this.#canvas, this.#ground.picture, this.#ground.part, map, look);
    if (this.#place) this.setPlace(this.#place);
  }

  /**
   * @param {PointerEvent} event
   * @returns {Place | null}
   */
  #placeOf(event) {
    const { x, y } = shareAt(event, this.#root, this.#canvas);
    return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (!this.#map || event.target !== this.#root) return;
    const peak = peakOf(this.#map);
    const to = placeAfter(event, this.#place ?? peak, peak);
    if (!to) return;
    event.preventDefault();
    this.#emit("key", to);
  }

  /**
   * @param {"place" | "key"} type
   * @param {Place | null} detail
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
