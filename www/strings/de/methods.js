/** @type {import("../translations.js").Like<typeof import("../methods.js")>} */
export const methods = {
  view: {
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
  pages: {
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
      costs: "Nichts.",
      misleads:
        "Es gibt sie nur an der letzten Schicht, und dort ist sie die Karte von Grad-CAM. Aus einem groben Gitter von 7 × 7 Stellen machen weiche Farben mehr, als da ist.",
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
};
