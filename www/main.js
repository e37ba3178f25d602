/**
 * The root controller: loads the network, takes pictures in, sets the scene (picture, crop, layer, class), and gives
 * each view's controller what it works with. What is on screen is replaced only by results, so it survives whatever
 * fails.
 */
import { App } from "./app.js";
import { Explainer } from "./camscope.js";
import { addCopyButton, bindHeader, bindSettings } from "./controllers/address.js";
import { CompareController } from "./controllers/compare.js";
import { ExplainController } from "./controllers/explain.js";
import { GridController } from "./controllers/grid.js";
import { HowController } from "./controllers/how.js";
import { Messages } from "./controllers/messages.js";
import { NetworkController } from "./controllers/network.js";
import { RegionController } from "./controllers/region.js";
import { SanityController } from "./controllers/sanity.js";
import { TabController } from "./controllers/tab.js";
import { WhatIfController } from "./controllers/whatif.js";
import { ReportController } from "./controllers/report.js";
import { startGuide } from "./controllers/guide.js";
import { describeLoading, describeModel } from "./describe.js";
import { fillTexts, find, on } from "./dom.js";
import { isAbort, isFatal, replace } from "./faults.js";
import { className, percent } from "./format.js";
import { language } from "./language.js";
import { LIMITS } from "./limits.js";
import { Link } from "./link.js";
import { keepForOffline, pinnedManifest } from "./offline.js";
import { partOf, pictureCanvas } from "./paint.js";
import { softmax } from "./plan.js";
import { readTarget, writeTarget } from "./targets.js";
import { fetchSample, listSamples, sampleAddress } from "./samples.js";
import * as strings from "./strings.js";
import { TabStore } from "./tab-store.js";
import { countTraffic } from "./traffic.js";
import { ClassesView } from "./views/classes.js";
import { LookView } from "./views/look.js";
import { MethodPages } from "./views/method-pages.js";
import { NavView } from "./views/nav.js";
import { PhotoView } from "./views/photo.js";
import { PictureCard } from "./views/picture-card.js";
import { SearchView } from "./views/search.js";
import { SettingsView, askedDevice, keepDevice } from "./views/settings.js";
import { StatusView } from "./views/status.js";
import { TrafficView } from "./views/traffic.js";

/** @import * as Api from "./camscope.d.ts" */
/** @import { Photo, Seen } from "./app.js" */
/** @import { Sample } from "./views/photo.js" */

/** @param {string} id */
const section = (id) => find(document, `#${id}`, HTMLElement);

let deviceChoice = askedDevice();
/** @type {Photo | null} The latest that was asked for; it may wait for the network. */
let wanted = null;
/** @type {Api.LoadOptions["model"]} The network in use. */
let model;
/** @type {Sample[]} */
let samples = [];
let [loading, fetching, reading] = Array.from({ length: 3 }, () => new AbortController());

document.documentElement.lang = language;
fillTexts(document, strings.fixed);
const app = new App();
const link = new Link();
/** That the link which led here asks for. */
const firstSample = link.get("sample");
const status = new StatusView(section("status"));
const messages = new Messages(app, status, () => deviceChoice, chooseDevice);
const traffic = new TrafficView(section("traffic"));
const settings = new SettingsView(document.body, deviceChoice);
const photoView = new PhotoView(section("photo"), section("dropping"), app.crop);
const classesView = new ClassesView(section("classes"));
const search = new SearchView(section("combobox"));
const lookView = new LookView(section("view"));
const nav = new NavView(section("views"), link);
const pictureCard = new PictureCard(section("grid"), find(document, "#picture-card", HTMLTemplateElement));
const explain = new ExplainController(app, {
  grid: section("grid"),
  methods: section("methods"),
  agreement: section("agreement"),
});
const network = new NetworkController(app, link, section("network"), useModel);
const region = new RegionController(app, pictureCard.root);
new CompareController(app, section("compare"));
const mapGrid = new GridController(app, section("map-grid"));
new SanityController(app, section("sanity"));
const whatif = new WhatIfController(app, section("whatif"));
new MethodPages(section("method-pages"));
const reports = new ReportController(
  app,
  link,
  {
    setup: section("report-setup"),
    bar: section("report-bar"),
    files: section("report-files"),
    document: section("report-document"),
    elsewhere: section("report-elsewhere"),
  },
  quiet,
);
const how = new HowController(app, section("how"), changeScene);
const tab = new TabController(app);
const stores = TabStore.open();
app.report = report;
app.say = (text) => status.say(text);

