/**
 * The picture, with the frame of what the network sees.
 */
import { fillTexts, find } from "../dom.js";
import { paintFrame } from "../paint.js";
import { fixed, photo as texts } from "../strings.js";

/** @import { Box } from "../paint.js" */

export class PictureCard {
  #root;
  #target;
  #canvas;
  #facts;

  /**
   * @param {HTMLElement} grid
   * @param {HTMLTemplateElement} template
   */
  constructor(grid, template) {
    const fragment = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    this.#root = find(fragment, "article", HTMLElement);
    this.#target = find(fragment, ".target", HTMLElement);
    this.#canvas = find(fragment, "canvas", HTMLCanvasElement);
    this.#facts = find(fragment, ".facts", HTMLElement);
    find(fragment, "h3", HTMLElement).textContent = texts.title;
    fillTexts(fragment, fixed);
    this.#canvas.setAttribute("aria-label", texts.empty);
    this.#facts.textContent = texts.empty;
    grid.append(fragment);
  }

  get root() {
    return this.#root;
  }

  /** @param {string} text what is being done with a new picture, while the last one is shown */
  showBusy(text) {
    this.#root.setAttribute("aria-busy", "true");
    this.#facts.textContent = text;
  }

  /**
   * The very first picture, before anything is known of it: there is no last result to keep on screen.
   * @param {string} name
   * @param {HTMLCanvasElement} picture
   */
  showFirst(name, picture) {
    const { width, height } = picture;
    paintFrame(this.#canvas, picture, { x: 0, y: 0, width, height });
    this.#target.textContent = name;
  }

  /**
   * @param {object} shown
   * @param {string} shown.name
   * @param {HTMLCanvasElement} shown.picture
   * @param {Box} shown.part in the pixels of `picture`
   * @param {{ width: number, height: number }} shown.size of the original
   */
  show({ name, picture, part, size }) {
    paintFrame(this.#canvas, picture, part);
    const isWhole = part.width >= picture.width - 1 && part.height >= picture.height - 1;
    const pixels = texts.size(size.width, size.height);
    this.#target.textContent = name;
    this.#target.title = name;
    this.#facts.textContent = `${pixels} · ${isWhole ? texts.whole : texts.cropped}`;
    this.#canvas.setAttribute("aria-label", `${texts.alt(name, pixels)}. ${isWhole ? texts.whole : texts.cropped}`);
    this.#root.removeAttribute("aria-busy");
  }

  /** @param {string} text */
  showIdle(text) {
    this.#root.removeAttribute("aria-busy");
    this.#facts.textContent = text;
  }
}
