#!/usr/bin/env python3
"""Times PyTorch and pytorch-grad-cam on the shipped weights, to compare with `cargo bench`.

    python scripts/bench_pytorch.py --weights PACKAGE/ResNet50 --photo FILE [--threads N]

One forward at batch 1, 4 and 16 (median of seven after a warm-up), then the exact ScoreCAM at layer4 of one picture, as
the library computes it: all 2048 channels, in batches of 16. Run it in the same sitting as benches/native.rs and with as
many threads; scripts/requirements.txt has the versions.
"""

import argparse
import os
import statistics
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from pytorch_grad_cam import ScoreCAM

import keras_resnet50
from make_pictures import center
from maps import Score, layer_of

RUNS = 7


def forwards(model: torch.nn.Module) -> None:
    for n in (1, 4, 16):
        x = torch.full((n, 3, 224, 224), 0.5)
        times = []
        with torch.inference_mode():
            for _ in range(RUNS + 1):
                start = time.perf_counter()
                model(x)
                times.append((time.perf_counter() - start) * 1e3 / n)
        times = times[1:]
        low, high = min(times), max(times)
        print(f"forward, batch {n}: {statistics.median(times):.1f} ms a picture ({low:.1f}–{high:.1f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--photo", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model = keras_resnet50.load(options.weights)
    print(f"PyTorch {torch.__version__}, {options.threads} threads")
    forwards(model)
    picture = np.asarray(center(Image.open(options.photo).convert("RGB"))[0])
    image = keras_resnet50.prepare(picture)
    with torch.inference_mode():
        category = int(model(image).argmax())
    with ScoreCAM(model=model, target_layers=[layer_of(model, "layer4")]) as cam:
        cam.batch_size = 16
        start = time.perf_counter()
        cam(image, targets=[Score(category)])
        seconds = time.perf_counter() - start
    print(f"exact ScoreCAM at layer4: {seconds:.1f} s, 2048 passes, {seconds * 1e3 / 2048:.1f} ms a pass")


if __name__ == "__main__":
    main()
