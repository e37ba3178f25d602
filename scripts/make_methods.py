#!/usr/bin/env python3
"""Writes the maps of `tests/fixtures/reference/methods.safetensors`: targets, fusion, smoothing and the methods that
make_reference.py leaves out, on the drawn picture and the shipped weights.

    python scripts/make_methods.py --weights PACKAGE/ResNet50 [--out tests/fixtures/reference]

pytorch-grad-cam computes them, through its public classes (FullGrad on the network with batch norm folded into its
convolutions, FinerCAM, RefineCAM, several target layers, aug_smooth, eigen_smooth, targets of its own and lambdas). Three
things are not in it and are written out in PyTorch from their sources: torch-cam's maximum over layers
(`_CAM.fuse_cams`), Group-CAM (arXiv 2103.13859, and the authors' cam/groupcam.py: 32 groups, 70th percentile, a Gaussian
of 51 pixels and sigma 50) and Recipro-CAM (`reciprocam` in maps.py). Of the latter layers 2 to 4 are here: at the stem and
layer1 it takes 3136 passes, and make_checkpoint.py has its maps of two small networks at all five layers.

Maps at the layer's size are float32 and signed (`.raw`); maps at the input's size are final and float16, every second row
and column (`.half`). Three minutes on one core.
"""

import argparse
from pathlib import Path

import numpy as np
import pytorch_grad_cam
import torch
import torch.nn.functional as F
from pytorch_grad_cam.refine_cam import RefineCAM
from pytorch_grad_cam.utils.image import scale_cam_image
from pytorch_grad_cam.utils.model_targets import FinerWeightedTarget
from safetensors.numpy import save_file
from torch.nn.utils.fusion import fuse_conv_bn_eval

import keras_resnet50
import versions
from drawing import draw
from maps import METHODS, FromLayer, layer_of, reciprocam

LAYERS = ("stem", "layer1", "layer2", "layer3", "layer4")
CHEAP = ("gradcampp", "hirescam", "gradcamelementwise", "xgradcam", "layercam", "eigencam", "eigengradcam")
# The top class of the drawn picture, the second and third, and one that scores below zero.
CLASS, OTHER, THIRD = 417, 430, 506


def raw_map(cam, image: torch.Tensor, targets=None, **options) -> np.ndarray:
    """What the library's get_cam_image returns, before ReLU and scaling: [h, w]."""
    seen = []
    base = getattr(cam, "base_cam", cam)
    get_image = base.get_cam_image
    base.get_cam_image = lambda *args: seen.append(get_image(*args)) or seen[-1]
    cam(image, targets, **options)
    return np.float32(seen[0][0])


def half(final: np.ndarray) -> np.ndarray:
    return final[::2, ::2].astype(np.float16)


def folded(model: torch.nn.Module) -> torch.nn.Module:
    """The same network with each batch norm folded into the convolution before it."""
    model.conv1, model.bn1 = fuse_conv_bn_eval(model.conv1, model.bn1), torch.nn.Identity()
    for block in (block for stage in (model.layer1, model.layer2, model.layer3, model.layer4) for block in stage):
        for part in (1, 2, 3):
            conv, norm = getattr(block, f"conv{part}"), getattr(block, f"bn{part}")
            setattr(block, f"conv{part}", fuse_conv_bn_eval(conv, norm))
            setattr(block, f"bn{part}", torch.nn.Identity())
        if block.downsample is not None:
            block.downsample = torch.nn.Sequential(fuse_conv_bn_eval(block.downsample[0], block.downsample[1]))
    return model.eval()


