/**
 * Texts of the view that shows many maps as a grid.
 */
import { plural, whole } from "../numerals.js";
import { localizer } from "./translations.js";

const localized = localizer("grid");

export const grid = localized("grid", {
  methods: "Methods",
  layers: "Layers",
  classes: "Classes",
  add: "Add a class",
  likeliest: "The likeliest",
  /** @param {number} count */
  likeliestHint: (count) => `The ${count} likeliest, whatever the picture.`,
  /** @param {string} name */
  remove: (name) => `Leave out ${name}`,
  /** @param {number} maps @param {number} most */
  tooMany: (maps, most) => `${whole(maps)} maps are more than a grid holds (${whole(most)}): leave some out.`,
  none: "Choose at least one method, layer and class.",
  waiting: "Appears once a picture has been classified.",
  caption: "Heatmaps by method, layer and class",
  method: "Method",
  /** @param {string} label @param {string | null} percent */
  section: (label, percent) => (percent === null ? label : `${label}, ${percent}`),
  /** @param {string} name @param {string} layer @param {string} label */
  cell: (name, layer, label) => `${name} at ${layer} for ${label}`,
  /** @param {string} cell @param {string} heat */
  map: (cell, heat) => `${cell}. ${heat}`,
  /** @param {string} cell */
  empty: (cell) => `${cell}: no heatmap yet.`,
  /** @param {string} name */
  as: (name) => (name === "" ? "as above" : `= ${name}`),
  notHere: "not here",
  /** @param {number} place */
  note: (place) => `Note ${place}`,
  notes: "Notes to the maps",
  waits: "waits",
  computing: "computing …",
  /** @param {number} done @param {number} total */
  passes: (done, total) => `${whole(done)} of ${whole(total)}`,
  approximate: "approximate",
  failed: "failed",
  anyClass: "The same for every class: this method does not ask which one. It is drawn once.",
  anyLayer: "The same for every layer: this method looks at all of them. It is drawn once.",
  /** @param {number} ready @param {number} maps @param {number} same */
  state: (ready, maps, same) =>
    `${whole(ready)} of ${plural(maps, "map", "maps")} ready${same > 0 ? `; ${plural(same, "cell has", "cells have")} another's map or none` : ""}.`,
  /** @param {string} passes @param {string | null} time */
  cost: (passes, time) => (time ? `The rest: about ${time} here.` : `The rest: about ${passes} of the network.`),
  /** @param {number} count */
  spent: (count) => `Computed with ${plural(count, "pass", "passes")} through the network or a part of it.`,
  /** @param {number} count @param {string | null} time */
  start: (count, time) => `Run the ${plural(count, "long map", "long maps")}${time ? ` (about ${time})` : ""}`,
  progress: "Progress of the grid",
  /** @param {string} cell @param {string | null} left */
  doing: (cell, left) => `${cell}${left ? ` · ${left} left` : ""}`,
  done: "All maps of the grid are ready.",
});
