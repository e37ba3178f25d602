"""Refuses versions of the packages that compute which the fixtures were not made with."""

import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
STRICT = ("torch", "torchvision", "grad-cam", "numpy", "scipy")


def check() -> None:
    """Ends the script with a message where one of STRICT is not there in the version of requirements.txt."""
    lines = (line.split("#")[0].strip() for line in REQUIREMENTS.read_text().splitlines())
    pinned = dict(line.split("==") for line in lines if line)
    wrong = []
    for package in STRICT:
        try:
            # Builds for one processor or another say so behind a +: 2.5.1+cpu.
            found = version(package).split("+")[0]
        except PackageNotFoundError:
            found = "none"
        if found != pinned[package]:
            wrong.append(f"{package} {pinned[package]} is needed, and {found} is installed")
    if wrong:
        sys.exit("; ".join(wrong) + f": see {REQUIREMENTS.name}.")
