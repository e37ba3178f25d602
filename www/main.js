/**
 * The controller: the only file that wires the views to the explainer.
 *
 * A scene is what is explained: a picture, its crop, a layer, a class. Each change of it cancels what the last scene
 * still had running: the latest wins. What is on screen is replaced only by results, so it survives whatever fails.
 */
import { Explainer } from "./camscope.js";
import { fillTexts, find, on } from "./dom.js";
import { savePng } from "./download.js";
import { className, duration, fileName, megabytes, percent } from "./format.js";
import { Judge } from "./judge.js";
import { pictureCanvas } from "./paint.js";
import { ResultCache, budgetFor, exactSeconds, isLong, softmax } from "./plan.js";
import { fetchSample, listSamples, sampleAddress } from "./samples.js";
import * as strings from "./strings.js";
import { AgreementView } from "./views/agreement.js";
import { ClassesView } from "./views/classes.js";
import { LookView } from "./views/look.js";
import { MapCard } from "./views/map-card.js";
import { PhotoView } from "./views/photo.js";
import { PictureCard } from "./views/picture-card.js";
import { SearchView } from "./views/search.js";
import { SettingsView } from "./views/settings.js";
import { StatusView } from "./views/status.js";

/** @import * as Api from "./camscope.d.ts" */
/** @import { Sample } from "./views/photo.js" */

/** @typedef {{ blob: Blob, name: string, sample: string | null }} Photo */
/** @typedef {{ photo: Photo, picture: HTMLCanvasElement, classification: Api.Classification, probabilities: Float32Array }} Seen */

const PREVIEW_SIDE = 1024;
/** Cheap ones first. */
const METHODS = /** @type {(keyof typeof strings.methodNames)[]} */ (["gradcam", "ablationcam", "scorecam"]);

/** What is being computed that is no method's map. */
const NUMBERS = "numbers";

/** @param {string} id */
const section = (id) => find(document, `#${id}`, HTMLElement);

const address = new URL(location.href);
const asked = address.searchParams.get("device") ?? "auto";
let deviceChoice = /** @type {Api.DeviceChoice} */ (asked in strings.devices ? asked : "auto");
/** @type {Api.Explainer | null} */
let explainer = null;
/** @type {Seen | null} What is on screen. */
let seen = null;
/** @type {Photo | null} The latest that was asked for; it may wait for the network. */
let wanted = null;
/** @type {Api.Crop} */
let crop = "center";
let layer = "layer4";
/** @type {number | null} Chosen by the visitor; null: the top class. */
let chosen = null;
/** @type {number | null} Seconds that one pass takes on this device, as last measured. */
let passSeconds = null;
let loading = new AbortController();
let reading = new AbortController();
let scene = new AbortController();
/** @type {Map<string, AbortController>} What is being computed, by method, and the numbers. */
const running = new Map();
const results = new ResultCache();

fillTexts(document, strings.fixed);
const status = new StatusView(section("status"));
const settings = new SettingsView(document.body, deviceChoice);
const photoView = new PhotoView(section("photo"), section("dropping"), crop);
const classesView = new ClassesView(section("classes"));
const search = new SearchView(section("combobox"));
const lookView = new LookView(section("view"));
const judge = new Judge(new AgreementView(section("agreement")));
const pictureCard = new PictureCard(section("grid"), find(document, "#picture-card", HTMLTemplateElement));
const cards = new Map(
  METHODS.map((id) => {
    const template = find(document, "#map-card", HTMLTemplateElement);
    return [id, new MapCard(section("grid"), template, id, strings.methodNames[id])];
  }),
);

/** Load the network, then explain what is waiting for it. */
async function start() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  stopScene();
  reading.abort();
  explainer?.dispose();
  explainer = null;
  passSeconds = null;
  status.hideBanner();
  settings.showDevice(null);
  try {
    const loaded = await Explainer.load({ device: deviceChoice, signal, onProgress: showLoading });
    explainer = loaded;
    settings.showDevice(loaded.device);
    showModel(loaded);
    status.say(strings.say.ready);
    remarkDevice(loaded.device);
  } catch (error) {
    if (isAbort(error)) return;
    settings.showStopped();
    report(error);
    return;
  } finally {
    if (!signal.aborted) status.hideLoading();
  }
  if (wanted) await openPhoto(wanted, chosen);
}

