/**
 * What the visitor does with a report that is shown: chooses its figures and its overlays' scale, which a link keeps, and
 * reads its maps.
 */
import { on } from "../dom.js";
import { reading } from "../strings.js";

/** @import { App } from "../app.js" */
/** @import { Link } from "../link.js" */
/** @import { Report } from "../report/export.js" */
/** @import { Figures } from "../report/figures.js" */
/** @import { ReportQueue } from "../report/queue.js" */
/** @import { ReportDocument } from "../views/report-document.js" */

/**
 * @typedef {object} Parts
 * @property {ReportDocument} document
 * @property {Figures} figures
 * @property {ReportQueue} queue
 * @property {() => Report | null} report
 * @property {() => void} changed there are other figures
 */

/**
 * @param {App} app
 * @param {Link} link
 * @param {Parts} parts
 */
export function bindDocument(app, link, { document, figures, queue, report, changed }) {
  on(document, "figures", (/** @type {{ ids: number[], place: number }} */ { ids, place }) => {
    figures.choose(ids);
    changed();
    document.focusFigure(place);
    app.emit("settings");
  });
  on(document, "scale", () => {
    document.setShared(document.isShared, report());
    app.emit("settings");
  });
  on(document, "read", (/** @type {{ name: string, value: string }[]} */ found) => app.say(reading.all(found)));
  link.bind("report-figures", {
    get: () => figures.write(queue.rows),
    set: (text) => {
      figures.read(text);
      changed();
    },
  });
  link.bind("report-scale", {
    get: () => (document.isShared ? "shared" : null),
    set: (text) => document.setShared(text === "shared", report()),
  });
}
