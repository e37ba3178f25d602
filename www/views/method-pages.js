/**
 * What each method computes, costs, and when it misleads, each with a picture that is drawn here: the method's formula at
 * work on the toy network (toy.js).
 */
import { describeMap } from "../describe.js";
import { context2d, element } from "../dom.js";
import { decimals } from "../numerals.js";
import { methodPages as pages, methodsView as texts } from "../strings.js";
import { ACTIVATIONS, FEATURES, SIDE, methodOn } from "../toy.js";

/** @typedef {[number, number, number]} Rgb */

/** Names are the same in every language. @type {Readonly<Record<keyof typeof pages, string>>} */
export const NAMES = Object.freeze({
  gradcam: "Grad-CAM",
  ablationcam: "AblationCAM",
  scorecam: "ScoreCAM",
  cam: "CAM",
  gradcampp: "Grad-CAM++",
  hirescam: "HiResCAM",
  gradcamelementwise: "Grad-CAM element-wise",
  xgradcam: "XGrad-CAM",
  layercam: "LayerCAM",
  eigencam: "Eigen-CAM",
  eigengradcam: "Eigengrad-CAM",
  fullgrad: "FullGrad",
  finercam: "Finer-CAM",
  groupcam: "Group-CAM",
  reciprocam: "Recipro-CAM",
  randomcam: "RandomCAM",
});

/** From cold to hot, as the page's own scale: seen by colour-blind readers as from dark to light. @type {Rgb[]} */
const HEAT = [
  [0, 0, 4],
  [87, 16, 110],
  [188, 55, 84],
  [249, 142, 9],
  [252, 255, 164],
];
/** Below, at and above zero. @type {Rgb[]} */
const SIGNED = [
  [33, 102, 172],
  [247, 247, 247],
  [178, 24, 43],
];
/** Of the features, in the toy picture. @type {Rgb[]} */
const PAINT = [
  [230, 159, 0],
  [0, 114, 178],
  [0, 158, 115],
  [204, 121, 167],
];

export class MethodPages {
  /** @param {HTMLElement} root */
  constructor(root) {
    const ids = /** @type {(keyof typeof pages)[]} */ (Object.keys(pages));
    const contents = ids.map((id) => {
      const link = element("button", { type: "button" }, NAMES[id]);
      link.addEventListener("click", () => {
        const title = root.querySelector(`#method-page-${id} h3`);
        if (!(title instanceof HTMLElement)) return;
        title.focus();
        title.scrollIntoView({ block: "start" });
      });
      return element("li", {}, link);
    });
    root.replaceChildren(
      element("h2", { id: "method-pages-title" }, texts.title),
      element("p", {}, texts.intro),
      element("nav", { "aria-label": texts.contents }, element("ul", { class: "method-contents" }, ...contents)),
      ...ids.map((id) => page(id)),
    );
  }
}

/** @param {keyof typeof pages} id */
function page(id) {
  const { computes, costs, misleads } = pages[id];
  const entries = /** @type {const} */ ([
    [texts.computes, computes],
    [texts.costs, costs],
    [texts.misleads, misleads],
  ]);
  return element(
    "article",
    { class: "method-page", id: `method-page-${id}` },
    element("h3", { tabindex: "-1" }, NAMES[id]),
    figure(id),
    element("dl", {}, ...entries.flatMap(([term, text]) => [element("dt", {}, term), element("dd", {}, text)])),
  );
}

/** @param {keyof typeof pages} id */
function figure(id) {
  const { formula, weights, places, map } = methodOn(id);
  const features = FEATURES.map((name, k) => {
    const parts = [
      grid(
        texts.altFeature(texts.features[name]),
        shades(ACTIVATIONS[k], (share) => between(HEAT, share)),
      ),
    ];
    if (places)
      parts.push(
        grid(
          null,
          shades(places[k], (_, v) => between(SIGNED, (bound(places, v) + 1) / 2)),
        ),
      );
    const weight = weights ? [element("b", {}, texts.weight(decimals(weights[k], 2)))] : [];
    return element("li", {}, ...parts, element("span", {}, texts.features[name]), ...weight);
  });
  const label = weights ? texts.weights : places ? texts.places : texts.alone;
  return element(
    "figure",
    {},
    element("div", { class: "toy" }, grid(texts.altInput, picture()), element("span", {}, texts.input)),
    element("ul", { class: "toy-features", "aria-label": label }, ...features),
    element(
      "div",
      { class: "toy" },
      grid(
        texts.alt(NAMES[id], describeMap(map)),
        shades(map.values, (share) => between(HEAT, share)),
      ),
      element("span", {}, texts.map),
    ),
    element("figcaption", {}, formula),
  );
}

/**
 * @param {string | null} alt null: said elsewhere
 * @param {Rgb[]} colours place by place
 */
function grid(alt, colours) {
  const about = alt === null ? { "aria-hidden": "true" } : { role: "img", "aria-label": alt };
  const canvas = element("canvas", { width: String(SIDE), height: String(SIDE), ...about });
  const image = new ImageData(SIDE, SIDE);
  colours.forEach((rgb, i) => image.data.set([...rgb, 255], 4 * i));
  context2d(canvas).putImageData(image, 0, 0);
  return canvas;
}

/**
 * @param {ArrayLike<number>} values
 * @param {(share: number, value: number) => Rgb} colour of a value, as a share of the largest
 */
function shades(values, colour) {
  const all = Array.from(values);
  const top = Math.max(...all) || 1;
  return all.map((value) => colour(value / top, value));
}

/** A value as a share of the largest of all, with its sign. @param {readonly Float64Array[]} planes @param {number} value */
function bound(planes, value) {
  const top = Math.max(...planes.flatMap((plane) => Array.from(plane, Math.abs))) || 1;
  return value / top;
}

/** @param {Rgb[]} stops @param {number} share 0…1 @returns {Rgb} */
function between(stops, share) {
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(at));
  const mix = at - index;
  const [from, to] = [stops[index], stops[index + 1]];
  return /** @type {Rgb} */ (from.map((v, i) => Math.round(v + mix * (to[i] - v))));
}

/** The features on top of each other. @returns {Rgb[]} */
function picture() {
  return Array.from({ length: SIDE * SIDE }, (_, i) => {
    /** @type {number[]} */
    let rgb = [225, 235, 245];
    for (const k of [2, 1, 0, 3]) {
      const share = Math.min(1, 1.4 * ACTIVATIONS[k][i]);
      rgb = rgb.map((v, c) => Math.round(v + share * (PAINT[k][c] - v)));
    }
    return /** @type {Rgb} */ (rgb);
  });
}
