#!/usr/bin/env python3
"""Writes small pictures in many formats, and what Pillow makes of them.

    python scripts/make_pictures.py [--out tests/fixtures/pictures]

Every picture shows the scene of drawing.py. `index.json` lists them with the expectations
that a decoder and the two crops are tested against, computed by Pillow and NumPy alone:

  {"file", "about", "expect": "picture", "width", "height",   after EXIF rotation
   "tolerance",       per probe and channel, 0..255; quadrant means are held to half of it
   "quadrants",       mean RGB of top left, top right, bottom left, bottom right
   "probes",          [x, y, r, g, b] of single pixels (only where decoding is lossless)
   "center", "squash": {"resized": [w, h], "offset": [x, y], "quadrants", "picture"?}}
  {"file", "about", "expect": "error"}

"center": the shorter side to 256 with Pillow's bilinear filter (antialiased), the longer to
the nearest integer, then the middle 224 with the offset rounded down. "squash": the whole
picture to 224x224 with the same filter. `picture` names the exact result as a PNG.
Alpha is composited over white in sRGB values; 16-bit samples are divided by 257 and rounded;
an animation is its first frame; CMYK is Pillow's `convert("RGB")`, r = (255-c)(255-k)/255.
"""

import argparse
import io
import json
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from drawing import draw

LOSSLESS, JPEG, CMYK = 1, 8, 24


def quadrants(picture: np.ndarray) -> list[list[float]]:
    """Mean RGB of the four quadrants; the middle row and column of odd sides are in none."""
    height, width = picture.shape[0] // 2, picture.shape[1] // 2
    rows, columns = max(height, 1), max(width, 1)
    corners = [picture[:rows, :columns], picture[:rows, -columns:], picture[-rows:, :columns], picture[-rows:, -columns:]]
    return [[round(float(value), 3) for value in corner.reshape(-1, 3).mean(0)] for corner in corners]


def center(picture: Image.Image) -> tuple[Image.Image, dict]:
    width, height = picture.size
    scale = 256 / min(width, height)
    size = round(width * scale), round(height * scale)
    x, y = (size[0] - 224) // 2, (size[1] - 224) // 2
    # The `box` argument would let Pillow resize a part alone, with other edge samples; a long
    # thin picture is resized whole all the same, because that is the definition.
    crop = picture.resize(size, Image.Resampling.BILINEAR).crop((x, y, x + 224, y + 224))
    return crop, {"resized": list(size), "offset": [x, y], "quadrants": quadrants(np.asarray(crop))}


def squash(picture: Image.Image) -> tuple[Image.Image, dict]:
    result = picture.resize((224, 224), Image.Resampling.BILINEAR)
    return result, {"resized": [224, 224], "offset": [0, 0], "quadrants": quadrants(np.asarray(result))}


