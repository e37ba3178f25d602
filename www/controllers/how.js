/**
 * How the scene is explained: its layers, its target, smoothing, reference mode. Sets them in the App, and says so.
 */
import { element, on } from "../dom.js";
import { className } from "../format.js";
import { how as texts } from "../strings.js";
import { describeTarget } from "../targets.js";
import { LayersView } from "../views/layers.js";
import { TargetView } from "../views/target.js";

/** @import * as Api from "../camscope.d.ts" */
/** @import { App, Options } from "../app.js" */

const SMOOTHINGS = /** @type {Api.Smoothing[]} */ (Object.keys(texts.smoothings));

export class HowController {
  #app;
  #changed;
  #layers;
  #target;
  #state;
  #smoothing;
  #reference;

  /**
   * @param {App} app
   * @param {HTMLElement} root
   * @param {(isScrubbing: boolean) => void} changed the scene is to be explained anew
   */
  constructor(app, root, changed) {
    this.#app = app;
    this.#changed = changed;
    const layers = element("fieldset", { class: "field", id: "layers-field", "data-views": "explain compare whatif" });
    const target = element("fieldset", { class: "field", "data-views": "explain compare whatif" });
    this.#smoothing = SMOOTHINGS.map((id) =>
      check(`smoothing-${id}`, texts.smoothings[id].name, texts.smoothings[id].hint),
    );
    this.#reference = check("reference", texts.referenceName, texts.referenceHint);
    const smoothing = element("fieldset", { class: "field" }, element("legend", {}, texts.smoothing));
    for (const { row } of this.#smoothing) smoothing.append(row);
    const reference = element("fieldset", { class: "field" }, element("legend", {}, texts.reference));
    reference.append(this.#reference.row);
    this.#state = element("small", {});
    root.append(
      element("h2", { class: "visually-hidden", id: "how-title" }, texts.title),
      layers,
      element(
        "details",
        { class: "more-how" },
        element("summary", {}, element("span", {}, texts.more), " ", this.#state),
        element("div", { class: "how-options" }, target, smoothing, reference),
      ),
    );
    this.#layers = new LayersView(layers);
    this.#target = new TargetView(target);

    on(this.#layers, "layer", (/** @type {{ id: string, isScrubbing: boolean }} */ { id, isScrubbing }) => {
      app.layer = id;
      this.#set({}, isScrubbing);
    });
    on(this.#layers, "fusion", (/** @type {{ layers: string[] | null, fusion: Api.Fusion }} */ fused) =>
      this.#set(fused),
    );
    on(this.#target, "target", (/** @type {Api.Target | null} */ target) => {
      // The class stays the one that the last target was about.
      app.chosen = app.target?.index ?? null;
      this.#set({ target });
    });
    for (const { input } of [...this.#smoothing, this.#reference]) {
      input.addEventListener("change", () => this.#readChecks());
    }
    app.on("scene", () => this.show());
  }

  /** Show what is set. */
  show() {
    const { explainer, seen, options, layer, target } = this.#app;
    if (!explainer) return;
    this.#layers.show(explainer.model.layers, layer, options);
    this.#smoothing.forEach(({ input }, index) => (input.checked = options.smoothing.includes(SMOOTHINGS[index])));
    this.#reference.input.checked = options.reference;
    this.#showState();
    if (!seen || !target) return;
    const { labels } = explainer.model;
    const { logits } = seen.classification;
    this.#target.show(options.target ?? target.index, { labels, logits, probabilities: seen.probabilities });
  }

  #readChecks() {
    const smoothing = SMOOTHINGS.filter((_, index) => this.#smoothing[index].input.checked);
    this.#set({ smoothing, reference: this.#reference.input.checked });
  }

  /**
   * @param {Partial<Options>} options
   * @param {boolean} [isScrubbing]
   */
  #set(options, isScrubbing = false) {
    this.#app.options = { ...this.#app.options, ...options };
    this.#showState();
    this.#changed(isScrubbing);
  }

  #showState() {
    const { options, explainer } = this.#app;
    const { target, smoothing, reference } = options;
    const name = (/** @type {number} */ index) => className(explainer?.model.labels[index] ?? "");
    const parts = [
      ...(target === null ? [] : [describeTarget(target, name)]),
      ...smoothing.map((id) => texts.smoothings[id].name.toLowerCase()),
      ...(reference ? [texts.reference.toLowerCase()] : []),
    ];
    this.#state.textContent = parts.length > 0 ? texts.state(parts) : texts.plain;
  }
}

/**
 * @param {string} id
 * @param {string} name
 * @param {string} hint
 */
function check(id, name, hint) {
  const input = element("input", { type: "checkbox", id, "aria-describedby": `${id}-hint` });
  const label = element("label", { class: "tick", for: id }, input, element("span", {}, name));
  return { input, row: element("div", {}, label, element("p", { class: "hint", id: `${id}-hint` }, hint)) };
}
