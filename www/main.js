/**
 * The controller: the only file that wires the views to the explainer.
 *
 * A scene is what is explained: a picture, its crop, a layer, a class. Each change of it cancels what the last scene
 * still had running: the latest wins. What is on screen is replaced only by results, so it survives whatever fails.
 */
import { Explainer } from "./camscope.js";
import { describeLoading, describeModel } from "./describe.js";
import { fillTexts, find, on } from "./dom.js";
import { saveOverlay } from "./download.js";
import { isAbort, isFatal } from "./faults.js";
import { className, duration, percent } from "./format.js";
import { Judge } from "./judge.js";
import { MAIN, reasons, twinOf } from "./methods.js";
import { partOf, pictureCanvas } from "./paint.js";
import { ResultCache, budgetFor, exactSeconds, inTurn, isLong, softmax } from "./plan.js";
import { fetchSample, listSamples, sampleAddress } from "./samples.js";
import * as strings from "./strings.js";
import { AgreementView } from "./views/agreement.js";
import { CardGrid } from "./views/card-grid.js";
import { ClassesView } from "./views/classes.js";
import { LookView } from "./views/look.js";
import { MethodPicker } from "./views/method-picker.js";
import { PhotoView } from "./views/photo.js";
import { PictureCard } from "./views/picture-card.js";
import { SearchView } from "./views/search.js";
import { SettingsView, askedDevice, keepDevice } from "./views/settings.js";
import { StatusView } from "./views/status.js";

/** @import * as Api from "./camscope.d.ts" */
/** @import { MapCard } from "./views/map-card.js" */
/** @import { Sample } from "./views/photo.js" */

/** @typedef {{ blob: Blob, name: string, sample: string | null }} Photo */
/** @typedef {{ photo: Photo, picture: HTMLCanvasElement, classification: Api.Classification, probabilities: Float32Array }} Seen */

const PREVIEW_SIDE = 1024;
/** What is being computed that is no method's map. */
const NUMBERS = "numbers";

/** @param {string} id */
const section = (id) => find(document, `#${id}`, HTMLElement);

let deviceChoice = askedDevice();
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
/** How many exact maps are being computed because the visitor asked for them. */
let byHand = 0;
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
const cards = new CardGrid(section("grid"), find(document, "#map-card", HTMLTemplateElement));
const picker = new MethodPicker(section("methods"));
for (const id of MAIN) cards.add(id, strings.methodNames[id]);

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
function showLoading(progress) {
  const { done, total } = progress;
  status.showLoading({
    text: describeLoading(progress),
    share: total === null ? null : done / total,
    hint: strings.loading.once,
  });
}

/** @param {Api.Explainer} loaded */
function showModel({ model, methods, palettes }) {
  search.setLabels(model.labels);
  if (!model.layers.some(({ id }) => id === layer)) layer = model.layers[model.layers.length - 1].id;
  lookView.setLayers(model.layers, layer);
  lookView.setPalettes(palettes, lookView.paletteId || palettes[0].id);
  picker.setMethods(methods);
  for (const { id } of methods) if (picker.isChosen(id)) addCard(id);
  cards.setMethods(methods);
  cards.setLook(lookView.look);
  section("model").textContent = describeModel(model);
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
  cards.setGround(next.picture, partOf(next.picture, next.classification));
  const [top] = next.classification.classes;
  status.say(strings.say.classified(className(top.label), percent(top.probability)));
  explainScene();
}

/** @param {Seen} shown */
function showPicture(shown) {
  const { photo, picture, classification } = shown;
  pictureCard.show({ name: photo.name, picture, part: partOf(picture, classification), size: classification });
}

/** Explain the scene by every method, the cheap ones first, and measure their maps before the long ones. */
async function explainScene() {
  if (!explainer || !seen) return;
  stopScene();
  const { signal } = (scene = new AbortController());
  const target = targetOf(seen);
  classesView.show(seen.classification.classes, target);
  cards.showWaiting();
  judge.show([]);
  for (const id of inTurn(cards.ids, isLastLayer())) {
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
  const final = cards.all.filter(
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
  const [probability, logit] = [probabilities[chosen], classification.logits[chosen]];
  return { index: chosen, label: explainer.model.labels[chosen], probability, logit };
}

/**
 * One method's map: a quick one first where the exact one would take long, and then the exact one, if the quick one
 * has shown that it does not.
 * @param {string} id
 * @param {Api.Class} target
 * @param {boolean} [exactly] the visitor asked for it, however long it takes
 */
async function explainMethod(id, target, exactly = false) {
  const card = cards.get(id);
  if (!card || !explainer || !seen) return;
  const twin = twinOf(id, isLastLayer());
  const other = twin && cards.get(twin.id);
  if (other) {
    running.get(id)?.abort();
    card.showSame(twin.why(other.name, layer));
    return;
  }
  const own = new AbortController();
  running.get(id)?.abort();
  running.set(id, own);
  const signal = AbortSignal.any([own.signal, scene.signal]);
  try {
    const plan = () => (exactly ? null : budgetFor(id, isLastLayer(), channelsOf(layer), passSeconds));
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
  card.show(explanation, left, reasons(method, explanation.layer, explainer.model.variant));
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
  cards.end(strings.card.stopped);
}

/**
 * @param {string} id
 */
function save(id) {
  const card = cards.get(id);
  const shown = card?.shown;
  if (!card || !shown || !seen) return;
  saveOverlay(card.canvas, seen.photo.name, shown, (file) => status.say(strings.say.saved(file)));
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

/** @param {AbortController} last */
function replace(last) {
  last.abort();
  return new AbortController();
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
  chosen = index;
  explainScene();
}

/** @param {string} id */
function addCard(id) {
  const method = explainer?.methods.find((one) => one.id === id);
  if (method && !cards.get(id)) cards.add(id, method.name).setMethod(method);
}

/** @param {{ id: string, isOn: boolean }} choice */
async function chooseMethod({ id, isOn }) {
  const isAlive = seen !== null && !scene.signal.aborted;
  if (isOn) addCard(id);
  else {
    running.get(id)?.abort();
    cards.remove(id);
  }
  if (!isAlive) return;
  // Ahead of the long methods, which begin again.
  if (isOn && running.size > 0 && byHand === 0) return explainScene();
  const { signal } = scene;
  const affected = cards.ids.filter((one) => one === id || twinOf(one, isLastLayer())?.id === id);
  for (const one of affected) if (seen && !signal.aborted) await explainMethod(one, targetOf(seen));
  if (!signal.aborted) judgeScene();
}

/** @param {string} id */
async function runExactly(id) {
  if (!seen) return;
  const { signal } = scene;
  byHand++;
  await explainMethod(id, targetOf(seen), true);
  byHand--;
  if (!signal.aborted) judgeScene();
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
  cards.setLook(lookView.look);
});
on(picker, "method", chooseMethod);
on(cards, "cancel", cancelAll);
on(cards, "save", save);
on(cards, "again", runExactly);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") cancelAll();
});

start();
showSamples();
