/**
 * The report over many pictures: takes pictures in, runs the queue, and keeps what is shown up to date. It goes on while
 * another view is shown.
 */
import { on } from "../dom.js";
import { isAbort } from "../faults.js";
import { duration } from "../format.js";
import { METRICS } from "../measures.js";
import { summarise } from "../report/aggregate.js";
import { sortOut } from "../report/chosen.js";
import { judge } from "../report/claims.js";
import { measureCost, pictureCost } from "../report/cost.js";
import { examine } from "../report/examine.js";
import { finished } from "../report/export.js";
import { Figures } from "../report/figures.js";
import { lookFor } from "../report/look.js";
import { timeAny } from "../report/pass-time.js";
import { ReportMemory } from "../report/memory.js";
import { droppedFiles, fileSource, isImageNet, isPicture, sampleSource } from "../report/pictures.js";
import { madeOf, originOf } from "../report/origin.js";
import { MOST_PICTURES, ReportQueue } from "../report/queue.js";
import { fitting, readSettings, resolve, writeSettings } from "../report/settings.js";
import { Steps } from "../report/steps.js";
import { leftOutText } from "../report/words.js";
import { listSamples, markOf } from "../samples.js";
import * as strings from "../strings.js";
import { ReportBar } from "../views/report-bar.js";
import { ReportDocument } from "../views/report-document.js";
import { ReportFiles } from "../views/report-files.js";
import { ReportSetup } from "../views/report-setup.js";
import { legend, thumbnail } from "../views/report-thumbs.js";
import { bindDocument } from "./report-document.js";
import { saveReport } from "./report-saving.js";

/** @import { Metric } from "../camscope.d.ts" */
/** @import { App } from "../app.js" */
/** @import { Link } from "../link.js" */
/** @import { Report } from "../report/export.js" */
/** @import { Remembered } from "../report/memory.js" */
/** @import { Row, Source } from "../report/queue.js" */
/** @import { Resolved, Settings } from "../report/settings.js" */
/** @import { TabStore } from "../tab-store.js" */
/** @import { Format } from "../views/report-files.js" */
/** @import { Sample } from "../views/photo.js" */

const texts = strings.report;

/** Up to so many pictures the numbers over all are drawn anew with each; then with every so many. */
const OFTEN = 20;

export class ReportController {
  #app;
  #link;
  #quiet;
  #queue = new ReportQueue();
  #steps = new Steps();
  #memory = new ReportMemory();
  #setup;
  #bar;
  #files;
  #document;
  /** @type {Settings} */
  #settings;
  /** @type {Report | null} What is shown: made with the settings that it began with. */
  #report = null;
  /** What the shown results were computed with. */
  #made = "";
  /** @type {number | null} Which network computed them; null: one of before a reload, not loaded again so far. */
  #network = 0;
  #figures = new Figures();
  /** Finished pictures that no saved file has. */
  #unsaved = false;
  /** Settled when the numbers over all are drawn. */
  #drawn = Promise.resolve();
  /** @type {Promise<Sample[]>} */
  #samples = listSamples();

