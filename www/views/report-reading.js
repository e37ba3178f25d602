/**
 * The overlays of one picture, in a row of a report or in a figure, read at one place: all say what their map has there.
 * By keyboard the picture beside them has the focus.
 * Emits "read" with what the maps say at the place that the keyboard chose.
 */
import { element } from "../dom.js";
import { peakOf, valueAt } from "../scale.js";
import { placeTexts } from "./mark.js";
import { placeAfter } from "./stage.js";

/** @import { HeatMap } from "../camscope.d.ts" */
/** @import { Place } from "./stage.js" */

/**
 * Whose maps are read.
 * @typedef {object} Source
 * @property {(row: number) => Promise<Map<string, HeatMap>>} mapsOf by method
 * @property {(map: HeatMap, value: number) => string} textOf
 * @property {(method: string) => string} nameOf
 */

const GROUP = ".report-row, figure";

export class ReportReader extends EventTarget {
  #source;
  /** @type {Element | null} the row or figure that is read */
  #group = null;
  /** @type {Map<string, HeatMap> | null} of the group; null while they are read */
  #maps = null;
  /** @type {Place | null} */
  #place = null;
  /** @type {Element[]} what marks the place */
  #marks = [];

  /**
   * @param {HTMLElement} root
   * @param {Source} source
   */
  constructor(root, source) {
    super();
    this.#source = source;
    for (const type of ["pointermove", "pointerdown"]) {
      root.addEventListener(type, (event) => this.#point(/** @type {PointerEvent} */ (event)));
    }
    root.addEventListener("pointerout", (event) => frameOf(event) && this.#show(null, null));
    root.addEventListener("focusin", (event) => this.#read(event, ({ place, peak }) => place ?? peak));
    root.addEventListener("focusout", (event) => frameOf(event) && this.#show(null, null));
    root.addEventListener("keydown", (event) => {
      if (!frameOf(event) || !placeAfter(event, { x: 0, y: 0 }, { x: 0, y: 0 })) return;
      event.preventDefault();
      this.#read(event, ({ place, peak }) => placeAfter(event, place ?? peak, peak));
    });
  }

  /** Nothing is read any more. */
  clear() {
    this.#show(null, null);
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const frame = frameOf(event);
    if (!frame) return;
    const { left, top, width, height } = frame.getBoundingClientRect();
    const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
    this.#show(frame.closest(GROUP), x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null);
  }

  /**
   * By keyboard: the values are said, too.
   * @param {Event} event
   * @param {(from: { place: Place | null, peak: Place }) => Place | null} choose
   */
  async #read(event, choose) {
    const frame = frameOf(event);
    const group = frame?.closest(GROUP);
    if (!group) return;
    const maps = group === this.#group && this.#maps ? this.#maps : await this.#mapsOf(group);
    const [first] = maps.values();
    // The pointer may have come and gone meanwhile, when the page scrolled under it.
    if (!first || document.activeElement !== frame) return;
    const place = choose({ place: this.#group === group ? this.#place : null, peak: peakOf(first) });
    if (!place) return;
    [this.#group, this.#maps] = [group, maps];
    await this.#show(group, place);
    const { nameOf, textOf } = this.#source;
    const found = [...maps].map(([id, map]) => ({ name: nameOf(id), value: textOf(map, valueAt(map, place)) }));
    this.dispatchEvent(new CustomEvent("read", { detail: [...found, ...placeTexts(place)] }));
  }

  /** @param {Element} group */
  #mapsOf(group) {
    return this.#source.mapsOf(Number(framesIn(group)[0].dataset.row));
  }

  /**
   * @param {Element} group
   * @returns {Promise<Map<string, HeatMap> | null>} null: another one is read meanwhile
   */
  async #open(group) {
    if (group === this.#group && this.#maps) return this.#maps;
    this.#group = group;
    this.#maps = null;
    const maps = await this.#mapsOf(group);
    if (group !== this.#group) return null;
    return (this.#maps = maps);
  }

  /**
   * @param {Element | null} group
   * @param {Place | null} place
   */
  async #show(group, place) {
    this.#place = place;
    if (group && place) await this.#open(group);
    else this.#group = this.#maps = null;
    for (const mark of this.#marks) mark.remove();
    // The latest place, which may have come while the maps were read.
    const [at, maps] = [this.#place, this.#maps];
    if (!this.#group || !maps || !at) return;
    this.#marks = framesIn(this.#group).flatMap((frame) => {
      const map = maps.get(frame.dataset.method ?? "");
      const text = map && this.#source.textOf(map, valueAt(map, at));
      const made = marksAt(at, text ?? null);
      frame.append(...made);
      return made;
    });
  }
}

/** @param {Event} event @returns {HTMLElement | null} the overlay, or the picture, that it is about */
function frameOf({ target }) {
  return /** @type {Element} */ (target).closest(".report-frame");
}

/** @param {Element} group */
function framesIn(group) {
  return /** @type {HTMLElement[]} */ ([...group.querySelectorAll(".report-frame")]);
}

/**
 * @param {Place} place
 * @param {string | null} text
 */
function marksAt({ x, y }, text) {
  const marker = element("i", { class: "marker control-only", "aria-hidden": "true" });
  marker.style.left = `${100 * x}%`;
  marker.style.top = `${100 * y}%`;
  if (text === null) return [marker];
  // Away from what is pointed at.
  const classes = `reading control-only${y < 0.5 ? " below" : ""}`;
  return [marker, element("span", { class: classes, "aria-hidden": "true" }, text)];
}
