"""Evidence laid on one grid over the image, whatever it came as; its sum is kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

#: Rows and columns of the grid, which tiles the image whatever its shape.
CELLS = 64
#: A local vector's patch is so many of its scales wide.
PATCH = 4.0


def from_map(values: np.ndarray) -> np.ndarray:
    """Return a map whose cells tile the image as one of CELLS x CELLS.

    Parameters
    ----------
    values : ndarray of shape (rows, columns)
        Evidence, which is even within a cell.

    Returns
    -------
    ndarray of shape (CELLS, CELLS), float64
        Of the same sum.
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 2 or not values.size:
        raise ValueError(f"a map must be of shape (rows, columns), got {values.shape}")
    down, across = (_cut(np.arange(n) / n, (np.arange(n) + 1) / n) for n in values.shape)
    return down.T @ values @ across


def from_places(values: np.ndarray, frames: np.ndarray, image_shape: Sequence[int]) -> np.ndarray:
    """Spread what local vectors contribute evenly over their patches.

    Parameters
    ----------
    values : ndarray of shape (m,)
        Contributions.
    frames : ndarray of shape (m, 3)
        Columns x, y, scale in pixels; 0 is the centre of the first pixel.
    image_shape : sequence of int
        Height and width in pixels.

    Returns
    -------
    ndarray of shape (CELLS, CELLS), float64
        Of the same sum: of a patch that reaches over the edge, the part inside takes all.
    """
    values, frames = np.asarray(values, np.float64), np.asarray(frames, np.float64)
    if values.ndim != 1 or frames.shape != (len(values), 3):
        raise ValueError(
            f"contributions must be of shape (m,) and their frames of (m, 3), got {values.shape} "
            f"and {frames.shape}"
        )
    half = PATCH / 2 * frames[:, 2]
    parts = []
    for centre, length in ((frames[:, 1], image_shape[0]), (frames[:, 0], image_shape[1])):
        edges = (centre + 0.5 - half) / length, (centre + 0.5 + half) / length
        parts.append(_cut(*edges))
    return parts[0].T @ (parts[1] * values[:, None])


def _cut(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the share of each interval of [0, 1] in each of CELLS equal cells, (m, CELLS)."""
    # Something of it must lie inside, if only a hair.
    low = np.clip(low, 0, 1 - 1e-9)
    high = np.clip(high, low + 1e-9, 1)
    edges = np.arange(CELLS + 1) / CELLS
    reached = np.clip(edges, low[:, None], high[:, None])
    return np.diff(reached, axis=1) / (high - low)[:, None]
