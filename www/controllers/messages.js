/**
 * What the page says of failures and of the device it runs on, with what the visitor can do about it.
 */
import * as strings from "../strings.js";

/** @import * as Api from "../camscope.d.ts" */
/** @import { App } from "../app.js" */
/** @import { StatusView } from "../views/status.js" */

export class Messages {
  #app;
  #status;
  #choice;
  #useCpu;

  /**
   * @param {App} app
   * @param {StatusView} status
   * @param {() => Api.DeviceChoice} choice the visitor's
   * @param {(choice: Api.DeviceChoice) => void} choose another device
   */
  constructor(app, status, choice, choose) {
    this.#app = app;
    this.#status = status;
    this.#choice = choice;
    this.#useCpu = { label: strings.errors.useCpu, run: () => choose("cpu") };
  }

  /** @param {Api.DeviceInfo} device that was loaded */
  device({ kind, software, fallback }) {
    if (kind === "cpu" && this.#choice() !== "cpu") {
      const text = fallback ? strings.device.fallback : strings.device.noWebgpu;
      this.#status.showBanner({ title: strings.devices.cpu, message: fallback ?? "", text, isError: false });
    } else if (software) {
      const actions = [this.#useCpu];
      this.#status.showBanner({
        title: strings.devices.webgpu,
        text: strings.device.software,
        isError: false,
        actions,
      });
    }
  }

  /**
   * @param {unknown} error
   * @param {{ label: string, run: () => void }[]} [actions]
   * @param {string} [remark]
   */
  error(error, actions = [], remark = "") {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const { titles, other, kept } = strings.errors;
    const text = [remark, this.#app.seen ? kept : ""].filter(Boolean).join(" ");
    // Trying again would find the same.
    if (name === "UpdateError") actions = [{ label: strings.errors.reload, run: () => location.reload() }];
    if (name === "DeviceError" && this.#choice() !== "cpu") actions = [...actions, this.#useCpu];
    this.#status.showBanner({ title: titles[name] ?? other, message, text, actions });
  }
}
