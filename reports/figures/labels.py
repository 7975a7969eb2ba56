"""Labels beside points that do not lie on one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from reports.figures.linking import link
from reports.summary import System

#: Where a label may go, nearest and most legible first: unit vectors and distances in points.
_DIRECTIONS = (
    (1, 0),
    (-1, 0),
    (0.8, 0.8),
    (-0.8, 0.8),
    (0.8, -0.8),
    (-0.8, -0.8),
    (0, 1),
    (0, -1),
)
_DISTANCES = (7, 13, 20, 28, 38, 50, 64)
_SHIFTS = np.array([(*way, distance) for distance in _DISTANCES for way in _DIRECTIONS], float)


@dataclass(frozen=True)
class Label:
    """Text that belongs to the point (x, y), in data coordinates, and maybe to a system."""

    x: float
    y: float
    text: str
    colour: str
    system: System | None = None


def place(
    ax: Axes, labels: Sequence[Label], avoid: np.ndarray | None = None, fontsize: float = 8
) -> list[Bbox]:
    """Write each label where it covers no point and no other label, with a line if it is far.

    Parameters
    ----------
    ax : Axes
        With its final limits and scales.
    labels : sequence of Label
    avoid : ndarray of shape (m, 2), optional
        Corners of a line, in data coordinates, that no label should lie on.
    fontsize : float
        Points.

    Returns
    -------
    list of Bbox
        Where the labels stand, in pixels. They overlap only if no place is free at all.
    """
    figure = ax.figure
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    pixels = figure.get_dpi() / 72
    room = ax.get_window_extent(renderer)
    points = ax.transData.transform([(label.x, label.y) for label in labels])
    occupied = [
        Bbox.from_bounds(x - 5 * pixels, y - 5 * pixels, 10 * pixels, 10 * pixels)
        for x, y in points
    ]
    strokes = _along(ax.transData.transform(avoid) if avoid is not None else [], 4 * pixels)
    placed: list[Bbox] = []
    # Labels in the thick of it choose first.
    crowd = [np.sum(np.hypot(*(points - p).T) < 60 * pixels) for p in points]
    for i in sorted(range(len(labels)), key=lambda i: (-crowd[i], i)):
        label, (x, y) = labels[i], points[i]
        probe = ax.text(0, 0, label.text, fontsize=fontsize)
        extent = probe.get_window_extent(renderer)
        probe.remove()
        shift = _SHIFTS[:, :2] * _SHIFTS[:, 2:] * pixels
        beside = np.where(_SHIFTS[:, 0] > 0, 0.0, np.where(_SHIFTS[:, 0] < 0, 1.0, 0.5))
        left = x + shift[:, 0] - beside * extent.width
        bottom = y + shift[:, 1] - extent.height / 2
        boxes = np.column_stack([left, bottom, left + extent.width, bottom + extent.height])
        others = [*placed, *(o for j, o in enumerate(occupied) if j != i)]
        cost = np.arange(len(boxes), dtype=float)
        cost += 50 * _overlap(boxes, np.array([other.extents for other in others]).reshape(-1, 4))
        cost += 4 * _holds(boxes, strokes) + 50 * _outside(boxes, room)
        chosen = int(np.argmin(cost))
        dx, dy, distance = _SHIFTS[chosen]
        box = Bbox.from_extents(*boxes[chosen])
        placed.append(box)
        text = ax.annotate(
            label.text,
            (label.x, label.y),
            xytext=(dx * distance, dy * distance),
            textcoords="offset points",
            ha="left" if dx > 0 else "right" if dx < 0 else "center",
            va="center",
            fontsize=fontsize,
            color=label.colour,
            arrowprops={
                "arrowstyle": "-",
                "color": "#9aa4af",
                "lw": 0.6,
                "shrinkA": 0,
                "shrinkB": 4,
            }
            if distance > 13
            else None,
        )
        if label.system is not None:
            link(text, label.system)
    return placed


def _along(corners: np.ndarray | list, step: float) -> np.ndarray:
    """Return points on a line through corners, about `step` apart, shape (m, 2)."""
    found = [
        a + t * (b - a)
        for a, b in pairwise(corners)
        for t in np.linspace(0, 1, max(2, int(np.hypot(*(b - a)) / step)))
    ]
    return np.array(found).reshape(-1, 2)


def _overlap(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the area each box shares with others, square pixels, plus one for each that it meets.

    Boxes are rows of left, bottom, right and top.
    """
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    sides = high - low
    return np.where((sides > 0).all(axis=-1), sides.prod(axis=-1) + 1, 0.0).sum(axis=1)


def _holds(boxes: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return how many of the points lie in each box."""
    inside = (points >= boxes[:, None, :2]) & (points <= boxes[:, None, 2:])
    return np.asarray(inside.all(axis=-1).sum(axis=1))


def _outside(boxes: np.ndarray, room: Bbox) -> np.ndarray:
    """Return how many pixels each box leaves the axes by."""
    low, high = np.array(room.p0), np.array(room.p1)
    beyond = np.maximum(low - boxes[:, :2], 0) + np.maximum(boxes[:, 2:] - high, 0)
    return np.asarray(beyond.sum(axis=1))


def spread_apart(wanted: Sequence[float], gap: float, low: float, high: float) -> np.ndarray:
    """Move positions apart until neighbours are `gap` away, as little as possible.

    Parameters
    ----------
    wanted : sequence of float, shape (n,)
    gap : float
        At least this between neighbours; less where `low` to `high` has no room for it.
    low, high : float
        Bounds.

    Returns
    -------
    ndarray of shape (n,)
        In the order of `wanted`.
    """
    y = np.asarray(wanted, dtype=float)
    n = len(y)
    if n < 2:
        return np.clip(y, low, high)
    gap = min(gap, (high - low) / (n - 1))
    order = np.argsort(y, kind="stable")
    # Positions less what the gaps need must ascend: isotonic regression, by pooling neighbours.
    blocks: list[list[float]] = []
    for value in y[order] - gap * np.arange(n):
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, size = blocks.pop()
            blocks[-1] = [
                (blocks[-1][0] * blocks[-1][1] + mean * size) / (blocks[-1][1] + size),
                blocks[-1][1] + size,
            ]
    pooled = np.concatenate([np.full(int(size), mean) for mean, size in blocks])
    pooled = np.clip(pooled, low, high - gap * (n - 1))
    result = np.empty(n)
    result[order] = pooled + gap * np.arange(n)
    return result