/** @param {Api.DeviceInfo} device */
function remarkDevice({ kind, software, fallback }) {
  if (kind === "cpu" && deviceChoice !== "cpu") {
    const text = fallback ? strings.device.fallback(fallback) : strings.device.noWebgpu;
    status.showBanner({ title: strings.devices.cpu, text, isError: false });
  } else if (software) {
    const actions = [{ label: strings.errors.useCpu, run: () => chooseDevice("cpu") }];
    status.showBanner({ title: strings.devices.webgpu, text: strings.device.software, isError: false, actions });
  }
}

/** @param {Api.LoadProgress} progress */
function showLoading({ stage, done, total }) {
  const all = total === null ? null : megabytes(total);
  const text =
    stage === "engine"
      ? strings.loading.engine(megabytes(done), all)
      : strings.loading.weights(megabytes(done), all ?? "");
  status.showLoading({ text, share: total === null ? null : done / total, hint: strings.loading.once });
}

/** @param {Api.Explainer} loaded */
function showModel({ model, methods, palettes }) {
  search.setLabels(model.labels);
  if (!model.layers.some(({ id }) => id === layer)) layer = model.layers[model.layers.length - 1].id;
  lookView.setLayers(model.layers, layer);
  lookView.setPalettes(palettes, lookView.paletteId || palettes[0].id);
  for (const method of methods) cards.get(/** @type {any} */ (method.id))?.setMethod(method);
  for (const card of cards.values()) card.setLook(lookView.look);
  const { title, classes, variant, accuracy, source, license } = model;
  const texts = [strings.model.about(title, classes, variant), strings.model.source(source, license)];
  if (accuracy) texts.push(strings.model.accuracy(percent(accuracy.top1), percent(accuracy.top5)));
  section("model").textContent = texts.join(" ");
}

/**
 * Read and classify a picture, and only then put it in the last one's place.
 * @param {Photo} photo
 * @param {number | null} [target]
 */
async function openPhoto(photo, target = null) {
  wanted = photo;
  if (!explainer) return;
  const { signal } = (reading = replace(reading));
  const wasRunning = running.size > 0;
  stopScene();
  status.hideError();
  pictureCard.showBusy(strings.say.reading);
  status.say(strings.say.reading);
  try {
    const pixels = await explainer.preview(photo.blob, { maxSide: PREVIEW_SIDE, signal });
    const picture = pictureCanvas(pixels);
    if (!seen) pictureCard.showFirst(photo.name, picture);
    pictureCard.showBusy(strings.say.classifying);
    status.say(strings.say.classifying);
    const classification = await classify(photo.blob, signal);
    chosen = target;
    showSeen({ photo, picture, classification, probabilities: softmax(classification.logits) });
  } catch (error) {
    if (isAbort(error)) return;
    wanted = seen?.photo ?? null;
    if (seen) showPicture(seen);
    else pictureCard.showIdle(strings.photo.empty);
    report(error);
    if (wasRunning && !isFatal(error)) explainScene();
    else endCards();
  }
}

/** The same picture, another crop. */
async function recrop() {
  if (!explainer || !seen) return;
  const { signal } = (reading = replace(reading));
  stopScene();
  pictureCard.showBusy(strings.say.classifying);
  try {
    const classification = await classify(seen.photo.blob, signal);
    showSeen({ ...seen, classification, probabilities: softmax(classification.logits) });
  } catch (error) {
    if (isAbort(error)) return;
    showPicture(seen);
    report(error);
  }
}

/**
 * @param {Blob} blob
 * @param {AbortSignal} signal
 */
async function classify(blob, signal) {
  if (!explainer) throw new DOMException("", "AbortError");
  const began = performance.now();
  const classification = await explainer.classify(blob, { crop, topK: 5, signal });
  passSeconds ??= (performance.now() - began) / 1000;
  return classification;
}

/** @param {Seen} next */
function showSeen(next) {
  seen = next;
  showPicture(next);
  photoView.markSample(next.photo.sample);
  search.setProbabilities(next.probabilities);
  for (const card of cards.values()) card.setGround(next.picture, partOf(next));
  const [top] = next.classification.classes;
  status.say(strings.say.classified(className(top.label), percent(top.probability)));
  explainScene();
}

