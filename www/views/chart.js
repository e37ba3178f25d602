/**
 * A line chart whose values can be read off with the pointer, the arrow keys, or as a table. Drawn by uPlot, in the
 * page's own colours.
 */
import { element } from "../dom.js";
import { language } from "../language.js";
import { chart as texts } from "../strings.js";

/** @import { Kind } from "../controls.js" */

/**
 * @typedef {{ setCursor: (at: { left: number, top: number }) => void, valToPos: (value: number, scale: string) => number,
 *   setSize: (size: { width: number, height: number }) => void, destroy: () => void }} Plot
 */
/** @typedef {{ name: string, values: ArrayLike<number>, control: Kind | null }} Line */
/**
 * @typedef {object} ChartData
 * @property {string} title
 * @property {string} x what runs along it
 * @property {string} y
 * @property {ArrayLike<number>} at the points along x
 * @property {string[]} [ticks] the names of 0, 1, 2 … along x, where they are steps and no numbers
 * @property {Line[]} lines
 */

const LIBRARY = new URL("../../pkg/vendor/uplot/uPlot.esm.js", import.meta.url);
const HEIGHT = 260;
const COLOURS = 6;
/** Dashes and gaps: lines are not told apart by colour alone. */
const DASHES = [[], [10, 4], [4, 3], [12, 3, 3, 3]];
/** @type {Record<Kind, number[]>} */
const CONTROL_DASHES = { random: [2, 4], gaussian: [8, 5] };

/** @type {Promise<new (options: object, data: ArrayLike<number>[], root: HTMLElement) => Plot> | null} */
let library = null;

/** index.html has fetched it, and its style, with the page. */
function load() {
  giveLanguage();
  library ??= import(LIBRARY.href).then((module) => module.default);
  return library;
}

/** The library does not load where the browser's language is none: on a system without a locale WebKit calls it "C". */
function giveLanguage() {
  try {
    Intl.getCanonicalLocales(navigator.language);
  } catch {
    Object.defineProperty(navigator, "language", { value: language, configurable: true });
  }
}

