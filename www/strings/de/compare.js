import { decimals } from "../../numerals.js";

/** @type {import("../translations.js").Like<typeof import("../compare.js")>} */
export const compare = {
  measures: {
    yes: "ja",
    no: "nein",
    value: (value) => decimals(value, 3),
    names: {
      half: "Halbe Hitze in",
      above: "Über der Hälfte",
      area: "Effektive Fläche",
      gini: "Gini",
      inside: "Hitze in der Markierung",
      peak: "Höchstwert darin",
      drop: "Rückgang",
      increase: "Sicherer",
      deletion: "Deletion",
      insertion: "Insertion",
      road: "ROAD",
      adcc: "ADCC",
      arcc: "ARCC",
    },
    hints: {
      half: "Der kleinste Teil des Ausschnitts, der die Hälfte der Hitze der Karte enthält. Das sagt, wie gebündelt eine Karte ist, nicht, ob sie auf das Richtige gebündelt ist.",
      above: "Der Anteil des Ausschnitts, an dem die Karte heißer ist als die Hälfte ihres Maximums.",
      area: "Der Anteil des Ausschnitts, den die Hitze nach ihrer Entropie in der Wirkung füllt: 100 %, wo jede Stelle gleich heiß ist, gegen 0, wo sie ganz an einer Stelle liegt.",
      gini: "Wie ungleich die Hitze verteilt ist: 0, wo jede Stelle gleich heiß ist, gegen 1, wo sie ganz an einer Stelle liegt.",
      inside: "Der Anteil der Hitze innerhalb des Objekts, das Sie markiert haben (das energiebasierte Pointing Game).",
      peak: "Ob die eine heißeste Stelle in dem Objekt liegt, das Sie markiert haben (das Pointing Game).",
      drop: "Wie viel von der Konfidenz des Netzes verloren geht, wenn das Bild dort verblasst, wo die Karte kalt ist.",
      increase: "Ob sich das Netz der Klasse noch sicherer ist, wenn es nur sieht, was die Karte behält.",
      deletion:
        "Zuerst werden die heißesten Stellen unscharf, dann immer mehr vom Bild: die Fläche unter der Kurve der Wahrscheinlichkeit der Klasse. Eine Karte, die findet, worauf es ankommt, lässt sie sofort fallen.",
      insertion:
        "Das unscharfe Bild wird von den heißesten Stellen an wiederhergestellt: die Fläche unter der Kurve der Wahrscheinlichkeit der Klasse. Eine Karte, die findet, worauf es ankommt, lässt sie sofort steigen.",
      road: "Wie viel mehr die Konfidenz fällt, wenn die heißesten Stellen aus ihren Nachbarn aufgefüllt werden, als wenn es die kältesten sind: (LeRF − MoRF) / 2, von −1 bis 1. 0 ist Zufall.",
      adcc: "Harmonisches Mittel aus dreien: ob die Karte auf dem, was sie behält, dieselbe bleibt (Kohärenz), wie wenig sie behält (1 − Komplexität) und wie wenig Konfidenz das kostet (1 − mittlerer Rückgang). Eine Kontrolle hat ihre Karte unabhängig vom Bild, ihre Kohärenz ist also per Definition 1.",
      arcc: "Harmonisches Mittel aus Kohärenz, Sparsamkeit und dem doppelten ROAD (auf 0…1 begrenzt). Die Kohärenz einer Kontrolle ist per Definition 1.",
    },
    metrics: {
      focus: "Bündelung",
      confidence: "Konfidenz",
      deletion: "Deletion",
      insertion: "Insertion",
      road: "ROAD",
      adcc: "ADCC",
      arcc: "ARCC",
    },
  },
  compare: {
    caption: "Maße und Verfahren",
    measure: "Maß",
    unknown: "–",
    best: "(am besten)",
    chance: "(nicht besser als eine Kontrolle)",
    better: { lower: "weniger ist besser", higher: "mehr ist besser" },
    direction: { lower: "Weniger ist besser.", higher: "Mehr ist besser." },
    controls: { random: "Zufallskarte", gaussian: "Gaußglocke in der Mitte" },
    approximate: (name) => `${name} (Näherung)`,
    noHeat: "(keine Hitze)",
    judged: (label) =>
      `Eine Karte mehrerer Klassen, ob addiert oder verglichen, wird nach der ersten beurteilt: Die Zahlen, für die das Netz gefragt wird, gehen allein nach der Wahrscheinlichkeit von ${label}.`,
    start: (time) => (time ? `Treue messen (etwa ${time})` : "Treue messen"),
    progress: "Fortschritt der Messungen",
    doing: (name, metric, left) => `${name}: ${metric}${left ? ` · noch ${left}` : ""}`,
    done: "Alle Messwerte sind da.",
    curves: {
      deletion: {
        title: "Deletion: die Wahrscheinlichkeit der Klasse, während die heißesten Stellen gehen (weniger ist besser)",
        x: "Entfernter Anteil",
        y: "Wahrscheinlichkeit",
      },
      insertion: {
        title: "Insertion: die Wahrscheinlichkeit der Klasse, während die heißesten Stellen kommen (mehr ist besser)",
        x: "Wiederhergestellter Anteil",
        y: "Wahrscheinlichkeit",
      },
      morf: {
        title: "ROAD, die heißesten Stellen zuerst aufgefüllt: Änderung der Konfidenz (weniger ist besser)",
        x: "Aufgefüllter Anteil",
        y: "Änderung",
      },
      lerf: {
        title: "ROAD, die kältesten Stellen zuerst aufgefüllt: Änderung der Konfidenz (mehr ist besser)",
        x: "Aufgefüllter Anteil",
        y: "Änderung",
      },
    },
  },
  chart: {
    label: (title) => `${title}. Pfeiltasten lesen Werte ab.`,
    table: "Die Werte als Tabelle",
    none: "–",
    value: (value) => decimals(value, 3),
  },
  sanity: {
    untouched: "wie es ist",
    progress: "Fortschritt der Gegenprobe",
    approximate: (name, channels) => `${name} (Näherung mit ${channels} Durchläufen)`,
    doing: (name, left) => `${name}${left ? ` · noch ${left}` : ""}`,
    done: "Die Gegenprobe ist fertig.",
    chart: {
      title: "Ähnlichkeit mit der ersten Karte, während die Gewichte von oben her neu ausgelost werden",
      x: "Neu ausgelost bis",
      y: "Spearman",
    },
  },
};
