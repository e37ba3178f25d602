/**
 * The page's texts in German.
 */
import { decimals, plural, signed, whole } from "../numerals.js";

/** @import { Texts } from "./en.js" */

const pictures = (/** @type {number} */ count) => plural(count, "Bild", "Bilder");
const ofPictures = (/** @type {number} */ count) => plural(count, "Bild", "Bildern");

/** What is wrong with one tensor of a checkpoint. */
const fault = {
  "{name} is missing (expected {shape})": "{name} fehlt (erwartet: {shape})",
  "{name} has the shape {found} (expected {shape})": "{name} hat die Form {found} (erwartet: {shape})",
  "{name} is empty": "{name} ist leer",
  "{name} is not part of it": "{name} gehört nicht dazu",
  "and {count} more": "und {count} weitere",
};

/** @type {Texts} */
export const de = {
  // The page as a whole.

  fixed: {
    pageTitle: "camscope: Worauf schaut das Netz?",
    pageDescription:
      "Sehen, was ein neuronales Netz auf einem Foto erkennt und wo: Heatmaps von Grad-CAM, AblationCAM und ScoreCAM, berechnet auf dem eigenen Gerät.",
    manifest: "www/app.de.webmanifest",
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
      "Die Gegenprobe: Die Gewichte des Netzes werden neu ausgelost, Schicht für Schicht von oben nach unten. Das Netz vergisst, was es weiß; eine Karte, die sich kaum ändert, handelt also nicht von dem, was es weiß. Verfahren, die einen Durchlauf je Kanal brauchen, werden mit Näherungen geprüft: aus 64 Durchläufen, an layer2 aus 128, denn aus weniger können ganz andere Karten entstehen. Im Referenzmodus, der nur exakte Karten kennt, fehlen sie, wo die Schicht mehr Kanäle hat. Recipro-CAM braucht vor der letzten Schicht einen Durchlauf je Stelle und ist dort ausgelassen: Das würde Stunden dauern.",
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

  themes: { auto: "Wie das System", light: "Hell", dark: "Dunkel" },

  devices: {
    auto: "Automatisch",
    webgpu: "GPU (WebGPU)",
    "webgpu-f16": "GPU, halbe Genauigkeit (Versuch)",
    cpu: "CPU",
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

  loading: {
    title: "Wird vorbereitet",
    engine: (done, total) => `Das Programm wird geladen: ${total ? `${done} von ${total}` : done}`,
    weights: (done, total) => `Die Gewichte des Netzes werden geladen: ${done} von ${total}`,
    stalled: "Seit einer Weile kommt nichts mehr; die Seite wartet auf die Verbindung.",
    once: "Danach behält sie dieser Browser, der nächste Besuch beginnt also sofort.",
    own: "Auf diesem Gerät gelesen; nichts wird hochgeladen.",
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
      UpdateError: "Die Seite wurde aktualisiert",
    },
    other: "Etwas ist schiefgegangen",
    kept: "Das letzte Ergebnis wird weiter gezeigt.",
    retry: "Erneut versuchen",
    restart: "Neu starten",
    reload: "Seite neu laden",
    useCpu: "CPU benutzen",
    recovery: {
      restarting: "Sie wird neu gestartet.",
      restarted: (device) => `Sie wurde neu gestartet, auf ${device}.`,
      goOn: "Weitermachen",
    },
    notPicture: { title: "Darin ist kein Bild", text: "Was abgelegt oder eingefügt wurde, enthält keine Bilddatei." },
    sample: (file) => ({
      title: "Dieses Beispiel ließ sich nicht laden",
      text: `${file} kam nicht an. Prüfen Sie die Verbindung und wählen Sie es dann noch einmal.`,
    }),
  },

  traffic: {
    loading: (bytes) => `Lädt die eigenen Dateien; ${plural(bytes, "Byte", "Bytes")} gesendet.`,
    none: (bytes) =>
      `Seit das Netz geladen ist: keine Anfrage, ${plural(bytes, "Byte", "Bytes")} gesendet. Trennen Sie das Gerät vom Internet und versuchen Sie es.`,
    some: (requests, last, bytes) =>
      `Seit das Netz geladen ist: ${plural(requests, "Anfrage", "Anfragen")} nach Dateien dieser Seite, zuletzt nach ${last}; ${plural(bytes, "Byte", "Bytes")} gesendet.`,
  },

  model: {
    about: (title, classes, variant) => `${title}, ${whole(classes)} Klassen, Variante ${variant}.`,
    accuracy: (top1, top5) =>
      `Veröffentlichte Genauigkeit: beim ersten Versuch richtig in ${top1}, unter den ersten fünf in ${top5} der Fälle.`,
    source: (source, license) => `Gewichte: ${source} (${license}).`,
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

  // The view Explain: the picture, and what the network says.

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

  crops: {
    center: {
      name: "Mitte",
      hint: "Die kürzere Seite auf 256, davon die mittleren 224 × 224: so, wie das Netz bewertet wurde.",
    },
    squash: { name: "Gestaucht", hint: "Das ganze Bild, auf 224 × 224 gestaucht." },
    full: { name: "Ganz", hint: "Das ganze Bild in seinen eigenen Proportionen: langsamer, und feinere Karten." },
  },

  classes: {
    waiting: "Hier erscheinen die fünf wahrscheinlichsten Klassen.",
    chosen: "ausgewählt",
    found: (count) => (count === 0 ? "Keine Klasse heißt so." : `${plural(count, "Klasse", "Klassen")} gefunden.`),
    more: (count) =>
      `${plural(count, "weitere Klasse", "weitere Klassen")}: Tippen Sie weiter, um die Suche einzugrenzen.`,
    alt: (label, percent) => `${label}, ${percent}`,
  },

  // The view Explain: how a scene is explained, by which methods and at what cost.

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
      "Zum Vergleich mit Python: Hauptkomponenten behalten das Vorzeichen, mit dem sie kommen, Eigen-Karten können also umgekehrt sein, und ein negativer Score kehrt die Karte von AblationCAM um. Jede Karte ist exakt: Eine, die auf diesem Gerät lange dauert, beginnt erst auf Ihren Wunsch.",
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

  layers: { size: (width, height) => `${width} × ${height}` },

  costs: {
    none: "hier ohne weitere Zeit",
    known: "schon berechnet",
    count: (passes) => plural(passes, "Durchlauf", "Durchläufe"),
    passes: (passes) => `etwa ${passes} durch das Netz`,
    time: (time) => `hier etwa ${time}`,
    budget: (time, quick) => `hier bis zu ${time}; vorher eine schnelle Näherung (etwa ${quick})`,
  },

  remarks: {
    sameAtTheEnd: (name, layer) =>
      `An ${layer} ist dies, mathematisch bedingt, die Karte von ${name}: Dahinter mittelt das Netz nur noch über alle Stellen, der Gradient ist also an jeder derselbe. Sie wird nicht zweimal gezeichnet.`,
    sameGeneralised: (name) =>
      `Hier ist dies die Karte von ${name}: CAM gewichtet mit den Gewichten des Klassifikators, die nur die letzte Schicht hat. Davor treten die Summen des Gradienten an ihre Stelle, wie ${name} es verallgemeinert. Sie wird nicht zweimal gezeichnet.`,
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
  },

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

  // The view Explain: the maps, their numbers, and whether they agree.

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

  palettes: {
    diverging: "Zwei Farben",
    uniform: "Gleichmäßige Stufen",
    other: "Ungleichmäßige Stufen (können täuschen)",
    names: { rdbu: "Rot und Blau", puor: "Orange und Violett", brbg: "Braun und Grün" },
  },

  blends: {
    normal: "Über dem Bild",
    glow: "Mit der Hitze einblenden",
    multiply: "Multiplizieren",
    screen: "Negativ multiplizieren",
    spotlight: "Scheinwerfer",
    only: "Nur die Hitze",
  },

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

  region: {
    tools: { box: "Rahmen", brush: "Pinsel" },
    sides: { left: "Links", top: "Oben", width: "Breite", height: "Höhe" },
    stage:
      "Das Bild, auf dem das Objekt markiert wird: Pfeiltasten bewegen die Marke, Plus und Minus ändern ihre Größe, die Eingabetaste setzt sie",
  },

  // The view Compare: maps by numbers.

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
      inside: "Der Anteil der Hitze innerhalb des markierten Objekts (das energiebasierte Pointing Game).",
      peak: "Ob die heißeste Stelle im markierten Objekt liegt (das Pointing Game).",
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

  // The view Grid: many maps at once.

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
    half: (share) => `Hälfte auf ${share}`,
    rest: (above, area, gini) =>
      `${above} des Bildes sind heißer als die Hälfte des Maximums der Karte. Die effektive Fläche nach der Entropie ist ${area}. Der Gini-Koeffizient ist ${gini}: 0 ist gleichmäßig verteilte Hitze, nahe 1 liegt sie ganz an einer Stelle.`,
    empty: (cell) => `${cell}: noch keine Heatmap.`,
    as: (name) => (name === "" ? "wie oben" : `= ${name}`),
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
      `${whole(ready)} von ${plural(maps, "Karte", "Karten")} fertig${same > 0 ? `; ${plural(same, "Feld hat", "Felder haben")} die Karte eines anderen` : ""}.`,
    cost: (passes, time) => (time ? `Der Rest: hier etwa ${time}.` : `Der Rest: etwa ${passes} durch das Netz.`),
    spent: (count) =>
      `Berechnet mit ${plural(count, "Durchlauf", "Durchläufen")} durch das Netz oder einen Teil davon.`,
    start: (count, time) => `${plural(count, "lange Karte", "lange Karten")} berechnen${time ? ` (etwa ${time})` : ""}`,
    progress: "Fortschritt des Rasters",
    doing: (cell, left) => `${cell}${left ? ` · noch ${left}` : ""}`,
    done: "Alle Karten des Rasters sind fertig.",
  },

  // The view What if: the picture is edited.

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

  // The view Report: many pictures.

  report: {
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
      legends: {
        own: {
          cold: "keine Hitze",
          hot: "der eigene Höchstwert jeder Karte",
          scale: "Farbskala der Overlays, von keiner Hitze bis zum eigenen Höchstwert jeder Karte",
        },
        shared: {
          cold: "keine Hitze",
          hot: "das größte Vielfache ihres Durchschnitts, das eine Karte des Bildes erreicht",
          scale:
            "Farbskala der Overlays, von keiner Hitze bis zum größten Vielfachen ihres Durchschnitts, das eine Karte des Bildes erreicht",
        },
      },
      scaleTo: (top) =>
        `Eine Skala für seine Karten: bis zum ${decimals(top, 1)}-Fachen des Durchschnitts einer Karte.`,
      read: (name) =>
        `Werte der Karten von ${name}: Pfeiltasten lesen sie ab, Pos1 geht an die heißeste Stelle der ersten Karte`,
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
  },

  // The view Methods: what each computes.

  methodsView: {
    title: "Was jedes Verfahren berechnet",
    intro:
      "Jedes Bild zeigt das Verfahren an einem Spielzeugnetz: vier Merkmale auf einem Gitter von neun mal neun, eine Klasse, die aus Kopf und Körper besteht und gegen die das Gras spricht. Die Formel ist die des Verfahrens, und die Seite hat sie eben ausgerechnet (A: ein Merkmal, g: der Gradient des Scores y nach ihm, x: das Bild). In einer wirklichen Schicht sind es bis zu 2.048 Merkmale.",
    computes: "Was es berechnet",
    costs: "Was es kostet",
    misleads: "Wann es in die Irre führt",
    contents: "Die Verfahren",
    features: { head: "Kopf", body: "Körper", grass: "Gras", corner: "Ecke" },
    input: "Bild",
    map: "Karte",
    weight: (weight) => `× ${weight}`,
    weights: "Jedes Merkmal mit seinem Gewicht",
    places: "Jedes Merkmal, Stelle für Stelle gewichtet",
    alone: "Die Merkmale",
    alt: (method, heat) => `Die Spielzeugkarte von ${method}: ${heat}`,
    altFeature: (feature) => `Wo das Merkmal „${feature}“ aktiv ist`,
    altInput: "Das Spielzeugbild: ein Kopf auf einem Körper, auf Gras, und etwas in einer Ecke",
  },

  methodPages: {
    gradcam: {
      computes:
        "Wie steil der Score der Klasse mit jedem Merkmal steigt, gemittelt über alle Stellen: Das ist das Gewicht des Merkmals. Die Karte ist die gewichtete Summe der Merkmale.",
      costs:
        "Nichts an der letzten Schicht, wo der Gradient eine geschlossene Form hat; an früheren einen Rückwärtsdurchlauf.",
      misleads:
        "Der Mittelwert vergisst, wo der Gradient war. Ein Merkmal, das an einer Stelle nützt und an einer anderen schadet, bekommt für beide dasselbe Gewicht. An früheren Schichten kann die Karte deshalb heiß sein, wo das Netz nichts von der Klasse gesehen hat.",
    },
    ablationcam: {
      computes:
        "Um welchen Teil seiner selbst der Score der Klasse fällt, wenn ein Merkmal abgeschaltet wird: Dieser Anteil ist das Gewicht des Merkmals.",
      costs:
        "Nichts an der letzten Schicht, wo die geschlossene Form exakt ist; an früheren einen Teildurchlauf je aktivem Merkmal.",
      misleads:
        "Merkmale, die füreinander einspringen, verdecken sich: Fehlt das eine, trägt das andere den Score weiter, und beide wirken unwichtig. Bei negativem Score kehrt die ursprüngliche Formel die Karte um; camscope tut das nicht.",
    },
    scorecam: {
      computes:
        "Was das Netz sagt, wenn es das Bild nur durch ein Merkmal hindurch sieht: Merkmale, deren Sicht den Score hoch hält, wiegen am meisten.",
      costs:
        "Etwa 1.550 Durchläufe an der letzten Schicht; eine schnelle Näherung braucht 256 und sagt, was sie taugt.",
      misleads:
        "Ein abgedunkeltes Bild gleicht nichts, woran das Netz gelernt hat, seine Scores können seltsam sein. Die Gewichte gehen durch ein Softmax über rohe Scores: Oft nehmen wenige Merkmale alles, oder alle wiegen gleich viel.",
    },
    cam: {
      computes:
        "Die Gewichte, die der Klassifikator selbst für die Klasse hat, mal die Merkmale. Es ist das Original der Familie; alle anderen Verfahren sind Wege, dasselbe anderswo zu tun.",
      costs: "An der letzten Schicht nichts; davor ein Durchlauf vor und zurück.",
      misleads:
        "Nur die letzte Schicht hat solche Gewichte. Davor ist sie, was sie verallgemeinert: die Karte von Grad-CAM, wie an der letzten Schicht. Aus einem groben Gitter von 7 × 7 Stellen machen weiche Farben mehr, als da ist.",
    },
    gradcampp: {
      computes:
        "Grad-CAM mit einem Mittel, in dem Stellen mit positivem Gradienten mehr zählen, damit sich mehrere Objekte einer Klasse alle zeigen.",
      costs: "Wie Grad-CAM.",
      misleads:
        "Was gegen die Klasse spricht, fällt weg; dass etwas dagegen spricht, zeigt sich also kaum. Die Gradienten sind so klein, dass eine Konstante in der Formel, 1e-6, viel von der Karte bestimmt.",
    },
    hirescam: {
      computes:
        "Gradient mal Merkmal an jeder Stelle, dann die Summe: was jede Stelle zu einer linearen Lesart des Scores beiträgt.",
      costs: "Wie Grad-CAM; an der letzten Schicht ist es die Karte von Grad-CAM.",
      misleads:
        "Getreu nur dort, wo nichts als eine lineare Schicht folgt. An frühen Schichten wechseln die Gradienten von Pixel zu Pixel, und in diesem Netz sind sie an drei von vier Stellen null: Die Karte wird zu einem Punktraster.",
    },
    gradcamelementwise: {
      computes:
        "Wie HiResCAM, doch was an einer Stelle eines Merkmals negativ ist, wird vor dem Summieren auf null gesetzt.",
      costs: "Wie Grad-CAM. In diesem Netz ist es die Karte von LayerCAM.",
      misleads:
        "Nichts lässt sich mehr abziehen: Stellen, an denen Merkmale für und gegen die Klasse sprechen, sehen so heiß aus wie eindeutige.",
    },
    xgradcam: {
      computes:
        "Der Gradient, gemittelt dort, wo das Merkmal aktiv ist, statt überall: Das ist das Gewicht des Merkmals.",
      costs: "Wie Grad-CAM; an der letzten Schicht ist es die Karte von Grad-CAM.",
      misleads:
        "Noch immer ein Gewicht für ein ganzes Merkmal. Ist ein Merkmal kaum aktiv, so ist sein Gewicht ein Mittel über sehr wenig.",
    },
    layercam: {
      computes:
        "Jede Stelle eines Merkmals mal ihren eigenen Gradienten, wo dieser positiv ist. Gemacht für frühe Schichten.",
      costs: "Wie Grad-CAM.",
      misleads:
        "Frühe Schichten zeigen Kanten und Textur: Eine feine Karte ist noch keine richtige. Was gegen die Klasse spricht, fällt weg, und wo eine Schrittweite Gradienten auf null lässt, erscheinen Punkte.",
    },
    eigencam: {
      computes:
        "Das stärkste Muster unter den Merkmalen: ihre erste Hauptkomponente. Nach der Klasse wird nicht gefragt.",
      costs: "Nichts: keinen einzigen Durchlauf.",
      misleads:
        "Sie zeigt, was auffällt, nicht, worauf die Klasse beruht, und ist für jede Klasse dieselbe. Eine Komponente hat kein Vorzeichen: Andere Programme zeigen sie womöglich umgekehrt.",
    },
    eigengradcam: {
      computes: "Das stärkste Muster in Gradient mal Merkmal, sodass die Klasse mitredet.",
      costs: "Wie Grad-CAM.",
      misleads:
        "Ein Muster muss nicht das Ganze sein: Was ein zweites enthält, ist verloren. Auch ihr Vorzeichen ist eine Festlegung.",
    },
    fullgrad: {
      computes:
        "Was die Eingabe und jeder Bias des Netzes zum Score beitragen, dem Betrag nach, zusammengezählt über alle Schichten.",
      costs: "Einen Durchlauf vorwärts und rückwärts durch das ganze Netz.",
      misleads:
        "Es nimmt Beträge ohne Vorzeichen: Was gegen die Klasse spricht, ist so heiß wie das, was für sie spricht. Der Anteil jeder Schicht wird für sich skaliert, schwache Anteile zählen also so viel wie starke.",
    },
    finercam: {
      computes:
        "Grad-CAM des Unterschieds zu den nächstliegenden Klassen: was es zu dieser macht und nicht zu jener. Im Spielzeug hat die andere Klasse denselben Körper.",
      costs: "Wie Grad-CAM.",
      misleads:
        "Was alle nahen Klassen teilen, wird dunkel, so wichtig es auch ist. Bei einem unähnlichen Nachbarn zeigt die Karte, was dem Nachbarn fehlt.",
    },
    groupcam: {
      computes:
        "Merkmale werden zu Gruppen zusammengefasst, und das Netz sieht das Bild durch jede Gruppe: Was davon an Wahrscheinlichkeit bleibt, ist das Gewicht der Gruppe.",
      costs: "33 Durchläufe, an früheren Schichten dazu einen Rückwärtsdurchlauf.",
      misleads:
        "Merkmale, die zufällig in einer Gruppe sind, teilen sich ein Gewicht. Es ist ein eigenes Verfahren: Was ScoreCAM gezeigt hätte, sagt es nicht.",
    },
    reciprocam: {
      computes: "Was das Netz zu den Merkmalen einer einzigen Stelle sagt, Stelle für Stelle.",
      costs:
        "Einen Teildurchlauf je Stelle: 49 an der letzten Schicht, wo sie so gut wie nichts kosten, 3.136 an layer1.",
      misleads:
        "Eine einzelne Stelle ohne ihre Umgebung gleicht nichts, woran das Netz gelernt hat. Was nur im Zusammenhang erkannt wird, zeigt sich nicht.",
    },
    randomcam: {
      computes: "Merkmale mit ausgelosten Gewichten. Das ist eine Kontrolle, keine Erklärung.",
      costs: "Nichts.",
      misleads:
        "Sie sieht oft überzeugend aus, weil schon die Merkmale auf dem Objekt liegen. Ein Verfahren muss mehr zeigen als diese Karte.",
    },
  },

  // The choice of a network, and a visitor's own.

  network: {
    present: "Netz",
    own: "Ihr eigenes Netz",
    intro:
      "Wählen Sie einen Checkpoint (.pth oder .safetensors) eines ResNet-18, -34, -50, -101 oder -152 mit den Namen von torchvision und beliebig vielen Klassen, oder ziehen Sie ihn auf die Seite. Er wird auf diesem Gerät gelesen; nichts wird hochgeladen, und nichts darin wird ausgeführt.",
    file: "Checkpoint",
    labels: "Klassennamen (optional)",
    labelsHint: "Eine Textdatei mit einem Namen je Zeile oder ein JSON-Array.",
    advanced: "Vorverarbeitung und Batch-Normalisierung",
    mean: "Mittelwert, einer je Kanal",
    std: "Standardabweichung, eine je Kanal",
    resize: "Kürzere Seite, Pixel",
    crop: "Eingabe, Pixel",
    order: "Kanäle",
    orders: { rgb: "RGB", bgr: "BGR" },
    epsilon: "Epsilon der Batch-Normalisierung",
    load: "Dieses Netz benutzen",
    reading: "Das Verzeichnis der Datei wird gelesen …",
    tensors: "Erwartete Tensoren und ihre Formen",
    missing: "fehlt in der Datei",
    otherwise: (shape) => `in der Datei: [${shape}]`,
    unused: "nur in der Datei, nicht verwendet",
    found: (name, architecture, classes, size) => `${name}: ${architecture}, ${whole(classes)} Klassen, ${size}.`,
    imagenet:
      "Es hat 1.000 Klassen und keine Namen dafür: Angenommen werden die von ImageNet, wie sie das Netz nennt, das mit der Seite kommt.",
    numbered: "Seine Klassen haben keine Namen: Sie sind nummeriert.",
    threeNumbers: (field) => `${field}: Geben Sie drei Zahlen an, etwa 0,5; 0,5; 0,5.`,
    oneNumber: (field) => `${field}: Geben Sie eine Zahl an.`,
    badLabels: "Die Klassennamen müssen einer je Zeile oder ein JSON-Array von Namen sein.",
    loading: (title) => `${title} wird geladen …`,
    maps: (title) => `Karten von ${title}`,
    kept: "Das Netz davor ist weiter in Gebrauch.",
  },

  // The tour for a first visit.

  guide: {
    step: (at, of) => `Erster Besuch, Schritt ${at} von ${of}`,
    next: "Weiter",
    back: "Zurück",
    skip: "Einführung überspringen",
    finish: "Einführung beenden",
    again: "Einführung zeigen",
    skipped: "Die Einführung ist geschlossen. „Einführung zeigen“ am Fuß der Seite öffnet sie wieder.",
    steps: {
      picture: {
        title: "Ein Bild für den Anfang",
        text: "Die Seite beginnt mit einem Beispiel. Wählen Sie jederzeit ein eigenes Bild, ziehen Sie es auf die Seite oder fügen Sie es ein: Das Netz rechnet auf diesem Gerät, nichts wird hochgeladen. Daneben stehen die fünf Klassen, die das Netz für die wahrscheinlichsten hält; die ausgewählte ist es, die die Heatmaps erklären.",
      },
      how: {
        title: "Wo im Netz man hinsieht",
        text: "Die letzte Schicht weiß, was die Dinge sind, und sieht grob; frühere Schichten sehen fein und wissen weniger. Beginnen Sie mit der letzten.",
      },
      maps: {
        title: "Drei Verfahren, drei Heatmaps",
        text: "Jedes fragt auf seine Weise, welche Stellen den Score der Klasse heben. Zeigen Sie auf eine Karte oder fokussieren Sie sie und benutzen Sie die Pfeiltasten, um Werte abzulesen. Unter jeder Karte stehen Zahlen und was sie bedeuten.",
      },
      agreement: {
        title: "Trauen Sie keiner Karte, nur weil sie richtig aussieht",
        text: "Oft sind sich die Verfahren nicht einig. Wie sehr, steht hier. „Vergleichen“ stellt jede Karte neben solche, die vom Bild nichts wissen; „Was wäre wenn“ nimmt Stellen weg und fragt das Netz erneut; „Verfahren“ erklärt, was jedes berechnet und wann es in die Irre führt.",
      },
    },
  },

  // What the engine and the module say in their own words.

  engine: {
    methods: {
      cam: {
        summary:
          "Gewichtet jedes Merkmal mit dem Gewicht, das der Klassifikator selbst für die Klasse hat. Vor der letzten Schicht, die allein solche Gewichte hat, mit der Steigung des Scores.",
        cost: "Kostenlos an layer4, sonst ein Rückwärtsdurchlauf",
      },
      gradcam: {
        summary: "Gewichtet jedes Merkmal danach, wie steil der Score der Klasse mit ihm steigt.",
        cost: "Kostenlos an layer4, sonst ein Rückwärtsdurchlauf",
      },
      gradcampp: {
        summary: "Grad-CAM mit mehr Gewicht auf den Stellen, an denen der Gradient positiv ist.",
        cost: "Kostenlos an layer4, sonst ein Rückwärtsdurchlauf",
      },
      hirescam: {
        summary: "Multipliziert Gradient und Aktivierung Stelle für Stelle, bevor summiert wird.",
        cost: "Kostenlos an layer4, sonst ein Rückwärtsdurchlauf",
      },
      gradcamelementwise: {
        summary: "Behält vor dem Summieren nur die Stellen, an denen Gradient und Aktivierung übereinstimmen.",
        cost: "Kostenlos an layer4, sonst ein Rückwärtsdurchlauf",
      },
      xgradcam: {
        summary: "Mittelt den Gradienten dort, wo das Merkmal aktiv ist.",
        cost: "Kostenlos an layer4, sonst ein Rückwärtsdurchlauf",
      },
      layercam: {
        summary:
          "Gewichtet jede Stelle eines Merkmals mit ihrem eigenen positiven Gradienten; gemacht für frühe Schichten.",
        cost: "Kostenlos an layer4, sonst ein Rückwärtsdurchlauf",
      },
      eigencam: {
        summary: "Zeigt das stärkste Muster unter den Merkmalen, gleich für welche Klasse.",
        cost: "Kostenlos: kein Durchlauf",
      },
      eigengradcam: {
        summary: "Zeigt das stärkste Muster in Gradient × Aktivierung, sodass es von der Klasse abhängt.",
        cost: "Kostenlos an layer4, sonst ein Rückwärtsdurchlauf",
      },
      ablationcam: {
        summary: "Schaltet jedes Merkmal ab und gewichtet es danach, wie weit der Score der Klasse fällt.",
        cost: "Kostenlos an layer4, sonst ein Teildurchlauf je aktivem Kanal",
      },
      scorecam: {
        summary: "Zeigt dem Netz das Bild durch jedes Merkmal hindurch und gewichtet dieses mit dem Score der Klasse.",
        cost: "Ein voller Durchlauf je verschiedenem Merkmal: etwa 1.550 an layer4",
      },
      fullgrad: {
        summary:
          "Zählt zusammen, was die Eingabe und jeder Bias des Netzes zum Score beitragen, alle Schichten zugleich.",
        cost: "Ein Durchlauf vorwärts und rückwärts durch das ganze Netz",
      },
      finercam: {
        summary:
          "Grad-CAM dessen, was die Klasse von den drei Klassen unterscheidet, die das Netz am ähnlichsten findet.",
        cost: "Kostenlos an layer4, sonst ein Rückwärtsdurchlauf",
      },
      groupcam: {
        summary:
          "Zeigt dem Netz das Bild durch 32 Gruppen gewichteter Merkmale. Ein schnellerer Verwandter von ScoreCAM, keine Näherung davon.",
        cost: "33 volle Durchläufe, vor layer4 dazu ein Rückwärtsdurchlauf",
      },
      reciprocam: {
        summary: "Fragt das Netz Stelle für Stelle nach der Klasse, jeweils mit den Merkmalen dieser einen Stelle.",
        cost: "Ein Teildurchlauf je Stelle: 49 an layer4, wo sie so gut wie nichts kosten, 196 an layer3, 3.136 an layer1",
      },
      randomcam: {
        summary: "Eine Kontrolle: zufällige Gewichte. Erst was ein Verfahren darüber hinaus zeigt, ist sein eigenes.",
        cost: "Kostenlos: kein Durchlauf",
      },
    },
    notes: {
      remarks: {
        "CAM is defined at the last layer, whose channels have classifier weights. Here the sums of the gradient take their place: at the last layer these are the same, and the map is Grad-CAM's everywhere.":
          "CAM ist an der letzten Schicht definiert, deren Kanäle Gewichte im Klassifikator haben. Hier treten die Summen des Gradienten an ihre Stelle: An der letzten Schicht ist das dasselbe, und die Karte ist überall die von Grad-CAM.",
        "Approximate: {done} of {all} channels, which hold {share} % of the layer's activation energy.":
          "Näherung: {done} von {all} Kanälen, die {share} % der Aktivierungsenergie der Schicht enthalten.",
        "Approximate: {done} of the layer's {all} channels were switched off, those that promised most; what the others would do is predicted from the gradient. {measured}":
          "Näherung: {done} der {all} Kanäle der Schicht wurden abgeschaltet, die vielversprechendsten; was die anderen bewirken würden, ist aus dem Gradienten vorhergesagt. {measured}",
        "Approximate: the network was shown {shown} of the layer's {distinct} distinct feature maps, those that promised most; the scores of the others are predicted from these. {measured}":
          "Näherung: Dem Netz wurden {shown} der {distinct} verschiedenen Merkmale der Schicht gezeigt, die vielversprechendsten; die Scores der anderen sind aus diesen vorhergesagt. {measured}",
        "The target's score is exactly zero. The reference divides by it, so there is no map.":
          "Der Score des Ziels ist genau null. Die Referenz teilt durch ihn, also gibt es keine Karte.",
        "The target's score is exactly zero, so the method's weights are undefined. The map shows the undivided score differences.":
          "Der Score des Ziels ist genau null, die Gewichte des Verfahrens sind also nicht definiert. Die Karte zeigt die ungeteilten Differenzen der Scores.",
        "The target's score is negative ({score}). The reference divides by it, which inverts the map: it shows what speaks against the target.":
          "Der Score des Ziels ist negativ ({score}). Die Referenz teilt durch ihn, was die Karte umkehrt: Sie zeigt, was gegen das Ziel spricht.",
        "The target's score is negative ({score}): the network sees little of it. camscope keeps the map's sign; pytorch-grad-cam's map would be inverted here.":
          "Der Score des Ziels ist negativ ({score}): Das Netz sieht wenig davon. camscope behält das Vorzeichen der Karte; die von pytorch-grad-cam wäre hier umgekehrt.",
        "A principal component has no sign of its own. camscope turns this map so that it is hot where the features are strong; pytorch-grad-cam's may come out inverted.":
          "Eine Hauptkomponente hat kein eigenes Vorzeichen. camscope dreht diese Karte so, dass sie heiß ist, wo die Merkmale stark sind; die von pytorch-grad-cam kann umgekehrt herauskommen.",
        "A principal component has no sign of its own, and reference mode does not choose one: the map may be inverted, hot where the features are weak.":
          "Eine Hauptkomponente hat kein eigenes Vorzeichen, und der Referenzmodus wählt keines: Die Karte kann umgekehrt sein, heiß, wo die Merkmale schwach sind.",
        "FullGrad takes all layers together: its map is the same whichever layer is chosen.":
          "FullGrad nimmt alle Schichten zusammen: Die Karte ist dieselbe, welche Schicht auch gewählt ist.",
        "The map reacts to what the network has learned: with nearly all of its weights drawn at random it is no longer like the original (Spearman's correlation {alike}).":
          "Die Karte reagiert auf das, was das Netz gelernt hat: Sind fast alle Gewichte ausgelost, gleicht sie der ursprünglichen nicht mehr (Spearman-Korrelation {alike}).",
        "The map hardly reacts: with nearly all of the network's weights drawn at random it still looks like the original (Spearman's correlation {alike}). It shows the picture, not what the network has learned.":
          "Die Karte reagiert kaum: Auch wenn fast alle Gewichte des Netzes ausgelost sind, sieht sie noch aus wie die ursprüngliche (Spearman-Korrelation {alike}). Sie zeigt das Bild, nicht das, was das Netz gelernt hat.",
        "{remarks} It does not depend on the classifier, so it is the same for every class.":
          "{remarks} Sie hängt nicht vom Klassifikator ab, ist also für jede Klasse dieselbe.",
        "{name} has no eigen smoothing: the map is the one without.":
          "{name} kennt keine Eigen-Glättung: Die Karte ist die ohne.",
        "Computed in half precision: on one photo, values at layer3 and layer4 were within 0.005 of the exact map's.":
          "Mit halber Genauigkeit berechnet: Auf einem Foto wichen die Werte bei layer3 und layer4 um höchstens 0,005 von denen der exakten Karte ab.",
        "The map is empty: no place is hot at all of these layers at once.":
          "Die Karte ist leer: Keine Stelle ist in allen diesen Schichten zugleich heiß.",
        "The map is zero everywhere: no feature of this layer speaks for or against the target.":
          "Die Karte ist überall null: Kein Merkmal dieser Schicht spricht für oder gegen das Ziel.",
        "The map is the same at every place, so no place stands out: it is drawn empty.":
          "Die Karte ist an jeder Stelle gleich, also hebt sich keine ab: Sie wird leer gezeichnet.",
        "The map is empty: at every place of this layer the features speak against the target more than for it. The raw map has the negative values.":
          "Die Karte ist leer: An jeder Stelle dieser Schicht sprechen die Merkmale mehr gegen das Ziel als dafür. Die rohe Karte enthält die negativen Werte.",
      },
      measured: {
        "On ten ImageNet photos with the shipped ResNet50, maps of {budget} channels correlated with the exact ones at {pearson} or better.":
          "Bei zehn ImageNet-Fotos und dem mitgelieferten ResNet50 korrelierten Karten aus {budget} Kanälen mit den exakten mit {pearson} oder besser.",
        "On ten ImageNet photos with the shipped ResNet50, maps of {budget} passes correlated with the exact ones at {pearson} or better.":
          "Bei zehn ImageNet-Fotos und dem mitgelieferten ResNet50 korrelierten Karten aus {budget} Durchläufen mit den exakten mit {pearson} oder besser.",
        "The error of such a map has not been measured.":
          "Wie groß der Fehler einer solchen Karte ist, wurde nicht gemessen.",
      },
    },
    errors: {
      messages: {
        // Pictures.
        "The file is empty (0 bytes). Choose another picture.":
          "Die Datei ist leer (0 Bytes). Wählen Sie ein anderes Bild.",
        "The file cannot be read: {foreign}.": "Die Datei lässt sich nicht lesen: {foreign}.",
        "This is not a picture that camscope can read. Use JPEG, PNG, WebP, GIF or BMP.":
          "Das ist kein Bild, das camscope lesen kann. Nehmen Sie JPEG, PNG, WebP, GIF oder BMP.",
        "The JPEG is cut off before its end. Choose another copy of the file.":
          "Das JPEG ist abgeschnitten. Wählen Sie eine andere Kopie der Datei.",
        "The picture has {width} × {height} pixels ({mega} megapixels); camscope reads up to {most}. Scale it down first.":
          "Das Bild hat {width} × {height} Pixel ({mega} Megapixel); camscope liest bis zu {most}. Verkleinern Sie es vorher.",
        "The picture has {width} × {height} pixels: there is nothing to see. Choose another picture.":
          "Das Bild hat {width} × {height} Pixel: Da ist nichts zu sehen. Wählen Sie ein anderes Bild.",
        "The picture has {width} × {height} pixels: too many.": "Das Bild hat {width} × {height} Pixel: zu viele.",
        "The pixels do not fill a picture of {width} × {height}.": "Die Pixel füllen kein Bild von {width} × {height}.",
        "Decoding this picture would need too much memory. Scale it down first.":
          "Dieses Bild zu dekodieren bräuchte zu viel Speicher. Verkleinern Sie es vorher.",
        "This kind of picture is not supported ({foreign}). Save it as JPEG or PNG.":
          "Diese Art von Bild wird nicht unterstützt ({foreign}). Speichern Sie es als JPEG oder PNG.",
        "The picture is damaged or incomplete ({foreign}). Choose another file.":
          "Das Bild ist beschädigt oder unvollständig ({foreign}). Wählen Sie eine andere Datei.",
        "A picture must be the bytes of a file, or ImageData.":
          "Ein Bild muss aus den Bytes einer Datei bestehen oder ImageData sein.",
        "The picture must be a Blob, an ArrayBuffer, a Uint8Array or an ImageData.":
          "Das Bild muss ein Blob, ein ArrayBuffer, ein Uint8Array oder ImageData sein.",
        "The file has {size} MiB; pictures of up to {most} MiB are read.":
          "Die Datei hat {size} MiB; gelesen werden Bilder bis {most} MiB.",
        "The file could not be read. It may have been moved or changed: choose it again.":
          "Die Datei ließ sich nicht lesen. Vielleicht wurde sie verschoben oder geändert: Wählen Sie sie noch einmal aus.",
        "The same picture as {name}, which is in the report already.":
          "Dasselbe Bild wie {name}, das schon im Bericht steht.",

        // Checkpoints.
        'This is neither a PyTorch checkpoint (.pth) nor a safetensors file. Save one with torch.save(model.state_dict(), "model.pth").':
          'Das ist weder ein PyTorch-Checkpoint (.pth) noch eine safetensors-Datei. Speichern Sie eine mit torch.save(model.state_dict(), "model.pth").',
        'This is a PyTorch checkpoint of 2016 or before, a tar archive, which is not read here. Save it anew: torch.save(torch.load("old.pth"), "model.pth").':
          'Das ist ein PyTorch-Checkpoint von 2016 oder früher, ein tar-Archiv, das hier nicht gelesen wird. Speichern Sie ihn neu: torch.save(torch.load("old.pth"), "model.pth").',
        "The checkpoint is damaged or incomplete: {damage}. Copy or download it again.":
          "Der Checkpoint ist beschädigt oder unvollständig: {damage}. Kopieren oder laden Sie ihn noch einmal.",
        'The checkpoint names {name}, which is no tensor. It was refused, and nothing in it was run. Save only the weights: torch.save(model.state_dict(), "model.pth"), or from an existing file that you trust: torch.save(torch.load("old.pth", weights_only=False)["model"], "model.pth").':
          'Der Checkpoint nennt {name}, und das ist kein Tensor. Er wurde abgewiesen, und nichts darin wurde ausgeführt. Speichern Sie nur die Gewichte: torch.save(model.state_dict(), "model.pth"), oder aus einer Datei, der Sie trauen: torch.save(torch.load("old.pth", weights_only=False)["model"], "model.pth").',
        "The checkpoint does not fit a ResNet: {misfit}.": "Der Checkpoint passt zu keinem ResNet: {misfit}.",
        "The checkpoint is too large: {excess}.": "Der Checkpoint ist zu groß: {excess}.",
        "The file could not be read ({reading}). It may have been moved or changed: choose it again.":
          "Die Datei ließ sich nicht lesen ({reading}). Vielleicht wurde sie verschoben oder geändert: Wählen Sie sie noch einmal aus.",
        "The weights of {name} with its batch norm folded in are too large for float32.":
          "Die Gewichte von {name} sind, mit seiner Batch-Normalisierung verrechnet, zu groß für float32.",
        "The network's input must be {least} to {most} pixels wide, and the picture's shorter side be resized to that or more, up to {limit}; {crop} and {resize} do not fit.":
          "Die Eingabe des Netzes muss {least} bis {most} Pixel breit sein und die kürzere Seite des Bildes mindestens so groß und höchstens {limit}; {crop} und {resize} passen nicht.",
        "Mean and standard deviation must be three numbers each, the latter above zero.":
          "Mittelwert und Standardabweichung müssen je drei Zahlen sein, letztere über null.",
        "The scale must be a number above zero.": "Der Skalierungsfaktor muss eine Zahl über null sein.",
        "Batch norm's epsilon must be 0 or more and below 1, not {epsilon}.":
          "Das Epsilon der Batch-Normalisierung muss mindestens 0 und kleiner als 1 sein, nicht {epsilon}.",
        "The network has {classes} classes, but there are {labels} labels. Give one for each class, or none.":
          "Das Netz hat {classes} Klassen, aber es gibt {labels} Klassennamen. Geben Sie einen je Klasse an, oder gar keine.",
        "The checkpoint must be a Blob, such as a chosen file.":
          "Der Checkpoint muss ein Blob sein, etwa eine ausgewählte Datei.",

        // The model that comes with the page.
        "The model's manifest cannot be read: {foreign}. Reload the page.":
          "Das Manifest des Modells lässt sich nicht lesen: {foreign}. Laden Sie die Seite neu.",
        'The model\'s manifest has the format "{found}"; this version reads "{format}". Convert the weights again.':
          "Das Manifest des Modells hat das Format „{found}“; diese Version liest „{format}“. Konvertieren Sie die Gewichte neu.",
        "The manifest asks for {classes} classes and {blocks} blocks: not a ResNet.":
          "Das Manifest verlangt {classes} Klassen und {blocks} Blöcke: Das ist kein ResNet.",
        "The manifest asks for pictures of {resize} pixels cut to {crop}, or for numbers that no picture has.":
          "Das Manifest verlangt Bilder von {resize} Pixeln, auf {crop} beschnitten, oder Zahlen, die kein Bild hat.",
        "The weights file {file} is not valid safetensors: {foreign}.":
          "Die Gewichtsdatei {file} ist keine gültige safetensors-Datei: {foreign}.",
        "The weights file {file} has a tensor {name} of shape {shape} that the manifest does not list there.":
          "Die Gewichtsdatei {file} enthält einen Tensor {name} der Form {shape}, den das Manifest dort nicht verzeichnet.",
        "The tensor {name} in {file} is neither float16 nor float32.":
          "Der Tensor {name} in {file} ist weder float16 noch float32.",
        "The manifest has no shard number {index}.": "Das Manifest hat kein Teilstück Nummer {index}.",
        "The weights file {file} has not been loaded.": "Die Gewichtsdatei {file} wurde nicht geladen.",
        "The weights file {file} is not the one expected (SHA-256 {actual}, expected {expected}). Try again.":
          "Die Gewichtsdatei {file} ist nicht die erwartete (SHA-256 {actual}, erwartet: {expected}). Versuchen Sie es noch einmal.",
        "The weights file {file} is incomplete: {arrived} of {bytes} bytes arrived. Try again.":
          "Die Gewichtsdatei {file} ist unvollständig: {arrived} von {bytes} Bytes sind angekommen. Versuchen Sie es noch einmal.",
        "The tensor {name} is missing.": "Der Tensor {name} fehlt.",
        "The tensor {name}.weight is missing or does not fit its block.":
          "Der Tensor {name}.weight fehlt oder passt nicht in seinen Block.",
        "The tensor {name}.weight has the shape {shape}; the architecture needs {expected}.":
          "Der Tensor {name}.weight hat die Form {shape}; die Architektur braucht {expected}.",
        "The tensor {name} has the shape {shape}; the architecture needs [{expected}].":
          "Der Tensor {name} hat die Form {shape}; die Architektur braucht [{expected}].",
        "The tensor {name}.weight has the shape {shape}; a kernel has four sides.":
          "Der Tensor {name}.weight hat die Form {shape}; ein Faltungskern hat vier Seiten.",
        "The tensor fc.weight has the shape {shape}; a classifier has two sides.":
          "Der Tensor fc.weight hat die Form {shape}; ein Klassifikator hat zwei Seiten.",
        "No model is being loaded.": "Es wird gerade kein Modell geladen.",
        "This engine already has a model: open another.":
          "Dieses Programm hat schon ein Modell: Öffnen Sie ein weiteres.",
        "The model is not loaded yet.": "Das Modell ist noch nicht geladen.",
        "No model is loaded.": "Es ist kein Modell geladen.",

        // Downloads.
        "The weights' file {file} cannot be used: {download}.":
          "Die Gewichtsdatei {file} ist nicht zu gebrauchen: {download}.",
        "The model's manifest {file} could not be loaded: {download}.":
          "Das Manifest des Modells, {file}, ließ sich nicht laden: {download}.",
        "The model's manifest {file} is not the one that this page was published with (SHA-256 {actual}, expected {expected}). Reload the page.":
          "Das Manifest des Modells, {file}, ist nicht das, mit dem diese Seite veröffentlicht wurde (SHA-256 {actual}, erwartet: {expected}). Laden Sie die Seite neu.",
        'The engine\'s file {file} could not be loaded ({download}). Check the connection, or build it with "cargo xtask build".':
          "Die Programmdatei {file} ließ sich nicht laden: {download}. Prüfen Sie die Verbindung, oder bauen Sie sie mit „cargo xtask build“.",
        'The engine\'s file pkg/{file} could not be loaded ({download}). Check the connection, or build it with "cargo xtask build".':
          "Die Programmdatei pkg/{file} ließ sich nicht laden: {download}. Prüfen Sie die Verbindung, oder bauen Sie sie mit „cargo xtask build“.",
        "The list of models could not be loaded ({foreign}). Check the connection.":
          "Die Liste der Modelle ließ sich nicht laden ({foreign}). Prüfen Sie die Verbindung.",

        // Devices.
        "The engine has stopped unexpectedly ({foreign}). Load the explainer again.":
          "Das Programm ist unerwartet stehen geblieben ({foreign}). Laden Sie das Netz noch einmal.",
        "This site was updated while the page was open, and what it loads now does not fit what it has. Load the page again.":
          "Diese Seite wurde aktualisiert, während sie offen war, und was sie jetzt nachlädt, passt nicht zu dem, was sie schon hat. Laden Sie die Seite neu.",
        "The worker that computes has stopped ({stop}). Load the explainer again.":
          "Der Worker, der rechnet, ist stehen geblieben ({stop}). Laden Sie das Netz noch einmal.",
        "The call cannot be sent to the worker: {foreign}":
          "Der Aufruf lässt sich nicht an den Worker senden: {foreign}",
        "The device failed while computing ({foreign}). Reload the page or use the CPU.":
          "Das Gerät hat beim Rechnen versagt ({foreign}). Laden Sie die Seite neu oder benutzen Sie die CPU.",
        "The device returned no f32 numbers ({foreign}).": "Das Gerät hat keine f32-Zahlen geliefert ({foreign}).",
        "The device returned no gradient.": "Das Gerät hat keinen Gradienten geliefert.",
        "This build of camscope has no GPU support. Choose the CPU.":
          "Dieses camscope wurde ohne GPU-Unterstützung gebaut. Wählen Sie die CPU.",
        "WebGPU is not available here ({foreign}). Choose the CPU, or another browser.":
          "WebGPU ist hier nicht verfügbar ({foreign}). Wählen Sie die CPU oder einen anderen Browser.",
        "This GPU does not compute with 16-bit numbers. Choose full precision.":
          "Diese GPU rechnet nicht mit 16-Bit-Zahlen. Wählen Sie volle Genauigkeit.",
        "The GPU's memory does not suffice ({foreign}). Close other tabs and programs, or use the CPU.":
          "Der Speicher der GPU reicht nicht aus ({foreign}). Schließen Sie andere Tabs und Programme, oder benutzen Sie die CPU.",
        "The GPU refused the work ({foreign}).": "Die GPU hat die Arbeit verweigert ({foreign}).",
        "The CPU's part of the engine is missing.": "Der Teil des Programms für die CPU fehlt.",
        'There is no device "{device}": choose webgpu or cpu.':
          "Das Gerät „{device}“ gibt es nicht: Wählen Sie webgpu oder cpu.",
        'There is no device "{device}": use "auto", "webgpu", "webgpu-f16" or "cpu".':
          "Das Gerät „{device}“ gibt es nicht: Wählen Sie „auto“, „webgpu“, „webgpu-f16“ oder „cpu“.",
        "The CPU cannot compute on {threads} threads: use a whole number from 1 on.":
          "Auf {threads} Threads kann die CPU nicht rechnen: Nehmen Sie eine ganze Zahl ab 1.",

        // What is asked for.
        "class {class} does not exist: this model has classes 0 to {last}":
          "Die Klasse {class} gibt es nicht: Dieses Modell hat die Klassen 0 bis {last}.",
        'There is no layer "{layer}": choose stem, layer1, layer2, layer3 or layer4.':
          "Die Schicht „{layer}“ gibt es nicht: Wählen Sie stem, layer1, layer2, layer3 oder layer4.",
        "The list of layers is empty: name at least one.":
          "Die Liste der Schichten ist leer: Nennen Sie mindestens eine.",
        "{layer} is named twice: a fused map takes each layer once.":
          "{layer} ist zweimal genannt: Eine vereinte Karte nimmt jede Schicht einmal.",
        "Half precision is not exact enough at {layer}: a map there was up to 0.08 off, and 0.02 is the most that camscope allows itself. Choose full precision, or layer3 or layer4.":
          "Halbe Genauigkeit ist an {layer} nicht genau genug: Eine Karte wich dort um bis zu 0,08 ab, und camscope erlaubt sich höchstens 0,02. Wählen Sie volle Genauigkeit oder layer3 oder layer4.",
        "A channel budget of 0 leaves nothing to compute: ask for at least 1.":
          "Ein Budget von 0 Kanälen lässt nichts zu berechnen: Verlangen Sie mindestens 1.",
        "The list of channels is empty: name at least one.":
          "Die Liste der Kanäle ist leer: Nennen Sie mindestens einen.",
        "{layer} has channels 0 to {last}, not {channel}.": "{layer} hat die Kanäle 0 bis {last}, nicht {channel}.",
        'There is no method "{method}".': "Das Verfahren „{method}“ gibt es nicht.",
        '{call} needs a method, such as { method: "gradcam" }.':
          '{call} braucht ein Verfahren, etwa { method: "gradcam" }.',
        'There is no fusion "{fusion}": choose mean, max or product.':
          "Die Vereinigung „{fusion}“ gibt es nicht: Wählen Sie mean, max oder product.",
        'There is no smoothing "{smoothing}": choose aug, eigen, or both.':
          "Die Glättung „{smoothing}“ gibt es nicht: Wählen Sie aug, eigen oder beide.",
        "The list of target classes is empty: name at least one.":
          "Die Liste der Zielklassen ist leer: Nennen Sie mindestens eine.",
        "A class is named twice in the target: each counts once.":
          "Im Ziel ist eine Klasse zweimal genannt: Jede zählt einmal.",
        "A class cannot be compared with itself: choose two different ones.":
          "Eine Klasse lässt sich nicht mit sich selbst vergleichen: Wählen Sie zwei verschiedene.",
        "The contrastive target's alpha must be a number.": "Das Alpha des kontrastiven Ziels muss eine Zahl sein.",
        "A contrastive target needs at least one class to compare with.":
          "Ein kontrastives Ziel braucht mindestens eine Klasse zum Vergleich.",
        "A contrastive target needs a model of two classes or more.":
          "Ein kontrastives Ziel braucht ein Modell mit mindestens zwei Klassen.",
        "An option is not valid: {option}.": "Eine Angabe ist ungültig: {option}.",

        // Measures.
        'There is no measure "{measure}": choose focus, confidence, deletion, insertion, road, adcc or arcc.':
          "Das Maß „{measure}“ gibt es nicht: Wählen Sie focus, confidence, deletion, insertion, road, adcc oder arcc.",
        "A curve of {steps} steps cannot be drawn: ask for 1 to {most}.":
          "Eine Kurve aus {steps} Schritten lässt sich nicht zeichnen: Verlangen Sie 1 bis {most}.",
        'Deleted pixels cannot become "{substrate}": choose blur or mean.':
          "Gelöschte Pixel können nicht „{substrate}“ werden: Wählen Sie blur oder mean.",
        'There is no control map "{control}": choose random or gaussian.':
          "Die Kontrollkarte „{control}“ gibt es nicht: Wählen Sie random oder gaussian.",
        "A control map of {width} × {height} cannot be made: sides go from 1 to {most}.":
          "Eine Kontrollkarte von {width} × {height} lässt sich nicht machen: Seiten gehen von 1 bis {most}.",
        "A map of {mapWidth} × {mapHeight} does not fit an input of {width} × {height}.":
          "Eine Karte von {mapWidth} × {mapHeight} passt nicht zu einer Eingabe von {width} × {height}.",
        "A mask of {maskWidth} × {maskHeight} does not fit a map of {width} × {height}.":
          "Eine Maske von {maskWidth} × {maskHeight} passt nicht zu einer Karte von {width} × {height}.",
        "Maps of {width} × {height} and {otherWidth} × {otherHeight} cannot be compared.":
          "Karten von {width} × {height} und {otherWidth} × {otherHeight} lassen sich nicht vergleichen.",
        "A map must have width, height and as many values.":
          "Eine Karte muss Breite, Höhe und ebenso viele Werte haben.",
        "A map must have a width, a height, and a Float32Array of width × height values.":
          "Eine Karte muss eine Breite, eine Höhe und ein Float32Array mit Breite × Höhe Werten haben.",
        "{count} values do not fill a picture of 3 × {height} × {width}.":
          "{count} Werte füllen kein Bild von 3 × {height} × {width}.",
        "There is no picture to look at.": "Es gibt kein Bild anzusehen.",
        "Every group needs a name, and one value (or NaN) for each picture.":
          "Jede Gruppe braucht einen Namen und einen Wert (oder NaN) je Bild.",
        "A map has not been measured.": "Eine Karte wurde nicht gemessen.",

        // Files that are saved.
        '{count} values do not fill the array "{name}" of the shape {shape}.':
          "{count} Werte füllen das Array „{name}“ der Form {shape} nicht.",
        'The array "{name}" has too many dimensions to be stored.':
          "Das Array „{name}“ hat zu viele Dimensionen, um gespeichert zu werden.",
        "An array needs a Float32Array of values.": "Ein Array braucht ein Float32Array mit Werten.",
        "A file needs a Uint8Array of bytes.": "Eine Datei braucht ein Uint8Array mit Bytes.",
        "Everything in an archive needs a name.": "Alles in einem Archiv braucht einen Namen.",
        'A file in an archive cannot be named "{name}".': "Eine Datei in einem Archiv kann nicht „{name}“ heißen.",
        'The file "{name}" cannot be put into the archive: {foreign}.':
          "Die Datei „{name}“ lässt sich nicht ins Archiv legen: {foreign}.",
        "The archive cannot be finished: {foreign}.": "Das Archiv lässt sich nicht abschließen: {foreign}.",
        "The table cannot be written: {foreign}.": "Die Tabelle lässt sich nicht schreiben: {foreign}.",
        "The browser made no picture.": "Der Browser hat kein Bild geliefert.",

        // A page that is not whole.
        "The page has no {selector}.": "Der Seite fehlt {selector}.",
        'There is no text "{key}".': "Der Text „{key}“ fehlt.",
        "The browser gives no 2D canvas.": "Der Browser stellt keine 2D-Zeichenfläche bereit.",
        "The colours are not known yet.": "Die Farben sind noch nicht bekannt.",
        "{url} is no script of this page.": "{url} ist kein Skript dieser Seite.",
        "{file} is not among the page's styles": "{file} gehört nicht zu den Stilen der Seite",
      },

      /** Why a checkpoint is damaged. */
      damage: {
        "it ends inside {part}": "Er endet mitten in {part}",
        "it ends inside a storage": "Er endet mitten in einem Speicherblock",
        "it ends inside its header": "Er endet mitten in seinem Kopf",
        "it is too long": "zu lang",
        "it is compressed or encrypted, which PyTorch does not do":
          "komprimiert oder verschlüsselt, was PyTorch nicht macht",
        "it was written on a big-endian machine": "Er wurde auf einem Big-Endian-Rechner geschrieben",
        "it lists no storages": "Er verzeichnet keine Speicherblöcke",
        "its list of storages holds something else": "Sein Verzeichnis der Speicherblöcke enthält etwas anderes",
        "its header describes {described} bytes of values, but {follow} follow":
          "Sein Kopf beschreibt {described} Bytes an Werten, doch es folgen {follow}",
        "its pickle {pickle}": "Sein Pickle {pickle}",
        "the values of {name} are missing": "Die Werte von {name} fehlen",
        "the values of {name} do not match their checksum": "Die Werte von {name} passen nicht zu ihrer Prüfsumme",
        "{name} has more values than the file can hold": "{name} hat mehr Werte, als die Datei fassen kann",
        "{name} reaches beyond its stored values": "{name} reicht über seine gespeicherten Werte hinaus",
        // Files in the archive that a checkpoint is.
        "{root}data.pkl: {damage}": "{root}data.pkl: {damage}",
        "{root}data/{key}: {damage}": "{root}data/{key}: {damage}",
      },
      part: {
        "its beginning": "seinem Anfang",
        "its storages": "seinen Speicherblöcken",
        "the values of {name}": "den Werten von {name}",
      },
      /** What is wrong with the description of the tensors in a checkpoint, which is a pickle. */
      pickle: {
        "leaves values behind": "lässt Werte übrig",
        "is too large for a network's weights": "ist zu groß für die Gewichte eines Netzes",
        "has protocol {protocol}; PyTorch writes 2": "hat das Protokoll {protocol}; PyTorch schreibt 2",
        "holds text that is not UTF-8": "enthält Text, der kein UTF-8 ist",
        "has opcode 0x{opcode}, which PyTorch does not write": "hat den Opcode 0x{opcode}, den PyTorch nicht schreibt",
        "ends too early": "endet zu früh",
        "has a length beyond this machine": "hat eine Länge, die diesen Rechner übersteigt",
        "ends inside a name": "endet mitten in einem Namen",
        "takes more values than it made": "nimmt mehr Werte, als es angelegt hat",
        "closes a group it did not open": "schließt eine Gruppe, die es nicht geöffnet hat",
        "appends to something that is no list": "hängt etwas an etwas an, das keine Liste ist",
        "sets keys of something that is no dictionary": "setzt Schlüssel in etwas, das kein Dictionary ist",
        "remembers more than it makes": "merkt sich mehr, als es anlegt",
        "recalls what it did not remember": "ruft ab, was es sich nicht gemerkt hat",
        "refers to something that is no tensor's storage":
          "verweist auf etwas, das kein Speicherblock eines Tensors ist",
        "calls without arguments": "ruft etwas ohne Argumente auf",
        "builds something that is no tensor": "baut etwas, das kein Tensor ist",
        "has a tensor without a shape": "hat einen Tensor ohne Form",
        "has a tensor with a shape that is no number": "hat einen Tensor, dessen Form keine Zahl ist",
        "has a negative size": "hat eine negative Größe",
      },
      /** Why reading a file failed. */
      reading: {
        "more came than was asked for": "es kam mehr als verlangt",
      },
      /** Why a checkpoint is not of a ResNet. */
      misfit: {
        "there is no dictionary of tensors in it": "Es ist kein Dictionary mit Tensoren darin",
        "conv1, layer1 to layer4 and fc are not all there by torchvision's names; {names}; {unsupported}":
          "conv1, layer1 bis layer4 und fc sind unter torchvisions Namen nicht alle da; {names} {unsupported}",
        "read as a {architecture}, {faults}. {unsupported}": "Gelesen als {architecture}: {faults}. {unsupported}",
        // The architecture of this one has commas in its name.
        "read as a ResNet of {a}, {b}, {c} and {d} {kind} blocks, {faults}. {unsupported}":
          "Gelesen als ResNet aus {a}, {b}, {c} und {d} {kind}-Blöcken: {faults}. {unsupported}",
        "{name} is missing": "{name} fehlt",
        "{name} is of a type that is not read; weights must be float16, bfloat16, float32 or float64":
          "{name} ist von einem Typ, der nicht gelesen wird; Gewichte müssen float16, bfloat16, float32 oder float64 sein",
        "{name} has values that are infinite or not a number": "{name} hat Werte, die unendlich oder keine Zahl sind",
        "{norm}.running_var with epsilon {epsilon} is not above zero everywhere":
          "{norm}.running_var ist mit Epsilon {epsilon} nicht überall größer als null",
      },
      unsupported: {
        "only ResNet-18, -34, -50, -101 and -152 by torchvision's names are understood (plain ones: no groups, no other kinds of blocks)":
          "Verstanden werden nur ResNet-18, -34, -50, -101 und -152 mit torchvisions Namen (einfache: keine Gruppen, keine anderen Arten von Blöcken)",
      },
      architecture: {
        "ResNet-{depth}": "ResNet-{depth}",
        "Wide ResNet-{depth}": "Wide ResNet-{depth}",
        "ResNet of {a}, {b}, {c} and {d} {kind} blocks": "ResNet aus {a}, {b}, {c} und {d} {kind}-Blöcken",
      },
      kind: { basic: "Basic", bottleneck: "Bottleneck" },
      names: {
        "it has no tensors": "er hat keine Tensoren.",
        "its tensors are called {examples} …": "seine Tensoren heißen {examples} …",
      },
      fault,
      faults: {
        "{fault}; {faults}": "{fault}; {faults}",
        "{fault}": "{fault}",
      },
      /** Why a checkpoint is too large. */
      excess: {
        'it has {size} GB; files of up to {most} GB are read. Save only the weights: torch.save(model.state_dict(), "model.pth")':
          'Er hat {size} GB; gelesen werden Dateien bis {most} GB. Speichern Sie nur die Gewichte: torch.save(model.state_dict(), "model.pth")',
        "its names and shapes describe {weights} weights and {classes} classes; up to {most} million weights and {mostClasses} classes are supported":
          "Seine Namen und Formen beschreiben {weights} Gewichte und {classes} Klassen; unterstützt werden bis zu {most} Millionen Gewichte und {mostClasses} Klassen",
      },
      weights: { "too many": "zu viele" },
      /** Why a download failed. */
      download: {
        "the network did not answer": "Es kam keine Antwort",
        "the server answered with HTTP status {status}": "Der Server antwortete mit dem HTTP-Status {status}",
        "the download broke off": "Der Download brach ab",
        "the download broke off after {done} of {size} bytes; check the connection":
          "Der Download brach nach {done} von {size} Bytes ab; prüfen Sie die Verbindung",
        "it is empty": "Sie ist leer",
        "it is longer than the {size} bytes that the manifest gives":
          "Sie ist länger als die {size} Bytes, die das Manifest angibt",
        "it is truncated: {done} of {size} bytes": "Sie ist abgeschnitten: {done} von {size} Bytes",
        "it could not be used: {foreign}": "Sie war nicht zu gebrauchen: {foreign}",
        "what this browser kept of it has been altered since. It is fetched again":
          "Was dieser Browser davon behalten hat, wurde seither verändert. Sie wird neu geladen",
        "HTTP status {status}": "HTTP-Status {status}",
      },
      /** Why a worker has stopped. */
      stop: {
        "its answer could not be read": "seine Antwort ließ sich nicht lesen",
        "worker.js could not be loaded": "worker.js ließ sich nicht laden",
        "the browser has ended it": "der Browser hat ihn beendet",
      },
      /** Which option is not valid. */
      option: {
        "layer must be a layer's name or a list of them":
          "layer muss der Name einer Schicht oder eine Liste solcher sein",
        "target must be a class index, a list of them, { class, over }, or { class, contrastive: true }":
          "target muss die Nummer einer Klasse, eine Liste solcher, { class, over } oder { class, contrastive: true } sein",
        "channels must be how many channels to take, or a list of their indices":
          "channels muss die Zahl der Kanäle oder eine Liste ihrer Nummern sein",
      },
      /** Where a visitor's own network comes from. */
      origin: {
        "a checkpoint on this device": "ein Checkpoint auf diesem Gerät",
        "not stated": "nicht angegeben",
      },
      /** What other programs say, which stays as it is. */
      foreign: {},
    },
  },
};