/** @param {Seen} shown */
function showPicture(shown) {
  const { photo, picture, classification } = shown;
  pictureCard.show({ name: photo.name, picture, part: partOf(shown), size: classification });
}

/**
 * The crop in the preview's pixels.
 * @param {Seen} shown
 */
function partOf({ picture, classification }) {
  const scale = picture.width / classification.width;
  const { x, y, width, height } = classification.crop;
  return { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
}

/** Explain the scene by every method, the cheap ones first, and measure their maps before the long ones. */
async function explainScene() {
  if (!explainer || !seen) return;
  stopScene();
  const { signal } = (scene = new AbortController());
  const target = targetOf(seen);
  classesView.show(seen.classification.classes, target);
  for (const card of cards.values()) card.showWaiting();
  judge.show([]);
  for (const id of METHODS) {
    if (isLong(id, isLastLayer())) await judgeScene();
    if (signal.aborted) return;
    await explainMethod(id, target);
    if (signal.aborted) return;
  }
  await judgeScene();
}

/** Numbers about the maps of the scene that are final. Whatever newer job comes, they give way. */
async function judgeScene() {
  if (!explainer || !seen) return;
  const own = new AbortController();
  running.get(NUMBERS)?.abort();
  running.set(NUMBERS, own);
  const { index } = targetOf(seen);
  const final = [...cards.values()].filter(
    ({ isBusy, shown }) => !isBusy && shown?.layer === layer && shown.target.index === index,
  );
  try {
    await judge.judge(explainer, seen.photo.blob, crop, final, AbortSignal.any([own.signal, scene.signal]));
  } catch (error) {
    if (isAbort(error)) return;
    report(error);
    if (!isFatal(error)) return;
    stopScene();
    endCards();
  } finally {
    if (running.get(NUMBERS) === own) running.delete(NUMBERS);
  }
}

function isLastLayer() {
  return layer === explainer?.model.layers.at(-1)?.id;
}

/** @param {Seen} shown @returns {Api.Class} */
function targetOf({ classification, probabilities }) {
  if (chosen === null || !explainer) return classification.classes[0];
  const index = chosen;
  return {
    index,
    label: explainer.model.labels[index],
    probability: probabilities[index],
    logit: classification.logits[index],
  };
}

/**
 * One method's map: a quick one first where the exact one would take long, and then the exact one, if the quick one
 * has shown that it does not.
 * @param {keyof typeof strings.methodNames} id
 * @param {Api.Class} target
 * @param {boolean} [exactly] the visitor asked for it, however long it takes
 */
async function explainMethod(id, target, exactly = false) {
  const card = cards.get(id);
  if (!card || !explainer || !seen) return;
  const own = new AbortController();
  running.get(id)?.abort();
  running.set(id, own);
  const signal = AbortSignal.any([own.signal, scene.signal]);
  try {
    const isLast = isLastLayer();
    const plan = () => (exactly ? null : budgetFor(id, isLast, channelsOf(layer), passSeconds));
    let budget = plan();
    await runMethod(card, id, target, budget, signal);
    if (budget !== null) {
      budget = plan();
      if (budget === null) await runMethod(card, id, target, null, signal);
    }
  } catch (error) {
    // Whoever cancelled has taken care of the card.
    if (isAbort(error)) return;
    report(error);
    if (isFatal(error)) stopScene();
    card.showEnded(strings.card.failed);
    if (isFatal(error)) endCards();
  } finally {
    if (running.get(id) === own) running.delete(id);
  }
}

/**
 * @param {MapCard} card
 * @param {string} method
 * @param {Api.Class} target
 * @param {number | null} budget of channels; null: all
 * @param {AbortSignal} signal
 */
async function runMethod(card, method, target, budget, signal) {
  if (!explainer || !seen) return;
  const { blob } = seen.photo;
  const key = [method, layer, crop, target.index, budget ?? "all", deviceChoice].join(" ");
  let explanation = results.get(blob, key);
  if (!explanation) {
    card.showComputing();
    const options = { method, layer, crop, target: target.index, channels: budget ?? undefined, signal };
    explanation = await explainer.explain(blob, {
      ...options,
      onProgress: (progress) => {
        if (!signal.aborted) card.showProgress(progress, target.label);
      },
    });
    if (method === "scorecam" && explanation.passes > 1) passSeconds = explanation.seconds / explanation.passes;
    results.set(blob, key, explanation);
  }
  const left =
    explanation.exact || passSeconds === null
      ? null
      : duration(exactSeconds(channelsOf(explanation.layer), passSeconds));
  card.show(explanation, left);
  status.say(strings.say.explained(card.name, className(target.label)));
}

/** @param {string} id */
function channelsOf(id) {
  return explainer?.model.layers.find((one) => one.id === id)?.channels ?? 0;
}

function stopScene() {
  scene.abort();
  running.clear();
}

/** Cancel what is being computed, and what waits for its turn. */
function cancelAll() {
  if (running.size === 0) return;
  stopScene();
  scene = new AbortController();
  endCards();
  status.say(strings.say.cancelled);
}

/** Nothing is being computed any more. */
function endCards() {
  for (const card of cards.values()) if (card.isBusy) card.showEnded(strings.card.stopped);
}

/**
 * @param {keyof typeof strings.methodNames} id
 * @param {MapCard} card
 */
function save(id, card) {
  const { shown } = card;
  if (!shown || !seen) return;
  const stem = seen.photo.name.replace(/\.\w+$/, "");
  const file = `${fileName(stem, shown.target.label, id, shown.layer)}.png`;
  savePng(card.canvas, file, () => status.say(strings.say.saved(file)));
}

/** @param {unknown} error */
function report(error) {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const actions = [];
  if (name === "WeightsError") actions.push({ label: strings.errors.retry, run: start });
  if (name === "DeviceError") {
    settings.showStopped();
    actions.push({ label: strings.errors.restart, run: start });
    if (deviceChoice !== "cpu") actions.push({ label: strings.errors.useCpu, run: () => chooseDevice("cpu") });
  }
  const kept = seen ? ` ${strings.errors.kept}` : "";
  status.showBanner({ title: strings.errors.titles[name] ?? strings.errors.other, text: message + kept, actions });
}

/** @param {unknown} error */
function isAbort(error) {
  return error instanceof DOMException && error.name === "AbortError";
}

/** @param {unknown} error */
function isFatal(error) {
  return error instanceof Error && error.name === "DeviceError";
}

/** @param {AbortController} last */
function replace(last) {
  last.abort();
  return new AbortController();
}

/** @param {Api.DeviceChoice} choice */
function chooseDevice(choice) {
  deviceChoice = choice;
  settings.choose(choice);
  if (choice === "auto") address.searchParams.delete("device");
  else address.searchParams.set("device", choice);
  history.replaceState(null, "", address);
  start();
}

/** @param {number} index */
function chooseClass(index) {
  chosen = index;
  explainScene();
}

/** @param {Sample} sample */
async function openSample(sample) {
  const { signal } = (reading = replace(reading));
  try {
    const blob = await fetchSample(sample.file, signal);
    openPhoto({ blob, name: sample.title, sample: sample.file });
  } catch (error) {
    if (isAbort(error)) return;
    status.showBanner({ title: strings.errors.titles.DecodeError, text: strings.errors.sample(sample.file) });
  }
}

/** The samples that set-up could get; the first is explained at once. */
async function showSamples() {
  const samples = await listSamples();
  photoView.showSamples(samples, sampleAddress);
  if (samples.length > 0 && !wanted) await openSample(samples[0]);
}

on(settings, "device", chooseDevice);
on(photoView, "photo", (/** @type {Photo} */ photo) => openPhoto({ ...photo, sample: null }));
on(photoView, "sample", openSample);
on(photoView, "nothing", () =>
  status.showBanner({ title: strings.errors.titles.DecodeError, text: strings.errors.notPicture }),
);
on(photoView, "crop", (/** @type {Api.Crop} */ choice) => {
  crop = choice;
  recrop();
});
on(classesView, "class", chooseClass);
on(search, "class", chooseClass);
on(lookView, "layer", (/** @type {string} */ id) => {
  layer = id;
  explainScene();
});
on(lookView, "look", () => {
  for (const card of cards.values()) card.setLook(lookView.look);
});
for (const [id, card] of cards) {
  on(card, "cancel", cancelAll);
  on(card, "save", () => save(id, card));
  on(card, "again", async () => {
    if (!seen) return;
    const { signal } = scene;
    await explainMethod(id, targetOf(seen), true);
    if (!signal.aborted) judgeScene();
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") cancelAll();
});

start();
showSamples();
