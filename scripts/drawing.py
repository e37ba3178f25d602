"""The picture that the project draws itself: a lit ball on a striped floor under a gradient.

It belongs to nobody else, so it can be committed, and it has what a test of resizing, masks
and heatmaps needs: smooth shading, hard edges, fine stripes, and an object off the middle.
"""

import numpy as np


def draw(width: int, height: int) -> np.ndarray:
    """uint8 [height, width, 3], RGB. The same scene at any size; sizes in units of `height`."""
    y, x = np.mgrid[:height, :width] + 0.5
    x, y = x / height, y / height
    picture = np.empty((height, width, 3))

    # Sky: a vertical gradient with a slow sideways one in the red channel.
    picture[..., 0] = 90 + 60 * x * height / width
    picture[..., 1] = 140 + 60 * y
    picture[..., 2] = 225 - 60 * y

    # Floor: stripes that run to a vanishing point, darker towards the viewer.
    floor = y > 0.66
    depth = np.where(floor, y - 0.6, 1.0)
    stripe = np.floor((x - 0.5 * width / height) / depth * 4.0) % 2 == 0
    light, dark = np.array([235.0, 220.0, 190.0]), np.array([70.0, 45.0, 35.0])
    boards = np.where(stripe[..., None], light, dark) * (1.1 - 0.6 * y[..., None])
    picture = np.where(floor[..., None], boards, picture)

    # Its shadow: a soft ellipse on the floor.
    shadow = np.exp(-(((x - 0.47) / 0.22) ** 2 + ((y - 0.8) / 0.035) ** 2) ** 2)
    picture *= 1 - 0.6 * np.where(floor, shadow, 0)[..., None]

    # Ball: Lambert shading with a highlight, and dark seams.
    dx, dy, radius = x - 0.42, y - 0.54, 0.27
    inside = dx**2 + dy**2 < radius**2
    dz = np.sqrt(np.maximum(radius**2 - dx**2 - dy**2, 0))
    lambert = np.maximum((-0.5 * dx - 0.6 * dy + 0.62 * dz) / radius, 0)
    ball = np.array([245.0, 120.0, 25.0]) * (0.25 + 0.75 * lambert[..., None]) + 120 * lambert[..., None] ** 24
    seam = (np.abs(dx) < 0.008) | (np.abs(dy + 0.3 * dx) < 0.008) | (np.abs(np.hypot(dx - 0.3, dy) - 0.2) < 0.008)
    ball = np.where(seam[..., None], 30.0, ball)
    picture = np.where(inside[..., None], ball, picture)
    return np.uint8(np.clip(np.round(picture), 0, 255))