/** Load the network, then explain what is waiting for it. */
async function start() {
  status.hideBanner();
  const loaded = await load();
  if (!loaded) return;
  messages.device(loaded.device);
  if (wanted) await openPhoto(wanted, true);
}

/**
 * The network in use, on a new worker.
 * @returns {Promise<Api.Explainer | null>} null: it failed, which is said, or something newer is being loaded
 */
async function load() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  explain.stop();
  reading.abort();
  app.explainer?.dispose();
  app.explainer = null;
  app.passSeconds = null;
  app.cancelAll();
  app.emit("model");
  settings.showDevice(null);
  traffic.reset();
  /** @param {Api.Traffic} sums */
  const onTraffic = (sums) => signal.aborted || traffic.count("worker", sums);
  try {
    /** @param {Api.LoadProgress} step */
    const onProgress = (step) => showLoading(step, model);
    const manifestSha256 = model === undefined ? pinnedManifest() : undefined;
    const options = { model, manifestSha256, device: deviceChoice, confined: true, signal, onProgress, onTraffic };
    return take(await Explainer.load(options));
  } catch (error) {
    if (isAbort(error)) return null;
    settings.showStopped();
    const isWeights = error instanceof Error && error.name === "WeightsError";
    messages.error(error, [{ label: isWeights ? strings.errors.retry : strings.errors.restart, run: start }]);
    return null;
  } finally {
    if (!signal.aborted) status.hideLoading();
  }
}

/** @param {Api.Explainer} loaded is what the page works with from now on */
function take(loaded) {
  app.explainer = loaded;
  app.weights = loaded.model.weights?.join(" ") ?? app.weights;
  traffic.begin();
  settings.showDevice(loaded.device);
  showModel(loaded);
  app.emit("model");
  status.say(strings.say.ready);
  loaded.lost.then((error) => {
    if (app.explainer === loaded) recover(error);
  });
  return loaded;
}

/**
 * The worker or its device has stopped: another takes its place while what is on screen stays. What was not finished
 * goes on when the visitor says so, for it may be what stopped the engine.
 * @param {Error} error
 */
async function recover(error) {
  const { recovery } = strings.errors;
  const isAltered = error.name === "WeightsError";
  // What altered weights have made is no result.
  if (isAltered) app.forget();
  const last = wanted;
  messages.error(error, [], recovery.restarting);
  const loaded = await load();
  if (!loaded) return;
  if (wanted && (isAltered || wanted !== last)) return openPhoto(wanted, true);
  const goOn = { label: recovery.goOn, run: resume };
  messages.error(error, wanted ? [goOn] : [], recovery.restarted(strings.devices[loaded.device.kind]));
}

/** Go on with what was under way when the engine stopped. What was finished is known and comes at once. */
function resume() {
  if (app.view === "report") reports.resume();
  else if (wanted) openPhoto(wanted, true);
}

/**
 * Another network in the last one's place, once it is loaded.
 * @param {string | Api.OwnNetwork} next
 * @param {string | null} id what it goes by, if it is the visitor's own
 */
async function useModel(next, id) {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  /** @type {Api.Traffic | null} */
  let sums = null;
  let loaded;
  try {
    loaded = await Explainer.load({
      model: next,
      device: deviceChoice,
      confined: true,
      signal,
      onProgress: (step) => showLoading(step, next),
      onTraffic: (now) => {
        sums = now;
        if (model === next && !signal.aborted) traffic.count("worker", now);
      },
    });
  } catch (error) {
    // It was still on its way when the other was asked for.
    if (!app.explainer && !signal.aborted) start();
    throw error;
  } finally {
    if (!signal.aborted) status.hideLoading();
  }
  model = next;
  app.weights = id;
  // The first of a visit is asked for what the address says.
  const isFirst = !app.seen;
  reading.abort();
  app.cancelAll();
  app.explainer?.dispose();
  app.explainer = null;
  app.passSeconds = null;
  app.forget();
  app.emit("model");
  traffic.reset();
  if (sums) traffic.count("worker", sums);
  take(loaded);
  if (isFirst) messages.device(loaded.device);
  if (wanted) await openPhoto(wanted, isFirst);
}

/**
 * @param {Api.LoadProgress} progress
 * @param {Api.LoadOptions["model"]} of
 */
