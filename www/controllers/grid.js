/**
 * Many maps of one picture as a grid. Whatever is known already, from this view or another, is drawn at once; what takes
 * no time follows by itself, class by class and layer by layer, so that each gradient is computed once; what takes long
 * waits for the visitor.
 */
import { passesOf, runsOf } from "../costs.js";
import { translateNote } from "../describe.js";
import { find, keepFocus, on } from "../dom.js";
import { className, duration, percent } from "../format.js";
import {
  DEFAULTS,
  KEYS,
  LIKELIEST,
  MOST_MAPS,
  cellsOf,
  inOrder,
  optionsFor,
  passesFor,
  readChoice,
  reasonFor,
  writeChoice,
} from "../grid.js";
import { reasons } from "../methods.js";
import { canvasOfPart, partOf } from "../paint.js";
import { budgetFor, isLong } from "../plan.js";
import { card, grid as texts, reading } from "../strings.js";
import { GridSetup } from "../views/grid-setup.js";
import { GridTable } from "../views/grid-table.js";

/** @import * as Api from "../camscope.d.ts" */
/** @import { App } from "../app.js" */
/** @import { Cell, Choice } from "../grid.js" */
/** @import { Link } from "../link.js" */

const VIEW = "grid";
/** Both kinds of maps are one job: the visitor who asks for the long ones has the short ones already. */
const MAPS = "grid";
/** What is measured of maps that were there already. */
const NUMBERS = "grid numbers";
/** Side of the picture behind the maps, in pixels: a map is small, and there are many. */
const SIDE = 256;

export class GridController {
  #app;
  /** @type {Choice} */
  #choice = { ...DEFAULTS };
  #setup;
  #table;
  #scroll;
  #state;
  #start;
  #run;
  #cancel;
  #bar;
  #left;
  /** What the table was laid out for. */
  #laid = "";
  /** @type {WeakSet<Api.Explanation>} whose passes are counted */
  #counted = new WeakSet();
  #passes = 0;
  #isRunning = false;
  /** Counts what is shown and computed: the latest wins. */
  #turn = 0;

