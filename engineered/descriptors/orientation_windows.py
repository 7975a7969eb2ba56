"""Orientation histograms of the cells of a grid, in a few passes over the image.

The gradient of every pixel is split between its two neighbouring orientations,
which gives eight maps, and a cell is a window over the maps. The window is the
product of one along rows and one along columns:

- down the rows, by sums of sums. With S1 the running sum of a column and S2 the
  running sum of S1, a triangle of height `size` is
  S2[y + size - 1] - 2 S2[y - 1] + S2[y - size - 1], and a box is a difference of
  two values of S1. The sums are 32-bit integers: they may run over, for a
  difference is exact again, so a flat region gives exactly zero wherever it lies;
- along the columns, a box of length 2 n is a box of length n added to itself n
  further on. A triangle is a box of a box.

Both cost nearly the same for all sizes, and neither depends on where in the image
a cell lies. All long loops run over contiguous rows, one orientation at a time,
which is what a compiler turns into vector instructions; slices keep the indices
plain, as an offset that might be negative stops it.
"""

from __future__ import annotations

import numba
import numpy as np

ORIENTATIONS = 8
# No assumption about NaN: a broken image must not turn into a plausible vector.
FAST = {"reassoc", "contract", "nsz", "arcp"}
# Gradients are stored in units so small that 2 ** 29 of them are one grey level, divided
# by the square of the size: sums over a window then stay below 2 ** 31.
_UNITS = 2.0**29

