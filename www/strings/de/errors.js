/** What is wrong with one tensor of a checkpoint. */
const fault = {
  "{name} is missing (expected {shape})": "{name} fehlt (erwartet: {shape})",
  "{name} has the shape {found} (expected {shape})": "{name} hat die Form {found} (erwartet: {shape})",
  "{name} is empty": "{name} ist leer",
  "{name} is not part of it": "{name} gehört nicht dazu",
  "and {count} more": "und {count} weitere",
};

/** @type {import("../translations.js").Like<typeof import("../errors.js")>} */
export const errors = {
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
      "The worker that computes has stopped ({stop}). Load the explainer again.":
        "Der Worker, der rechnet, ist stehen geblieben ({stop}). Laden Sie das Netz noch einmal.",
      "The call cannot be sent to the worker: {foreign}": "Der Aufruf lässt sich nicht an den Worker senden: {foreign}",
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
      "{method} is defined at {layers} only, not at {layer}. Choose that, or another method.":
        "{method} gibt es nur an {layers}, nicht an {layer}. Wählen Sie diese Schicht oder ein anderes Verfahren.",
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
      "A map must have width, height and as many values.": "Eine Karte muss Breite, Höhe und ebenso viele Werte haben.",
      "A map must have a width, a height, and a Float32Array of width × height values.":
        "Eine Karte muss eine Breite, eine Höhe und ein Float32Array mit Breite × Höhe Werten haben.",
      "{count} values do not fill a batch of {n} × 3 × {height} × {width}.":
        "{count} Werte füllen keinen Stapel von {n} × 3 × {height} × {width}.",
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
      "refers to something that is no tensor's storage": "verweist auf etwas, das kein Speicherblock eines Tensors ist",
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
};
