#!/usr/bin/env python3
"""Writes small ResNet checkpoints with torchvision, and what PyTorch computes with them.

    python scripts/make_checkpoint.py [--out tests/fixtures]

The networks are torchvision's own `ResNet` with its own `Bottleneck` and `BasicBlock`
(v1.5, batch-norm epsilon 1e-5), narrower than the published ones so that the files stay
small. Every weight is seeded noise rounded to a float16 value: the float32 and float16
files hold the same numbers, and one set of expectations serves all of them.

Written, for the bottleneck network `torchvision_tiny`:
  .pth           what `torch.save(model.state_dict())` writes, float32
  .safetensors   the same tensors, float16
  _wrapped.pth   a training script's file: {"epoch", "arch", "state_dict": module.*, ...}
  _legacy.pth    the format of torch < 1.6 (no zip archive), as old model zoos still have it
  .json          input, logits, maps, weights and scores (see scripts/README.md)
for the basic-block network `torchvision_tiny_basic`: .safetensors (float32) and .json;
`torchvision_tiny_epsilon.json`: the bottleneck network with batch norm's epsilon at 1e-3;
`torchvision_shapes.json`: names and shapes of every tensor of torchvision's own networks;
and `hostile.pth`, a checkpoint whose pickle runs a shell command when it is loaded
carelessly: it would leave a file `camscope-hostile-pickle-ran` behind.
"""

import argparse
import json
import os
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torchvision import models
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

import versions
from maps import METHODS, reciprocam, record

CLASSES = 7
# Height, width and target class of each case. A square input, and one whose sides differ: a
# fully convolutional run must not swap them. The bottleneck network scores the second target
# below zero, where AblationCAM's division by the score flips its map.
CASES = ((64, 64, 3), (64, 96, 4))
# Another epsilon than torchvision's, which no checkpoint states.
EPSILON = 1e-3
PUBLISHED = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "wide_resnet50_2", "resnext50_32x4d")
LAYERS = ("stem", "layer1", "layer2", "layer3", "layer4")


class TinyResNet(ResNet):
    """torchvision's ResNet with other widths; block code, layer code and names are its own."""

    def __init__(self, block, blocks, stem, planes):
        super().__init__(block, blocks, num_classes=CLASSES)
        self.inplanes = stem
        self.conv1 = torch.nn.Conv2d(3, stem, 7, stride=2, padding=3, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(stem)
        for stage, (count, width) in enumerate(zip(blocks, planes)):
            layer = self._make_layer(block, width, count, stride=1 if stage == 0 else 2)
            setattr(self, f"layer{stage + 1}", layer)
        self.fc = torch.nn.Linear(planes[-1] * block.expansion, CLASSES)


def fill(model: torch.nn.Module, seed: int) -> None:
    """Seeded weights that keep activations of order one through a network of any depth,
    with batch-norm statistics far enough from 0 and 1 that leaving one out shows."""
    random = torch.Generator().manual_seed(seed)

    def normal(tensor, mean, std):
        tensor.copy_((torch.randn(tensor.shape, generator=random) * std + mean).half().float())

    def uniform(tensor, low, high):
        tensor.copy_((torch.rand(tensor.shape, generator=random) * (high - low) + low).half().float())

    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.Conv2d):
                fan_in = module.weight[0].numel()
                normal(module.weight, 0.0, (2.0 / fan_in) ** 0.5)
            elif isinstance(module, torch.nn.BatchNorm2d):
                uniform(module.weight, 0.5, 1.5)
                normal(module.bias, 0.0, 0.3)
                normal(module.running_mean, 0.0, 0.3)
                uniform(module.running_var, 0.5, 2.0)
                module.num_batches_tracked.fill_(1000)
            elif isinstance(module, torch.nn.Linear):
                # Scores far enough apart that ScoreCAM's softmax is not uniform.
                normal(module.weight, 0.0, 2 * module.in_features**-0.5)
                normal(module.bias, 0.0, 0.2)


def formula(height: int, width: int) -> torch.Tensor:
    """x[c, y, x] = ((7c + 3y + 5x) mod 17) / 8 - 1, exact in float32; [1, 3, height, width]."""
    c, y, x = np.ogrid[:3, :height, :width]
    return torch.from_numpy(np.float32((7 * c + 3 * y + 5 * x) % 17) / 8 - 1)[None]


