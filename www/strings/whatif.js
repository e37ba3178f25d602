/**
 * The texts of marking and of editing the picture.
 */
import { whole } from "../numerals.js";
import { localizer } from "./translations.js";

const localized = localizer("whatif");

/** Marking the object. */
export const region = localized("region", {
  tools: { box: "Box", brush: "Brush" },
  sides: { left: "Left", top: "Top", width: "Width", height: "Height" },
  stage: "The picture to mark the object on: arrow keys move the mark, plus and minus resize it, Enter sets it",
});

/** The view in which the picture is edited. */
export const whatif = localized("whatif", {
  tools: { brush: "Brush", patch: "Box" },
  fills: { erase: "Erase", blur: "Blur", paint: "Paint" },
  which: { hottest: "its hottest places", coldest: "its coldest places", random: "places by chance" },
  editor: "The picture to edit: arrow keys move the patch, plus and minus resize it, Enter applies it",
  edited: "The picture as edited",
  /** @param {number} share in per cent */
  share: (share) => `${whole(Math.round(share))}\u00a0%`,
  sides: { before: "before", after: "after" },
  /** @param {string} before @param {string | null} after */
  change: (before, after) => `${before} → ${after ?? "…"}`,
  /** @param {string} label @param {string} before @param {string} after */
  verdict: (label, before, after) => `With the edit, ${label} goes from ${before} to ${after}.`,
  untouched: "Nothing has been changed yet.",
  /** @param {string} which @param {string} share @param {string | null} method */
  taken: (which, share, method) => (method ? `${method}, ${which}, ${share}` : `${which}, ${share}`),
});
