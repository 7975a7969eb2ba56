"""The cells that the patches of a grid share: each is computed once, wherever it is used.

Neighbouring patches overlap, so the centres of their cells fall on few distinct
rows and columns. A window over the image is evaluated only where those cross.
"""

from __future__ import annotations

import numba
import numpy as np

from engineered.descriptors.grid import CELLS


@numba.njit(cache=True, nogil=True)
def cell_positions(first_cells, size, length):
    """Return the distinct positions of all cells' centres along one axis.

    Parameters
    ----------
    first_cells : ndarray of shape (n,), int64
        Centres of the patches' first cells, ascending.
    size : int
        Distance between cells.
    length : int
        Length of the axis, in pixels.

    Returns
    -------
    positions : ndarray of shape (m,), int64
        Ascending.
    place : ndarray of shape (n, 4), int64
        For each patch, where its cells' centres stand in `positions`.
    """
    index = np.full(length, -1, np.int64)
    for start in first_cells:
        for cell in range(CELLS):
            index[start + cell * size] = 0
    count = 0
    for position in range(length):
        if index[position] == 0:
            index[position] = count
            count += 1
    positions = np.empty(count, np.int64)
    for position in range(length):
        if index[position] >= 0:
            positions[index[position]] = position
    place = np.empty((len(first_cells), CELLS), np.int64)
    for i in range(len(first_cells)):
        for cell in range(CELLS):
            place[i, cell] = index[first_cells[i] + cell * size]
    return positions, place
