/**
 * Which network is in use. Another one takes the last one's place only once it is loaded: until then, and if it fails,
 * the last one stays in use and on screen.
 */
import { Explainer } from "../camscope.js";
import { find, on } from "../dom.js";
import { network as texts } from "../strings/network.js";
import { NetworkView } from "../views/network.js";

/** @import * as Api from "../camscope.d.ts" */
/** @import { App } from "../app.js" */

export class NetworkController {
  #app;
  #view;
  #use;
  /** @type {string | null} The manifest in use; null: the visitor's own network. */
  #used = null;

  /**
   * @param {App} app
   * @param {HTMLElement} root
   * @param {(model: string | Api.OwnNetwork) => Promise<void>} use loads a network and puts it in the last one's place
   */
  constructor(app, root, use) {
    this.#app = app;
    this.#use = use;
    this.#view = new NetworkView(root);
    on(this.#view, "model", (/** @type {string} */ manifest) => this.#change(manifest));
    on(this.#view, "load", (/** @type {Api.OwnNetwork} */ own) => this.#change(own));
    on(this.#view, "file", (/** @type {File} */ file) => this.inspect(file));
    app.on("model", () => this.#showNames());
    this.#list();
  }

  /**
   * What is in a checkpoint, before it is loaded.
   * @param {File} file
   */
  async inspect(file) {
    this.#view.showFile(null);
    this.#view.showReading();
    await this.#app.run("network", async (signal) => {
      try {
        this.#view.showFile(file, await Explainer.inspect(file, { signal }));
      } catch (error) {
        if (!signal.aborted) this.#view.showError(message(error));
      }
    });
  }

  async #list() {
    try {
      const models = await Explainer.models();
      this.#view.showModels(models);
      this.#used ??= models[0]?.manifest ?? null;
      this.#view.showUsed(this.#used);
    } catch {
      // Without the list there is the default network, and no choice.
      this.#view.showModels([]);
    }
  }

  /** @param {string | Api.OwnNetwork} model */
  async #change(model) {
    this.#view.showLoading(typeof model === "string" ? texts.present : (model.name ?? texts.own));
    try {
      await this.#use(model);
      this.#used = typeof model === "string" ? model : null;
      this.#view.showDone(this.#app.explainer?.model.title ?? "");
    } catch (error) {
      this.#view.showError(`${message(error)} ${texts.kept}`);
    }
    this.#view.showUsed(this.#used);
  }

  /** The maps stand beside the name of the network that made them. */
  #showNames() {
    const model = this.#app.explainer?.model;
    find(document, "#map-network", HTMLElement).textContent = model ? texts.maps(model.title) : "";
    const remark = { imagenet: texts.imagenet, none: texts.numbered, model: "", given: "" };
    find(document, "#label-source", HTMLElement).textContent = model ? remark[model.labelSource] : "";
  }
}

/** @param {unknown} error */
function message(error) {
  return error instanceof Error ? error.message : String(error);
}
