/** @type {import("../translations.js").Like<typeof import("../engine.js")>} */
export const engine = {
  methods: {
    cam: {
      summary:
        "Gewichtet jedes Merkmal mit dem Gewicht, das der Klassifikator selbst für die Klasse hat. Solche Gewichte hat nur die letzte Schicht.",
      cost: "Kostenlos: kein Durchlauf",
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
};
