"""Keras' ResNet50 from TensorFlow.js shards, as torchvision's ResNet50.

Names and layouts differ (HWIO kernels, dense [in, out]), the strides sit on the first 1x1
convolution of a stage (v1), the convolutions have biases, and the batch-norm epsilon is the
one the model file declares.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torchvision

# Input: RGB reversed to BGR, 0..255, minus these (B, G, R). No division.
MEAN_BGR = (103.939, 116.779, 123.68)


def tensors(folder: Path) -> tuple[dict[str, np.ndarray], dict]:
    """All weights by name, float32, and the model's topology. `folder` holds model.json."""
    model = json.loads((folder / "model.json").read_text())
    found = {}
    for group in model["weightsManifest"]:
        data = b"".join((folder / path).read_bytes() for path in group["paths"])
        offset = 0
        for weight in group["weights"]:
            if weight["dtype"] != "float32":
                raise ValueError(f"{weight['name']} is {weight['dtype']}, expected float32")
            count = int(np.prod(weight["shape"]))
            array = np.frombuffer(data, "<f4", count, offset)
            found[weight["name"]] = array.reshape(weight["shape"])
            offset += 4 * count
        if offset != len(data):
            raise ValueError(f"{len(data) - offset} bytes left over in the shards")
    return found, model["modelTopology"]


def epsilons(topology: dict) -> dict[str, float]:
    config = topology["model_config"]["config"] if "model_config" in topology else topology["config"]
    layers = config if isinstance(config, list) else config["layers"]
    return {
        layer["config"]["name"]: layer["config"]["epsilon"]
        for layer in layers
        if layer["class_name"].startswith("BatchNormalization")
    }


def load(folder: Path) -> torchvision.models.ResNet:
    """The network in evaluation mode. Input [N, 3, H, W] as `prepare` makes it."""
    source, topology = tensors(folder)
    epsilon = epsilons(topology)
    used = set()
    model = torchvision.models.resnet50(weights=None)

    def take(name: str) -> torch.Tensor:
        used.add(name)
        return torch.from_numpy(source[name].copy())

    def convolution(old: torch.nn.Conv2d, name: str, stride: int) -> torch.nn.Conv2d:
        new = torch.nn.Conv2d(old.in_channels, old.out_channels, old.kernel_size, stride, old.padding)
        with torch.no_grad():
            new.weight.copy_(take(f"{name}/kernel").permute(3, 2, 0, 1))
            new.bias.copy_(take(f"{name}/bias"))
        return new

    def norm(layer: torch.nn.BatchNorm2d, name: str) -> None:
        layer.eps = epsilon[name]
        with torch.no_grad():
            layer.weight.copy_(take(f"{name}/gamma"))
            layer.bias.copy_(take(f"{name}/beta"))
            layer.running_mean.copy_(take(f"{name}/moving_mean"))
            layer.running_var.copy_(take(f"{name}/moving_variance"))

    model.conv1 = convolution(model.conv1, "conv1", 2)
    norm(model.bn1, "bn_conv1")
    for stage in range(1, 5):
        for index, block in enumerate(getattr(model, f"layer{stage}")):
            name = f"{stage + 1}{'abcdef'[index]}"
            stride = 2 if stage > 1 and index == 0 else 1
            for part, step in ((1, stride), (2, 1), (3, 1)):
                branch = f"{name}_branch2{'abc'[part - 1]}"
                setattr(block, f"conv{part}", convolution(getattr(block, f"conv{part}"), f"res{branch}", step))
                norm(getattr(block, f"bn{part}"), f"bn{branch}")
            if block.downsample is not None:
                block.downsample[0] = convolution(block.downsample[0], f"res{name}_branch1", stride)
                norm(block.downsample[1], f"bn{name}_branch1")
    with torch.no_grad():
        model.fc.weight.copy_(take("fc1000/kernel").T)
        model.fc.bias.copy_(take("fc1000/bias"))
    if used != set(source):
        raise ValueError(f"weights left over: {sorted(set(source) - used)}")
    return model.eval()


def prepare(picture: np.ndarray) -> torch.Tensor:
    """uint8 RGB [H, W, 3] to the network's input [1, 3, H, W]."""
    bgr = np.float32(picture[..., ::-1]) - np.float32(MEAN_BGR)
    return torch.from_numpy(np.ascontiguousarray(bgr.transpose(2, 0, 1)))[None]
