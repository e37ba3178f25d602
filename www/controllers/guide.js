/**
 * When the tour for a first visit is shown: once, and again when it is asked for.
 */
import { element, find } from "../dom.js";
import { guide as texts } from "../strings.js";
import { GuideView } from "../views/guide.js";

/** @import { App } from "../app.js" */

const KEY = "camscope.guide";

/**
 * @param {App} app
 * @param {HTMLElement} foot where it can be asked for again
 */
export function startGuide(app, foot) {
  /** @param {string} selector */
  const part = (selector) => find(document, selector, HTMLElement);
  const guide = new GuideView([
    { id: "picture", before: part(".setup"), marks: [part("#photo"), part("#classes")] },
    { id: "how", before: part("#how"), marks: [part("#how")] },
    { id: "maps", before: part("#maps"), marks: [part("#maps")] },
    { id: "agreement", before: part("#agreement"), marks: [part("#agreement")] },
  ]);
  const again = element("button", { type: "button", id: "show-guide" }, texts.again);
  again.addEventListener("click", () => {
    if (app.view !== "explain") find(document, "#views [data-view=explain]", HTMLElement).click();
    guide.start(true);
  });
  foot.append(again);
  guide.addEventListener("end", () => {
    remember();
    part("#main").focus({ preventScroll: true });
    app.say(texts.skipped);
  });
  if (app.view === "explain" && !isRemembered()) guide.start(false);
}

/** Storage may be blocked: then every visit is a first one, and the tour would only be in the way. */
function isRemembered() {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return true;
  }
}

function remember() {
  try {
    localStorage.setItem(KEY, "seen");
  } catch {
    // See isRemembered.
  }
}
