"""A map of evidence drawn over its image, and where it is strongest, in words."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

#: Apart in hue and lightness, so that no deficiency of colour vision mixes them, and from the
#: families' colours. What is strong is outlined, too: solid or dashed.
FOR, AGAINST = "#6a2a9c", "#d59f00"
_LINES = {1: (58, 16, 94), -1: (120, 78, 0)}
#: Longer side of a picture, pixels.
EDGE = 160
#: Width of the smoothing, as a share of the image: single pixels of a gradient are noise.
SMOOTHING = 0.02
#: Outlined from this share of the map's largest magnitude on.
STRONG = 0.5

_PLACES = (
    ("upper left", "top", "upper right"),
    ("left", "centre", "right"),
    ("lower left", "bottom", "lower right"),
)


def smoothed(values: np.ndarray) -> np.ndarray:
    """Return a map of shape (rows, columns), smoothed; its sum stays, but for rounding."""
    rows, columns = values.shape
    return cv2.GaussianBlur(
        np.asarray(values, np.float64),
        (0, 0),
        sigmaX=max(SMOOTHING * columns, 0.1),
        sigmaY=max(SMOOTHING * rows, 0.1),
        borderType=cv2.BORDER_REFLECT,
    )


def strongest(values: np.ndarray, sign: int) -> str | None:
    """Return where a smoothed map is strongest, in words.

    Parameters
    ----------
    values : ndarray of shape (rows, columns)
    sign : {1, -1}
        For the concept, or against it.

    Returns
    -------
    str or None
        "upper left" and the like; None where nothing is of this sign.
    """
    mine = sign * values
    if mine.max() <= 0:
        return None
    row, column = np.unravel_index(int(mine.argmax()), mine.shape)
    return _PLACES[3 * int(row) // mine.shape[0]][3 * int(column) // mine.shape[1]]


def outlined_share(values: np.ndarray) -> float:
    """Return the share of what speaks for the concept that lies in the outlines; NaN if none."""
    positive = np.maximum(values, 0)
    total = float(positive.sum())
    if not total:
        return float("nan")
    return float(positive[values >= STRONG * np.abs(values).max()].sum()) / total


def draw(image: np.ndarray) -> tuple[bytes, int, int]:
    """Return an image as JPEG at the size of its maps, its width and its height.

    Parameters
    ----------
    image : ndarray of shape (height, width, 3), uint8
        RGB.
    """
    return _jpeg(_sized(image))


def draw_over(image: np.ndarray, values: np.ndarray) -> tuple[bytes, int, int]:
    """Return a map drawn over its greyed image as JPEG, its width and its height.

    Parameters
    ----------
    image : ndarray of shape (height, width, 3), uint8
        RGB.
    values : ndarray of shape (rows, columns)
        Smoothed; its cells tile the image. Colours are full at its largest magnitude.
    """
    base = _sized(image)
    height, width = base.shape[:2]
    grey = 130 + 0.49 * cv2.cvtColor(base, cv2.COLOR_RGB2GRAY).astype(np.float64)
    scaled = values / (np.abs(values).max() or 1.0)
    # The centre of the first cell is half a cell inside, as cv2 takes it to be.
    scaled = cv2.resize(scaled, (width, height), interpolation=cv2.INTER_LINEAR)
    strength = 0.9 * np.abs(scaled)[:, :, None] ** 0.8
    colours = np.where(scaled[:, :, None] > 0, _rgb(FOR), _rgb(AGAINST))
    canvas = (grey[:, :, None] * (1 - strength) + colours * strength).round().astype(np.uint8)
    for sign, colour in _LINES.items():
        _outline(canvas, sign * scaled >= STRONG, colour, dashed=sign < 0)
    return _jpeg(canvas)


def _outline(
    canvas: np.ndarray, mask: np.ndarray, colour: tuple[int, int, int], dashed: bool
) -> None:
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for contour in found:
        if not dashed:
            cv2.polylines(canvas, [contour], True, colour, 1, cv2.LINE_AA)
            continue
        for start in range(0, len(contour), 7):
            cv2.polylines(canvas, [contour[start : start + 4]], False, colour, 1, cv2.LINE_AA)


def _sized(image: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    factor = EDGE / max(height, width)
    shape = (max(1, round(width * factor)), max(1, round(height * factor)))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, shape, interpolation=how))


def _jpeg(pixels: np.ndarray) -> tuple[bytes, int, int]:
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "JPEG", quality=80, optimize=True)
    return buffer.getvalue(), pixels.shape[1], pixels.shape[0]


def _rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float64)