  /**
   * @param {App} app
   * @param {HTMLElement} root
   */
  constructor(app, root) {
    this.#app = app;
    this.#setup = new GridSetup(find(root, ".grid-setup", HTMLElement));
    this.#scroll = find(root, ".scroll", HTMLElement);
    this.#table = new GridTable(find(root, "table", HTMLTableElement), find(root, ".remarks", HTMLElement));
    this.#state = find(root, ".state", HTMLElement);
    this.#start = find(root, ".start", HTMLButtonElement);
    this.#run = find(root, ".run", HTMLElement);
    this.#bar = find(root, "progress", HTMLProgressElement);
    this.#left = find(root, ".run p", HTMLElement);
    this.#bar.setAttribute("aria-label", texts.progress);
    this.#cancel = find(root, ".cancel", HTMLButtonElement);
    this.#cancel.addEventListener("click", () => app.cancel(MAPS));
    this.#start.addEventListener("click", () => this.#compute(true));
    on(this.#setup, "choice", (/** @type {Choice} */ choice) => this.#choose(choice));
    on(this.#table, "read", (/** @type {{ name: string, value: string }[]} */ found) => app.say(reading.all(found)));
    app.on("network", () => this.#clear());
    app.on("model", () => (app.explainer ? this.#offer() : this.#stop()));
    app.on("scene", () => this.#update());
    app.on("view", () => this.#update());
    app.on("look", () => this.#showLook());
  }

  /**
   * What a link keeps of it.
   * @param {Link} link
   */
  bind(link) {
    for (const key of KEYS) {
      link.bind(key, {
        get: () => writeChoice(this.#choice, key),
        set: (text) => {
          this.#choice = readChoice(this.#choice, key, text, this.#known);
          this.#update();
        },
      });
    }
  }

  get #known() {
    const { explainer } = this.#app;
    return {
      methods: explainer?.methods.map(({ id }) => id) ?? [],
      layers: explainer?.model.layers.map(({ id }) => id) ?? [],
      classes: explainer?.model.classes ?? 0,
    };
  }

  /** Another network: no map is its own. */
  #clear() {
    this.#laid = "";
    this.#table.clear();
  }

  /** The engine is gone. What it has finished stays. */
  #stop() {
    this.#turn++;
    this.#isRunning = false;
    this.#run.hidden = this.#start.hidden = true;
    this.#table.end(texts.waits);
  }

  /** An engine is there: of another network, or the same one started again. */
  #offer() {
    const { explainer, seen } = this.#app;
    if (!explainer) return;
    const { model, methods } = explainer;
    this.#setup.setOptions(methods, model.layers, model.labels);
    const classes = this.#choice.classes?.filter((index) => index < model.classes) ?? [];
    this.#choice = { ...this.#choice, classes: classes.length > 0 ? classes : null };
    if (!this.#laid) {
      this.#update();
      return;
    }
    // What was not finished may be what stopped it: it goes on when the visitor says so.
    this.#setup.show(this.#choice, this.#classes, seen?.probabilities ?? []);
    this.#showState();
  }

  /** @param {Choice} choice */
  #choose(choice) {
    const { methods, layers } = this.#known;
    this.#choice = {
      methods: inOrder(choice.methods, methods),
      layers: inOrder(choice.layers, layers),
      classes: choice.classes,
    };
    this.#app.emit("settings");
    this.#update();
  }

  /** @returns {number[]} */
  get #classes() {
    const likeliest = this.#app.seen?.classification.classes.slice(0, LIKELIEST).map(({ index }) => index);
    return this.#choice.classes ?? likeliest ?? [];
  }

  /** @returns {Cell[]} those with a map of their own, in the order of their computation */
  get #cells() {
    return cellsOf(this.#choice, this.#classes).filter((cell) => this.#reasonFor(cell) === null);
  }

  /** @param {Cell} cell */
  #reasonFor(cell) {
    const { explainer, options } = this.#app;
    return reasonFor(cell, {
      choice: this.#choice,
      classes: this.#classes,
      methods: explainer?.methods ?? [],
      lastLayer: explainer?.model.layers.at(-1)?.id,
      smoothing: options.smoothing,
      reference: options.reference,
    });
  }

  /** Another choice, picture or way of asking. */
  #update() {
    const app = this.#app;
    for (const job of [MAPS, NUMBERS]) app.cancel(job);
    this.#turn++;
    this.#isRunning = false;
    if (app.view !== VIEW) return;
    this.#setup.show(this.#choice, this.#classes, app.seen?.probabilities ?? []);
    const { methods, layers } = this.#choice;
    // Which methods draw one map is known with the network.
    const count = app.explainer ? this.#cells.length : 0;
    const isEmpty = methods.length === 0 || layers.length === 0;
    const trouble = isEmpty ? texts.none : count > MOST_MAPS ? texts.tooMany(count, MOST_MAPS) : "";
    const isReady = app.explainer !== null && app.seen !== null && trouble === "";
    this.#scroll.hidden = !isReady;
    if (!isReady) {
      this.#clear();
      this.#state.textContent = trouble || texts.waiting;
      if (trouble) app.say(trouble);
      this.#start.hidden = this.#run.hidden = true;
      return;
    }
    this.#lay();
    this.#compute(false);
  }

