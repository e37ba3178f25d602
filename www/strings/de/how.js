import { plural } from "../../numerals.js";

/** @type {import("../translations.js").Like<typeof import("../how.js")>} */
export const how = {
  how: {
    title: "Wie erklärt wird",
    more: "Ziel, Glättung, Referenz",
    waiting: "sobald das Netz geladen ist",
    layer: "Schicht",
    scrub: "Durch die Schichten fahren",
    several: "Mehrere Schichten vereinen",
    at: (layer, size) => `${layer}, ${size}`,
    fusion: "Vereint durch",
    fusions: {
      mean: { name: "Mittel", hint: "Das Mittel der Karten der Schichten, wie pytorch-grad-cam sie vereint." },
      max: { name: "Maximum", hint: "An jeder Stelle der Wert der heißesten Schicht, wie torch-cam sie vereint." },
      product: {
        name: "Produkt",
        hint: "Heiß nur, wo die Karte jeder Schicht heiß ist, wie RefineCAM sie vereint (arXiv 2605.14641).",
      },
    },
    fewLayers: "Wählen Sie mindestens zwei Schichten: Eine allein wird gezeigt, wie sie ist.",
    target: "Was erklärt wird",
    targets: {
      class: { name: "Eine Klasse", hint: "Was für die Klasse spricht, die oben ausgewählt ist." },
      sum: { name: "Mehrere zusammen", hint: "Was für irgendeine dieser Klassen spricht: Ihre Scores werden addiert." },
      over: { name: "Eher dies als das", hint: "Was für die eine Klasse spricht und nicht für die andere." },
      contrastive: {
        name: "Dies, nicht das Nächste",
        hint: "Das Ziel von Finer-CAM: die Klasse gegen die, die ihr im Score am nächsten sind, gewichtet mit deren Wahrscheinlichkeiten.",
      },
    },
    nearest: (names) => `Hier gegen ${names}.`,
    most: (count) => `Mehr als ${count} lassen sich nicht addieren.`,
    rather: (name) => `${name} eher als`,
    other: "Die Klasse, gegen die sie gehalten wird",
    add: "Eine Klasse hinzufügen",
    remove: (name) => `${name} weglassen`,
    smoothing: "Glättung",
    smoothings: {
      aug: {
        name: "Augmentierung",
        hint: "Das Mittel aus sechs Karten: des Bildes und seines Spiegelbilds, beide bei 0,9-, 1- und 1,1-fachen Werten. Dauert etwa sechsmal so lang.",
      },
      eigen: {
        name: "Eigen",
        hint: "Behält nur das Hauptmuster (die erste Hauptkomponente) der gewichteten Kanäle, wo ein Verfahren solche hat. Kein weiterer Durchlauf.",
      },
    },
    reference: "Referenzmodus",
    referenceName: "Wie pytorch-grad-cam",
    referenceHint:
      "Zum Vergleich mit Python: Hauptkomponenten behalten das Vorzeichen, mit dem sie kommen, Eigen-Karten können also umgekehrt sein, und ein negativer Score kehrt die Karte von AblationCAM um.",
    copy: "Link kopieren",
    copied: "Link kopiert",
    copyHint: "Alle Einstellungen stehen im Link; das Bild nicht, außer es ist ein Beispiel.",
    copyFailed: "Der Browser erlaubt der Seite das Kopieren nicht. Der Link steht in der Adresszeile.",
    state: (parts) => parts.join(" · "),
    plain: "eine Klasse, keine Glättung",
    sum: (names) => names.join(" + "),
    over: (a, b) => `${a} eher als ${b}`,
    contrastive: (a, count) => `${a}, nicht die nächsten ${count}`,
  },
  costs: {
    none: "hier ohne weitere Zeit",
    known: "schon berechnet",
    count: (passes) => plural(passes, "Durchlauf", "Durchläufe"),
    passes: (passes) => `etwa ${passes} durch das Netz`,
    time: (time) => `hier etwa ${time}`,
    budget: (time, quick) => `hier bis zu ${time}; vorher eine schnelle Näherung (etwa ${quick})`,
    only: (layers) => `Nur an ${layers}.`,
  },
  remarks: {
    sameAtTheEnd: (name, layer) =>
      `An ${layer} ist dies, mathematisch bedingt, die Karte von ${name}: Dahinter mittelt das Netz nur noch über alle Stellen, der Gradient ist also an jeder derselbe. Sie wird nicht zweimal gezeichnet.`,
    sameEverywhere: (name) =>
      `In diesem Netz ist dies, mathematisch bedingt, die Karte von ${name}: Seine Aktivierungen sind nie negativ, es ist also gleich, ob der Gradient oder sein Produkt mit ihnen bei null abgeschnitten wird. Sie wird nicht zweimal gezeichnet.`,
    sameSmoothed: (name) =>
      `Mit Eigen-Glättung ist dies, mathematisch bedingt, die Karte von ${name}: Beide sind die erste Hauptkomponente von Gradient mal Aktivierung. Sie wird nicht zweimal gezeichnet.`,
    sameContrast: (name) =>
      `Mit diesem Ziel ist es die Karte von ${name}: Finer-CAM ist Grad-CAM, gefragt danach, was die Klasse von ihren nächsten unterscheidet. Sie wird nicht zweimal gezeichnet.`,
    sameTarget: (name) =>
      `Mit diesem Ziel ist es die Karte von ${name}: Finer-CAM ist Grad-CAM und macht nur aus einer einzelnen Klasse ein eigenes Ziel. Sie wird nicht zweimal gezeichnet.`,
    dotted:
      "Die Punkte in dieser Karte sind kein Fehler: Wo sich die Auflösung halbiert, liest dieses Netz (v1) nur jede zweite Zeile und Spalte der Schicht, überall sonst ist der Gradient also null.",
    dottedFaintly:
      "Die Punkte in dieser Karte sind kein Fehler: Wo sich die Auflösung halbiert, lesen die Abkürzungen dieses Netzes nur jede zweite Zeile und Spalte der Schicht, diese Stellen zählen also mehr als die dazwischen.",
    unsigned:
      "Im Referenzmodus behält eine Hauptkomponente das Vorzeichen, mit dem sie kommt, diese Karte kann also umgekehrt sein: kalt, wo sie heiß sein sollte.",
    onlyAt: (name, layers) => `${name} gibt es nur an ${layers}: Wählen Sie diese Schicht, um es zu sehen.`,
  },
};
