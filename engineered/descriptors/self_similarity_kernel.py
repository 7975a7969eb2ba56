"""Squared differences of patches with the patches around them, for a grid of points.

One displacement is done at a time, for all points together: the squared difference
of the image and the displaced image is summed over boxes, by running sums down the
columns. The same sums serve the opposite displacement, at the patches' other ends.
Pixels are whole numbers, and sums stay below 2**24: single precision is exact.
"""

from __future__ import annotations

import numba
import numpy as np

# Lines are filled up to a multiple of this, or the compiler's loops end in single steps.
_LANES = 32
# Above every sum.
_LARGEST = np.float32(2**24)
_FAST = {"contract", "nsz", "arcp"}


def _full(count: int) -> int:
    """Return the least multiple of the lanes that is not below a count."""
    return -(-count // _LANES) * _LANES


@numba.njit(cache=True, nogil=True)
def _spread_columns(pixels, step, start, length):
    """Return the image with every `step`-th column side by side, and zeros around.

    The pixel of row y and column x is at [channel, y, x % step, start + x // step]: what
    is taken from neighbouring points, and from their neighbours, lies side by side.
    """
    height, width, channels = pixels.shape
    planes = np.zeros((channels, height, step, length), np.float32)
    for channel in range(channels):
        for y in range(height):
            for phase in range(step):
                line = planes[channel, y, phase]
                for k in range((width - phase + step - 1) // step):
                    line[start + k] = pixels[y, phase + k * step, channel]
    return planes


@numba.njit(cache=True, nogil=True, fastmath=_FAST, error_model="numpy")
def _add_row(planes, y, dy, dx, margin, oldest, sums):
    """Add a row of squared differences to the sums of the columns, and take the oldest off."""
    channels, _, step, length = planes.shape
    count = length - 2 * margin
    for phase in range(step):
        other = (phase + dx) % step
        shift = margin + (phase + dx) // step
        total, old = sums[phase][margin : margin + count], oldest[phase][:count]
        a = planes[0, y, phase][margin : margin + count]
        b = planes[0, y + dy, other][shift : shift + count]
        if channels == 1:
            for k in range(count):
                p = a[k] - b[k]
                square = p * p
                total[k] += square - old[k]
                old[k] = square
        else:
            c = planes[1, y, phase][margin : margin + count]
            d = planes[1, y + dy, other][shift : shift + count]
            e = planes[2, y, phase][margin : margin + count]
            f = planes[2, y + dy, other][shift : shift + count]
            for k in range(count):
                p, q, r = a[k] - b[k], c[k] - d[k], e[k] - f[k]
                square = p * p + q * q + r * r
                total[k] += square - old[k]
                old[k] = square


@numba.njit(cache=True, nogil=True, fastmath=_FAST, error_model="numpy")
def _box_row(sums, column, start, patch, line):
    """Write the sums over the `patch` columns around `column` and each `step`-th from there."""
    step, count = len(sums), len(line)
    first = column - patch // 2
    begin = start + first // step
    a = sums[first % step][begin : begin + count]
    for j in range(count):
        line[j] = a[j]
    # Two at once: half as many rounds over the line. A patch's side is odd.
    for x in range(first + 1, first + patch, 2):
        begin, after = start + x // step, start + (x + 1) // step
        a, b = sums[x % step][begin : begin + count], sums[(x + 1) % step][after : after + count]
        for j in range(count):
            line[j] += a[j] + b[j]


@numba.njit(cache=True, nogil=True)
def _differences(planes, rows, column, margin, patch, dy, dx, ring, sums, forth, back):
    """Write the differences of all points with the patches at (dy, dx) and at (-dy, -dx)."""
    step, half = planes.shape[2], patch // 2
    top, bottom = rows[0], rows[-1]
    ring[:] = 0
    sums[:] = 0
    for y in range(top - dy - half, bottom + half + 1):
        _add_row(planes, y, dy, dx, margin, ring[y % patch], sums)
        centre = y - half
        i, rest = divmod(centre - top, step)
        if rest == 0 and 0 <= i < len(rows):
            _box_row(sums, column, margin, patch, forth[i])
        i, rest = divmod(centre + dy - top, step)
        if rest == 0 and 0 <= i < len(rows):
            _box_row(sums, column - dx, margin, patch, back[i])


@numba.njit(cache=True, nogil=True, fastmath=_FAST)
def _lower(values, others):
    """Replace values by others that are smaller."""
    values, others = values.reshape(values.size), others.reshape(others.size)
    for k in range(len(values)):
        values[k] = values[k] if values[k] < others[k] else others[k]


@numba.njit(cache=True, nogil=True, fastmath=_FAST)
def _raise(values, others):
    """Replace values by others that are larger."""
    values, others = values.reshape(values.size), others.reshape(others.size)
    for k in range(len(values)):
        values[k] = values[k] if values[k] > others[k] else others[k]


@numba.njit(cache=True, nogil=True)
def _least_differences(planes, rows, column, count, margin, patch, moves, n_bins):
    """Return the least difference in each bin, and the largest of the four neighbours."""
    step, length = planes.shape[2], planes.shape[3]
    ring = np.empty((patch, step, length), np.float32)
    sums = np.empty((step, length), np.float32)
    forth = np.empty((len(rows), count), np.float32)
    back = np.empty((len(rows), count), np.float32)
    around = np.zeros((len(rows), count), np.float32)
    least = np.full((n_bins, len(rows), count), _LARGEST)
    for dy, dx in ((0, 1), (1, 0)):
        _differences(planes, rows, column, margin, patch, dy, dx, ring, sums, forth, back)
        _raise(around, forth)
        _raise(around, back)
    for move in moves:
        dy, dx = move[0], move[1]
        _differences(planes, rows, column, margin, patch, dy, dx, ring, sums, forth, back)
        _lower(least[move[2]], forth)
        _lower(least[move[3]], back)
    return least, around


@numba.njit(cache=True, nogil=True, fastmath={"contract", "nsz"}, error_model="numpy")
def _write_vectors(similarities, columns, contrast_threshold, root, vectors):
    """Stretch and normalise the similarities of each point."""
    n_bins, n_rows, _ = similarities.shape
    for i in range(n_rows):
        for j in range(columns):
            vector = vectors[i * columns + j]
            low, high = similarities[0, i, j], similarities[0, i, j]
            for b in range(n_bins):
                value = similarities[b, i, j]
                vector[b] = value
                low, high = min(low, value), max(high, value)
            spread = high - low
            if not (spread >= contrast_threshold and spread > 0):
                vector[:] = 0
                continue
            total = np.float32(0)
            for b in range(n_bins):
                vector[b] = (vector[b] - low) / spread
                total += vector[b]
            if root:
                for b in range(n_bins):
                    vector[b] = np.sqrt(vector[b] / total)


def describe_points(
    pixels: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    step: int,
    patch: int,
    moves: np.ndarray,
    n_bins: int,
    noise: float,
    contrast_threshold: float,
    root: bool,
    vectors: np.ndarray,
) -> None:
    """Write the self-similarities of a grid of points.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 1) or (height, width, 3), uint8
        The image; the squares of a patch's pixels sum to less than 2**24.
    rows, columns : ndarray of shape (n_rows,) and (n_columns,), int64
        The points' pixels, `step` apart; not empty. All patches that they are compared
        with lie in the image.
    step : int
        See `rows`.
    patch : int
        Side of a patch, odd.
    moves : ndarray of shape (n_moves, 4), int64
        For each pair of opposite displacements (dy, dx) and (-dy, -dx), dy >= 0:
        dy, dx, and the bins of the first and of the second.
    n_bins : int
        Number of bins; none is without displacements.
    noise : float
        Least sum of squared differences that similarities are measured by.
    contrast_threshold : float
        Least range of similarities; below it, the vector is all zeros.
    root : bool
        Square roots of the shares of the vector's sum, instead of 0 to 1.
    vectors : ndarray of shape (n_rows * n_columns, n_bins), float32
        Written here, row by row of the grid.
    """
    reach = max(1, int(np.abs(moves[:, :2]).max()))
    # Room to look aside, and for full lines from any place on.
    margin = reach // step + 1
    length = 2 * margin + _full(-(-pixels.shape[1] // step) + _LANES)
    planes = _spread_columns(pixels, step, margin, length)
    similarities, around = _least_differences(
        planes, rows, columns[0], _full(len(columns)), margin, patch, moves, n_bins
    )
    np.maximum(around, np.float32(noise), out=around)
    np.divide(similarities, -around, out=similarities)
    # NumPy's exponentials of many are faster than the kernel's of one; the least end as 0.
    with np.errstate(under="ignore"):
        np.exp(similarities, out=similarities)
    _write_vectors(similarities, len(columns), np.float32(contrast_threshold), root, vectors)
