#!/usr/bin/env python3
"""Writes `tests/fixtures/torchvision_depths.json`: what PyTorch and pytorch-grad-cam compute with torchvision's own
ResNet-18, -34, -50, -101 and -152.

    python scripts/make_depths.py [--out tests/fixtures]

Their checkpoints are too large to keep, so every weight is a formula of its place: the index of its tensor in the
state dict by name and its own index in the tensor, mixed by a hash of 32 bits (`mixed` below, and in tests/depths.rs), whose
upper 24 bits make a number in 0...1. All arithmetic is float32, so that both sides have the same bits.

The input is that of make_checkpoint.py, 64 x 96 pixels. Of 1000 logits every fiftieth is kept; Grad-CAM's raw maps
explain class 3 at the stem and every layer.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from torchvision import models

import versions
from make_checkpoint import LAYERS, formula, numbers
from maps import record

ARCHITECTURES = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
HEIGHT, WIDTH, TARGET = 64, 96, 3


def mixed(tensor: int, count: int) -> np.ndarray:
    """Numbers in 0...1 of 24 bits, float32 [count]."""
    x = np.arange(count, dtype=np.uint32) + np.uint32(tensor * 0x9E3779B9 & 0xFFFFFFFF)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)


def fill(state: dict[str, torch.Tensor]) -> None:
    for index, (name, tensor) in enumerate(sorted(state.items())):
        if name.endswith("num_batches_tracked"):
            continue
        u = mixed(index, tensor.numel())
        signed = np.float32(2) * u - np.float32(1)
        if tensor.dim() > 1:
            values = signed * np.float32((6 / tensor[0].numel()) ** 0.5)
        elif name.endswith("running_var"):
            values = np.float32(0.5) + u
        elif name.endswith("weight"):
            values = np.float32(0.25) + np.float32(0.5) * u
        else:
            values = np.float32(0.25) * signed
        tensor.copy_(torch.from_numpy(values.reshape(tuple(tensor.shape))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("tests/fixtures"))
    options = parser.parse_args()
    versions.check()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    image = formula(HEIGHT, WIDTH)
    answer = {"height": HEIGHT, "width": WIDTH, "target": TARGET, "networks": {}}
    for name in ARCHITECTURES:
        model = getattr(models, name)(weights=None).eval()
        with torch.no_grad():
            fill(model.state_dict())
            logits = model(image)[0].numpy()
        maps = {layer: record(model, "gradcam", layer, image, TARGET) for layer in LAYERS}
        print(name, "logits from", logits.min(), "to", logits.max())
        answer["networks"][name] = {
            "logits": numbers(logits[::50]),
            "maps": {
                layer: {"height": found.raw.shape[0], "width": found.raw.shape[1], "raw": numbers(found.raw)}
                for layer, found in maps.items()
            },
        }
    path = options.out / "torchvision_depths.json"
    path.write_text(json.dumps(answer, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
