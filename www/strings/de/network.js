import { whole } from "../../numerals.js";

/** @type {import("../translations.js").Like<typeof import("../network.js")>} */
export const network = {
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
    tensors: "Alle Tensoren und ihre Formen",
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
};
