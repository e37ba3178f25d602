/**
 * The report itself: what is printed and saved. Pictures that finish are added one by one; what is said of all of them
 * is drawn anew.
 * Emits "figures" with the ids of the rows that the visitor chose, "scale" when the overlays are to be drawn on another,
 * and "read" with what the maps say at the place that the keyboard chose.
 */
import { element, on } from "../dom.js";
import { moment } from "../numerals.js";
import { finished } from "../report/export.js";
import { markedOf } from "../report/measures.js";
import {
  approximated,
  claimText,
  leftOutText,
  mapNotes,
  pictureRemarks,
  settingsText,
  topText,
} from "../report/words.js";
import { report as strings } from "../strings.js";
import { translateWords } from "../translate.js";
import { ReportOverlays } from "./report-overlays.js";
import { namer, pictureRow, summaryTables } from "./report-tables.js";
import { image } from "./report-thumbs.js";
import { said } from "./said.js";

/** @import { Finished, Report } from "../report/export.js" */

const texts = strings.document;

export class ReportDocument extends EventTarget {
  #root;
  #title = element("p", { class: "hint" });
  #claims = element("ul", { class: "report-claims" });
  #figures = element("div", { class: "report-figures" });
  /** Above the figures, and above the rows. */
  #legends = [1, 2].map(() => element("p", { class: "report-legend" }));
  #numbers = element("div", { class: "report-numbers" });
  #rows = element("div", { class: "report-rows" });
  #failed = element("section", { hidden: true });
  #how = element("dl", { class: "report-how" });
  /** @type {Map<number, HTMLElement>} rows by id */
  #shown = new Map();
  /** @type {Map<Blob, string>} */
  #addresses = new Map();
  #overlays;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#overlays = new ReportOverlays(root, this.#address);
    for (const type of ["scale", "read"]) {
      on(this.#overlays, type, (detail) => this.dispatchEvent(new CustomEvent(type, { detail })));
    }
    root.replaceChildren(
      element("header", {}, element("h2", {}, texts.title), this.#title),
      section(texts.claims, this.#claims, hint(texts.rule), hint(texts.caveat)),
      section(texts.figures, hint(texts.figuresHint), this.#legends[0], this.#figures),
      section(texts.aggregate, hint(texts.aggregateHint), hint(texts.pairsHint), this.#numbers),
      section(texts.rows, this.#overlays.control, this.#legends[1], this.#rows),
      this.#failed,
      section(texts.how, this.#how),
    );
  }

  /** The markup of the report. @returns {HTMLElement} */
  get root() {
    return this.#root;
  }

  /** Settled when all overlays are on the scale that is chosen. */
  get drawn() {
    return this.#overlays.drawn;
  }

  /** Whether the overlays of a picture are on one scale. */
  get isShared() {
    return this.#overlays.isShared;
  }

  /**
   * @param {boolean} isShared
   * @param {Report | null} report
   */
  setShared(isShared, report) {
    this.#overlays.isShared = isShared;
    if (!report) return;
    this.#showLegend(report);
    this.#overlays.draw(report);
  }

  /** Nothing is known. */
  clear() {
    for (const address of this.#addresses.values()) URL.revokeObjectURL(address);
    this.#addresses.clear();
    this.#overlays.clear();
    this.#shown.clear();
    this.#rows.replaceChildren();
    this.#root.hidden = true;
  }

  /**
   * The pictures that have finished since.
   * @param {Report} report
   */
  showRows(report) {
    for (const [index, row] of finished(report.rows).entries()) {
      if (this.#shown.has(row.id)) continue;
      const made = pictureRow(report, row, index + 1, this.#overlays);
      this.#shown.set(row.id, made);
      this.#rows.append(made);
    }
    this.#overlays.draw(report);
    this.#showFailures(report);
    this.#root.hidden = this.#shown.size === 0 && this.#failed.hidden;
  }

  /**
   * @param {Report} report
   * @param {Finished[]} figures
   */
  showSummary(report, figures) {
    const done = finished(report.rows);
    const nameOf = namer(report);
    const marked = markedOf(done.map(({ result }) => result));
    const ours = done.filter(({ result }) => result.mark?.by === "camscope").length;
    this.#title.textContent = texts.subtitle(done.length, moment(report.began));
    this.#claims.replaceChildren(
      ...report.claims.map((one) => {
        const { claim, verdict, numbers } = claimText(one, nameOf);
        const mark = element("strong", { class: "report-verdict", "data-verdict": one.verdict }, verdict);
        if (one.id === "inside" && marked > 0) numbers.push(strings.claims.marked(marked, done.length));
        if (one.id === "inside" && ours > 0) numbers.push(strings.claims.ours(ours));
        const lines = numbers.map((text) => element("li", {}, text));
        return element("li", {}, element("p", {}, `${claim}: `, mark, "."), element("ul", {}, ...lines));
      }),
    );
    this.#numbers.replaceChildren(...report.summaries.map((summary) => summaryTables(report, summary)));
    this.#showFigures(report, done, figures);
    this.#overlays.draw(report);
    this.#showLegend(report);
    this.#showHow(report, done);
  }

  /**
   * @param {Report} report
   * @param {Finished[]} done
   * @param {Finished[]} figures
   */
  #showFigures(report, done, figures) {
    const nameOf = namer(report);
    const made = figures.map((row, index) => {
      const { name, result } = row;
      const select = element("select");
      select.replaceChildren(
        ...done.map((one) => {
          const option = element("option", { value: String(one.id) }, one.name);
          option.selected = one.id === row.id;
          return option;
        }),
      );
      select.addEventListener("change", () => {
        const ids = figures.map((one, place) => (place === index ? Number(select.value) : one.id));
        this.dispatchEvent(new CustomEvent("figures", { detail: { ids, place: index } }));
      });
      const parts = [...result.maps].map(([method, { heat }]) =>
        element(
          "div",
          {},
          this.#overlays.overlay(row, method, `${texts.overlay(nameOf(method), name)}. ${heat}`),
          nameOf(method),
        ),
      );
      const first = element("div", {}, this.#overlays.picture(row), texts.picture);
      const agreement = result.agreement === null ? "" : `; ${texts.agreement(result.agreement)}`;
      const caption = `${texts.figure(index + 1)}. ${name}: ${topText(result.top)}${agreement}.`;
      return element(
        "figure",
        {},
        element("label", { class: "field control-only" }, element("span", {}, texts.figure(index + 1)), select),
        element("div", { class: "report-figure" }, first, ...parts),
        element("figcaption", {}, caption, " ", this.#overlays.scale(row), ...pictureRemarks(result, nameOf).map(hint)),
      );
    });
    this.#figures.replaceChildren(...made);
  }

  /** @param {Report} report */
  #showLegend({ legend }) {
    if (!legend) return;
    const { cold, hot, scale } = texts.legends[this.isShared ? "shared" : "own"];
    for (const one of this.#legends) one.replaceChildren(cold, image(this.#address(legend), scale), hot);
  }

  /** @param {number} place of the figure whose choice is to have the focus */
  focusFigure(place) {
    this.#figures.querySelectorAll("select")[place]?.focus();
  }

  /** @param {Report} report */
  #showFailures({ rows }) {
    const failures = rows.filter(({ state }) => state === "failed");
    this.#failed.hidden = failures.length === 0;
    const items = failures.map(({ name, reason }) =>
      element("li", {}, element("b", {}, name), " ", said(reason ?? "")),
    );
    const list = element("ul", { class: "report-failed" }, ...items);
    this.#failed.replaceChildren(element("h3", {}, texts.failed), hint(texts.failedHint), list);
  }

  /**
   * @param {Report} report
   * @param {Finished[]} done
   */
  #showHow(report, done) {
    const { version, model, device, settings, leftOut } = report;
    const results = done.map(({ result }) => result);
    const nameOf = namer(report);
    const { approximations, remarks } = mapNotes(results, nameOf);
    const approximate = approximated(settings.methods, results).map(nameOf);
    const hashes = done.map(({ name, result }) => `${name}: ${result.sha256 ?? texts.unhashed}`);
    /** @type {[string, string[]][]} */
    const entries = [
      [texts.version(version), []],
      [texts.network, [`${model.title}, ${model.variant}. ${translateWords(model.source, "origin")}`]],
      ...listed(texts.weights, model.weights ?? []),
      [texts.device, [device.description]],
      [texts.settings, [settingsText(settings, approximate)]],
      ...listed(texts.leftOut, leftOut.map(leftOutText)),
      [texts.approximation, approximations.length > 0 ? approximations : [texts.exact]],
      ...listed(texts.remarks, remarks),
      [texts.hashes, hashes],
    ];
    this.#how.replaceChildren(
      ...entries.flatMap(([term, lines]) => [element("dt", {}, term), ...lines.map((line) => element("dd", {}, line))]),
    );
  }

  /** @param {Blob} blob */
  #address = (blob) => {
    const address = this.#addresses.get(blob) ?? URL.createObjectURL(blob);
    this.#addresses.set(blob, address);
    return address;
  };

  /** @param {string} address @returns {Blob | undefined} the picture that is shown under it */
  pictureAt(address) {
    return [...this.#addresses].find(([, one]) => one === address)?.[0];
  }
}

/**
 * @param {string} title
 * @param {...Node} children
 */
function section(title, ...children) {
  return element("section", {}, element("h3", {}, title), ...children);
}

/**
 * What is told only where there is something to tell.
 * @param {string} term
 * @param {string[]} lines
 * @returns {[string, string[]][]}
 */
function listed(term, lines) {
  return lines.length > 0 ? [[term, lines]] : [];
}

/** @param {string} text */
function hint(text) {
  return element("p", { class: "hint" }, text);
}
