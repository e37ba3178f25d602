import { decimals, plural, signed, whole } from "../../numerals.js";

const pictures = (/** @type {number} */ count) => plural(count, "Bild", "Bilder");
const ofPictures = (/** @type {number} */ count) => plural(count, "Bild", "Bildern");

/** @type {import("../translations.js").Like<typeof import("../report.js")>} */
export const report = {
  setup: {
    title: "Bericht über viele Bilder",
    intro:
      "Erklären Sie viele Bilder mit mehreren Verfahren, messen Sie jede Karte und sehen Sie, was die Zahlen zusammen über die Verfahren sagen. Alles wird auf diesem Gerät berechnet; nichts wird hochgeladen.",
    pictures: "Bilder",
    ten: (count) => `Die ${count} ImageNet-Fotos`,
    samples: (count) => `Alle ${count} Beispiele`,
    files: "Bilder auswählen",
    folder: "Ordner auswählen",
    clear: "Alle entfernen",
    drop: "oder Bilder oder einen Ordner irgendwo auf diese Seite ziehen.",
    none: "Noch keine Bilder.",
    mark: "Ein Bild, dessen Objekt Sie unter „Erklären“ markiert haben, behält hier seine Markierung: Wie viel der Hitze darin liegt, wird mitgemessen. Die Beispiele bringen einen Kasten mit, den Ihre Markierung ersetzt.",
    count: (count) => `${pictures(count)} im Bericht.`,
    refused: (count, most) =>
      `${plural(count, "Bild wurde", "Bilder wurden")} ausgelassen: Ein Bericht fasst höchstens ${whole(most)}.`,
    notPictures: (count) =>
      `${plural(count, "Datei, die kein Bild ist,", "Dateien, die keine Bilder sind,")} ausgelassen.`,
    missing: (count) =>
      `${plural(count, "Bild wurde", "Bilder wurden")} beim Neuladen nicht behalten. Fügen Sie noch einmal hinzu, was fehlt.`,
    unread: "Was abgelegt wurde, ließ sich nicht lesen. Wählen Sie die Bilder stattdessen mit der Schaltfläche.",
    methods: "Verfahren",
    measures: "Maße",
    layer: "Schicht",
    crop: "Was das Netz bekommt",
    budget: "Kanäle von ScoreCAM",
    steps: "Schritte der Kurven",
    budgetName: (id) =>
      id === "auto" ? "So viele, wie dieses Gerät zulässt" : id === "all" ? "Alle (exakt)" : `${id} davon`,
    budgetHint:
      "Ein Budget macht ScoreCAM schneller und zu einer Näherung; der Bericht nennt es mit dem dafür gemessenen Fehler. Es gilt auch für AblationCAM vor der letzten Schicht.",
    link: "Diese Einstellungen stehen in der Adresse der Seite: Ein Link darauf stellt sie wieder her, ohne die Bilder.",
    needsMethod: "Wählen Sie mindestens ein Verfahren und ein Maß.",
    estimate: (time, passes) => `Etwa ${time} für alle Bilder (${passes} auf diesem Gerät).`,
    passes: (count) => plural(count, "Durchlauf", "Durchläufe"),
    unmeasured: (passes) =>
      `Insgesamt ${passes} durch das Netz; wie lange das dauert, zeigt sich nach dem ersten Bild.`,
    cost: (passes, time) => (time ? `${passes}, etwa ${time} je Bild` : `${passes} je Bild`),
    free: "kein Durchlauf",
  },
  metrics: {
    focus: { name: "Bündelung", hint: "Wie klein der Teil des Ausschnitts ist, der die Hitze enthält." },
    confidence: {
      name: "Rückgang und Zunahme der Konfidenz",
      hint: "Was das Netz noch von der Klasse sagt, wenn es nur sieht, was die Karte behält.",
    },
    deletion: {
      name: "Deletion",
      hint: "Wie schnell die Wahrscheinlichkeit der Klasse fällt, wenn die heißesten Pixel gehen.",
    },
    insertion: { name: "Insertion", hint: "Wie schnell sie steigt, wenn die heißesten Pixel kommen." },
    road: {
      name: "ROAD",
      hint: "Die heißesten gegen die kältesten Pixel entfernt und ihre Stellen aus den Nachbarn aufgefüllt.",
    },
    adcc: {
      name: "ADCC",
      hint: "Kohärenz, Komplexität und mittlerer Rückgang in einer Zahl. Die Kohärenz einer Kontrolle ist per Definition 1.",
    },
    arcc: {
      name: "ARCC",
      hint: "Kohärenz, Sparsamkeit und ROAD in einer Zahl. Die Kohärenz einer Kontrolle ist per Definition 1.",
    },
  },
  columns: {
    halfHeat: { name: "Halbe Hitze in", hint: "Anteil des Ausschnitts; kleiner ist gebündelter" },
    aboveHalf: { name: "Über der Hälfte des Maximums", hint: "Anteil des Ausschnitts; kleiner ist gebündelter" },
    effectiveArea: {
      name: "Effektive Fläche",
      hint: "exp(Entropie) als Anteil des Ausschnitts; kleiner ist gebündelter",
    },
    gini: { name: "Gini", hint: "0 gleichmäßig, 1 ein einziges Pixel; größer ist gebündelter" },
    inside: {
      name: "Hitze in der Markierung",
      hint: "Anteil der Hitze im markierten Objekt; größer ist besser",
    },
    peak: { name: "Höchstwert in der Markierung", hint: "Anteil der markierten Bilder; größer ist besser" },
    drop: { name: "Rückgang der Konfidenz", hint: "in Prozentpunkten der Wahrscheinlichkeit; kleiner ist besser" },
    increase: { name: "Konfidenz gestiegen", hint: "Anteil der Bilder; größer ist besser" },
    deletion: { name: "Fläche der Deletion", hint: "0 bis 1; kleiner ist besser" },
    insertion: { name: "Fläche der Insertion", hint: "0 bis 1; größer ist besser" },
    road: { name: "ROAD, zusammengefasst", hint: "(LeRF − MoRF) / 2; größer ist besser" },
    adcc: { name: "ADCC", hint: "0 bis 1; größer ist besser; die Kohärenz einer Kontrolle ist per Definition 1" },
    arcc: { name: "ARCC", hint: "0 bis 1; größer ist besser; die Kohärenz einer Kontrolle ist per Definition 1" },
  },
  controls: { random: "Zufallskarte", gaussian: "Gaußglocke in der Mitte" },
  bar: {
    start: "Bericht erstellen",
    more: "Mit den übrigen weitermachen",
    again: "Noch einmal erstellen",
    pause: "Anhalten",
    resume: "Weitermachen",
    cancel: "Abbrechen",
    progress: "Fortschritt des Berichts",
    running: (finished, all, left) =>
      `${whole(finished)} von ${ofPictures(all)} fertig${left ? ` · noch etwa ${left}` : ""}`,
    paused: (finished, all) => `Angehalten nach ${whole(finished)} von ${ofPictures(all)}.`,
    ended: (finished, all) => `${whole(finished)} von ${ofPictures(all)} fertig.`,
    stopped:
      "Der Bericht ist stehen geblieben; seine fertigen Bilder sind noch da. Machen Sie weiter, wenn das Netz wieder geladen ist.",
    waiting: "Das Netz wird geladen.",
    elsewhere: (text) => `Der Bericht: ${text}`,
    show: "Zeigen",
    complete: "Der Bericht ist vollständig.",
    risks: {
      network:
        "Beim Neuladen geht Ihr Netz verloren, und ohne es kann der Rest dieses Berichts nicht folgen: Lassen Sie ihn fertig werden, bevor Sie gehen.",
      room: "Der Browser kann beim Neuladen der Seite nicht den ganzen Bericht behalten: Speichern Sie ihn, bevor Sie gehen.",
      moment: "",
    },
  },
  document: {
    gone: "Der Browser hat dieses Bild verworfen, seit die Seite geladen wurde: Fügen Sie es noch einmal hinzu.",
    title: "Welcher Heatmap man glauben kann",
    subtitle: (count, date) => `${pictures(count)}, ${date}`,
    print: "Drucken / als PDF speichern",
    html: "HTML speichern",
    csv: "CSV speichern",
    json: "JSON speichern",
    png: "PNGs speichern",
    npz: "Karten speichern (.npz)",
    exports: "Bericht speichern",
    saving: (what) => `${what} wird vorbereitet …`,
    claims: "Was behauptet wurde, und was die Zahlen sagen",
    rule: "Gestützt: Das 95-%-Intervall der mittleren gepaarten Differenz liegt auf der Seite der Behauptung von 0, und der Wilcoxon-Vorzeichen-Rang-Test ergibt p < 0,05. Nicht gestützt: Beides gilt auf der anderen Seite. Sonst reichen die Belege nicht, wie stets bei weniger als sechs Bildern. Dafür, dass es mehrere Behauptungen sind, wird nicht korrigiert.",
    figures: "Drei Bilder zum Ansehen",
    figuresHint:
      "Ausgesucht, solange Sie keine anderen wählen: wo sich die Karten der Verfahren am meisten, mittelmäßig und am wenigsten gleichen (mittlere Pearson-Korrelation je zweier).",
    legend: {
      cold: "keine Hitze",
      hot: "der eigene Höchstwert jeder Karte",
      scale: "Farbskala der Overlays, von keiner Hitze bis zum eigenen Höchstwert jeder Karte",
    },
    figure: (place) => `Abbildung ${place}`,
    agreement: (value) => `die Karten stimmen mit ${decimals(value, 2)} überein`,
    aggregate: "Alle Bilder zusammen",
    aggregateHint:
      "Mittel über die Bilder mit seinem 95-%-Bootstrap-Intervall, und der mittlere Rang unter allen Zeilen (1 ist am besten; bei der Bündelung am gebündeltsten). Zufallskarte und Gaußglocke wissen nichts vom Bild: Ein Verfahren, das nicht besser ist als sie, sagt nach diesem Maß nichts. Eine Karte ohne Hitze hat keine Zahlen, und n zählt sie nicht.",
    method: "Karte",
    mean: "Mittel",
    interval: "95-%-Intervall",
    rank: "Mittlerer Rang",
    best: "am besten",
    pictures: "n",
    pairs: "Gepaarte Differenzen",
    pairsHint: "Der beiden Zahlen jedes Bildes; p nach dem Wilcoxon-Vorzeichen-Rang-Test, zweiseitig.",
    pair: "Verglichene Karten",
    difference: "Mittlere Differenz",
    minus: (a, b) => `${a} − ${b}`,
    p: "p",
    rows: "Bild für Bild",
    row: (name) => `Maße der Karten von ${name}`,
    picture: "Was das Netz sieht",
    overlay: (method, name) => `${method} auf ${name}`,
    approximate: "Näherung",
    noHeat: "keine Hitze",
    measure: "Maß",
    failed: "Ausgelassen",
    failedHint: "Der Bericht ging ohne diese weiter.",
    how: "Wie dies entstand",
    version: (version) => `camscope ${version}`,
    network: "Netz",
    device: "Berechnet auf",
    settings: "Einstellungen",
    weights: "SHA-256 der Gewichte",
    hashes: "SHA-256 der Bilder",
    unhashed: "nicht verfügbar (ein unsicherer Kontext)",
    approximation: "Näherung",
    exact: "Alle Karten sind exakt.",
    leftOut: "Verfahren ohne eigene Karte",
    remarks: "Was man von den Karten wissen sollte",
    setting: (layer, crop) => `Schicht ${layer}; Ausschnitt „${crop}“`,
    curves: (steps) => `Kurven aus ${steps} Schritten, gelöschte Pixel unscharf`,
    channels: (methods, channels) =>
      `${methods.join(" und ")} mit ${channels} Durchläufen, für die vielversprechendsten Merkmale; die Scores der anderen sind vorhergesagt`,
    caveat:
      "Zahlen vergleichen Karten; dass eine stimmt, beweisen sie nicht. Maskierte Bilder sind anders als die, an denen das Netz gelernt hat; an einer niedrigen Zahl muss also nicht die Karte schuld sein.",
  },
  verdicts: {
    supported: "gestützt",
    notSupported: "nicht gestützt",
    notEnough: "nicht genug Belege",
    notMeasured: "nicht gemessen",
  },
  claims: {
    scoreAblation: {
      claim: "ScoreCAM ist gebündelter als AblationCAM",
      missing: "Braucht ScoreCAM und AblationCAM und das Maß Bündelung.",
    },
    ablationGrad: {
      claim: "AblationCAM ist gebündelter als Grad-CAM",
      missing: "Braucht AblationCAM und Grad-CAM und das Maß Bündelung.",
    },
    object: {
      claim:
        "Die Hitze liegt auf dem, was das Netz braucht: Nach der Insertion (ohne sie nach dem Rückgang der Konfidenz) schlägt jede Karte eine zufällige und eine mittige",
      missing: "Braucht das Maß Insertion oder Konfidenz.",
    },
    inside: {
      claim:
        "Das Netz schaut auf das Objekt: Von jeder Karte liegt mehr der Hitze in der Markierung als von einer zufälligen und einer mittigen",
      missing:
        "In diesen Bildern ist kein Objekt markiert. Markieren Sie es unter „Erklären“ mit einem Rahmen oder Pinsel, in mindestens sechs von ihnen.",
    },
    marked: (marked, all) => `Das Objekt ist in ${whole(marked)} von ${ofPictures(all)} markiert.`,
    ours: (marks) =>
      `${plural(marks, "Markierung ist ein Kasten, der", "Markierungen sind Kästen, die")} mit den Beispielen ${marks === 1 ? "kam" : "kamen"}, von Hand um das gezogen, wonach das Foto benannt ist.`,
    means: (column, a, meanA, b, meanB) => `${column}: ${meanA} für ${a}, ${meanB} für ${b}`,
    difference: (difference, low, high, p, n) =>
      `mittlere gepaarte Differenz ${difference} (95-%-Intervall ${low} bis ${high}), p ${p}, n = ${n}`,
    p: (p) => (p < 0.001 ? `< ${decimals(0.001, 3)}` : `= ${decimals(p, 3)}`),
  },
  values: {
    none: "–",
    share: (value) => `${decimals(100 * value, 1)}\u00a0%`,
    points: (value) => `${signed(100 * value, 1)}\u00a0Punkte`,
    number: (value) => decimals(value, 3),
    signed: (value) => signed(value, 3),
    range: (low, high) => (low === high ? `${low}` : `${low} bis ${high}`),
    rank: (value) => decimals(value, 1),
  },
};