def blur(image: torch.Tensor, size: int = 51, sigma: float = 50.0) -> torch.Tensor:
    """Gaussian blur with mirrored borders, as kornia's `gaussian_blur2d` does it by default."""
    x = torch.arange(size, dtype=image.dtype) - size // 2
    kernel = torch.exp(-(x**2) / (2 * sigma**2))
    kernel /= kernel.sum()
    padded = F.pad(image, (size // 2,) * 4, mode="reflect")
    rows = F.conv2d(padded, kernel.view(1, 1, -1, 1).repeat(3, 1, 1, 1), groups=3)
    return F.conv2d(rows, kernel.view(1, 1, 1, -1).repeat(3, 1, 1, 1), groups=3)


def observed(model, layer: str, image: torch.Tensor, category: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Activations of the layer and the logit's gradient with respect to them."""
    kept = []
    handle = layer_of(model, layer).register_forward_hook(lambda _, __, output: kept.append(output))
    logits = model(image)
    handle.remove()
    return kept[0].detach(), torch.autograd.grad(logits[0, category], kept[0])[0]


def groupcam(model, layer: str, image: torch.Tensor, category: int, groups: int = 32) -> np.ndarray:
    activations, gradients = observed(model, layer, image, category)
    weighted = gradients.mean((2, 3), keepdim=True) * activations
    total = torch.zeros(image.shape[-2:])
    smooth = blur(image)
    with torch.no_grad():
        baseline = model(smooth).softmax(-1)[0, category]
        for group in weighted.chunk(groups, 1):
            mask = group.sum(1, keepdim=True).relu()
            mask = torch.where(mask > np.percentile(mask.numpy(), 70), mask, torch.zeros_like(mask))
            mask = F.interpolate(mask, size=image.shape[-2:], mode="bilinear", align_corners=False)
            if mask.max() == mask.min():
                continue
            mask = (mask - mask.min()) / (mask.max() - mask.min())
            score = model(image * mask + smooth * (1 - mask)).softmax(-1)[0, category] - baseline
            total += score * mask[0, 0]
    total = total.relu().numpy()
    return (total - total.min()) / (total.max() - total.min())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("tests/fixtures/reference"))
    options = parser.parse_args()
    versions.check()
    torch.set_num_threads(1)
    model = keras_resnet50.load(options.weights)
    image = keras_resnet50.prepare(draw(224, 224))
    with torch.no_grad():
        logits = model(image)[0]
    assert int(logits.argmax()) == CLASS, int(logits.argmax())
    lowest = int(logits.argmin())
    tensors = {"lowest": np.array([lowest], dtype=np.int32)}

    def cam(method: str, *layers: str):
        return METHODS[method](model=model, target_layers=[layer_of(model, layer) for layer in layers])

    # The stem, which make_reference.py has for three methods only.
    for method in CHEAP:
        tensors[f"{method}.stem.raw"] = raw_map(cam(method, "stem"), image)

    # Targets: a sum, a difference and the contrastive one.
    targets = {
        "sum": lambda z: z[..., CLASS] + z[..., OTHER] + z[..., THIRD],
        "over": lambda z: z[..., OTHER] - z[..., CLASS],
        "soft": FinerWeightedTarget(OTHER, [THIRD], 0.6),
    }
    for name, target in targets.items():
        for method, layer in (("gradcam", "layer2"), ("layercam", "layer4"), ("gradcampp", "layer3")):
            tensors[f"{name}.{method}.{layer}.raw"] = raw_map(cam(method, layer), image, [target])
        network = FromLayer(model, "layer4").eval()
        ablation = METHODS["ablationcam"](model=network, target_layers=[network.target])
        with torch.no_grad():
            tensors[f"{name}.ablationcam.layer4.raw"] = raw_map(ablation, image, [target])
    # The difference is negative here: the reference's AblationCAM is inverted, as its division has it.
    assert targets["over"](logits) < 0

    # Finer-CAM, with its own choice of classes.
    for layer in LAYERS:
        finer = pytorch_grad_cam.FinerCAM(model, [layer_of(model, layer)])
        tensors[f"finercam.{layer}.raw"] = raw_map(finer, image)
        finer = pytorch_grad_cam.FinerCAM(model, [layer_of(model, layer)])
        tensors[f"finercam.third.{layer}.raw"] = raw_map(finer, image, target_idx=THIRD)

    # Fusion.
    pair = ("layer3", "layer4")
    modules = [layer_of(model, layer) for layer in pair]
    tensors["mean.gradcam.half"] = half(cam("gradcam", *pair)(image, None)[0])
    tensors["mean.layercam.half"] = half(cam("layercam", "layer2", *pair)(image, None)[0])
    tensors["product.gradcam.half"] = half(
        RefineCAM(model, modules, base_method=pytorch_grad_cam.GradCAM)(image)[0])
    maps = [torch.from_numpy(raw_map(cam("gradcam", layer), image)).relu() for layer in pair]
    # torch-cam: normalise each map, resize, take the maximum; scaled here like every final map.
    maps = [(m - m.min()) / (m - m.min()).max() for m in maps]
    maps = [F.interpolate(m[None, None], (224, 224), mode="bilinear", align_corners=False)[0, 0] for m in maps]
    tensors["max.gradcam.half"] = half(scale_cam_image(torch.stack(maps).max(0).values.numpy()[None])[0])

    # Smoothing.
    tensors["aug.gradcam.layer4.half"] = half(cam("gradcam", "layer4")(image, None, aug_smooth=True)[0])
    tensors["aug.layercam.layer3.half"] = half(cam("layercam", "layer3")(image, None, aug_smooth=True)[0])
    tensors["aug.mean.gradcam.half"] = half(cam("gradcam", *pair)(image, None, aug_smooth=True)[0])
    for method, layer in (("gradcam", "layer4"), ("gradcam", "layer2"), ("layercam", "layer3"), ("xgradcam", "layer4")):
        tensors[f"eigen.{method}.{layer}.raw"] = raw_map(cam(method, layer), image, eigen_smooth=True)
    for method in ("gradcampp", "hirescam", "gradcamelementwise"):
        tensors[f"eigen.{method}.layer3.raw"] = raw_map(cam(method, "layer3"), image, eigen_smooth=True)
    network = FromLayer(model, "layer4").eval()
    ablation = METHODS["ablationcam"](model=network, target_layers=[network.target])
    with torch.no_grad():
        tensors["eigen.ablationcam.layer4.raw"] = raw_map(ablation, image, eigen_smooth=True)
        tensors["eigen.scorecam.stem.raw"] = raw_map(cam("scorecam", "stem"), image, eigen_smooth=True)

    # The class that scores lowest: AblationCAM divides by a negative score.
    network = FromLayer(model, "layer4").eval()
    ablation = METHODS["ablationcam"](model=network, target_layers=[network.target])
    with torch.no_grad():
        tensors["lowest.ablationcam.layer4.raw"] = raw_map(ablation, image, [lambda z: z[..., lowest]])

    for layer in LAYERS:
        tensors[f"groupcam.{layer}.half"] = half(groupcam(model, layer, image, CLASS))
    for layer in ("layer2", "layer3", "layer4"):
        tensors[f"reciprocam.{layer}.raw"] = reciprocam(model, layer, image, CLASS)

    unfolded = pytorch_grad_cam.FullGrad(model, [])(image, None)[0]
    tensors["unfolded.fullgrad.half"] = half(unfolded)
    model = folded(model)
    final = pytorch_grad_cam.FullGrad(model, [])(image, None)[0]
    tensors["fullgrad.half"] = half(final)
    tensors["eigen.fullgrad.half"] = half(pytorch_grad_cam.FullGrad(model, [])(image, None, eigen_smooth=True)[0])
    print("FullGrad with batch norm folded and not: correlation",
          float(np.corrcoef(final.ravel(), unfolded.ravel())[0, 1]), "largest difference",
          float(np.abs(final - unfolded).max()))

    path = options.out / "methods.safetensors"
    save_file({key: np.ascontiguousarray(value) for key, value in tensors.items()}, path)
    path.chmod(0o644)


if __name__ == "__main__":
    main()
