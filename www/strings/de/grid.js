import { plural, whole } from "../../numerals.js";

/** @type {import("../translations.js").Like<typeof import("../grid.js")>} */
export const grid = {
  grid: {
    methods: "Verfahren",
    layers: "Schichten",
    classes: "Klassen",
    add: "Eine Klasse hinzufügen",
    likeliest: "Die wahrscheinlichsten",
    likeliestHint: (count) => `Die ${count} wahrscheinlichsten, gleich bei welchem Bild.`,
    remove: (name) => `${name} weglassen`,
    tooMany: (maps, most) =>
      `${whole(maps)} Karten sind mehr, als ein Raster fasst (${whole(most)}): Lassen Sie einige weg.`,
    none: "Wählen Sie mindestens ein Verfahren, eine Schicht und eine Klasse.",
    waiting: "Erscheint, sobald ein Bild klassifiziert ist.",
    caption: "Heatmaps nach Verfahren, Schicht und Klasse",
    method: "Verfahren",
    section: (label, percent) => (percent === null ? label : `${label}, ${percent}`),
    cell: (name, layer, label) => `${name} an ${layer} für ${label}`,
    map: (cell, heat) => `${cell}. ${heat}`,
    empty: (cell) => `${cell}: noch keine Heatmap.`,
    as: (name) => (name === "" ? "wie oben" : `= ${name}`),
    notHere: "nicht hier",
    note: (place) => `Anmerkung ${place}`,
    notes: "Anmerkungen zu den Karten",
    waits: "wartet",
    computing: "wird berechnet …",
    passes: (done, total) => `${whole(done)} von ${whole(total)}`,
    approximate: "Näherung",
    failed: "fehlgeschlagen",
    anyClass: "Für jede Klasse dasselbe: Dieses Verfahren fragt nicht, welche es ist. Es wird einmal gezeichnet.",
    anyLayer: "Für jede Schicht dasselbe: Dieses Verfahren betrachtet alle. Es wird einmal gezeichnet.",
    state: (ready, maps, same) =>
      `${whole(ready)} von ${plural(maps, "Karte", "Karten")} fertig${same > 0 ? `; ${plural(same, "Feld hat", "Felder haben")} die Karte eines anderen oder keine` : ""}.`,
    cost: (passes, time) => (time ? `Der Rest: hier etwa ${time}.` : `Der Rest: etwa ${passes} durch das Netz.`),
    spent: (count) =>
      `Berechnet mit ${plural(count, "Durchlauf", "Durchläufen")} durch das Netz oder einen Teil davon.`,
    start: (count, time) => `${plural(count, "lange Karte", "lange Karten")} berechnen${time ? ` (etwa ${time})` : ""}`,
    progress: "Fortschritt des Rasters",
    doing: (cell, left) => `${cell}${left ? ` · noch ${left}` : ""}`,
    done: "Alle Karten des Rasters sind fertig.",
  },
};
