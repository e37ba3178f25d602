/**
 * The heatmaps' cards, on one scale where that is asked for, and read at one place. Emits what they emit, with the
 * method's id, and "read" with what the maps say at the place that the keyboard chose, "scale" with the end of the
 * shared scale.
 */
import { on } from "../dom.js";
import { sharedTop, valuesOf } from "../scale.js";
import { MapCard } from "./map-card.js";
import { placeTexts } from "./mark.js";

/** @import { MethodInfo } from "../camscope.d.ts" */
/** @import { Box, Look } from "../paint.js" */
/** @import { MarkedRegion } from "../region.js" */
/** @import { Place } from "./stage.js" */

export class CardGrid extends EventTarget {
  #root;
  #template;
  /** @type {Map<string, MapCard>} */
  #cards = new Map();
  /** @type {Look | null} */
  #look = null;
  /** @type {{ picture: HTMLCanvasElement, part: Box } | null} */
  #ground = null;
  #top = 0;
  /** @type {MarkedRegion | null} */
  #region = null;

  /**
   * @param {HTMLElement} root
   * @param {HTMLTemplateElement} template
   */
  constructor(root, template) {
    super();
    this.#root = root;
    this.#template = template;
  }

  /** @returns {string[]} the methods that are shown */
  get ids() {
    return [...this.#cards.keys()];
  }

  /** @returns {MapCard[]} */
  get all() {
    return [...this.#cards.values()];
  }

  /** @param {string} id */
  get(id) {
    return this.#cards.get(id);
  }

  /**
   * @param {string} id
   * @param {string} name
   * @returns {MapCard}
   */
  add(id, name) {
    const card = new MapCard(this.#root, this.#template, id, name);
    for (const type of ["cancel", "save", "again"]) {
      card.addEventListener(type, () => this.dispatchEvent(new CustomEvent(type, { detail: id })));
    }
    on(card.stage, "place", (/** @type {Place | null} */ place) => this.#setPlace(place));
    on(card.stage, "key", (/** @type {Place} */ place) => {
      this.#setPlace(place);
      this.dispatchEvent(new CustomEvent("read", { detail: [...this.#readings(id), ...placeTexts(place)] }));
    });
    on(card, "map", () => this.#rescale());
    this.#cards.set(id, card);
    card.setLook(this.#look, this.#top);
    if (this.#ground) card.setGround(this.#ground.picture, this.#ground.part);
    card.stage.setRegion(this.#region);
    return card;
  }

  /** @param {string} id */
  remove(id) {
    this.#cards.get(id)?.remove();
    this.#cards.delete(id);
    this.#rescale();
  }

  /** @param {readonly MethodInfo[]} methods */
  setMethods(methods) {
    for (const method of methods) this.#cards.get(method.id)?.setMethod(method);
  }

  /**
   * @param {HTMLCanvasElement} picture
   * @param {Box} part in the pixels of `picture`
   */
  setGround(picture, part) {
    this.#ground = { picture, part };
    for (const card of this.all) card.setGround(picture, part);
    this.setRegion(this.#region);
  }

  /** @param {MarkedRegion | null} region that the visitor marked */
  setRegion(region) {
    this.#region = region;
    for (const card of this.all) card.stage.setRegion(region);
  }

  /** @param {Look | null} look */
  setLook(look) {
    this.#look = look;
    this.#top = this.#findTop();
    for (const card of this.all) card.setLook(look, this.#top);
    this.dispatchEvent(new CustomEvent("scale", { detail: this.#top }));
  }

  showWaiting() {
    for (const card of this.all) card.showWaiting();
  }

  /**
   * Nothing is being computed any more.
   * @param {string} why
   */
  end(why) {
    for (const card of this.all) if (card.isBusy) card.showEnded(why);
  }

  /** Another map may be the one that the shared scale ends with. */
  #rescale() {
    if (!this.#look?.shared || this.#top === this.#findTop()) return;
    this.setLook(this.#look);
  }

  #findTop() {
    const { signed = false, shared } = this.#look ?? {};
    if (!shared) return 0;
    return sharedTop(this.all.flatMap(({ drawn }) => (drawn ? [valuesOf(drawn, signed)] : [])));
  }

  /** @param {Place | null} place */
  #setPlace(place) {
    for (const card of this.all) card.stage.setPlace(place);
  }

  /**
   * What the maps say at the place, the one with the focus first.
   * @param {string} id
   */
  #readings(id) {
    const first = this.#cards.get(id);
    const cards = [...(first ? [first] : []), ...this.all.filter((card) => card !== first)];
    return cards.flatMap(({ name, stage }) => (stage.read() ? [{ name, value: stage.read() }] : []));
  }
}
