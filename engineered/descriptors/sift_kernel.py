"""The arithmetic of dense SIFT: smoothing, histograms of cells, gathering, normalising.

Everything that grid points share is computed once an image and scale. The
histogram of a cell is shared by all patches that have a cell there, and a row of
four weighted cells, with its energy, by all that have such a row there. What is left
for each patch is to gather four such rows and to clip and normalise them.
"""

from __future__ import annotations

import cv2
import numba
import numpy as np

from engineered.descriptors.cell_kernel import cell_positions
from engineered.descriptors.grid import CELLS, Grid
from engineered.descriptors.orientation_windows import FAST, ORIENTATIONS, orientation_windows

DIMENSION = CELLS * CELLS * ORIENTATIONS
_ROW = CELLS * ORIENTATIONS
# A vector's values are clipped here, to restrain single strong edges (Lowe 2004).
CLIP = np.float32(0.2)

# Weights of a patch's rows, and of its columns, of cells; their products weight the cells.
_OFFSETS = np.arange(CELLS) - (CELLS - 1) / 2
GAUSSIAN_WEIGHTS = np.exp(-(_OFFSETS**2) / (CELLS**2 / 2)).astype(np.float32)
EQUAL_WEIGHTS = np.ones(CELLS, np.float32)


def smooth(plane: np.ndarray, sigma: float) -> np.ndarray:
    """Smooth an image by a Gaussian.

    Parameters
    ----------
    plane : ndarray of shape (height, width), float32
        Any values.
    sigma : float
        Standard deviation wanted, in pixels. The image is taken to be smoothed by
        0.5 already, as a camera does.

    Returns
    -------
    ndarray of shape (height, width), float32
        In the same units.
    """
    missing = sigma**2 - 0.25
    if missing <= 0:
        return plane
    radius = int(np.ceil(4 * np.sqrt(missing)))
    side = 2 * radius + 1
    return cv2.GaussianBlur(plane, (side, side), np.sqrt(missing), borderType=cv2.BORDER_REPLICATE)


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def _weighted_rows(windows, column_place, weights):
    """Return each row of four weighted cells that patches have, and its energy."""
    count = len(column_place)
    rows = np.empty((len(windows), count, _ROW), np.float32)
    energies = np.empty((len(windows), count), np.float32)
    w0, w1, w2, w3 = weights
    for i in range(len(windows)):
        line = windows[i]
        for j in range(count):
            place, row = column_place[j], rows[i, j]
            a, b, c, d = line[place[0]], line[place[1]], line[place[2]], line[place[3]]
            energy = np.float32(0)
            for o in range(ORIENTATIONS):
                p, q, r, s = a[o] * w0, b[o] * w1, c[o] * w2, d[o] * w3
                row[o] = p
                row[o + ORIENTATIONS] = q
                row[o + 2 * ORIENTATIONS] = r
                row[o + 3 * ORIENTATIONS] = s
                energy += (p * p + q * q) + (r * r + s * s)
            energies[i, j] = energy
    return rows, energies


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def _write_vectors(
    windows, row_place, column_place, weights, contrast_threshold, root, vectors, offset
):
    """Gather, weight, clip and normalise all patches."""
    cells, energies = _weighted_rows(windows, column_place, weights)
    count = len(column_place)
    factors = weights
    if root:
        # The root of a product: taken once a row of cells instead of once a patch.
        values = cells.reshape(cells.size)
        for k in range(len(values)):
            values[k] = np.sqrt(values[k])
        factors = np.sqrt(weights)

    v0, v1, v2, v3 = weights * weights
    f0, f1, f2, f3 = factors
    for i in range(len(row_place)):
        place = row_place[i]
        a, b, c, d = cells[place[0]], cells[place[1]], cells[place[2]], cells[place[3]]
        e, f, g, h = energies[place[0]], energies[place[1]], energies[place[2]], energies[place[3]]
        for j in range(count):
            vector = vectors[i * count + j][offset : offset + DIMENSION]
            norm = np.sqrt((v0 * e[j] + v1 * f[j]) + (v2 * g[j] + v3 * h[j]))
            # Written so that a NaN ends as zeros, too.
            if not (norm >= contrast_threshold and norm > 0):
                vector[:] = 0
                continue
            limit = CLIP * norm
            if root:
                limit = np.sqrt(limit)
            # Of roots, the squares sum to the L1 norm: SIFT and RootSIFT end alike. The rows
            # go side by side, and min() is spelt out, for the compiler's sake: six times as fast.
            aj, bj, cj, dj = a[j], b[j], c[j], d[j]
            energy = np.float32(0)
            for k in range(_ROW):
                p, q, r, s = aj[k] * f0, bj[k] * f1, cj[k] * f2, dj[k] * f3
                p = p if p < limit else limit
                q = q if q < limit else limit
                r = r if r < limit else limit
                s = s if s < limit else limit
                vector[k] = p
                vector[k + _ROW] = q
                vector[k + 2 * _ROW] = r
                vector[k + 3 * _ROW] = s
                energy += (p * p + q * q) + (r * r + s * s)
            scale = np.float32(1) / np.sqrt(energy)
            for k in range(DIMENSION):
                vector[k] *= scale


def describe_plane(
    plane: np.ndarray,
    grid: Grid,
    flat: bool,
    weights: np.ndarray,
    contrast_threshold: float,
    root: bool,
    vectors: np.ndarray,
    offset: int,
) -> None:
    """Write the SIFT vectors of a grid.

    Parameters
    ----------
    plane : ndarray of shape (height, width), float32
        Smoothed image, whose values span at most 2.5.
    grid : Grid
        The patches; not empty.
    flat : bool
        Cells are boxes instead of triangles.
    weights : ndarray of shape (4,), float32
        Weights of a patch's rows and of its columns of cells.
    contrast_threshold : float
        Smallest norm of a raw histogram; below it, the vector is all zeros.
    root : bool
        RootSIFT instead of SIFT.
    vectors : ndarray of shape (len(grid), d), float32
        Values `offset` to `offset` + 128 are written here, row by row of the grid.
    offset : int
        See `vectors`.
    """
    # Compiled functions of several files meet here and not in each other: numba's cache
    # would not notice a change in another file.
    row_positions, row_place = cell_positions(grid.rows, grid.size, plane.shape[0])
    column_positions, column_place = cell_positions(grid.columns, grid.size, plane.shape[1])
    windows = orientation_windows(plane, row_positions, column_positions, grid.size, flat)
    threshold = np.float32(contrast_threshold)
    _write_vectors(windows, row_place, column_place, weights, threshold, root, vectors, offset)
