/** @type {import("../translations.js").Like<typeof import("../guide.js")>} */
export const guide = {
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
        text: "Dies ist ein Beispiel. Wählen Sie jederzeit ein eigenes Bild, ziehen Sie es auf die Seite oder fügen Sie es ein: Das Netz rechnet auf diesem Gerät, nichts wird hochgeladen. Daneben stehen die fünf Klassen, die das Netz für die wahrscheinlichsten hält; die ausgewählte ist es, die die Heatmaps erklären.",
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
};
