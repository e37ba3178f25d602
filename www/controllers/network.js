/**
 * Which network is in use. Another one takes the last one's place only once it is loaded: until then, and if it fails,
 * the last one stays in use and on screen.
 */
import { Explainer } from "../camscope.js";
import { find, on } from "../dom.js";
import { isAbort } from "../faults.js";
import { NetworkMemory } from "../network-memory.js";
import { network as texts } from "../strings.js";
import { NetworkView } from "../views/network.js";

/** @import * as Api from "../camscope.d.ts" */
/** @import { App } from "../app.js" */
/** @import { Link } from "../link.js" */
/** @import { Remembered } from "../network-memory.js" */
/** @import { TabStore } from "../tab-store.js" */

export class NetworkController {
  #app;
  #root;
  #view;
  #use;
  /** @type {string | null | undefined} The manifest in use; null: the visitor's own network; undefined: not known so far. */
  #used;
  /** @type {NetworkMemory | null} */
  #memory = null;
  /** @type {Api.ModelEntry[]} beside the page, the usual one first */
  #models = [];
  /** @type {{ manifest: string | null } | null} What is being loaded. */
  #loading = null;
  #link;

  /**
   * @param {App} app
   * @param {Link} link may ask for one of the models beside the page
   * @param {HTMLElement} root
   * @param {(model: string | Api.OwnNetwork, id: string | null) => Promise<void>} use loads a network and puts it in the
   *   last one's place; `id`: what the visitor's own goes by
   */
  constructor(app, link, root, use) {
    this.#app = app;
    this.#root = root;
    this.#link = link;
    this.#use = use;
    this.#view = new NetworkView(root);
    on(this.#view, "model", (/** @type {string} */ manifest) => this.#change(manifest));
    on(this.#view, "load", (/** @type {Api.OwnNetwork} */ own) => this.#change(own));
    on(this.#view, "file", (/** @type {File} */ file) => this.#inspect(file));
    app.on("model", () => this.#showNames());
    link.bind("model", { get: () => this.#name, set: (text) => this.#choose(text) });
    this.#list();
  }

  /** Of the model in use or on its way; null: the usual one, or the visitor's own. */
  get #name() {
    const place = this.#models.findIndex(({ manifest }) => manifest === this.#latest);
    return place > 0 ? this.#models[place].name : null;
  }

  /** @returns {string | null | undefined} the manifest in use or on its way; null: the visitor's own network */
  get #latest() {
    return this.#loading ? this.#loading.manifest : this.#used;
  }

  /**
   * What a link asks for; a model that there is not is ignored.
   * @param {string | null} name null: the usual one
   */
  #choose(name) {
    const model = name === null ? this.#models[0] : this.#models.find((one) => one.name === name);
    if (model && model.manifest !== this.#latest) this.#change(model.manifest);
  }

  /**
   * A checkpoint that came from elsewhere than the panel: it is opened, so that what is said there is seen.
   * @param {File} file
   */
  take(file) {
    this.#root.setAttribute("open", "");
    this.#root.scrollIntoView({ block: "nearest" });
    this.#inspect(file);
  }

  /**
   * What is in a checkpoint, before it is loaded.
   * @param {File} file
   */
  async #inspect(file) {
    this.#view.showFile(null);
    this.#view.showReading();
    await this.#app.run("network", async (signal) => {
      try {
        this.#view.showFile(file, await Explainer.inspect(file, { signal, confined: true }));
      } catch (error) {
        if (!signal.aborted) this.#view.showError(message(error));
      }
    });
  }

  async #list() {
    try {
      this.#models = await Explainer.models();
      this.#view.showModels(this.#models);
      if (this.#used === undefined && !this.#loading) this.#used = this.#models[0]?.manifest ?? null;
      this.#view.showUsed(this.#latest ?? null);
      const asked = this.#link.get("model");
      if (asked !== null) this.#choose(asked);
    } catch {
      // Without the list there is the default network, and no choice.
      this.#view.showModels([]);
    }
  }

  /**
   * The visitor's own network of before the page was loaded anew, unless the address asks for another.
   * @param {{ own: TabStore, last: TabStore | null } | null} stores null where there can be none
   * @returns {Promise<boolean>} whether there is one, and it is being loaded
   */
  async restore(stores) {
    if (!stores) return false;
    this.#memory = new NetworkMemory(stores.own);
    const found = stores.last && this.#link.get("model") === null ? await NetworkMemory.read(stores.last) : null;
    // One that was chosen meanwhile is not undone.
    if (!found || this.#loading) return false;
    this.#change(found.own, found.id);
    return true;
  }

  /**
   * @param {string | Api.OwnNetwork} model
   * @param {string | null} [id] what an own one went by before the page was loaded anew
   */
  async #change(model, id = crypto.randomUUID?.() ?? null) {
    this.#view.showLoading(typeof model === "string" ? texts.present : (model.name ?? texts.own));
    const loading = { manifest: typeof model === "string" ? model : null };
    this.#loading = loading;
    // What the link says is restored once the network is there.
    this.#link.set("model", this.#name);
    // What has been asked for since says itself how it goes.
    const isLatest = () => this.#loading === loading;
    try {
      const own = typeof model === "string" ? null : model;
      await this.#use(model, own && id);
      this.#used = loading.manifest;
      this.#keep(own && { id, own });
      if (isLatest()) this.#view.showDone(this.#app.explainer?.model.title ?? "");
    } catch (error) {
      if (isLatest() && isAbort(error)) this.#view.showError("");
      else if (isLatest()) this.#view.showError(message(error), texts.kept);
    }
    if (!isLatest()) return;
    this.#loading = null;
    this.#view.showUsed(this.#used ?? null);
  }

  /** @param {Remembered | null} own the network in use; null: one that is beside the page */
  async #keep(own) {
    const { network } = this.#app;
    this.#tell(own === null);
    const isKept = (await this.#memory?.keep(own)) ?? false;
    if (own && network === this.#app.network) this.#tell(isKept);
  }

  /** @param {boolean} isLasting */
  #tell(isLasting) {
    this.#app.isLasting = isLasting;
    this.#app.emit("lasting");
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
