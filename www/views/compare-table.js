/**
 * Measures × methods, with the best of the methods marked in each row and the two controls beside them. What a row means
 * is said under the table while it is pointed at or has the focus.
 */
import { element, find } from "../dom.js";
import { hasHeat, isBetter } from "../measures.js";
import { compare as texts, measures as words } from "../strings.js";

/** @import { Measures } from "../camscope.d.ts" */
/** @import { Measure, MeasureId } from "../measures.js" */

/** @typedef {{ name: string, isControl: boolean, found: Measures | undefined }} Compared */

export class CompareTable {
  #table;
  #scroll;
  #waiting;
  #explanation;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#table = find(root, "table", HTMLTableElement);
    this.#scroll = find(root, ".scroll", HTMLElement);
    this.#waiting = find(root, ".waiting", HTMLElement);
    this.#explanation = find(root, ".explanation", HTMLElement);
    for (const type of ["pointerover", "focusin"]) {
      this.#table.addEventListener(type, (event) => this.#explain(/** @type {Element} */ (event.target)));
    }
  }

  /**
   * @param {Compared[]} compared
   * @param {readonly Measure[]} measures
   */
  show(compared, measures) {
    const methods = compared.filter(({ isControl }) => !isControl);
    this.#scroll.hidden = this.#explanation.hidden = methods.length === 0;
    this.#waiting.hidden = methods.length > 0;
    const focused = this.#focused;
    const columns = compared.map((one) => this.#column(one));
    this.#table.replaceChildren(
      element("caption", { class: "visually-hidden" }, texts.caption),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, texts.measure), ...columns)),
      element("tbody", {}, ...measures.map((measure) => this.#row(measure, compared))),
    );
    if (focused) find(this.#table, `button[data-measure=${focused}]`, HTMLButtonElement).focus();
  }

  /** The row whose head has the focus: drawing anew must not take it away. */
  get #focused() {
    const { activeElement } = document;
    const isOurs = activeElement instanceof HTMLElement && this.#table.contains(activeElement);
    return isOurs ? activeElement.dataset.measure : undefined;
  }

  /** @param {Compared} one */
  #column({ name, isControl, found }) {
    const text = found && !hasHeat(found) ? `${name} ${texts.noHeat}` : name;
    return element("th", { scope: "col", class: isControl && "control" }, text);
  }

  /**
   * @param {Measure} measure
   * @param {Compared[]} compared
   */
  #row(measure, compared) {
    const { id, better } = measure;
    // It describes the button alone: the row's head is said with every number.
    const hint = element("span", { hidden: true, id: `measure-${id}` }, this.#meaning(id, better));
    const button = element(
      "button",
      { type: "button", class: "number", "data-measure": id, "aria-describedby": hint.id },
      words.names[id],
    );
    const arrow = element("small", {}, texts.better[better]);
    const head = element("th", { scope: "row", "data-measure": id, "data-better": better }, button, arrow, hint);
    return element("tr", {}, head, ...compared.map((one) => this.#cell(measure, one, compared)));
  }

  /**
   * @param {Measure} measure
   * @param {Compared} one
   * @param {Compared[]} compared
   */
  #cell(measure, one, compared) {
    const value = valueOf(measure, one);
    const cell = element("td", { "data-measure": measure.id, class: one.isControl && "control" });
    if (value === null) cell.textContent = texts.unknown;
    else cell.append(measure.text(value));
    if (value === null || one.isControl) return cell;
    const others = (/** @type {boolean} */ isControl) =>
      compared
        .filter((other) => other.isControl === isControl && other !== one)
        .flatMap((other) => valueOf(measure, other) ?? []);
    const rivals = others(false);
    // The best of one is none.
    if (rivals.length > 0 && rivals.every((other) => isBetter(measure, value, other))) {
      cell.classList.add("best");
      cell.append(element("span", { class: "visually-hidden" }, ` ${texts.best}`));
    }
    if (others(true).some((other) => !isBetter(measure, value, other))) {
      cell.classList.add("chance");
      cell.append(element("span", { class: "visually-hidden" }, ` ${texts.chance}`));
    }
    return cell;
  }

  /** @param {Element} target */
  #explain(target) {
    const at = target.closest("[data-measure]");
    if (!(at instanceof HTMLElement)) return;
    const id = /** @type {MeasureId} */ (at.dataset.measure);
    const header = this.#table.querySelector(`th[data-measure=${id}]`);
    const better = header instanceof HTMLElement && header.dataset.better === "lower" ? "lower" : "higher";
    this.#explanation.textContent = `${words.names[id]}: ${this.#meaning(id, better)}`;
  }

  /**
   * @param {MeasureId} id
   * @param {"lower" | "higher"} better
   */
  #meaning(id, better) {
    return `${words.hints[id]} ${texts.direction[better]}`;
  }
}

/**
 * @param {Measure} measure
 * @param {Compared} one
 * @returns {number | null}
 */
function valueOf(measure, { found }) {
  return (found && measure.of(found)) ?? null;
}
