/**
 * A report's overlays, in its rows and its figures: each on its own scale or those of a picture on one, as the visitor
 * chooses, and read at one place.
 * Emits "scale" when the visitor chose another, and "read" as the reader does.
 */
import { element, on } from "../dom.js";
import { readMap } from "../report/examine.js";
import { averageOf } from "../scale.js";
import { fixed, look as looks, reading, report as strings } from "../strings.js";
import { ReportReader } from "./report-reading.js";
import { image, onOneScale } from "./report-thumbs.js";

/** @import { Finished, Report } from "../report/export.js" */
/** @import { OneScale } from "./report-thumbs.js" */

const texts = strings.document;

export class ReportOverlays extends EventTarget {
  /** The choice of the scale. */
  control;
  #root;
  #select = element("select");
  #address;
  #reader;
  /** @type {Map<number, Finished>} by id */
  #rows = new Map();
  /** @type {WeakMap<Finished["result"], OneScale>} */
  #shared = new WeakMap();
  /** @type {(id: string) => string} */
  #nameOf = (id) => id;
  /** Whether any may be on another scale than its own. */
  #wasShared = false;
  /** Counts the drawings: the latest wins. */
  #turn = 0;
  /** Settled when all overlays are on the scale that is chosen. */
  drawn = Promise.resolve();

  /**
   * @param {HTMLElement} root what holds the overlays
   * @param {(blob: Blob) => string} address of a picture that is kept as a Blob
   */
  constructor(root, address) {
    super();
    this.#root = root;
    this.#address = address;
    const options = Object.entries(looks.scales).map(([value, text]) => element("option", { value }, text));
    this.#select.replaceChildren(...options);
    this.#select.addEventListener("change", () => this.dispatchEvent(new CustomEvent("scale")));
    this.control = element("label", { class: "field control-only" }, element("span", {}, fixed.scale), this.#select);
    this.#reader = new ReportReader(root, {
      mapsOf: async (id) => {
        const maps = this.#rows.get(id)?.result.maps ?? new Map();
        const read = [...maps].map(async ([method, map]) => /** @type {const} */ ([method, await readMap(map)]));
        return new Map(await Promise.all(read));
      },
      textOf: (map, value) => (this.isShared ? reading.times(value / (averageOf(map) || 1)) : reading.own(value)),
      nameOf: (id) => this.#nameOf(id),
    });
    on(this.#reader, "read", (detail) => this.dispatchEvent(new CustomEvent("read", { detail })));
  }

  get isShared() {
    return this.#select.value === "shared";
  }

  set isShared(isShared) {
    this.#select.value = isShared ? "shared" : "own";
  }

  clear() {
    this.#turn++;
    this.#reader.clear();
    this.#rows.clear();
  }

  /**
   * A method's overlay of a picture.
   * @param {Finished} row
   * @param {string} method
   * @param {string} alt
   */
  overlay(row, method, alt) {
    this.#rows.set(row.id, row);
    const shown = image(this.#address(this.#blobOf(row, method)), alt);
    return element("div", { class: "report-frame", "data-row": String(row.id), "data-method": method }, shown);
  }

  /**
   * The picture beside its overlays, from where the keyboard reads them.
   * @param {Finished} row
   */
  picture(row) {
    this.#rows.set(row.id, row);
    return element(
      "div",
      {
        ...{ class: "report-frame", "data-row": String(row.id) },
        ...{ tabindex: "0", role: "application", "aria-label": texts.read(row.name) },
      },
      image(this.#address(row.result.picture), texts.picture),
    );
  }

  /**
   * Where a picture's scale ends, if its overlays have one together.
   * @param {Finished} row
   */
  scale(row) {
    return element("small", { class: "report-scale", "data-row": String(row.id) }, this.#scaleText(row));
  }

  /**
   * All that is there, on the scale that is chosen.
   * @param {Report} report
   */
  draw(report) {
    this.#nameOf = (id) => report.names.get(id) ?? id;
    return (this.drawn = this.#draw(report, ++this.#turn));
  }

  /**
   * @param {Report} report
   * @param {number} turn
   */
  async #draw({ look }, turn) {
    if (!this.isShared && !this.#wasShared) return;
    this.#wasShared = this.isShared;
    for (const row of [...this.#rows.values()]) {
      const { id, result } = row;
      if (this.isShared && look && !this.#shared.has(result)) {
        this.#shared.set(result, await onOneScale(result, look));
        if (turn !== this.#turn) return;
      }
      const own = `[data-row="${id}"]`;
      for (const frame of this.#root.querySelectorAll(`.report-frame[data-method]${own}`)) {
        const { method = "" } = /** @type {HTMLElement} */ (frame).dataset;
        const src = this.#address(this.#blobOf(row, method));
        const shown = /** @type {HTMLImageElement} */ (frame.querySelector("img"));
        if (shown.src !== src) shown.src = src;
      }
      for (const note of this.#root.querySelectorAll(`.report-scale${own}`)) note.textContent = this.#scaleText(row);
    }
  }

  /** @param {Finished} row */
  #sharedOf({ result }) {
    return this.isShared ? this.#shared.get(result) : undefined;
  }

  /**
   * @param {Finished} row
   * @param {string} method
   * @returns {Blob}
   */
  #blobOf(row, method) {
    const { overlay } = /** @type {import("../report/examine.js").KeptMap} */ (row.result.maps.get(method));
    return this.#sharedOf(row)?.overlays.get(method) ?? overlay;
  }

  /** @param {Finished} row */
  #scaleText(row) {
    const shared = this.#sharedOf(row);
    return shared ? texts.scaleTo(shared.top) : "";
  }
}
