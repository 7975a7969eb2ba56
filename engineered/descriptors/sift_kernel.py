"""The arithmetic of dense SIFT: gradients, orientation maps, windows, gathering.

Everything that grid points share is computed once an image and scale. The
gradient magnitude is split between two neighbouring orientations, giving eight
maps. A cell is a triangular window over a map, half as wide as it is long to
its neighbours' centres, so the window is separable and equal for all cells:
it is evaluated only on rows and columns where some cell has its centre. What
is left for each grid point is to gather 16 cells and to normalise.
"""

from __future__ import annotations

import cv2
import numba
import numpy as np

CELLS = 4
ORIENTATIONS = 8
DIMENSION = CELLS * CELLS * ORIENTATIONS
# A vector's values are clipped here, to restrain single strong edges (Lowe 2004).
CLIP = np.float32(0.2)
# No assumption about NaN: a broken image must not turn into a plausible vector.
FAST = {"reassoc", "contract", "nsz", "arcp"}

# Weight of each cell: a Gaussian over the patch, as wide as half the patch.
_OFFSETS = np.arange(CELLS) - (CELLS - 1) / 2
CELL_WEIGHTS = np.exp(-(_OFFSETS[:, None] ** 2 + _OFFSETS[None, :] ** 2) / (CELLS**2 / 2)).astype(
    np.float32
)


def gradient_maps(grey: np.ndarray, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Smooth an image and return its gradient in polar form.

    Parameters
    ----------
    grey : ndarray of shape (height, width), float32
        Grey levels, 0 to 1.
    sigma : float
        Standard deviation of the smoothing wanted, in pixels. The image is taken
        to be smoothed by 0.5 already, as a camera does.

    Returns
    -------
    magnitude : ndarray of shape (height, width), float32
        Grey levels a pixel.
    angle : ndarray of shape (height, width), float32
        Degrees, 0 to 360, counter-clockwise from the right as one sees the image.
    """
    missing = sigma**2 - 0.25
    if missing > 0:
        radius = int(np.ceil(4 * np.sqrt(missing)))
        grey = cv2.GaussianBlur(
            grey,
            (2 * radius + 1, 2 * radius + 1),
            np.sqrt(missing),
            borderType=cv2.BORDER_REPLICATE,
        )
    dx = cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=1, scale=0.5, borderType=cv2.BORDER_REPLICATE)
    # Rows count downwards, angles upwards.
    dy = cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=1, scale=-0.5, borderType=cv2.BORDER_REPLICATE)
    magnitude, angle = cv2.cartToPolar(dx, dy, angleInDegrees=True)
    return magnitude, angle


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def _orientation_maps(magnitude, angle):
    """Split each pixel's magnitude linearly between the two nearest orientations."""
    height, width = magnitude.shape
    maps = np.zeros((height, width, ORIENTATIONS), np.float32)
    per_degree = np.float32(ORIENTATIONS / 360.0)
    for y in range(height):
        for x in range(width):
            position = angle[y, x] * per_degree
            low = int(position)
            upper_share = position - np.float32(low)
            value = magnitude[y, x]
            maps[y, x, low % ORIENTATIONS] = value * (np.float32(1) - upper_share)
            maps[y, x, (low + 1) % ORIENTATIONS] = value * upper_share
    return maps


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def _needed(first_cells, size, length):
    """Return the sorted positions of all cells' centres, and where each position went."""
    place = np.full(length, -1, np.int64)
    for start in first_cells:
        for cell in range(CELLS):
            place[start + cell * size] = 0
    count = 0
    for position in range(length):
        if place[position] == 0:
            place[position] = count
            count += 1
    positions = np.empty(count, np.int64)
    for position in range(length):
        if place[position] >= 0:
            positions[place[position]] = position
    return positions, place


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def _windowed(maps, row_positions, column_positions, size):
    """Apply the triangular window where a row of cells and a column of cells cross."""
    height, width, _ = maps.shape
    # Each axis' window sums to one: a mean, so that contrast is one notion at all scales.
    triangle = np.empty(2 * size - 1, np.float32)
    for tap in range(2 * size - 1):
        triangle[tap] = np.float32((size - abs(tap - size + 1)) / (size * size))

    line = np.empty((width, ORIENTATIONS), np.float32)
    windows = np.empty((len(row_positions), len(column_positions), ORIENTATIONS), np.float32)
    flat_line = line.reshape(width * ORIENTATIONS)
    flat_maps = maps.reshape(height, width * ORIENTATIONS)
    total = np.empty(ORIENTATIONS, np.float32)
    for i in range(len(row_positions)):
        flat_line[:] = 0
        first = row_positions[i] - size + 1
        for tap in range(2 * size - 1):
            y = first + tap
            if 0 <= y < height:
                weight = triangle[tap]
                source = flat_maps[y]
                for k in range(width * ORIENTATIONS):
                    flat_line[k] += weight * source[k]
        for j in range(len(column_positions)):
            first = column_positions[j] - size + 1
            low = max(0, -first)
            high = min(2 * size - 1, width - first)
            total[:] = 0
            for tap in range(low, high):
                weight = triangle[tap]
                for o in range(ORIENTATIONS):
                    total[o] += weight * line[first + tap, o]
            for o in range(ORIENTATIONS):
                windows[i, j, o] = total[o]
    return windows


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def _normalise(vector, contrast_threshold, root):
    """Normalise one raw histogram in place; zeros where its norm is under the threshold."""
    energy = np.float32(0)
    for k in range(DIMENSION):
        energy += vector[k] * vector[k]
    norm = np.sqrt(energy)
    # Written so that a NaN ends as zeros, too.
    if not (norm >= contrast_threshold and norm > 0):
        vector[:] = 0
        return
    limit = CLIP * norm
    energy = np.float32(0)
    mass = np.float32(0)
    for k in range(DIMENSION):
        value = min(vector[k], limit)
        vector[k] = value
        energy += value * value
        mass += value
    if root:
        scale = np.float32(1) / mass
        for k in range(DIMENSION):
            vector[k] = np.sqrt(vector[k] * scale)
    else:
        scale = np.float32(1) / np.sqrt(energy)
        for k in range(DIMENSION):
            vector[k] *= scale


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def describe_grid(magnitude, angle, rows, columns, size, contrast_threshold, root, vectors):
    """Write the SIFT vectors of a grid at one scale.

    Parameters
    ----------
    magnitude, angle : ndarray of shape (height, width), float32
        As `gradient_maps` returns them.
    rows, columns : ndarray of int64
        Centres of the first cells, row-wise and column-wise.
    size : int
        Cell size in pixels.
    contrast_threshold : float32
        Smallest norm of a raw histogram.
    root : bool
        RootSIFT instead of SIFT.
    vectors : ndarray of shape (len(rows) * len(columns), 128), float32
        Written here, row by row of the grid.
    """
    height, width = magnitude.shape
    row_positions, row_place = _needed(rows, size, height)
    column_positions, column_place = _needed(columns, size, width)
    maps = _orientation_maps(magnitude, angle)
    windows = _windowed(maps, row_positions, column_positions, size)
    for i in range(len(rows)):
        for j in range(len(columns)):
            vector = vectors[i * len(columns) + j]
            k = 0
            for cell_row in range(CELLS):
                y = row_place[rows[i] + cell_row * size]
                for cell_column in range(CELLS):
                    x = column_place[columns[j] + cell_column * size]
                    weight = CELL_WEIGHTS[cell_row, cell_column]
                    for o in range(ORIENTATIONS):
                        vector[k + o] = weight * windows[y, x, o]
                    k += ORIENTATIONS
            _normalise(vector, contrast_threshold, root)
