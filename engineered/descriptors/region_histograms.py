"""Histograms of all regions of a spatial pyramid, in one pass over the pixels."""

from __future__ import annotations

import numba
import numpy as np

from engineered.aggregation.spatial_pyramid import SpatialPyramid


def region_lines(pyramid: SpatialPyramid, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the regions of pixels as what their row and what their column adds.

    A region's number is the sum of both, so that no map of all pixels is needed.

    Parameters
    ----------
    pyramid : SpatialPyramid
        The regions.
    height, width : int
        Size of the image, in pixels.

    Returns
    -------
    rows : ndarray of shape (grids, height), intp
        What each row of pixels adds.
    columns : ndarray of shape (grids, width), intp
        What each column of pixels adds.
    """
    shape = (height, width)
    x, y = np.arange(width), np.arange(height)
    rows = pyramid.assign(np.zeros(height), y, shape)
    columns = pyramid.assign(x, np.zeros(width), shape)
    return rows, columns - columns[:, :1]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def count_values(values, rows, columns, counts):
    """Count values region by region.

    Parameters
    ----------
    values : ndarray of shape (height, width), integers
        Bin of each pixel, below the number of bins.
    rows, columns : ndarray of intp
        As `region_lines` returns them.
    counts : ndarray of shape (regions, bins), int64
        Added to in place.
    """
    height, width = values.shape
    for grid in range(len(rows)):
        column = columns[grid]
        for y in range(height):
            row = rows[grid, y]
            for x in range(width):
                counts[row + column[x], values[y, x]] += 1


@numba.njit(cache=True, nogil=True, error_model="numpy")
def add_orientations(angle, weight, rows, columns, period, bins, sums):
    """Add weights to the two orientations nearest to each pixel's angle, region by region.

    Parameters
    ----------
    angle : ndarray of shape (height, width), float32
        Degrees, 0 to 360.
    weight : ndarray of shape (height, width), float32
        Not negative; a pixel of weight 0 adds nothing.
    rows, columns : ndarray of intp
        As `region_lines` returns them.
    period : float32
        180, or 360 if opposite directions differ, in degrees.
    bins : int
        Number of orientations; the k-th is centred on ``k * period / bins``.
    sums : ndarray of shape (regions, bins or more), float32
        Added to in place.
    """
    height, width = angle.shape
    per_degree = np.float32(bins) / period
    for y in range(height):
        for x in range(width):
            value = weight[y, x]
            if value == 0:
                continue
            position = angle[y, x] * per_degree
            low = int(position)
            upper = value * (position - np.float32(low))
            lower = value - upper
            first, second = low % bins, (low + 1) % bins
            for grid in range(len(rows)):
                region = rows[grid, y] + columns[grid, x]
                sums[region, first] += lower
                sums[region, second] += upper
