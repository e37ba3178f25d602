/**
 * A report as one HTML file that needs nothing else: pictures inside it, styles inside it, no scripts.
 */
import { element } from "../dom.js";
import { language } from "../language.js";

const STYLES = ["base.css", "report.css"];

/**
 * @param {HTMLElement} root the report as it is on the page
 * @param {string} title
 * @param {(address: string) => Blob | undefined} pictureAt what an image shows
 * @returns {Promise<Blob>}
 */
export async function toHtml(root, title, pictureAt) {
  const made = document.implementation.createHTMLDocument(title);
  const copy = /** @type {HTMLElement} */ (made.importNode(root, true));
  copy.removeAttribute("hidden");
  for (const control of copy.querySelectorAll(".control-only")) control.remove();
  // Without a script nothing reads them.
  for (const frame of copy.querySelectorAll(".report-frame")) {
    for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
  }
  for (const image of copy.querySelectorAll("img")) {
    const blob = pictureAt(image.getAttribute("src") ?? "");
    if (blob) image.setAttribute("src", await dataUrl(blob));
  }
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
  made.documentElement.lang = language;
  made.head.prepend(
    element("meta", { charset: "utf-8" }),
    element("meta", { "http-equiv": "Content-Security-Policy", content: policy }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
  );
  made.body.append(element("main", { id: "report" }, copy));
  return new Blob(["<!doctype html>\n", markup(made.documentElement, styles())], { type: "text/html" });
}

/** As the page has them already, so that nothing is asked of the network. */
function styles() {
  return STYLES.map((file) => {
    const sheet = Array.from(document.styleSheets).find(({ href }) => href?.endsWith(`/${file}`));
    if (!sheet) throw new Error(`${file} is not among the page's styles`);
    return Array.from(sheet.cssRules, ({ cssText }) => cssText).join("\n");
  }).join("\n");
}

/** @param {Blob} blob @returns {Promise<string>} */
function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/**
 * The styles come in as text: as an element, this page's own policy would refuse them.
 * @param {HTMLElement} html
 * @param {string} styles
 */
function markup(html, styles) {
  const attributes = Array.from(html.attributes, ({ name, value }) => ` ${name}="${value}"`).join("");
  const inner = html.getHTML().replace("</head>", () => `<style>${styles}</style></head>`);
  return `<html${attributes}>${inner}</html>\n`;
}