function showLoading(progress, of) {
  const { done, total } = progress;
  const hint = typeof of === "object" && "checkpoint" in of ? strings.loading.own : strings.loading.once;
  status.showLoading({ text: describeLoading(progress), share: total === null ? null : done / total, hint });
}

/** @param {Api.Explainer} loaded */
function showModel({ model, palettes }) {
  search.setLabels(model.labels);
  if (!model.layers.some(({ id }) => id === app.layer)) app.layer = model.layers[model.layers.length - 1].id;
  how.show();
  lookView.setPalettes(palettes, lookView.paletteId || palettes[0].id);
  explain.setMethods();
  app.look = lookView.look;
  app.emit("look");
  const asked = app.options.target ?? app.chosen;
  if (asked !== null && readTarget(writeTarget(asked), model.classes) === null) app.forgetTarget();
  link.restore();
  section("model").textContent = describeModel(model);
}

/**
 * Read and classify a picture, and only then put it in the last one's place.
 * @param {Photo} photo
 * @param {boolean} [keepsTarget] what was explained in the last one is to be explained in this one
 */
async function openPhoto(photo, keepsTarget = false) {
  fetching.abort();
  wanted = photo;
  if (!app.explainer) return;
  const { signal } = (reading = replace(reading));
  const wasRunning = explain.isRunning;
  explain.stop();
  status.hideError();
  pictureCard.showBusy(strings.say.reading);
  status.say(strings.say.reading);
  try {
    const previewing = app.explainer.preview(photo.blob, { maxSide: LIMITS.side, signal });
    // Asked for at once: the network does not wait until the picture is painted.
    const classifying = classify(photo.blob, signal, previewing);
    classifying.catch(() => {});
    const picture = pictureCanvas(await previewing);
    if (!app.seen) pictureCard.showFirst(photo.name, picture);
    pictureCard.showBusy(strings.say.classifying);
    status.say(strings.say.classifying);
    const classification = await classifying;
    if (!keepsTarget) app.forgetTarget();
    showSeen({ photo, picture, crop: app.crop, classification, probabilities: softmax(classification.logits) });
  } catch (error) {
    if (isAbort(error)) return;
    if (!isFatal(error)) wanted = app.seen?.photo ?? null;
    if (app.seen) showPicture(app.seen);
    else pictureCard.showIdle(strings.photo.empty);
    report(error);
    if (wasRunning && !isFatal(error)) explain.start();
    else explain.end();
  }
}

/** The same picture, another crop; one that is on its way is read with it. */
async function recrop() {
  if (wanted && wanted !== app.seen?.photo) return openPhoto(wanted, !app.seen);
  if (!app.explainer || !app.seen) return;
  const { signal } = (reading = replace(reading));
  explain.stop();
  pictureCard.showBusy(strings.say.classifying);
  try {
    const classification = await classify(app.seen.photo.blob, signal);
    showSeen({ ...app.seen, crop: app.crop, classification, probabilities: softmax(classification.logits) });
  } catch (error) {
    if (isAbort(error)) return;
    if (!isFatal(error)) photoView.showCrop((app.crop = app.seen.crop));
    showPicture(app.seen);
    explain.end();
    report(error);
  }
}

/**
 * @param {Blob} blob
 * @param {AbortSignal} signal
 * @param {Promise<unknown>} [before] what the worker answers first
 */
async function classify(blob, signal, before) {
  if (!app.explainer) throw new DOMException("", "AbortError");
  let began = performance.now();
  const begin = () => (began = performance.now());
  before?.then(begin, begin);
  const classification = await app.explainer.classify(blob, { crop: app.crop, topK: 5, signal });
  app.passSeconds ??= (performance.now() - began) / 1000;
  return classification;
}

/** @param {Seen} next */
function showSeen(next) {
  app.seen = next;
  showPicture(next);
  photoView.markSample(next.photo.sample);
  search.setProbabilities(next.probabilities);
  explain.setGround();
  const [top] = next.classification.classes;
  status.say(strings.say.classified(className(top.label), percent(top.probability)));
  changeScene();
}

/**
 * Another picture, crop, layer or target is to be explained.
 * @param {boolean} [isScrubbing] and another will follow
 */
function changeScene(isScrubbing = false) {
  if (!app.seen || !app.target) return;
  classesView.show(app.seen.classification.classes, app.target);
  app.emit("scene");
  explain.start(isScrubbing);
}

