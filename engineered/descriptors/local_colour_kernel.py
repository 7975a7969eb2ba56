"""Means and standard deviations of the colours in the cells of a grid.

Sums over boxes come from integral images, which are whole numbers and so exact:
a cell of one colour has a deviation of exactly zero.
"""

from __future__ import annotations

import numba
import numpy as np

from engineered.descriptors.cell_kernel import cell_positions
from engineered.descriptors.grid import CELLS, Grid

# Mean and standard deviation of three channels.
STATISTICS = 6
DIMENSION = CELLS * CELLS * STATISTICS
_FAST = {"contract", "nsz", "arcp"}


@numba.njit(cache=True, nogil=True)
def _box_edges(positions, size, length):
    """Return where boxes end and begin in sums of what lies before a pixel, and their weights.

    A box of even size is centred on a pixel as the mean of two that are half a pixel
    off to either side: two ends, then two beginnings. Boxes are cut at the image's edge.
    """
    edges = np.empty((len(positions), 4), np.int64)
    weights = np.empty(len(positions), np.int64)
    for i in range(len(positions)):
        p = positions[i]
        edges[i, 0] = min(length, p + size // 2 + 1)
        edges[i, 1] = min(length, p + (size - 1) // 2 + 1)
        edges[i, 2] = max(0, p - (size - 1) // 2)
        edges[i, 3] = max(0, p - size // 2)
        weights[i] = edges[i, 0] + edges[i, 1] - edges[i, 2] - edges[i, 3]
    return edges, weights


@numba.njit(cache=True, nogil=True, fastmath=_FAST, error_model="numpy")
def _cells(sums, squares, row_positions, column_positions, size):
    """Return means and standard deviations where a row of cells and a column of cells cross."""
    height, width = sums.shape[0] - 1, sums.shape[1] - 1
    row_edges, row_weights = _box_edges(row_positions, size, height)
    column_edges, column_weights = _box_edges(column_positions, size, width)
    flat_sums = sums.reshape(height + 1, (width + 1) * 3)
    flat_squares = squares.reshape(height + 1, (width + 1) * 3)
    line = np.empty((width + 1) * 3, np.float64)
    square_line = np.empty((width + 1) * 3, np.float64)
    cells = np.empty((len(row_positions), len(column_positions), STATISTICS), np.float32)
    for i in range(len(row_positions)):
        a, b, c, d = row_edges[i]
        for k in range((width + 1) * 3):
            line[k] = (flat_sums[a, k] - flat_sums[c, k]) + (flat_sums[b, k] - flat_sums[d, k])
        for k in range((width + 1) * 3):
            square_line[k] = (flat_squares[a, k] - flat_squares[c, k]) + (
                flat_squares[b, k] - flat_squares[d, k]
            )
        for j in range(len(column_positions)):
            a, b, c, d = column_edges[j] * 3
            weight = float(row_weights[i] * column_weights[j])
            scale = 1 / (255 * weight)
            for channel in range(3):
                total = (line[a + channel] - line[c + channel]) + (
                    line[b + channel] - line[d + channel]
                )
                square = (square_line[a + channel] - square_line[c + channel]) + (
                    square_line[b + channel] - square_line[d + channel]
                )
                # Both products are whole numbers, so their difference is never below zero.
                spread = weight * square - total * total
                cells[i, j, channel] = total * scale
                cells[i, j, 3 + channel] = np.sqrt(max(spread, 0.0)) * scale
    return cells


@numba.njit(cache=True, nogil=True)
def _gather(cells, row_place, column_place, vectors):
    """Write each patch's cells one after the other."""
    count = len(column_place)
    for i in range(len(row_place)):
        for j in range(count):
            vector = vectors[i * count + j]
            k = 0
            for cell_row in range(CELLS):
                for cell_column in range(CELLS):
                    cell = cells[row_place[i, cell_row], column_place[j, cell_column]]
                    for statistic in range(STATISTICS):
                        vector[k + statistic] = cell[statistic]
                    k += STATISTICS


def describe_colours(
    sums: np.ndarray, squares: np.ndarray, grid: Grid, vectors: np.ndarray
) -> None:
    """Write the local colour statistics of a grid.

    Parameters
    ----------
    sums, squares : ndarray of shape (height + 1, width + 1, 3), float64
        Integral images of the pixels, 0 to 255, and of their squares.
    grid : Grid
        The patches; not empty.
    vectors : ndarray of shape (len(grid), 96), float32
        Written here, row by row of the grid.
    """
    # Compiled functions of several files meet here and not in each other: numba's cache
    # would not notice a change in another file.
    row_positions, row_place = cell_positions(grid.rows, grid.size, sums.shape[0] - 1)
    column_positions, column_place = cell_positions(grid.columns, grid.size, sums.shape[1] - 1)
    cells = _cells(sums, squares, row_positions, column_positions, grid.size)
    _gather(cells, row_place, column_place, vectors)
