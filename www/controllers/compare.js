/**
 * The view that compares the methods' maps by numbers, beside two maps that know nothing of the picture. What is cheap
 * is there at once; what asks the network many times runs on demand, and each result stands as soon as it is known.
 */
import { controlKey } from "../controls.js";
import { find, keepFocus, on } from "../dom.js";
import { className, duration } from "../format.js";
import { COSTLY, CURVES, MEASURES, METRICS, STEPS, asMade, hasHeat, numbersKey } from "../measures.js";
import { compare as texts, measures as words } from "../strings.js";
import { ChartView } from "../views/chart.js";
import { CompareTable } from "../views/compare-table.js";

/** @import * as Api from "../camscope.d.ts" */
/** @import { App } from "../app.js" */
/** @import { Kind } from "../controls.js" */
/** @import { CurveId } from "../measures.js" */

/**
 * @typedef {object} Compared
 * @property {string} name
 * @property {Api.HeatMap} map
 * @property {Kind | null} control
 * @property {Api.ExplainOptions} [explain] how the map was made; a control was not made from the picture
 * @property {string} key what its numbers go by over a reload
 */

/** The cheap numbers of the controls; the measures by many passes. */
const CONTROLS = "compare controls";
const FAITHFULNESS = "compare";

export class CompareController {
  #app;
  #table;
  #judged;
  /** @type {Map<CurveId, ChartView>} */
  #charts = new Map();
  #start;
  #run;
  #cancel;
  #scroll;
  #bar;
  #left;
  /** @type {WeakMap<Api.HeatMap, Partial<Api.Measures>>} What was measured here. */
  #found = new WeakMap();
  #isRunning = false;