  /**
   * @param {App} app
   * @param {Link} link
   * @param {{ setup: HTMLElement, bar: HTMLElement, files: HTMLElement, document: HTMLElement, elsewhere: HTMLElement }} roots
   * @param {() => void} quiet stops what the scene has running
   */
  constructor(app, link, roots, quiet) {
    this.#app = app;
    this.#link = link;
    this.#quiet = quiet;
    this.#setup = new ReportSetup(roots.setup);
    this.#bar = new ReportBar(roots.bar, roots.elsewhere);
    this.#files = new ReportFiles(roots.files);
    this.#document = new ReportDocument(roots.document);
    this.#settings = readSettings(link);
    this.#hear();
    bindDocument(app, link, {
      ...{ document: this.#document, figures: this.#figures, queue: this.#queue, report: () => this.#report },
      changed: () => {
        this.#keep();
        this.#showSummary();
      },
    });
    this.#samples.then((samples) => this.#setup.setSamples(samples.filter(isImageNet).length, samples.length));
    this.#document.clear();
    this.#files.show(false);
    this.#showState();
  }

  /**
   * Pictures or folders that were dropped or pasted.
   * @param {DataTransfer} dropped
   */
  async take(dropped) {
    try {
      this.#add(await droppedFiles(dropped));
    } catch {
      this.#setup.showNotice(texts.setup.unread);
    }
  }

  /**
   * The report as it was before the page was loaded anew.
   * @param {{ own: TabStore, last: TabStore | null } | null} stores
   */
  restore(stores) {
    return this.#memory.open(stores, (remembered) => this.#remember(remembered));
  }

  /** @param {Remembered} remembered */
  #remember({ rows, report, figures, unsaved, missing }) {
    // What has been begun since takes its place.
    if (this.#report) return;
    this.#queue.restore(rows);
    if (missing > 0) this.#setup.showNotice(texts.setup.missing(missing));
    if (!report) return;
    this.#report = { ...report, rows: this.#queue.rows };
    this.#network = null;
    if (figures) this.#figures.choose(figures);
    this.#unsaved = unsaved;
    this.#recognise();
    this.#document.showRows(this.#report);
    this.#summarise();
    this.#showState();
  }

  /** Whether the network that is loaded is the one of before the reload: then what is not finished can follow. */
  #recognise() {
    const { explainer, network, weights } = this.#app;
    const report = this.#report;
    if (this.#network !== null || !explainer || !report) return;
    if (report.weights === null || originOf(explainer, weights) !== originOf(report, report.weights)) return;
    this.#network = network;
    this.#made = madeOf(report.settings, network, explainer);
  }

  #hear() {
    on(this.#setup, "ten", async () => this.#addSamples((await this.#samples).filter(isImageNet)));
    on(this.#setup, "samples", async () => this.#addSamples(await this.#samples));
    on(this.#setup, "files", (/** @type {{ files: File[], isFolder: boolean }} */ given) => this.#add(given));
    on(this.#setup, "clear", () => this.#clear());
    on(this.#setup, "settings", (/** @type {Settings} */ settings) => this.#choose(settings));
    on(this.#bar, "start", () => this.#start());
    on(this.#bar, "resume", () => this.#run());
    on(this.#bar, "pause", () => this.#queue.pause());
    on(this.#bar, "cancel", () => this.#queue.cancel());
    on(this.#files, "print", () => window.print());
    on(this.#files, "save", (/** @type {Format} */ format) => this.#save(format));
    for (const type of ["rows", "state"]) this.#queue.addEventListener(type, () => this.#showState());
    this.#queue.addEventListener("progress", () => this.#showProgress());
    this.#memory.addEventListener("change", () => this.#showLeaving());
    on(this.#queue, "row", (/** @type {Row} */ row) => this.#rowChanged(row));
    this.#app.on("model", () => this.#modelChanged());
    this.#app.on("view", () => this.#showProgress());
    this.#app.on("lasting", () => this.#showLeaving());
    this.#link.addEventListener("change", () => {
      this.#settings = readSettings(this.#link);
      if (this.#app.explainer) this.#modelChanged();
    });
    this.#bar.link.addEventListener("click", () => (this.#bar.link.href = this.#link.with("view", "report")));
  }

  #modelChanged() {
    const { explainer } = this.#app;
    if (!explainer) {
      this.#queue.pause();
    } else {
      this.#settings = fitting(this.#settings, explainer);
      this.#setup.setOptions(explainer.methods, explainer.model.layers, this.#settings, (id) => this.#costText(id));
      this.#recognise();
      if (this.#report?.summaries.length === 0) this.#summarise();
    }
    this.#showState();
  }

  /** @param {Sample[]} samples */
  #addSamples(samples) {
    const known = new Set(this.#queue.rows.map(({ name }) => name));
    this.#accept(samples.filter(({ title }) => !known.has(title)).map(sampleSource), 0);
  }

  /** @param {{ files: File[], isFolder: boolean }} given */
  #add({ files, isFolder }) {
    const pictures = isFolder ? files.filter(isPicture) : files;
    this.#accept(pictures.map(fileSource), files.length - pictures.length);
  }

  /**
   * @param {Source[]} sources
   * @param {number} others files that are no pictures
   */
  #accept(sources, others) {
    const refused = this.#queue.add(sources);
    const notices = [];
    if (refused > 0) notices.push(texts.setup.refused(refused, MOST_PICTURES));
    if (others > 0) notices.push(texts.setup.notPictures(others));
    this.#setup.showNotice(notices.join(" "));
  }

  /** Go on, after the engine has stopped under it. */
  resume() {
    if (this.#queue.state === "paused") this.#run();
  }

  #clear() {
    this.#queue.clear();
    this.#figures.read(null);
    this.#forget();
    this.#showState();
  }

  #forget() {
    this.#report = null;
    this.#unsaved = false;
    this.#figures.chosen = null;
    this.#made = "";
    this.#document.clear();
    this.#files.show(false);
    this.#app.emit("settings");
  }

  /** @param {Settings} settings */
  #choose(settings) {
    this.#settings = settings;
    writeSettings(this.#link, settings);
    this.#setup.show(settings, (id) => this.#costText(id));
    this.#showState();
  }

  async #start() {
    const { explainer, network } = this.#app;
    if (!explainer || this.#queue.rows.length === 0) return;
    this.#quiet();
    // Not twice, while the device is being timed.
    this.#bar.disable();
    this.#bar.say("");
    // A budget and the estimates need it.
    this.#app.passSeconds = (await timeAny(explainer, this.#queue.rows, this.#settings.crop)) ?? this.#app.passSeconds;
    let settings = this.#resolved;
    // The rest of a report is computed as its beginning was, however fast the device has been since.
    const begun = this.#report?.settings;
    if (begun && JSON.stringify({ ...begun, channels: null }) === JSON.stringify({ ...settings, channels: null })) {
      settings = begun;
    }
    const made = madeOf(settings, network, explainer);
    if (made !== this.#made || !this.#queue.isWaiting) {
      this.#forget();
      this.#queue.reset();
    }
    this.#made = made;
    this.#network = network;
    const { leftOut } = this.#sorted;
    this.#report ??= {
      began: new Date().toISOString(),
      ...{ version: explainer.version, build: explainer.build },
      device: explainer.device,
      ...{ model: explainer.model, weights: this.#app.weights },
      names: new Map(explainer.methods.map(({ id, name }) => [id, name])),
      settings,
      leftOut,
      ...{ look: null, legend: null },
      rows: this.#queue.rows,
      summaries: [],
      claims: [],
    };
    // Ticking a method that draws another's map changes nothing else.
    this.#report.leftOut = leftOut;
    this.#run();
  }

  async #run() {
    const { explainer } = this.#app;
    const report = this.#report;
    if (!explainer || !report) return;
    if (this.#app.network !== this.#network || explainer.device.kind !== report.device.kind) return this.#restart();
    this.#quiet();
    const { settings } = report;
    /** @type {Parameters<typeof examine>[0]} */
    const context = {
      ...{ explainer, settings, layer: this.#layerOf(settings) },
      markOf: async (sample, blob, sha256, { width }) =>
        (await this.#app.markOf(sample, blob, sha256)) ?? markOf(await this.#samples, sample, width),
      sameAs: (sha256) => report.rows.find(({ result }) => result?.sha256 === sha256)?.name ?? null,
      paint: async (picture, classification, map) => {
        const look = (report.look ??= lookFor(this.#app));
        if (!look) throw new Error("The colours are not known yet.");
        return thumbnail(picture, classification, map, look);
      },
    };
    const error = await this.#queue.run(this.#costOf(settings), (row, signal, onProgress) =>
      examine(context, row, signal, onProgress),
    );
    if (error) this.#app.report(error);
    await this.#summarise();
    if (this.#queue.state === "idle" && !this.#queue.isWaiting) this.#bar.say(texts.bar.complete);
  }

  /** On another network or device: what is finished cannot be mixed with what is to come. */
  #restart() {
    this.#queue.cancel();
    this.#start();
  }

  /** @param {Row} row */
  async #rowChanged(row) {
    if (!this.#report || row.state === "running") return;
    this.#document.showRows(this.#report);
    this.#unsaved ||= row.state === "done";
    this.#showState();
    if (row.state === "done" && this.#isTimely()) await this.#summarise();
  }

  /**
   * Of many pictures together, one more changes little, and the bootstrap takes its time. After the last it comes anyway.
   */
  #isTimely() {
    const { finished } = this.#queue.progress;
    return this.#queue.isWaiting && (finished <= OFTEN || finished % OFTEN === 0);
  }

  /** One after the other, so that the latest is drawn last. */
  #summarise() {
    return (this.#drawn = this.#drawn.then(() => this.#summariseNow()));
  }

  async #summariseNow() {
    const { explainer } = this.#app;
    const report = this.#report;
    if (!explainer || !report) return;
    const done = finished(report.rows);
    if (done.length === 0) return;
    try {
      const results = done.map(({ result }) => result);
      report.summaries = await summarise(explainer, results, report.settings);
      report.claims = judge(report.summaries, report.settings.methods);
      report.legend ??= report.look && (await legend(report.look));
    } catch (error) {
      if (!isAbort(error)) this.#app.report(error);
      return;
    }
    if (report === this.#report) this.#showSummary();
  }

  #showSummary() {
    const report = this.#report;
    if (!report) return;
    this.#document.showSummary(report, this.#figures.of(report.rows));
    this.#files.show(true);
  }

  #showState() {
    const { rows, state, isWaiting } = this.#queue;
    this.#keep();
    const { own, leftOut } = this.#sorted;
    const isChosen = own.length > 0 && this.#settings.measures.length > 0;
    this.#setup.showCount(rows.length);
    this.#setup.showLeftOut(leftOut.map(leftOutText));
    this.#setup.showEstimate(isChosen ? this.#estimateText() : texts.setup.needsMethod);
    this.#bar.showState({
      state,
      isReady: this.#app.explainer !== null,
      canStart: rows.length > 0 && isChosen,
      hasResults: this.#report !== null,
      hasWaiting: isWaiting,
    });
    this.#showProgress();
  }

  #keep() {
    const [{ rows }, report, unsaved] = [this.#queue, this.#report, this.#unsaved];
    this.#memory.keep({ rows, report, figures: this.#figures.chosen, unsaved });
    this.#showLeaving();
  }

  /** Hours of work may be in it: where a reload would not bring it back, the browser asks whether to leave. */
  #showLeaving() {
    const matters = this.#unsaved || this.#queue.state === "running";
    const isLost = this.#report && this.#queue.isWaiting && !this.#app.isLasting;
    const risk = matters ? (this.#memory.risk ?? (isLost ? "network" : null)) : null;
    window.onbeforeunload = risk ? (event) => event.preventDefault() : null;
    this.#bar.showWarning(risk ? texts.bar.risks[risk] : "");
  }

  #showProgress() {
    const { state, progress } = this.#queue;
    const { pictures, finished, share, secondsLeft } = progress;
    let text = "";
    if (state === "running") {
      text = texts.bar.running(finished, pictures, secondsLeft === null ? null : duration(secondsLeft));
    } else if (state === "paused") {
      text = this.#app.explainer ? texts.bar.paused(finished, pictures) : texts.bar.stopped;
    } else if (this.#report) {
      text = texts.bar.ended(finished, pictures);
    } else if (!this.#app.explainer) {
      text = texts.bar.waiting;
    }
    this.#bar.showProgress(share, text);
    if (this.#steps.isNext(this.#queue)) this.#app.say(text);
    this.#bar.showElsewhere(state !== "idle" && this.#app.view !== "report" ? text : null);
  }

  /** The chosen methods that have a map of their own at the layer, and the others. */
  get #sorted() {
    const { explainer } = this.#app;
    const { methods, layer } = this.#settings;
    return explainer ? sortOut(methods, layer, explainer) : { own: methods, leftOut: [] };
  }

  /** What a report made now would be made with. */
  get #resolved() {
    const settings = { ...this.#settings, methods: this.#sorted.own };
    return resolve(settings, this.#layerOf(settings).channels, this.#app.passSeconds);
  }

  #estimateText() {
    const { explainer, passSeconds } = this.#app;
    const { rows } = this.#queue;
    if (!explainer || rows.length === 0) return "";
    const cost = rows.length * this.#costOf(this.#resolved);
    const passes = texts.setup.passes(cost);
    return passSeconds === null
      ? texts.setup.unmeasured(passes)
      : texts.setup.estimate(duration(cost * passSeconds), passes);
  }

  /** @param {string} id of a measure @returns {string} what it adds to each picture */
  #costText(id) {
    const { explainer, passSeconds } = this.#app;
    if (!explainer) return "";
    const layer = this.#layerOf(this.#settings);
    const one = { ...this.#resolved, measures: [id] };
    const maps = [...this.#works(one), null, null];
    const cost = maps.reduce((sum, work) => sum + measureCost(work, one, layer), 0);
    if (METRICS[/** @type {Metric} */ (id)].passes(one.steps) === 0) return texts.setup.free;
    return texts.setup.cost(texts.setup.passes(cost), passSeconds === null ? null : duration(cost * passSeconds));
  }

  /** @param {Resolved} settings @returns {number} of each picture, in passes */
  #costOf(settings) {
    return pictureCost(this.#works(settings), settings, this.#layerOf(settings));
  }

  /** @param {Settings} settings */
  #works({ methods }) {
    return methods.map((id) => this.#app.workOf(id));
  }

  /** @param {Settings} settings */
  #layerOf({ layer: id }) {
    const { explainer } = this.#app;
    const layers = explainer?.model.layers ?? [];
    const layer = layers.find((one) => one.id === id);
    return {
      channels: layer?.channels ?? 0,
      isLastLayer: layer === layers.at(-1),
      setting: { layers: layer ? [layer] : [], smoothing: [], isCpu: explainer?.device.kind === "cpu" },
    };
  }

  /** @param {Format} format */
  async #save(format) {
    const { explainer } = this.#app;
    const look = lookFor(this.#app);
    if (!this.#report || !explainer || !look) return;
    this.#files.say(texts.document.saving(texts.document[format]));
    await this.#drawn;
    try {
      const files = await saveReport(format, this.#report, { explainer, look, view: this.#document });
      this.#unsaved = false;
      this.#showState();
      this.#files.say(strings.say.saved(files.join(", ")));
    } catch (error) {
      this.#files.say("");
      this.#app.report(error);
    }
  }
}
