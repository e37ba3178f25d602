/**
 * The header's settings: the device, the theme, the language.
 * Emits "device", "language" and "theme" with the choice.
 */
import { element, find, setText } from "../dom.js";
import { LANGUAGES, language } from "../language.js";
import { device as texts, devices, themes } from "../strings.js";

/** @import { DeviceChoice, DeviceInfo } from "../camscope.d.ts" */

const THEME_KEY = "camscope.theme";

export class SettingsView extends EventTarget {
  #chip;
  #device;
  #theme;

  /**
   * @param {HTMLElement} root
   * @param {DeviceChoice} choice
   */
  constructor(root, choice) {
    super();
    this.#chip = find(root, "#device", HTMLElement);
    this.#device = find(root, "#device-choice", HTMLSelectElement);
    fill(this.#device, devices, choice);
    this.#device.addEventListener("change", () =>
      this.dispatchEvent(new CustomEvent("device", { detail: this.#device.value })),
    );
    this.#theme = find(root, "#theme", HTMLSelectElement);
    fill(this.#theme, themes, "auto");
    this.theme = new URLSearchParams(location.hash.slice(1)).get("theme");
    this.#theme.addEventListener("change", () => {
      keepTheme(this.#theme.value);
      this.theme = this.#theme.value;
      this.dispatchEvent(new CustomEvent("theme", { detail: this.#theme.value }));
    });
    const languages = find(root, "#language", HTMLSelectElement);
    fill(languages, LANGUAGES, language);
    for (const option of languages.options) option.lang = option.value;
    languages.addEventListener("change", () =>
      this.dispatchEvent(new CustomEvent("language", { detail: languages.value })),
    );
  }

  /** What a link keeps of it: null where the page is as the system is. */
  get theme() {
    return this.#theme.value === "auto" ? null : this.#theme.value;
  }

  /** For this visit, as a link asks; what it does not say, or the page does not know, is what was chosen here before. */
  set theme(theme) {
    const shown = theme !== null && Object.hasOwn(themes, theme) ? theme : readTheme();
    this.#theme.value = shown;
    document.documentElement.dataset.theme = shown;
  }

  /** @param {DeviceChoice} choice */
  choose(choice) {
    this.#device.value = choice;
  }

  /** @param {DeviceInfo | null} device null while it starts */
  showDevice(device) {
    this.#show(device ? texts[device.kind](device.description, device.threads) : texts.starting, device?.kind ?? "");
  }

  showStopped() {
    this.#show(texts.none, "");
  }

  /**
   * @param {string} text
   * @param {string} kind
   */
  #show(text, kind) {
    setText(this.#chip, text);
    this.#chip.title = text;
    this.#chip.dataset.kind = kind;
  }
}

/**
 * @param {HTMLSelectElement} select
 * @param {Record<string, string>} options
 * @param {string} chosen
 */
function fill(select, options, chosen) {
  select.replaceChildren(...Object.entries(options).map(([value, text]) => element("option", { value }, text)));
  select.value = chosen;
}

/** @returns {DeviceChoice} what the page's address asks for */
export function askedDevice() {
  const asked = new URL(location.href).searchParams.get("device") ?? "auto";
  return /** @type {DeviceChoice} */ (asked in devices ? asked : "auto");
}

/** @param {DeviceChoice} choice for the page's address */
export function keepDevice(choice) {
  const address = new URL(location.href);
  if (choice === "auto") address.searchParams.delete("device");
  else address.searchParams.set("device", choice);
  history.replaceState(null, "", address);
}

/** Storage may be blocked: then the theme lasts as long as the page. */
function readTheme() {
  try {
    const kept = localStorage.getItem(THEME_KEY) ?? "auto";
    return Object.hasOwn(themes, kept) ? kept : "auto";
  } catch {
    return "auto";
  }
}

/** @param {string} theme that the visitor chose */
function keepTheme(theme) {
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // See readTheme.
  }
}