  /**
   * @param {App} app
   * @param {HTMLElement} root
   */
  constructor(app, root) {
    this.#app = app;
    this.#table = new CompareTable(root);
    this.#judged = find(root, ".judged", HTMLElement);
    const charts = find(root, ".charts", HTMLElement);
    for (const id of /** @type {CurveId[]} */ (Object.keys(CURVES))) this.#charts.set(id, new ChartView(charts));
    this.#start = find(root, ".start", HTMLButtonElement);
    this.#run = find(root, ".run", HTMLElement);
    this.#bar = find(root, "progress", HTMLProgressElement);
    this.#left = find(root, ".run p", HTMLElement);
    this.#bar.setAttribute("aria-label", texts.progress);
    this.#start.addEventListener("click", () => this.#measure());
    this.#cancel = find(root, ".cancel", HTMLButtonElement);
    this.#scroll = find(root, ".scroll", HTMLElement);
    this.#cancel.addEventListener("click", () => app.cancel(FAITHFULNESS));
    for (const chart of this.#charts.values()) on(chart, "read", (/** @type {string} */ text) => app.say(text));
    for (const type of /** @type {const} */ (["view", "network", "maps", "measures", "region"])) {
      app.on(type, () => this.#update());
    }
    app.on("scene", () => {
      for (const job of [CONTROLS, FAITHFULNESS]) app.cancel(job);
      this.#update();
    });
    this.#update();
  }

  /** @returns {Compared[]} */
  get #compared() {
    const { how, crop, target } = this.#app;
    const maps = this.#app.maps().map(({ id, name, map }) => {
      const explain = asMade(how, id, map);
      const key = numbersKey(how, id, map);
      return { name: map.exact ? name : texts.approximate(name), map, control: null, explain, key };
    });
    const controls = this.#app.controls.all.map(({ kind, map }) => ({
      name: texts.controls[kind],
      map,
      control: kind,
      key: controlKey(kind, map, crop, target?.index ?? -1),
    }));
    return maps.length > 0 ? [...maps, ...controls] : [];
  }

  async #update() {
    const app = this.#app;
    if (app.view !== "compare") return;
    this.#draw();
    const [first] = app.maps();
    const { explainer, seen, crop, region, controls } = app;
    if (!first || !explainer || !seen) return;
    await app.run(CONTROLS, (signal) =>
      controls.measure(explainer, { seen, crop, region }, first.map, signal, () => this.#draw()),
    );
  }

  /** @returns {[Compared, Api.Metric][]} what is still to be measured, measure by measure */
  get #missing() {
    const compared = this.#compared.filter(({ map }) => this.#isWarm(map));
    return COSTLY.flatMap((metric) => {
      const without = compared.filter((one) => !this.#measured(one)?.[/** @type {"deletion"} */ (metric)]);
      return without.map((one) => /** @type {[Compared, Api.Metric]} */ ([one, metric]));
    });
  }

  /**
   * What was measured of it, also before a reload.
   * @param {Compared} one
   * @returns {Partial<Api.Measures> | undefined}
   */
  #measured({ map, key }) {
    const { seen, kept } = this.#app;
    return this.#found.get(map) ?? (seen ? kept(seen.photo.blob, `measured ${key}`) : undefined);
  }

  /**
   * A map that is known to have no heat ranks no places: there is nothing to ask the network.
   * @param {Api.HeatMap} map
   */
  #isWarm(map) {
    const known = this.#app.measures(map);
    return known === undefined || hasHeat(known);
  }

  async #measure() {
    this.#isRunning = true;
    this.#draw();
    const wasDone = await this.#app.run(FAITHFULNESS, (signal) => this.#measureAll(signal));
    this.#isRunning = false;
    this.#draw();
    if (wasDone) this.#app.say(texts.done);
  }

  /** @param {AbortSignal} signal */
  async #measureAll(signal) {
    const { explainer, seen, crop, target } = this.#app;
    if (!explainer || !seen || !target) return;
    const missing = this.#missing;
    const total = passesOf(missing);
    let done = 0;
    const began = performance.now();
    for (const [one, metric] of missing) {
      const { name, map, explain } = one;
      const passes = passesOf([[one, metric]]);
      const show = (/** @type {number} */ extra) => {
        const soFar = done + extra;
        const each = (performance.now() - began) / 1000 / soFar;
        this.#showProgress(name, metric, soFar, total, soFar > 0 ? each * (total - soFar) : null);
      };
      show(0);
      const options = { metrics: [metric], target: target.index, crop, steps: STEPS, explain, signal };
      const found = await explainer.measure(seen.photo.blob, map, {
        ...options,
        onProgress: (progress) => signal.aborted || show(Math.min(passes, progress.done)),
      });
      done += passes;
      this.#app.passSeconds = (performance.now() - began) / 1000 / done;
      const { [/** @type {"deletion"} */ (metric)]: value } = found;
      const measured = { ...this.#measured(one), [metric]: value };
      this.#found.set(map, measured);
      this.#app.keep(seen.photo.blob, `measured ${one.key}`, measured);
      this.#draw();
    }
  }

  /**
   * @param {string} name
   * @param {Api.Metric} metric
   * @param {number} done
   * @param {number} total
   * @param {number | null} seconds
   */
  #showProgress(name, metric, done, total, seconds) {
    this.#bar.max = total;
    this.#bar.value = done;
    this.#left.textContent = texts.doing(name, words.metrics[metric], seconds === null ? null : duration(seconds));
  }

  #draw() {
    const compared = this.#compared;
    const { region, passSeconds } = this.#app;
    this.#showJudged();
    const found = (/** @type {Compared} */ one) => {
      const own = this.#measured(one);
      const { map } = one;
      const known = this.#app.measures(map) ?? this.#app.controls.measures(map);
      return own || known ? /** @type {Api.Measures} */ ({ ...known, ...own }) : undefined;
    };
    const measures = MEASURES.filter(({ id }) => (id !== "inside" && id !== "peak") || region);
    this.#table.show(
      compared.map((one) => ({ name: one.name, isControl: one.control !== null, found: found(one) })),
      measures,
    );
    const missing = this.#missing;
    keepFocus(
      () => {
        this.#start.hidden = this.#isRunning || missing.length === 0;
        this.#run.hidden = !this.#isRunning;
      },
      () => [this.#start, this.#cancel, this.#scroll],
    );
    const seconds = passSeconds === null ? null : passesOf(missing) * passSeconds;
    this.#start.textContent = texts.start(seconds === null ? null : duration(seconds));
    for (const [id, chart] of this.#charts) this.#drawCurves(id, chart, compared);
  }

  /** Which class the network is asked for, where a map is of more than that. */
  #showJudged() {
    const several = this.#app.maps().find(({ map }) => map.objective.kind !== "class");
    this.#judged.hidden = !several;
    this.#judged.textContent = several ? texts.judged(className(several.map.target.label)) : "";
  }

  /**
   * @param {CurveId} id
   * @param {ChartView} chart
   * @param {Compared[]} compared
   */
  #drawCurves(id, chart, compared) {
    const curves = compared.flatMap((one) => {
      const { name, map, control } = one;
      if (!this.#isWarm(map)) return [];
      const curve = CURVES[id](this.#measured(one) ?? {});
      return curve ? [{ name, control, ...curve }] : [];
    });
    const [first] = curves;
    chart.show(first ? { ...texts.curves[id], at: first.at, lines: curves } : null);
  }
}

/**
 * About how many passes it takes: coherency explains a masked picture as the map was made.
 * @param {[Compared, Api.Metric][]} missing
 */
function passesOf(missing) {
  return missing.reduce((sum, [{ map, control }, metric]) => {
    const { passes, explains } = METRICS[metric];
    const again = explains && !control ? /** @type {Api.Explanation} */ (map).passes : 0;
    return sum + passes(STEPS) + again;
  }, 0);
}
