import { whole } from "../../numerals.js";

/** @type {import("../translations.js").Like<typeof import("../whatif.js")>} */
export const whatif = {
  region: {
    tools: { box: "Rahmen", brush: "Pinsel" },
    sides: { left: "Links", top: "Oben", width: "Breite", height: "Höhe" },
    stage:
      "Das Bild, auf dem das Objekt markiert wird: Pfeiltasten bewegen die Marke, Plus und Minus ändern ihre Größe, die Eingabetaste setzt sie",
  },
  whatif: {
    tools: { brush: "Pinsel", patch: "Rahmen" },
    fills: { erase: "Löschen", blur: "Unscharf", paint: "Übermalen" },
    which: { hottest: "ihre heißesten Stellen", coldest: "ihre kältesten Stellen", random: "zufällige Stellen" },
    editor:
      "Das Bild zum Bearbeiten: Pfeiltasten bewegen die Marke, Plus und Minus ändern ihre Größe, die Eingabetaste wendet sie an",
    edited: "Das bearbeitete Bild",
    share: (share) => `${whole(Math.round(share))}\u00a0%`,
    sides: { before: "vorher", after: "nachher" },
    change: (before, after) => `${before} → ${after ?? "…"}`,
    verdict: (label, before, after) => `Durch die Änderung geht ${label} von ${before} auf ${after}.`,
    untouched: "Noch ist nichts verändert.",
    taken: (which, share, method) => (method ? `${method}, ${which}, ${share}` : `${which}, ${share}`),
  },
};
