/** @import { App } from "../app.js" */

/**
 * The page's colours, for a report. Where those are for signed maps, which a report's are not, the first palette's.
 * @param {Pick<App, "explainer" | "look">} app
 */
export function lookFor({ explainer, look }) {
  if (!look?.signed || !explainer) return look;
  const [{ id, rgb }] = explainer.palettes;
  return { ...look, signed: false, shared: false, palette: id, rgb };
}
