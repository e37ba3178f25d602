import { decimals, plural, whole } from "../../numerals.js";

/** @type {import("../translations.js").Like<Omit<typeof import("../../strings.js"), "report">>} */
export const page = {
  fixed: {
    pageTitle: "camscope: Worauf schaut das Netz?",
    skip: "Zum Hauptteil springen",
    viewsTitle: "Ansichten",
    tagline: "Worauf schaut das Netz?",
    photoTitle: "Bild",
    choose: "Bild auswählen",
    camera: "Foto aufnehmen",
    dropHint: "oder irgendwo auf diese Seite ziehen oder einfügen.",
    private: "Es bleibt auf diesem Gerät: Nichts wird hochgeladen.",
    samples: "Beispiele",
    crop: "Was das Netz bekommt",
    classesTitle: "Was das Netz sagt",
    classesHint: "Wählen Sie eine Klasse, um zu sehen, wo sie gefunden wird.",
    search: "Eine andere Klasse",
    searchHint: "Alle Namen durchsuchen",
    viewTitle: "Darstellung",
    opacity: "Hitze",
    palette: "Farben",
    blend: "Überlagerung",
    whatifTitle: "Was wäre, wenn das nicht da wäre?",
    whatifHint:
      "Übermalen, verwischen oder löschen Sie einen Teil des Bildes und sehen Sie, was das Netz dann sagt. Eine Karte sagt, wohin das Netz schaut; nimmt man die Stelle weg, zeigt sich, ob es sie braucht. Mit der Tastatur: Die Pfeiltasten bewegen eine Marke auf dem Bild, + und − ändern ihre Größe, die Eingabetaste wendet sie an.",
    undo: "Rückgängig",
    reset: "Ursprüngliches Bild",
    editFill: "Was aus der Stelle wird",
    editTool: "Markieren mit",
    editSize: "Größe des Pinsels",
    editColour: "Farbe",
    changes: "Die Wahrscheinlichkeiten der Klassen, vorher und nachher",
    checkTitle: "Die kausale Prüfung",
    checkHint:
      "Findet eine Karte, was das Netz braucht, so fällt die Klasse, wenn ihre heißesten Stellen gehen, und kaum, wenn ebenso viele andere gehen.",
    checkMap: "Karte",
    checkWhich: "Wegnehmen",
    checkShare: "So viel",
    checkTake: "Wegnehmen",
    tries: "An diesem Bild versucht",
    sanityTitle: "Hängt die Karte vom Netz ab?",
    sanityHint:
      "Die Gegenprobe: Die Gewichte des Netzes werden neu ausgelost, Schicht für Schicht von oben nach unten. Das Netz vergisst, was es weiß; eine Karte, die sich kaum ändert, handelt also nicht von dem, was es weiß. Verfahren, die einen Durchlauf je Kanal brauchen, werden mit Näherungen geprüft: aus 64 Durchläufen, an layer2 aus 128, denn aus weniger können ganz andere Karten entstehen. Recipro-CAM braucht vor der letzten Schicht einen Durchlauf je Stelle und ist dort ausgelassen: Das würde Stunden dauern.",
    sanityStart: "Gewichte neu auslosen",
    gridTitle: "Verfahren × Schichten × Klassen",
    gridHint:
      "Beliebige davon nebeneinander, an einem Bild. Karten teilen, was sie können: Das Netz sieht das Bild einmal, und ein Gradient wird für jede Schicht und Klasse einmal berechnet, welche Verfahren auch nach ihm fragen.",
    gridTable: "Das Raster der Heatmaps",
    compareTitle: "Welcher Karte glauben?",
    compareHint:
      "Die Zahlen jeder fertigen Karte neben denen zweier Karten, die vom Bild nichts wissen. Ein Stern (★) bezeichnet das beste der Verfahren. Eine Zahl in Klammern ist nicht besser als die einer Kontrolle, spricht also nicht für ihre Karte.",
    compareWaiting: "Erscheint, sobald eine Karte der ausgewählten Klasse und Schicht fertig ist.",
    compareTable: "Maße der Karten",
    compareExplain:
      "Zeigen Sie auf eine Zahl oder fokussieren Sie den Kopf einer Zeile, um zu lesen, was sie bedeutet.",
    mark: "Objekt markieren",
    markClear: "Markierung löschen",
    markTool: "Wie markiert wird",
    markBox: "Der Rahmen in Prozent des Bildes",
    markHint:
      "Ziehen Sie einen Rahmen um das Objekt, fahren Sie mit dem Pinsel darüber oder geben Sie den Rahmen in Prozent des Bildes an.",
    evidence: "Belege",
    scale: "Skala",
    mapsTitle: "Heatmaps",
    device: "Rechnen auf",
    theme: "Farbschema",
    language: "Sprache",
    cancel: "Abbrechen",
    save: "PNG speichern",
    about: "Wie es funktioniert",
    dismiss: "Diese Meldung schließen",
    drop: "Lassen Sie das Bild los, um es erklären zu lassen",
    privacyTitle: "Nichts verlässt dieses Gerät",
    privacy:
      "Das Netz läuft in dieser Seite. Ihr Bild, seine Klassen und seine Heatmaps werden nie irgendwohin gesendet; die Seite lädt nur ihre eigenen Dateien. Damit beim Neuladen nichts verloren geht, bleiben die Bilder dieses Besuchs und ein eigenes Netz verschlüsselt in diesem Browser, solange sein Tab offen ist.",
    readingTitle: "Eine Heatmap lesen",
    reading:
      "Heiße Stellen heben den Score der ausgewählten Klasse. Jede Karte ist auf ihr eigenes Maximum skaliert; die Hitze vergleicht also Stellen einer Karte, nicht eine Karte mit einer anderen. Eine Heatmap zeigt, was die Antwort dieses Netzes bewegt, nicht, was auf dem Bild wahr ist.",
    modelTitle: "Das Netz",
    networkTitle: "Ein anderes Netz oder Ihr eigenes",
    methodsTitle: "Weitere Verfahren",
    agreementTitle: "Sind sich die Karten einig?",
    agreementTable: "Übereinstimmung je zweier Karten",
    agreementWaiting: "Erscheint, sobald zwei Karten einer Klasse und Schicht fertig sind.",
    agreementMeasure: "Maß",
    caveat:
      "Zahlen vergleichen Karten; dass eine stimmt, beweisen sie nicht. Zwei Verfahren können sich einig sein und beide irren, und eine gebündelte Karte kann auf das Falsche gebündelt sein.",
  },
  views: {
    explain: "Erklären",
    compare: "Vergleichen",
    grid: "Raster",
    whatif: "Was wäre wenn",
    report: "Bericht",
    methods: "Verfahren",
  },
  crops: {
    center: {
      name: "Mitte",
      hint: "Die kürzere Seite auf 256, davon die mittleren 224 × 224: so, wie das Netz bewertet wurde.",
    },
    squash: { name: "Gestaucht", hint: "Das ganze Bild, auf 224 × 224 gestaucht." },
    full: { name: "Ganz", hint: "Das ganze Bild in seinen eigenen Proportionen: langsamer, und feinere Karten." },
  },
  blends: {
    normal: "Über dem Bild",
    glow: "Mit der Hitze einblenden",
    multiply: "Multiplizieren",
    screen: "Negativ multiplizieren",
    spotlight: "Scheinwerfer",
    only: "Nur die Hitze",
  },
  devices: {
    auto: "Automatisch",
    webgpu: "GPU (WebGPU)",
    "webgpu-f16": "GPU, halbe Genauigkeit (Versuch)",
    cpu: "CPU",
  },
  themes: { auto: "Wie das System", light: "Hell", dark: "Dunkel" },
  methodNames: { gradcam: "Grad-CAM", ablationcam: "AblationCAM", scorecam: "ScoreCAM" },
  methods: {
    waiting: "sobald das Netz geladen ist",
    always: "Wird immer gezeigt.",
    families: {
      gradient: "Durch Gradienten",
      activation: "Allein durch Aktivierungen",
      perturbation: "Durch Ausprobieren",
      group: "Durch gruppenweises Ausprobieren",
      control: "Kontrolle",
    },
    paper: (paper, year) => `${paper} (${year})`,
  },
  look: {
    evidence: { for: "Dafür", signed: "Dafür und dagegen" },
    scales: { own: "Jede für sich", shared: "Eine für alle" },
    legend: (signed, top, sides) => {
      const end = `${decimals(top, 1)}×`;
      if (signed && sides) return [`für ${sides.against}`, "keins von beiden", `für ${sides.for}`];
      if (top > 0) {
        const middle = "Vielfaches des Durchschnitts";
        return signed ? [`\u2212${end}`, middle, end] : ["0", middle, end];
      }
      return signed ? ["dagegen", "weder noch", "dafür"] : ["keine", "relativer Beleg", "am meisten"];
    },
    ownHint:
      "Jede Karte auf ihrer eigenen Skala: Die Hitze vergleicht Stellen einer Karte, nicht eine Karte mit einer anderen.",
    sharedHint:
      "Alle Karten auf einer Skala: Hitze als Vielfaches des Durchschnitts der jeweiligen Karte, eine gebündelte Karte ist also heller als eine verstreute. Die rohen Werte der Karten haben je nach Verfahren verschiedene Einheiten und lassen sich nicht vergleichen.",
  },
  reading: {
    label: (name) => `Werte der Karte von ${name}: Pfeiltasten lesen sie ab, Pos1 geht an die heißeste Stelle`,
    own: (value) => `${whole(Math.round(100 * value))}\u00a0% ihres Maximums`,
    times: (value) => `${decimals(value, 1)} × ihr Durchschnitt`,
    signed: (value) => {
      const share = Math.round(100 * value);
      if (share === 0) return "weder dafür noch dagegen";
      return `${whole(Math.abs(share))}\u00a0% ${share > 0 ? "dafür" : "dagegen"}`;
    },
    all: (found) => found.map(({ name, value }) => `${name}: ${value}`).join("; "),
  },
  palettes: {
    diverging: "Zwei Farben",
    uniform: "Gleichmäßige Stufen",
    other: "Ungleichmäßige Stufen (können täuschen)",
    names: { rdbu: "Rot und Blau", puor: "Orange und Violett", brbg: "Braun und Grün" },
  },
  loading: {
    title: "Wird vorbereitet",
    engine: (done, total) => `Das Programm wird geladen: ${total ? `${done} von ${total}` : done}`,
    weights: (done, total) => `Die Gewichte des Netzes werden geladen: ${done} von ${total}`,
    stalled: "Seit einer Weile kommt nichts mehr; die Seite wartet auf die Verbindung.",
    once: "Danach behält sie dieser Browser, der nächste Besuch beginnt also sofort.",
    own: "Auf diesem Gerät gelesen; nichts wird hochgeladen.",
  },
  device: {
    starting: "startet …",
    none: "läuft nicht",
    webgpu: (description) => `GPU · ${description}`,
    cpu: (description, threads) => `${description} · ${threads === 1 ? "1 Thread" : `${threads} Threads`}`,
    noWebgpu:
      "Dieser Browser bietet keinen WebGPU-Adapter, das Netz läuft also auf der CPU: dieselben Ergebnisse, nur langsamer.",
    software:
      "Den WebGPU-Adapter dieses Browsers ahmt der Prozessor nach. Dieselben Ergebnisse kommen schneller, wenn sie gleich auf der CPU berechnet werden.",
    fallback: "WebGPU ist da, ließ sich aber nicht nutzen, das Netz läuft also auf der CPU.",
  },
  photo: {
    title: "Bild",
    pasted: "eingefügtes Bild",
    use: (name) => `Das Beispiel erklären: ${name}`,
    size: (width, height) => `${width} × ${height} Pixel`,
    cropped: "Der Rahmen ist, was das Netz sieht.",
    whole: "Das Netz sieht es ganz.",
    empty: "Noch kein Bild",
    alt: (name, size) => `Das Bild ${name}, ${size}`,
    credit: (credit, license) => `${credit} (${license})`,
  },
  classes: {
    waiting: "Hier erscheinen die fünf wahrscheinlichsten Klassen.",
    chosen: "ausgewählt",
    found: (count) => (count === 0 ? "Keine Klasse heißt so." : `${plural(count, "Klasse", "Klassen")} gefunden.`),
    more: (count) =>
      `${plural(count, "weitere Klasse", "weitere Klassen")}: Tippen Sie weiter, um die Suche einzugrenzen.`,
    alt: (label, percent) => `${label}, ${percent}`,
  },
  layers: { size: (width, height) => `${width} × ${height}` },
  card: {
    target: (label) => `für ${label}`,
    waiting: "wartet",
    computing: (method) => `${method} wird berechnet …`,
    stopped: "Abgebrochen.",
    failed: "Fehlgeschlagen: siehe die Meldung oben.",
    tooLong: (time) => `Nicht von selbst begonnen: dauert hier etwa ${time}.`,
    passes: (passes) => (passes === 0 ? "kein weiterer Durchlauf" : plural(passes, "Durchlauf", "Durchläufe")),
    approximate: "Näherung",
    runExactly: (time) => (time ? `Exakt berechnen (bis zu ${time})` : "Exakt berechnen"),
    start: (method) => `${method} berechnen`,
    progress: (done, total, left) =>
      `${whole(done)} von ${plural(total, "Durchlauf", "Durchläufen")}${left ? ` · noch ${left}` : ""}`,
    progressLabel: (method) => `Fortschritt von ${method}`,
    cancelLabel: (method) => `${method} abbrechen (Escape)`,
    saveLabel: (method) => `PNG speichern: das Bild mit der Heatmap von ${method}`,
  },
  numbers: {
    none: "Keine Hitze zu messen.",
    beside: (random, gaussian) => `Zufallskarte ${random} · Gaußglocke in der Mitte ${gaussian}`,
    approximate: "Zahlen der genäherten Karte.",
    half: (share) => `Die Hälfte der Hitze liegt auf ${share} des Bildes`,
    halfHint:
      "Der kleinste Teil dessen, was das Netz sieht, der die Hälfte der Hitze der Karte enthält. Eine Karte, die überall gleich heiß ist, braucht 50 %. Eine kleine Zahl sagt, dass die Karte gebündelt ist, nicht, dass sie stimmt.",
    inside: (energy, area) => `${energy} der Hitze in der Markierung, die ${area} des Ausschnitts bedeckt`,
    insideHint:
      "Das energiebasierte Pointing Game. Eine Karte, die nichts weiß, bringt so viel ihrer Hitze in die Markierung, wie diese vom Ausschnitt bedeckt; eine Karte, die das Objekt findet, mehr. Es sagt, wo die Hitze ist, nicht, ob das Netz sie braucht.",
    peak: (isInside) =>
      isInside ? "Ihr Höchstwert liegt in der Markierung" : "Ihr Höchstwert liegt außerhalb der Markierung",
    place: (isInside) => (isInside ? "innen" : "außen"),
    peakHint: "Das Pointing Game: ob die eine heißeste Stelle in der Markierung liegt. Der Rest der Karte zählt nicht.",
    kept: (label, before, after) => `Nur mit dem, was die Karte behält: ${label} ${before} → ${after}`,
    keptOf: (label) => `Die Karte gilt mehreren Klassen; dies ist die Wahrscheinlichkeit von ${label} allein.`,
    keptHint:
      "Das Bild wurde zu Grau verblasst, wo die Karte kalt ist, und das Netz noch einmal gefragt. Hält sich seine Konfidenz oder steigt sie, so genügten die heißen Stellen für seine Antwort. Ein verblasstes Bild ist anders als die, an denen das Netz gelernt hat; an einem Rückgang muss also nicht die Karte schuld sein.",
  },
  agreement: {
    waiting: "…",
    controls: { random: "Zufallskarte", gaussian: "Gaußglocke in der Mitte" },
    approximate: (name) => `${name} (Näherung)`,
    value: (value) => decimals(value, 2),
    measures: {
      pearson: {
        name: "Pearson",
        hint: "Korrelation der Werte: 1 für Karten, die miteinander steigen und fallen, 0 für unabhängige, unter 0, wo die eine heiß und die andere kalt ist.",
      },
      spearman: {
        name: "Spearman",
        hint: "Korrelation der Ränge: wie die von Pearson, nur zählt allein die Reihenfolge heißerer und kälterer Stellen, nicht, um wie viel heißer.",
      },
      iou: {
        name: "Heißestes Fünftel",
        hint: "Überlappung des heißesten Fünftels beider Karten als Anteil an beiden zusammen: 1 für dieselben Stellen, 0 für keine gemeinsame, etwa 0,11 durch Zufall.",
      },
    },
  },
  say: {
    ready: "Das Netz ist geladen.",
    reading: "Das Bild wird gelesen …",
    classifying: "Das Bild wird klassifiziert …",
    classified: (label, percent) => `Das Netz sagt ${label}, ${percent}.`,
    explained: (method, label) => `${method} für ${label} ist fertig.`,
    cancelled: "Abgebrochen.",
    saved: (file) => `${file} gespeichert.`,
  },
  errors: {
    titles: {
      DecodeError: "Dieses Bild lässt sich nicht lesen",
      WeightsError: "Die Gewichte des Netzes ließen sich nicht laden",
      DeviceError: "Die Berechnung wurde unterbrochen",
      ClassError: "Diese Klasse gibt es nicht",
      LayerError: "Diese Schicht gibt es nicht",
      OptionError: "Diese Einstellung geht nicht",
    },
    other: "Etwas ist schiefgegangen",
    kept: "Das letzte Ergebnis wird weiter gezeigt.",
    retry: "Erneut versuchen",
    restart: "Neu starten",
    useCpu: "CPU benutzen",
    recovery: {
      restarting: "Sie wird neu gestartet.",
      restarted: (device) => `Sie wurde neu gestartet, auf ${device}.`,
      goOn: "Weitermachen",
    },
    notPicture: "Was abgelegt oder eingefügt wurde, enthält keine Bilddatei.",
    sample: (file) => `Das Beispiel ${file} ließ sich nicht laden. Prüfen Sie die Verbindung.`,
  },
  traffic: {
    loading: (bytes) => `Lädt die eigenen Dateien; ${plural(bytes, "Byte", "Bytes")} gesendet.`,
    none: (bytes) =>
      `Seit das Netz geladen ist: keine Anfrage, ${plural(bytes, "Byte", "Bytes")} gesendet. Trennen Sie das Gerät vom Internet und versuchen Sie es.`,
    some: (requests, last, bytes) =>
      `Seit das Netz geladen ist: ${plural(requests, "Anfrage", "Anfragen")} nach Dateien dieser Seite, zuletzt nach ${last}; ${plural(bytes, "Byte", "Bytes")} gesendet.`,
  },
  words: {
    none: "Nirgends Hitze.",
    even: "Überall gleich heiß.",
    nothingFor: "Nichts spricht dafür.",
    nothingAgainst: "Nichts spricht dagegen.",
    evenAgainst: "Jede Stelle spricht gleich stark dagegen.",
    places: [
      ["oben links", "über der Mitte", "oben rechts"],
      ["links der Mitte", "in der Mitte", "rechts der Mitte"],
      ["unten links", "unter der Mitte", "unten rechts"],
    ],
    heat: (centre, share) => `Schwerpunkt der Hitze ${centre}, über ${share} des Bildes`,
    against: (centre, share) => `Schwerpunkt dessen, was dagegen spricht, ${centre}, über ${share} des Bildes`,
    strength: (share) => `höchstens ${share} so stark wie das, was dafür spricht`,
    areas: (count) => `in ${whole(count)} getrennten Bereichen`,
    peak: (peak) => `am heißesten ${peak}`,
    map: (method, label, heat) => `Heatmap von ${method} für ${label}. ${heat}`,
    empty: (method) => `${method}: noch keine Heatmap.`,
  },
  units: {
    seconds: (value) => {
      if (value < 0.01) return `<\u00a0${decimals(0.01, 2)}\u00a0s`;
      return `${decimals(value, value < 1 ? 2 : value < 10 ? 1 : 0)}\u00a0s`;
    },
    minutes: (value) => `${value}\u00a0min`,
    hours: (value) => `${decimals(value, 1)}\u00a0h`,
    megabytes: (value) => `${decimals(value, 1)}\u00a0MB`,
    percent: (value) => {
      if (value > 0 && value < 0.001) return `<\u00a0${decimals(0.1, 1)}\u00a0%`;
      return `${decimals(100 * value, value >= 0.9995 ? 0 : 1)}\u00a0%`;
    },
  },
  model: {
    about: (title, classes, variant) => `${title}, ${whole(classes)} Klassen, Variante ${variant}.`,
    accuracy: (top1, top5) =>
      `Veröffentlichte Genauigkeit: beim ersten Versuch richtig in ${top1}, unter den ersten fünf in ${top5} der Fälle.`,
    source: (source, license) => `Gewichte: ${source} (${license}).`,
  },
};