/** @param {Seen} shown */
function showPicture({ photo, picture, classification }) {
  pictureCard.show({ name: photo.name, picture, part: partOf(picture, classification), size: classification });
}

/** @param {unknown} error of a call; that the engine has stopped under it is not its to say, but `recover`'s */
function report(error) {
  if (!isFatal(error)) messages.error(error);
}

/** Nothing of the scene is computed any more. */
function quiet() {
  for (const work of [fetching, reading]) work.abort();
  explain.cancel();
  app.cancelAll();
  if (!app.seen) pictureCard.showIdle(strings.photo.empty);
}

/** @param {Api.DeviceChoice} choice */
function chooseDevice(choice) {
  deviceChoice = choice;
  settings.choose(choice);
  keepDevice(choice);
  start();
}

/** @param {number} index */
function chooseClass(index) {
  app.choose(index);
  changeScene();
}

/** @param {Api.Crop} choice */
function setCrop(choice) {
  app.crop = choice;
  photoView.showCrop(choice);
  recrop();
}

/**
 * @param {Sample} sample
 * @param {boolean} [keepsTarget]
 */
async function openSample(sample, keepsTarget = false) {
  const { signal } = (fetching = replace(fetching));
  try {
    openPhoto({ blob: await fetchSample(sample.file, signal), name: sample.title, sample: sample.file }, keepsTarget);
  } catch (error) {
    if (isAbort(error)) return;
    status.showBanner(strings.errors.sample(sample.file));
  }
}

/** @param {string | null} file null, or none that there is: the first */
function sampleOf(file) {
  return samples.find((sample) => sample.file === file) ?? samples[0];
}

/**
 * The samples that set-up could get. What was on screen before a reload is explained at once, or the sample that the link
 * asks for, or the first.
 */
async function showSamples() {
  samples = await listSamples();
  photoView.showSamples(samples, sampleAddress);
  const asked = sampleOf(firstSample)?.file ?? null;
  const last = await tab.restore(await stores, ({ sample }) =>
    sample === null ? firstSample === null : sample === asked,
  );
  if (wanted) return;
  if (last) await openPhoto(last, true);
  else if (samples.length > 0) await openSample(sampleOf(firstSample), true);
}

on(settings, "device", chooseDevice);
photoView.addEventListener("files", (event) => {
  if (app.view !== "report") return;
  event.preventDefault();
  reports.take(/** @type {CustomEvent<DataTransfer>} */ (event).detail);
});
on(photoView, "photo", (/** @type {Photo} */ photo) => openPhoto({ ...photo, sample: null }));
on(photoView, "sample", (/** @type {Sample} */ sample) => openSample(sample));
on(photoView, "network", async (/** @type {File} */ file) => {
  if (section("network").hidden) await nav.go("explain");
  network.take(file);
});
on(photoView, "nothing", () => status.showBanner(strings.errors.notPicture));
on(photoView, "crop", setCrop);
on(classesView, "class", chooseClass);
// Another network's classes are not this one's.
app.on("model", () => app.seen || classesView.clear());
on(search, "class", chooseClass);
on(lookView, "look", () => {
  app.look = lookView.look;
  app.emit("look");
});
for (const type of /** @type {const} */ (["scene", "view"])) app.on(type, () => lookView.setSides(app.sides));
app.on("scale", () => lookView.setTop(app.top));
on(nav, "view", (/** @type {string} */ view) => {
  app.view = view;
  app.emit("view");
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  explain.cancel();
  app.cancelAll();
});

countTraffic((sums) => traffic.count("page", sums));
bindSettings(app, link, {
  lookView,
  changeScene,
  setCrop,
  methods: explain.methods,
  agreement: explain.agreement,
  sampleOnScreen: () => {
    const file = app.seen?.photo.sample ?? null;
    return file === samples[0]?.file ? null : file;
  },
  openSample: (file) => {
    if (samples.length > 0) openSample(sampleOf(file), true);
  },
});
mapGrid.bind(link);
whatif.bind(link);
region.bind(link);
bindHeader(link, settings);
addCopyButton(app, section("views"));
keepForOffline();
nav.start();
startGuide(app, section("foot"));
showSamples();
stores.then(async (found) => {
  for (const one of [reports, region]) one.restore(found);
  if (!(await network.restore(found))) start();
});
