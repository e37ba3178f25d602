/**
 * The heatmaps' cards. Emits what they emit, with the method's id.
 */
import { MapCard } from "./map-card.js";

/** @import { MethodInfo } from "../camscope.d.ts" */
/** @import { Box, Look } from "../paint.js" */

export class CardGrid extends EventTarget {
  #root;
  #template;
  /** @type {Map<string, MapCard>} */
  #cards = new Map();
  /** @type {Look | null} */
  #look = null;
  /** @type {{ picture: HTMLCanvasElement, part: Box } | null} */
  #ground = null;

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
    this.#cards.set(id, card);
    card.setLook(this.#look);
    if (this.#ground) card.setGround(this.#ground.picture, this.#ground.part);
    return card;
  }

  /** @param {string} id */
  remove(id) {
    this.#cards.get(id)?.remove();
    this.#cards.delete(id);
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
  }

  /** @param {Look | null} look */
  setLook(look) {
    this.#look = look;
    for (const card of this.all) card.setLook(look);
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
}