export class ChartView extends EventTarget {
  #figure;
  #title = element("figcaption");
  #stage = element("div", { class: "chart", tabindex: "0", role: "application" });
  #table = element("table");
  /** @type {ChartData | null} */
  #data = null;
  /** @type {Plot | null} */
  #plot = null;
  /** Which point the keyboard is at. */
  #at = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    const scroll = element("div", { class: "scroll", tabindex: "0", role: "group" }, this.#table);
    scroll.setAttribute("aria-label", texts.table);
    const details = element("details", { class: "about" }, element("summary", {}, texts.table), scroll);
    this.#figure = element("figure", { hidden: true }, this.#title, this.#stage, details);
    root.append(this.#figure);
    this.#stage.addEventListener("keydown", (event) => this.#press(event));
    new ResizeObserver(() => this.#plot?.setSize({ width: this.#stage.clientWidth, height: HEIGHT })).observe(
      this.#stage,
    );
    new MutationObserver(() => this.#draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  /** @param {ChartData | null} data null: nothing to draw */
  async show(data) {
    this.#data = data;
    this.#figure.hidden = !data;
    if (!data) return;
    this.#title.textContent = data.title;
    this.#stage.setAttribute("aria-label", texts.label(data.title));
    this.#fillTable(data);
    await this.#draw();
  }

  async #draw() {
    const Uplot = await load();
    const data = this.#data;
    if (!data) return;
    const colour = (/** @type {string} */ name) => getComputedStyle(this.#stage).getPropertyValue(name).trim();
    // A canvas knows no light-dark(): what the element itself has been given does.
    const resolved = (/** @type {string} */ name) => {
      this.#stage.style.color = `var(${name})`;
      const { color } = getComputedStyle(this.#stage);
      this.#stage.style.removeProperty("color");
      return color;
    };
    const axis = (/** @type {string} */ label) => ({
      label,
      labelFont: `13px ${colour("--sans")}`,
      font: `12px ${colour("--mono")}`,
      stroke: resolved("--soft"),
      grid: { stroke: resolved("--line"), width: 1 },
      ticks: { stroke: resolved("--line"), width: 1 },
    });
    const value = (/** @type {unknown} */ _, /** @type {number | null} */ found) =>
      found === null ? texts.none : texts.value(found);
    const lines = data.lines.map(({ name, control }, index) => ({
      label: name,
      stroke: resolved(control ? "--soft" : `--series-${1 + (index % COLOURS)}`),
      width: 2,
      dash: control ? CONTROL_DASHES[control] : DASHES[index % DASHES.length],
      points: { show: false },
      value,
    }));
    const swatch = (/** @type {unknown} */ _, /** @type {number} */ place) => swatchOf(lines[place - 1]);
    const steps = data.ticks && {
      splits: () => Array.from(data.at),
      values: (/** @type {unknown} */ _, /** @type {number[]} */ at) => at.map((one) => nameOf(data, one)),
    };
    this.#plot?.destroy();
    this.#plot = new Uplot(
      {
        width: this.#stage.clientWidth,
        height: HEIGHT,
        scales: { x: { time: false } },
        axes: [
          { ...axis(data.x), ...steps },
          { ...axis(data.y), size: 56 },
        ],
        series: [
          {
            label: data.x,
            value: (/** @type {unknown} */ _, /** @type {number | null} */ at) =>
              at === null ? texts.none : nameOf(data, at),
          },
          ...lines,
        ],
        legend: { markers: { width: 0, fill: swatch } },
        cursor: { drag: { x: false, y: false }, focus: { prox: 24 } },
      },
      [data.at, ...data.lines.map(({ values }) => values)],
      this.#stage,
    );
  }

  /** @param {ChartData} data */
  #fillTable(data) {
    const { x, at, lines } = data;
    const head = element("tr", {}, ...[x, ...lines.map(({ name }) => name)].map((text) => element("th", {}, text)));
    for (const cell of head.children) cell.setAttribute("scope", "col");
    const rows = Array.from(at, (share, index) => {
      const cells = lines.map(({ values }) => element("td", {}, texts.value(values[index])));
      return element("tr", {}, element("th", { scope: "row" }, nameOf(data, share)), ...cells);
    });
    this.#table.replaceChildren(element("thead", {}, head), element("tbody", {}, ...rows));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const data = this.#data;
    if (!data || !this.#plot) return;
    const last = data.at.length - 1;
    const to = { ArrowLeft: this.#at - 1, ArrowRight: this.#at + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#at = Math.min(last, Math.max(0, to));
    const share = data.at[this.#at];
    this.#plot.setCursor({ left: this.#plot.valToPos(share, "x"), top: HEIGHT / 3 });
    const found = data.lines.map(({ name, values }) => `${name} ${texts.value(values[this.#at])}`);
    this.dispatchEvent(new CustomEvent("read", { detail: `${data.x} ${nameOf(data, share)}: ${found.join(", ")}` }));
  }
}

/**
 * A line's beginning, as a background.
 * @param {{ stroke: string, dash: number[] }} line
 */
function swatchOf({ stroke, dash }) {
  let end = 0;
  const stops = dash.map((length, index) => {
    const start = end;
    end += length;
    return `${index % 2 === 0 ? stroke : "transparent"} ${start}px ${end}px`;
  });
  // An image even where it is of one colour: forced colours leave those alone.
  return `repeating-linear-gradient(to right, ${stops.length > 0 ? stops.join(", ") : `${stroke}, ${stroke}`})`;
}

/**
 * @param {ChartData} data
 * @param {number} at along x
 */
function nameOf({ ticks }, at) {
  return ticks ? (ticks[at] ?? "") : texts.value(at);
}