class Pictures:
    def __init__(self, out: Path):
        self.out = out
        self.entries: list[dict] = []

    def add(self, file: str, about: str, content: bytes, shown: np.ndarray, tolerance: int, keep_crops: bool = False):
        """`shown`: uint8 [height, width, 3], what a viewer should see."""
        (self.out / file).write_bytes(content)
        height, width = shown.shape[:2]
        entry = {"file": file, "about": about, "expect": "picture", "width": width, "height": height,
                 "tolerance": tolerance, "quadrants": quadrants(shown)}
        if tolerance == LOSSLESS:
            spots = {(x * (width - 1) // 4, y * (height - 1) // 3) for x in range(5) for y in range(4)}
            entry["probes"] = [[x, y, *map(int, shown[y, x])] for x, y in sorted(spots)]
        for name, transform in (("center", center), ("squash", squash)):
            picture, entry[name] = transform(Image.fromarray(shown))
            if keep_crops:
                entry[name]["picture"] = f"{Path(file).stem}.{name}.png"
                picture.save(self.out / entry[name]["picture"], optimize=True)
        self.entries.append(entry)

    def refuse(self, file: str, about: str, content: bytes):
        (self.out / file).write_bytes(content)
        self.entries.append({"file": file, "about": about, "expect": "error"})


def encode(picture: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def decode(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def over_white(colour: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    share = alpha[..., None] / 255
    return np.uint8(np.round(colour * share + 255 * (1 - share)))


def sixteen(eight: np.ndarray) -> np.ndarray:
    """16-bit samples whose low byte matters: it decides how the high byte rounds."""
    low = np.arange(eight.size).reshape(eight.shape) * 37 % 256
    return np.uint16(eight.astype(np.int64) * 256 + low)


def png16(samples: np.ndarray) -> bytes:
    """Pillow cannot write 16-bit RGB; OpenCV can, and takes BGR."""
    done, buffer = cv2.imencode(".png", samples[..., ::-1] if samples.ndim == 3 else samples)
    assert done
    return buffer.tobytes()


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces width x height RGBA pixels and holds next to none."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")


def jpeg_header(content: bytes, width: int, height: int) -> bytes:
    """The JPEG with the size in its frame header replaced."""
    at = content.index(b"\xff\xc0")
    return content[: at + 5] + struct.pack(">HH", height, width) + content[at + 9 :]


def ycck(cmyk: np.ndarray) -> bytes:
    """What Photoshop writes: C, M, Y carried as YCbCr, marked in the Adobe segment. Pillow
    stores four channels inverted and unmarked, so they are inverted first and marked after."""
    ycc = np.asarray(Image.fromarray(np.ascontiguousarray(cmyk[..., :3]), "RGB").convert("YCbCr"))
    planes = np.dstack([255 - ycc, cmyk[..., 3]])
    content = bytearray(encode(Image.fromarray(planes, "CMYK"), "JPEG", quality=95, subsampling=0))
    content[content.index(b"Adobe") + 11] = 2
    return bytes(content)


# Where each EXIF orientation stores the picture: the transpose that undoes the viewer's.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("tests/fixtures/pictures"))
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    pictures = Pictures(out)

    # Sizes: the exact results of both crops are kept for these.
    for file, width, height, about in (
        ("odd.png", 321, 257, "odd sides, hardly resized"),
        ("large.png", 640, 480, "scaled down, where antialiasing shows"),
        ("small.png", 60, 100, "upright, scaled up"),
    ):
        shown = draw(width, height)
        pictures.add(file, about, encode(Image.fromarray(shown), "PNG", optimize=True), shown, LOSSLESS, True)
    thin = draw(700, 2)
    pictures.add("thin.png", "350 times as wide as high", encode(Image.fromarray(thin), "PNG"), thin, LOSSLESS)
    one = np.uint8([[[12, 200, 77]]])
    pictures.add("one.png", "a single pixel", encode(Image.fromarray(one), "PNG"), one, LOSSLESS)

    scene = draw(96, 64)
    image = Image.fromarray(scene)
    grey = image.convert("L")
    grey_shown = np.repeat(np.asarray(grey)[..., None], 3, axis=2)

    # JPEG.
    for file, about, options in (
        ("baseline.jpg", "baseline, no chroma subsampling", {"subsampling": 0}),
        ("subsampled.jpg", "4:2:0", {"subsampling": 2}),
        ("progressive.jpg", "progressive", {"subsampling": 0, "progressive": True}),
    ):
        content = encode(image, "JPEG", quality=92, **options)
        pictures.add(file, f"JPEG, {about}", content, decode(content), JPEG)
    content = encode(grey, "JPEG", quality=92)
    pictures.add("grey.jpg", "JPEG, one channel", content, decode(content), JPEG)
    for orientation, transpose in STORED.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored = image if transpose is None else image.transpose(transpose)
        content = encode(stored, "JPEG", quality=92, subsampling=0, exif=exif)
        pictures.add(f"exif-{orientation}.jpg", f"JPEG, EXIF orientation {orientation}", content, scene, JPEG)
    black = np.uint8(np.min(255 - scene, axis=2) // 2)
    ink = 255 - np.minimum(255, np.round(scene * 255.0 / (255 - black)[..., None]))
    cmyk = np.dstack([np.uint8(ink), black])
    content = encode(Image.fromarray(cmyk, "CMYK"), "JPEG", quality=95)
    pictures.add("cmyk.jpg", "JPEG, CMYK, as Adobe stores it (inverted)", content, decode(content), CMYK)
    content = ycck(cmyk)
    pictures.add("ycck.jpg", "JPEG, CMYK carried as YCCK", content, decode(content), CMYK)

    # PNG.
    deep = sixteen(scene)
    shown = np.uint8(np.round(deep / 257))
    pictures.add("sixteen.png", "PNG, 16 bits a channel", png16(deep), shown, LOSSLESS)
    deep = sixteen(np.asarray(grey))
    shown = np.repeat(np.uint8(np.round(deep / 257))[..., None], 3, axis=2)
    pictures.add("grey-sixteen.png", "PNG, grey, 16 bits", png16(deep), shown, LOSSLESS)
    pictures.add("grey.png", "PNG, grey", encode(grey, "PNG"), grey_shown, LOSSLESS)
    bits = grey.convert("1", dither=Image.Dither.NONE)
    pictures.add("bits.png", "PNG, one bit a pixel", encode(bits, "PNG"), np.asarray(bits.convert("RGB")), LOSSLESS)
    palette = image.quantize(24, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    pictures.add("palette.png", "PNG, palette of 24", encode(palette, "PNG"), np.asarray(palette.convert("RGB")), LOSSLESS)
    clear = bytes(range(0, 240, 10))
    alpha = np.frombuffer(clear, np.uint8)[np.asarray(palette)]
    pictures.add("palette-alpha.png", "PNG, palette with an alpha for each colour", encode(palette, "PNG", transparency=clear),
                 over_white(np.asarray(palette.convert("RGB")), alpha), LOSSLESS)
    alpha = np.uint8(np.broadcast_to(np.linspace(0, 255, 96).round(), (64, 96)))
    pictures.add("alpha.png", "PNG, alpha from clear to solid", encode(Image.fromarray(np.dstack([scene, alpha]), "RGBA"), "PNG"),
                 over_white(scene, alpha), LOSSLESS)
    pictures.add("grey-alpha.png", "PNG, grey with alpha", encode(Image.fromarray(np.dstack([np.asarray(grey), alpha]), "LA"), "PNG"),
                 over_white(grey_shown, alpha), LOSSLESS)

    # Others.
    frames = [Image.new("RGB", (96, 64), colour) for colour in ("red", "lime")]
    content = encode(palette.convert("P"), "GIF", save_all=True, append_images=frames, duration=100, loop=0)
    pictures.add("animated.gif", "GIF, three frames; the first counts", content, decode(content), LOSSLESS)
    pictures.add("lossless.webp", "WebP, lossless", encode(image, "WEBP", lossless=True), scene, LOSSLESS)

    # Refused, each with a message.
    whole = encode(Image.fromarray(draw(192, 128)), "JPEG", quality=92)
    pictures.refuse("truncated.jpg", "a JPEG cut off in the middle", whole[: len(whole) // 2])
    whole = encode(image, "PNG")
    pictures.refuse("truncated.png", "a PNG cut off in the middle", whole[: len(whole) // 2])
    pictures.refuse("empty.jpg", "no bytes at all", b"")
    pictures.refuse("text.png", "text under a picture's name", b"This is not a picture.\n")
    pictures.refuse("bomb.png", "144 megapixels in a few kilobytes", encode(Image.new("1", (12000, 12000)), "PNG", optimize=True))
    pictures.refuse("bomb-header.png", "announces 65535 x 65535 RGBA pixels", png_header(65535, 65535))
    pictures.refuse("bomb-header.jpg", "announces 65500 x 65500 pixels",
                    jpeg_header(encode(image, "JPEG", quality=92), 65500, 65500))

    lines = ",\n".join(json.dumps(entry) for entry in pictures.entries)
    (out / "index.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
