"""pytorch-grad-cam's own methods, observed before they discard what the tests need.

The library returns a map after ReLU, min-max and resizing. The tests also compare what
comes before: the signed map at the layer's own size, the channel weights, the scores of
masked or ablated inputs. Nothing is recomputed here: `record` wraps the bound methods
`get_cam_image` and `get_cam_weights` of one CAM object, and `Score` is the target that the
library calls for each output, so every number is one the library itself produced.
"""

from dataclasses import dataclass

import numpy as np
import pytorch_grad_cam
import torch
import torchvision

METHODS = {
    "gradcam": pytorch_grad_cam.GradCAM,
    "gradcampp": pytorch_grad_cam.GradCAMPlusPlus,
    "hirescam": pytorch_grad_cam.HiResCAM,
    "gradcamelementwise": pytorch_grad_cam.GradCAMElementWise,
    "xgradcam": pytorch_grad_cam.XGradCAM,
    "layercam": pytorch_grad_cam.LayerCAM,
    "eigencam": pytorch_grad_cam.EigenCAM,
    "eigengradcam": pytorch_grad_cam.EigenGradCAM,
    "ablationcam": pytorch_grad_cam.AblationCAM,
    "scorecam": pytorch_grad_cam.ScoreCAM,
}


class Score:
    """The target: the raw logit of one class, remembering each value it was asked for."""

    def __init__(self, category: int):
        self.category = category
        self.seen: list[float] = []

    def __call__(self, output: torch.Tensor) -> torch.Tensor:
        logit = output[..., self.category]
        self.seen.extend(logit.detach().reshape(-1).tolist())
        return logit


@dataclass
class Record:
    """One map: `final` [H, W] at the input's size in 0..1, `raw` [h, w] at the layer's size,
    signed; `weights` and `scores` [C] where the method has them."""

    final: np.ndarray
    raw: np.ndarray
    weights: np.ndarray | None
    scores: np.ndarray | None


def layer_of(model: torch.nn.Module, name: str) -> torch.nn.Module:
    """The module whose output is the layer's activations: `stem` is the output of the max
    pooling, `layerN` that of the last block of the stage."""
    if isinstance(model, FromLayer):
        return model.target
    return model.maxpool if name == "stem" else getattr(model, name)[-1]


def record(model, method: str, layer: str, image: torch.Tensor, category: int, batch: int = 16) -> Record:
    """Runs `method` at `layer` for class `category` on `image` [1, 3, H, W], normalised."""
    seen: dict[str, np.ndarray] = {}
    score = Score(category)
    with METHODS[method](model=model, target_layers=[layer_of(model, layer)]) as cam:
        cam.batch_size = batch
        get_image, get_weights = cam.get_cam_image, cam.get_cam_weights

        def weights(*args, **kwargs):
            value = get_weights(*args, **kwargs)
            seen["weights"] = np.array(value[0], dtype=np.float32)
            return value

        def picture(*args, **kwargs):
            value = get_image(*args, **kwargs)
            seen["raw"] = np.array(value[0], dtype=np.float32)
            return value

        cam.get_cam_weights, cam.get_cam_image = weights, picture
        # Without a graph to keep, the thousands of passes of the last three cost less memory.
        with torch.set_grad_enabled(cam.uses_gradients):
            final = cam(input_tensor=image, targets=[score])[0]
    scores = None
    if method in ("ablationcam", "scorecam"):
        # AblationCAM asks for the untouched score first; ScoreCAM only for the masked ones.
        channels = seen["weights"].shape[0]
        scores = np.array(score.seen[-channels:], dtype=np.float32)
        assert len(score.seen) in (channels, channels + 1), len(score.seen)
    return Record(np.float32(final), seen["raw"], seen.get("weights"), scores)


def scorecam_subset(model, layer: str, image: torch.Tensor, category: int, channels: np.ndarray) -> np.ndarray:
    """ScoreCAM's scores [len(channels)] for some channels: the library's `get_cam_weights` on
    those channels' activations. It builds and scores each channel's mask by itself, so its
    scores do not depend on which other channels are there; only its softmax does."""
    score = Score(category)
    module = layer_of(model, layer)
    with METHODS["scorecam"](model=model, target_layers=[module]) as cam, torch.no_grad():
        cam.activations_and_grads(image)
        activations = cam.activations_and_grads.activations[0].numpy()
        cam.get_cam_weights(image, module, [score], activations[:, channels], None)
    return np.array(score.seen, dtype=np.float32)


class FromLayer(torch.nn.Module):
    """A ResNet that computes what comes before `layer` once per picture.

    AblationCAM replaces the target layer by one that ignores its input, yet runs everything
    before it again for each batch. Here that part is kept from the first pass, which leaves
    the library's own brute force, one pass of the rest a channel, affordable at every layer.
    """

    def __init__(self, model: torchvision.models.ResNet, layer: str):
        super().__init__()
        stages = [model.layer1, model.layer2, model.layer3, model.layer4]
        steps = [model.conv1, model.bn1, model.relu, model.maxpool, *(block for stage in stages for block in stage)]
        steps += [model.avgpool, torch.nn.Flatten(), model.fc]
        at = next(index for index, step in enumerate(steps) if step is layer_of(model, layer))
        self.before = torch.nn.Sequential(*steps[:at])
        self.target = steps[at]
        self.after = torch.nn.Sequential(*steps[at + 1 :])
        self.kept: torch.Tensor | None = None

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        if self.kept is None:
            self.kept = self.before(pictures[:1])
        return self.after(self.target(self.kept.expand(len(pictures), -1, -1, -1)))


def reciprocam(model, layer: str, image: torch.Tensor, category: int) -> np.ndarray:
    """Recipro-CAM's raw map [h, w]: the class's probability with the features of one place alone (arXiv 2209.14074, and
    the authors' src/recipro_cam.py without its Gaussian)."""
    network = FromLayer(model, layer).eval()
    kept = []
    handle = network.target.register_forward_hook(lambda _, __, output: kept.append(output))
    with torch.no_grad():
        network(image)
        handle.remove()
        features = kept[0]
        height, width = features.shape[-2:]
        answers = []
        for row in range(height):
            masks = torch.zeros(width, 1, height, width)
            masks[range(width), 0, row, range(width)] = 1
            answers.append(network.after(features * masks).softmax(-1)[:, category])
    return torch.stack(answers).numpy()