  /** The table, unless it is there already. */
  #lay() {
    const { explainer, seen, options, crop } = this.#app;
    if (!explainer || !seen) return;
    const { methods, layers } = this.#choice;
    const classes = this.#classes;
    const { smoothing, reference } = options;
    const laid = JSON.stringify([
      this.#idOf(seen.classification),
      methods,
      layers,
      classes,
      smoothing,
      reference,
      crop,
    ]);
    if (laid === this.#laid) return;
    this.#laid = laid;
    this.#passes = 0;
    this.#counted = new WeakSet();
    const name = (/** @type {string} */ id) => explainer.methods.find((method) => method.id === id)?.name ?? id;
    const about = (/** @type {number} */ index) => {
      const label = className(explainer.model.labels[index]);
      return { index, label, title: texts.section(label, percent(seen.probabilities[index])) };
    };
    const picture = canvasOfPart(seen.picture, partOf(seen.picture, seen.classification), SIDE);
    this.#table.lay(
      {
        classes: classes.map(about),
        methods: methods.map((id) => ({ id, name: name(id) })),
        layers,
        reasonFor: (cell) => this.#reasonFor(cell),
      },
      { picture, part: { x: 0, y: 0, width: picture.width, height: picture.height } },
    );
    this.#showLook();
  }

  /** Two pictures in one place are told apart by what was found of them. @type {WeakMap<Api.Classification, number>} */
  #ids = new WeakMap();
  #lastId = 0;

  /** @param {Api.Classification} classification */
  #idOf(classification) {
    const id = this.#ids.get(classification) ?? ++this.#lastId;
    this.#ids.set(classification, id);
    return id;
  }

  #showLook() {
    const app = this.#app;
    this.#table.setLook(app.look);
    if (app.view === VIEW) this.#showScale();
  }

  #showScale() {
    this.#app.top = this.#table.top;
    this.#app.emit("scale");
  }

  /**
   * The exact map of a cell, or the quick one that stands for it here.
   * @param {Cell} cell
   */
  #optionsFor(cell) {
    const app = this.#app;
    const exact = optionsFor(cell, app.how);
    const channels = this.#budget(cell);
    return channels === null || app.known(exact) ? exact : { ...exact, channels };
  }

  /** @param {Cell} cell */
  #budget({ method, layer }) {
    const { explainer, passSeconds, options } = this.#app;
    const layers = explainer?.model.layers.filter(({ id }) => id === layer) ?? [];
    const { smoothing, reference } = options;
    const setting = { layers, smoothing, reference, isCpu: explainer?.device.kind === "cpu" };
    const work = this.#app.workOf(method);
    const isLastLayer = this.#isLast(layer);
    return budgetFor(work, {
      layers,
      isLastLayer,
      passes: passesOf(work, setting),
      passSeconds,
      runs: runsOf(setting),
      reference,
    });
  }

  /** @param {string} layer */
  #isLast(layer) {
    return layer === this.#app.explainer?.model.layers.at(-1)?.id;
  }

  /** @returns {Cell[]} those whose map is not known */
  get #missing() {
    return this.#cells.filter((cell) => !this.#app.known(this.#optionsFor(cell)));
  }

  /** @param {Cell} cell */
  #isLong({ method, layer }) {
    return isLong(this.#app.workOf(method), this.#isLast(layer));
  }

  /**
   * Draw what is known, and compute what is not.
   * @param {boolean} withLong
   */
  async #compute(withLong) {
    const app = this.#app;
    for (const cell of this.#cells) {
      const known = app.known(this.#optionsFor(cell));
      if (known) this.#show(cell, known);
      else this.#table.showNone(cell, texts.waits);
    }
    app.run(NUMBERS, (signal) => this.#measureKnown(signal));
    const wanted = this.#missing.filter((cell) => withLong || !this.#isLong(cell));
    if (wanted.length === 0) {
      this.#showState();
      return;
    }
    const turn = ++this.#turn;
    this.#isRunning = true;
    this.#showState();
    const wasDone = await app.run(MAPS, (signal) => this.#work(wanted, signal));
    // What has come since shows its own state.
    if (turn !== this.#turn) return;
    this.#isRunning = false;
    for (const cell of this.#missing) this.#table.showNone(cell, texts.waits);
    this.#showState();
    if (wasDone) app.say(this.#missing.length === 0 ? texts.done : (this.#state.textContent ?? ""));
  }

  /**
   * @param {Cell[]} cells
   * @param {AbortSignal} signal
   */
  async #work(cells, signal) {
    const app = this.#app;
    const began = performance.now();
    for (const [index, cell] of cells.entries()) {
      this.#bar.max = cells.length;
      this.#bar.value = index;
      const each = (performance.now() - began) / 1000 / index;
      this.#left.textContent = texts.doing(
        this.#nameOf(cell),
        index > 0 && !cells.some((one) => this.#isLong(one)) ? duration(each * (cells.length - index)) : null,
      );
      this.#table.showState(cell, texts.computing);
      const map = await app.explain({
        ...this.#optionsFor(cell),
        signal,
        onProgress: ({ done, total, secondsLeft, partial }) => {
          if (signal.aborted) return;
          this.#bar.value = index + done / Math.max(1, total);
          this.#table.showState(cell, texts.passes(done, total), partial);
          const left = secondsLeft === null ? null : duration(secondsLeft);
          this.#left.textContent = texts.doing(this.#nameOf(cell), left);
        },
      });
      if (signal.aborted) return;
      this.#show(cell, map);
      this.#showState();
      await this.#measure(cell, map, signal);
    }
  }

  /** @param {AbortSignal} signal */
  async #measureKnown(signal) {
    for (const cell of this.#cells) {
      const map = this.#app.known(this.#optionsFor(cell));
      if (map) await this.#measure(cell, map, signal);
    }
  }

  /**
   * @param {Cell} cell
   * @param {Api.Explanation} map
   * @param {AbortSignal} signal
   */
  async #measure(cell, map, signal) {
    const { explainer, focus } = this.#app;
    if (explainer) this.#table.showFocus(cell, map, await focus.measure(explainer, map, signal));
  }

  /** @param {Cell} cell */
  #nameOf({ method, layer, target }) {
    const { explainer } = this.#app;
    const name = explainer?.methods.find(({ id }) => id === method)?.name ?? method;
    return texts.cell(name, layer, className(explainer?.model.labels[target] ?? ""));
  }

  /**
   * @param {Cell} cell
   * @param {Api.Explanation} map
   */
  #show(cell, map) {
    const { explainer, options } = this.#app;
    if (!explainer) return;
    if (!this.#counted.has(map)) this.#passes += map.passes;
    this.#counted.add(map);
    const { smoothing, reference } = options;
    const place = {
      layers: [cell.layer],
      isLastLayer: this.#isLast(cell.layer),
      target: cell.target,
      smoothing,
      reference,
    };
    const remarks = [
      ...map.notes.map((note) => translateNote(note).text),
      ...reasons(cell.method, place, explainer.model.variant),
    ];
    const before = this.#table.top;
    this.#table.showMap(cell, map, remarks);
    if (this.#table.top !== before) this.#showScale();
  }

  /** How far it is, what the rest would take, and what it took. */
  #showState() {
    const { passSeconds, explainer, options } = this.#app;
    const cells = this.#cells;
    const missing = this.#missing;
    const all = this.#choice.methods.length * this.#choice.layers.length * this.#classes.length;
    const words = [texts.state(cells.length - missing.length, cells.length, all - cells.length)];
    const long = missing.filter((cell) => this.#isLong(cell));
    const setting = {
      layers: explainer?.model.layers ?? [],
      smoothing: options.smoothing,
      reference: options.reference,
      isCpu: explainer?.device.kind === "cpu",
    };
    const passesOfAll = (/** @type {Cell[]} */ some) => passesFor(some, explainer?.methods ?? [], setting);
    const time = (/** @type {Cell[]} */ some) => {
      if (passSeconds === null) return null;
      const budgets = some.flatMap((cell) => this.#budget(cell) ?? []);
      const whole = some.filter((cell) => this.#budget(cell) === null);
      const passes = passesOfAll(whole) + budgets.reduce((sum, channels) => sum + channels, 0);
      return duration(passes * passSeconds);
    };
    if (missing.length > 0) {
      const passes = passesOfAll(missing);
      words.push(texts.cost(card.passes(Math.max(1, Math.round(passes))), time(missing)));
    } else words.push(texts.spent(this.#passes));
    this.#state.textContent = words.join(" ");
    keepFocus(
      () => {
        this.#run.hidden = !this.#isRunning;
        this.#start.hidden = this.#isRunning || long.length === 0;
      },
      () => [this.#start, this.#cancel, this.#scroll],
    );
    this.#start.textContent = texts.start(long.length, long.length > 0 ? time(long) : null);
  }
}
