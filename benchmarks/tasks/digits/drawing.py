"""From a scene to pixels."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from benchmarks.tasks.digits.handwriting import handwriting
from benchmarks.tasks.digits.scene import Clutter, Glyph, Ground, Scene

#: Distance between the lines of a hatched patch, as a share of the side.
HATCH_PERIOD = 0.08

#: Greatest half-contrast of stripes, and deviation of a noisy ground, on a scale of 0 to 1.
STRIPES = 0.12
GRAIN = 0.11


@lru_cache(maxsize=4)
def _grid(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of each pixel's centre, from -0.5 to 0.5."""
    axis = ((np.arange(size) + 0.5) / size - 0.5).astype(np.float32)
    x, y = np.meshgrid(axis, axis)
    x.setflags(write=False)
    y.setflags(write=False)
    return x, y


def _blend(canvas: np.ndarray, mask: np.ndarray, colour: tuple[float, float, float]) -> None:
    """Paint `colour` on `canvas`, as far as `mask` (0 to 1) lets it.

    A canvas is (3, size, size): a plane a channel, for the speed of it.
    """
    canvas *= 1 - mask
    for plane, value in zip(canvas, colour, strict=True):
        plane += mask * np.float32(value)


def _handwritten(
    ink: np.ndarray, size: int, x: float, y: float, height: float, angle: float, slant: float
) -> np.ndarray:
    """Warp an 8x8 digit to its place, smoothly: (size, size) of ink."""
    scale = height * size / 8
    cos, sin = np.cos(np.deg2rad(angle)) * scale, np.sin(np.deg2rad(angle)) * scale
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1.0, slant], [0.0, 1.0]])
    middle = (np.array(ink.shape[::-1]) - 1) / 2
    shift = np.array([x, y]) * size - 0.5 - linear @ middle
    return cv2.warpAffine(
        ink, np.column_stack([linear, shift]), (size, size), flags=cv2.INTER_CUBIC
    )


def _grain(cells: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return smooth noise of so many cells a side, of about unit deviation."""
    coarse = rng.standard_normal((cells, cells), dtype=np.float32)
    return cv2.resize(coarse, (size, size), interpolation=cv2.INTER_LINEAR)


def _paint_ground(ground: Ground, size: int, rng: np.random.Generator) -> np.ndarray:
    x, y = _grid(size)
    along = x * np.float32(np.cos(ground.angle)) + y * np.float32(np.sin(ground.angle))
    first, second = (np.asarray(colour, np.float32) for colour in ground.colours)
    canvas = first[:, None, None] + (along + 0.5) * (second - first)[:, None, None]
    stains, contrast = ground.mottle
    canvas += np.float32(contrast) * _grain(stains, size, rng)
    if ground.kind == "striped":
        wave = np.sin(along * np.float32(2 * np.pi / ground.period))
        canvas += np.float32(STRIPES * ground.strength) * np.clip(2.5 * wave, -1, 1)
    elif ground.kind == "noisy":
        cells = max(2, round(40 + 24 * ground.strength))
        canvas += np.float32(GRAIN * ground.strength) * _grain(cells, size, rng)
    return canvas


def _fragment(thing: Clutter, size: int) -> np.ndarray:
    # A quarter of a digit, turned: handwriting, but nothing that one could read.
    images, _ = handwriting()
    corner = np.ascontiguousarray(images[thing.image][:4, 4:])
    x, y = thing.points[0]
    ink = _handwritten(corner, size, x, y, 2 * thing.size, thing.angle, 0.0)
    return np.clip((ink - 0.4) * 4 + 0.5, 0, 1)


def _hatching(thing: Clutter, size: int) -> np.ndarray:
    x, y = _grid(size)
    dx = x + np.float32(0.5 - thing.points[0][0])
    dy = y + np.float32(0.5 - thing.points[0][1])
    turn = np.deg2rad(thing.angle)
    across = dx * np.float32(np.cos(turn)) + dy * np.float32(np.sin(turn))
    lines = np.clip(0.5 + 2 * np.sin(across * np.float32(2 * np.pi / HATCH_PERIOD)), 0, 1)
    return lines * (np.hypot(dx, dy) < thing.size)


def _stroke(thing: Clutter, size: int) -> np.ndarray:
    drawn = np.zeros((size, size), np.uint8)
    points = np.rint(np.asarray(thing.points) * size * 16).astype(np.int32)
    thickness = max(1, round(thing.size * size))
    cv2.polylines(drawn, [points], False, 255, thickness, cv2.LINE_AA, shift=4)
    return drawn.astype(np.float32) / 255


def _blob(thing: Clutter, size: int) -> np.ndarray:
    x, y = _grid(size)
    dx = x + np.float32(0.5 - thing.points[0][0])
    dy = y + np.float32(0.5 - thing.points[0][1])
    return np.clip((thing.size - np.hypot(dx, dy)) * np.float32(2 / thing.size), 0, 1)


#: How each kind of clutter covers the shot: (size, size), 0 to 1.
COVERS = {"fragment": _fragment, "hatching": _hatching, "stroke": _stroke, "blob": _blob}


def _paint_glyph(canvas: np.ndarray, glyph: Glyph) -> None:
    images, _ = handwriting()
    ink = _handwritten(
        images[glyph.image],
        canvas.shape[-1],
        glyph.x,
        glyph.y,
        glyph.height,
        glyph.angle,
        glyph.slant,
    )
    _blend(canvas, np.clip((ink - np.float32(glyph.weight)) * 4 + 0.5, 0, 1), glyph.colour)


def draw(scene: Scene, size: int) -> np.ndarray:
    """Draw a scene.

    Parameters
    ----------
    scene : Scene
        What to draw.
    size : int
        Side of the shot, in pixels.

    Returns
    -------
    ndarray of shape (size, size, 3), uint8
        RGB.
    """
    rng = np.random.default_rng(scene.grain)
    canvas = _paint_ground(scene.ground, size, rng)
    for thing in scene.clutter:
        _blend(canvas, COVERS[thing.kind](thing, size) * np.float32(thing.opacity), thing.colour)
    for glyph in scene.glyphs:
        _paint_glyph(canvas, glyph)
    x, y = _grid(size)
    level, across, down = (np.float32(part) for part in scene.light)
    canvas *= level + across * x + down * y
    sigma = scene.blur * size
    if sigma > 0.3:
        for plane in canvas:
            cv2.GaussianBlur(plane, (0, 0), sigma, dst=plane)
    canvas += np.float32(scene.noise) * rng.standard_normal(canvas.shape, dtype=np.float32)
    np.clip(canvas, 0, 1, out=canvas)
    canvas *= 255
    return np.ascontiguousarray(np.rint(canvas).astype(np.uint8).transpose(1, 2, 0))