# A gradient g at an angle between two orientations is the sum of two vectors along these.
# The length of its part along orientation o is the smaller of lower[o] . g and upper[o] . g,
# or 0 where that is negative.
_ANGLES = np.arange(ORIENTATIONS) * 2 * np.pi / ORIENTATIONS
_LOWER_X = (np.cos(_ANGLES) - np.sin(_ANGLES)).astype(np.float32)
_LOWER_Y = (np.sin(_ANGLES) + np.cos(_ANGLES)).astype(np.float32)
_UPPER_X = (np.cos(_ANGLES) + np.sin(_ANGLES)).astype(np.float32)
_UPPER_Y = (np.sin(_ANGLES) - np.cos(_ANGLES)).astype(np.float32)


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def _add_row(above, row, below, unit, dx, dy, first, before, after, keep):
    """Add one row's gradients to the running sums of all orientations and columns."""
    width = len(row)
    for x in range(1, width - 1):
        dx[x] = (row[x + 1] - row[x - 1]) * unit
    dx[0] = (row[min(1, width - 1)] - row[0]) * unit
    dx[width - 1] = (row[width - 1] - row[max(0, width - 2)]) * unit
    # Rows count downwards, angles upwards.
    for x in range(width):
        dy[x] = (above[x] - below[x]) * unit
    for o in range(ORIENTATIONS):
        lower_x, lower_y = _LOWER_X[o], _LOWER_Y[o]
        upper_x, upper_y = _UPPER_X[o], _UPPER_Y[o]
        sums, old, new = first[o], before[o], after[o]
        for x in range(width):
            lower = lower_x * dx[x] + lower_y * dy[x]
            upper = upper_x * dx[x] + upper_y * dy[x]
            part = lower if lower < upper else upper
            part = part if part > np.float32(0) else np.float32(0)
            sums[x] = np.int32(sums[x] + np.int32(part + np.float32(0.5)))
            new[x] = np.int32((old[x] & keep) + sums[x])


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def _box(source, length, size, one, other):
    """Return sums of `size` values from each place on, in one of two buffers."""
    bit = 1
    while 2 * bit <= size:
        bit *= 2
    width = 1
    result, spare = source, one
    while bit > 1:
        bit //= 2
        ahead = result[width:]
        for x in range(length):
            spare[x] = result[x] + ahead[x]
        width *= 2
        result, spare = spare, other if width == 2 else result
        if size & bit:
            ahead = source[width:]
            for x in range(length):
                spare[x] = result[x] + ahead[x]
            width += 1
            result, spare = spare, result
    return result


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def orientation_windows(plane, rows, columns, size, flat):
    """Return histograms of orientations where rows and columns of cells cross.

    Parameters
    ----------
    plane : ndarray of shape (height, width), float32
        Smoothed image, whose values span at most 2.5.
    rows, columns : ndarray of int64
        Centres of cells along each axis, ascending.
    size : int
        Cell size in pixels.
    flat : bool
        A cell is a box of `size` pixels, whose border pixels count by half where
        `size` is even; else a triangle, which falls to 0 at `size` pixels from the centre.

    Returns
    -------
    ndarray of shape (len(rows), len(columns), 8), float32
        Mean gradient along each orientation, counter-clockwise from the right;
        beyond the image's edge there is none. The weights of a window sum to 1.
    """
    height, width = plane.shape
    unit = np.float32(_UNITS / (size * size))
    # How far a window reaches, and where its sums are taken: (a - b) + (c - d).
    if flat:
        reach, gain = size // 2, 2 * size
        a, b, c, d = size // 2, -((size - 1) // 2) - 1, (size - 1) // 2, -(size // 2) - 1
        line_gain = size if size % 2 else 2 * size
    else:
        reach, gain = size - 1, size * size
        a, b, c, d = size - 1, -1, -size - 1, -1
        line_gain = size * size
    keep = np.int32(0 if flat else -1)
    scale = np.float32(1.0 / (unit * gain * line_gain))

    # The latest rows of sums. Rows above the image are those not written yet: zeros.
    span = 2 * size + 1
    ring = np.zeros((span, ORIENTATIONS, width), np.int32)
    first = np.zeros((ORIENTATIONS, width), np.int32)
    dx = np.empty(width, np.float32)
    dy = np.empty(width, np.float32)
    # All orientations one after the other, with room at both ends of each.
    pitch = width + 2 * reach
    length = ORIENTATIONS * pitch
    line = np.zeros(length + size + 1, np.float32)
    buffers = np.zeros((4, length + size + 1), np.float32)
    windows = np.empty((len(rows), len(columns), ORIENTATIONS), np.float32)

    done = 0
    y = 0
    while done < len(rows):
        before, after = ring[(y - 1) % span], ring[y % span]
        if y < height:
            above, below = plane[max(y - 1, 0)], plane[min(y + 1, height - 1)]
            half = np.float32(0.5) * unit
            _add_row(above, plane[y], below, half, dx, dy, first, before, after, keep)
        else:
            for o in range(ORIENTATIONS):
                sums, old, new = first[o], before[o], after[o]
                for x in range(width):
                    new[x] = np.int32((old[x] & keep) + sums[x])
        if y == rows[done] + reach:
            centre = rows[done]
            sums_a, sums_b = ring[(centre + a) % span], ring[(centre + b) % span]
            sums_c, sums_d = ring[(centre + c) % span], ring[(centre + d) % span]
            for o in range(ORIENTATIONS):
                target = line[o * pitch + reach : o * pitch + reach + width]
                p, q, r, s = sums_a[o], sums_b[o], sums_c[o], sums_d[o]
                for x in range(width):
                    total = np.int32((p[x] - q[x]) + (r[x] - s[x]))
                    target[x] = np.float32(total) * scale
            boxes = _box(line, length, size, buffers[0], buffers[1])
            if not flat:
                boxes = _box(boxes, length, size, buffers[2], buffers[3])
            elif size % 2 == 0:
                ahead, mean = boxes[1:], buffers[2]
                for x in range(length):
                    mean[x] = boxes[x] + ahead[x]
                boxes = mean
            for j in range(len(columns)):
                place, cell = boxes[columns[j] :], windows[done, j]
                for o in range(ORIENTATIONS):
                    cell[o] = place[o * pitch]
            done += 1
        y += 1
    return windows
