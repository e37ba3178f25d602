/**
 * Where a picture comes from: a drop anywhere, the clipboard, a file, a sample; and which part of it the network gets.
 * Emits "photo" with `{ blob, name }`, "network" with a file that is a checkpoint by its name, "sample" with the sample,
 * "crop" with the choice, "nothing" where what was dropped or pasted holds no file; before those, for what is dropped or
 * pasted and is no checkpoint alone, "files" with the DataTransfer: who prevents its default takes the files.
 */
import { element, fillTexts, find, radioRow } from "../dom.js";
import { crops, fixed, photo as texts } from "../strings.js";

/** @import { Crop } from "../camscope.d.ts" */

/**
 * `mark`: a box around its object, drawn by hand: left, top, width and height in its pixels.
 * @typedef {{ file: string, title: string, mark?: [number, number, number, number], credit: string, license: string }} Sample
 */

const NETWORK = /\.(pth|pt|safetensors)$/i;

export class PhotoView extends EventTarget {
  #samplesBox;
  #samples;
  #crop;
  #cropHint;
  #dropping;
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} dropping shown while a file hovers over the page
   * @param {Crop} crop
   */
  constructor(root, dropping, crop) {
    super();
    this.#samplesBox = find(root, "#samples-box", HTMLElement);
    this.#samples = find(root, "#samples", HTMLElement);
    this.#crop = find(root, "#crop", HTMLElement);
    this.#cropHint = find(root, "#crop-hint", HTMLElement);
    this.#dropping = dropping;
    fillTexts(dropping, fixed);

    for (const [input, button] of [
      ["#file", "#choose"],
      ["#camera-file", "#camera"],
    ]) {
      const file = find(root, input, HTMLInputElement);
      find(root, button, HTMLButtonElement).addEventListener("click", () => file.click());
      file.addEventListener("change", () => {
        this.#take(file.files);
        // So that the same file can be chosen again.
        file.value = "";
      });
    }

    const options = Object.entries(crops).map(([value, { name, hint }]) => ({ value, text: name, title: hint }));
    radioRow(this.#crop, "crop", options, crop);
    this.#crop.addEventListener("change", (event) => {
      const chosen = /** @type {Crop} */ (/** @type {HTMLInputElement} */ (event.target).value);
      this.showCrop(chosen);
      this.#emit("crop", chosen);
    });
    this.showCrop(crop);
    this.#acceptDrops();
    document.addEventListener("paste", (event) => {
      const files = event.clipboardData?.files;
      const isText = event.target instanceof HTMLInputElement && !files?.length;
      if (!isText && this.#offer(event.clipboardData)) this.#take(files ?? null, texts.pasted);
    });
  }

  /** @param {Crop} crop */
  showCrop(crop) {
    this.#cropHint.textContent = crops[crop].hint;
    for (const input of this.#crop.querySelectorAll("input")) input.checked = input.value === crop;
  }

  /**
   * @param {Sample[]} samples
   * @param {(file: string) => string} address
   */
  showSamples(samples, address) {
    this.#samplesBox.hidden = samples.length === 0;
    this.#samples.replaceChildren(
      ...samples.map((sample) => {
        const image = element("img", { src: address(sample.file), alt: "", decoding: "async" });
        const title = `${sample.title}: ${texts.credit(sample.credit, sample.license)}`;
        const button = element(
          "button",
          { type: "button", "aria-label": texts.use(sample.title), "aria-pressed": "false", title },
          image,
        );
        button.addEventListener("click", () => this.#emit("sample", sample));
        const item = element("li", {}, button);
        image.addEventListener("error", () => {
          console.warn(`camscope: the sample ${sample.file} is missing.`);
          item.remove();
        });
        this.#buttons.set(sample.file, button);
        return item;
      }),
    );
  }

  /** @param {string | null} file of the sample that is shown; null where it is none */
  markSample(file) {
    for (const [name, button] of this.#buttons) button.setAttribute("aria-pressed", String(name === file));
  }

  #acceptDrops() {
    let depth = 0;
    /** @param {DragEvent} event */
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files") ?? false;
    window.addEventListener("dragenter", (event) => {
      depth++;
      this.#dropping.hidden = !hasFiles(event);
    });
    window.addEventListener("dragleave", () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) this.#dropping.hidden = true;
    });
    window.addEventListener("dragover", (event) => event.preventDefault());
    window.addEventListener("drop", (event) => {
      event.preventDefault();
      depth = 0;
      this.#dropping.hidden = true;
      if (this.#offer(event.dataTransfer)) this.#take(event.dataTransfer?.files ?? null);
    });
  }

  /**
   * @param {DataTransfer | null} given
   * @returns {boolean} whether no one else has taken it: a checkpoint is nothing for who collects pictures
   */
  #offer(given) {
    const names = Array.from(given?.files ?? [], ({ name }) => name);
    if (!given || names.every((name) => NETWORK.test(name))) return true;
    return this.dispatchEvent(new CustomEvent("files", { detail: given, cancelable: true }));
  }

  /**
   * @param {FileList | null} files
   * @param {string} [name] where the file has none of its own
   */
  #take(files, name) {
    const file = files?.[0];
    if (file && NETWORK.test(file.name)) this.#emit("network", file);
    else if (file) this.#emit("photo", { blob: file, name: name ?? file.name });
    else this.#emit("nothing", null);
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