def numbers(array: np.ndarray) -> list[float]:
    """float32 values with nine significant digits: enough to read the same float32 back."""
    return [float(f"{value:.9g}") for value in np.float32(array).reshape(-1)]


def expectations(model: ResNet, methods: tuple[str, ...], height: int, width: int, target: int) -> dict:
    image = formula(height, width)
    with torch.no_grad():
        logits = model(image)[0].numpy()
    answer = {
        "input": {"height": height, "width": width, "formula": "((7*c + 3*y + 5*x) % 17) / 8 - 1"},
        "target": target,
        "logits": numbers(logits),
        "maps": {},
    }
    for layer in LAYERS:
        for method in methods:
            result = record(model, method, layer, image, target)
            entry = {"height": result.raw.shape[0], "width": result.raw.shape[1], "raw": numbers(result.raw)}
            if result.weights is not None:
                entry["weights"] = numbers(result.weights)
            if result.scores is not None:
                entry["scores"] = numbers(result.scores)
            answer["maps"][f"{method}.{layer}"] = entry
        if "scorecam" in methods:
            raw = reciprocam(model, layer, image, target)
            answer["maps"][f"reciprocam.{layer}"] = {
                "height": raw.shape[0], "width": raw.shape[1], "raw": numbers(raw)}
    return answer


def describe(model: ResNet, block: str, blocks: list[int], methods: tuple[str, ...]) -> dict:
    return {
        "torch": torch.__version__.split("+")[0],
        "block": block,
        "blocks": blocks,
        "classes": CLASSES,
        "cases": [expectations(model, methods, *case) for case in CASES],
    }


def shapes(name: str) -> dict[str, list[int]]:
    """Of torchvision's network, without making its weights."""
    with torch.device("meta"):
        model = models.get_model(name)
    return {key: list(value.shape) for key, value in model.state_dict().items()}


def write_tensors(path: Path, tensors: dict) -> None:
    save_file(tensors, path)
    path.chmod(0o644)


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n")


class Hostile:
    """Pickles as a call to the shell."""

    def __reduce__(self):
        return os.system, ("touch camscope-hostile-pickle-ran",)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("tests/fixtures"))
    out = parser.parse_args().out
    versions.check()
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)

    blocks = [1, 2, 1, 1]
    model = TinyResNet(Bottleneck, blocks, stem=16, planes=(4, 8, 12, 16)).eval()
    fill(model, seed=38)
    state = model.state_dict()
    torch.save(state, out / "torchvision_tiny.pth")
    write_tensors(out / "torchvision_tiny.safetensors",
                  {name: value.half() if value.is_floating_point() else value for name, value in state.items()})
    torch.save({
        "epoch": 90,
        "arch": "resnet",
        "state_dict": torch.nn.DataParallel(model).state_dict(),
        "best_acc1": torch.tensor(61.25),
        "optimizer": {"state": {}, "param_groups": [{"lr": 0.1, "momentum": 0.9, "nesterov": False}]},
    }, out / "torchvision_tiny_wrapped.pth")
    torch.save(state, out / "torchvision_tiny_legacy.pth", _use_new_zipfile_serialization=False)
    write_json(out / "torchvision_tiny.json",
               describe(model, "bottleneck", blocks, tuple(METHODS)))

    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eps = EPSILON
    write_json(out / "torchvision_tiny_epsilon.json",
               describe(model, "bottleneck", blocks, ("gradcam",)) | {"epsilon": EPSILON})

    basic = TinyResNet(BasicBlock, [1, 1, 2, 1], stem=16, planes=(16, 24, 32, 48)).eval()
    fill(basic, seed=18)
    write_tensors(out / "torchvision_tiny_basic.safetensors", dict(basic.state_dict()))
    write_json(out / "torchvision_tiny_basic.json", describe(basic, "basic", [1, 1, 2, 1], tuple(METHODS)))

    write_json(out / "torchvision_shapes.json", {name: shapes(name) for name in PUBLISHED})

    hostile = OrderedDict(state)
    hostile["fc.bias"] = Hostile()
    torch.save(hostile, out / "hostile.pth")


if __name__ == "__main__":
    main()
