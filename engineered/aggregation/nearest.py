"""The centres nearest to each row: a matrix product by parts, each searched while in cache."""

from __future__ import annotations

import numba
import numpy as np

from engineered.parallel import by_parts

# Rows a part: their products with a thousand centres stay in the cache of one core.
CHUNK = 512
# Rows that a thread takes at once.
PART = 16 * CHUNK
# Columns whose largest values are followed side by side, in vector registers.
LANES = 64


def nearest_centres(X: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Assign each row to its nearest centre.

    ``|x - c|^2 = |x|^2 - 2 (x.c - |c|^2 / 2)``: the largest bracket is the nearest centre.

    Parameters
    ----------
    X : ndarray of shape (n, d), float32
        Rows; n may be 0.
    centres : ndarray of shape (k, d), float32
        Centres.

    Returns
    -------
    labels : ndarray of shape (n,), intp
        Index of the nearest centre, the first one among equals.
    distances : ndarray of shape (n,), float32
        Squared Euclidean distance to it.
    """
    labels, distances = k_nearest_centres(X, centres, 1)
    return labels[:, 0], distances[:, 0]


def k_nearest_centres(
    X: np.ndarray, centres: np.ndarray, neighbours: int
) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest centres of each row.

    Parameters
    ----------
    X : ndarray of shape (n, d), float32
        Rows; n may be 0.
    centres : ndarray of shape (k, d), float32
        Centres.
    neighbours : int
        How many to find, 1 to k. Meant for few: the cost grows with its square.

    Returns
    -------
    labels : ndarray of shape (n, neighbours), intp
        Indices of the centres, nearest first; among equals, the first centre comes first.
    distances : ndarray of shape (n, neighbours), float32
        Squared Euclidean distances to them.

    Raises
    ------
    ValueError
        For a number of neighbours out of range, or rows and centres of different lengths.
    """
    X = np.ascontiguousarray(X, dtype=np.float32)
    centres = np.ascontiguousarray(centres, dtype=np.float32)
    if not 1 <= neighbours <= len(centres):
        raise ValueError(f"neighbours must be 1 to {len(centres)} centres, got {neighbours}")
    if X.ndim != 2 or X.shape[1] != centres.shape[1]:
        raise ValueError(
            f"rows must be of shape (n, {centres.shape[1]}) as the centres are, got {X.shape}"
        )
    labels = np.empty((len(X), neighbours), np.intp)
    distances = np.empty((len(X), neighbours), np.float32)
    transposed = np.ascontiguousarray(centres.T)
    half_norms = np.einsum("ij,ij->i", centres, centres) / 2
    search = _search_one if neighbours == 1 else _search

    def assign(part: slice) -> None:
        products = np.empty((min(CHUNK, part.stop - part.start), len(centres)), np.float32)
        for start in range(part.start, part.stop, CHUNK):
            few = slice(start, min(start + CHUNK, part.stop))
            found = np.matmul(X[few], transposed, out=products[: few.stop - start])
            search(found, half_norms, labels[few], distances[few])

    by_parts(assign, len(X), PART)
    squares = np.einsum("ij,ij->i", X, X)
    distances *= -2
    distances += squares[:, None]
    return labels, np.maximum(distances, 0, out=distances)


def warm_up() -> None:
    """Load or compile the kernels."""
    few = np.zeros((2, 1), np.float32)
    nearest_centres(few, few)
    k_nearest_centres(few, few, 2)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _largest_in_lanes(row, half_norms, lanes):
    """Set lane j to the largest bracket of the columns j, j + LANES, j + 2 LANES, ..."""
    lanes[:] = -np.inf
    whole = len(row) // LANES * LANES
    for start in range(0, whole, LANES):
        products = row[start : start + LANES]
        norms = half_norms[start : start + LANES]
        for j in range(LANES):
            value = products[j] - norms[j]
            largest = lanes[j]
            lanes[j] = value if value > largest else largest
    for j in range(len(row) - whole):
        value = row[whole + j] - half_norms[whole + j]
        if value > lanes[j]:
            lanes[j] = value


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _search_one(products, half_norms, labels, brackets):
    n, k = products.shape
    lanes = np.empty(LANES, np.float32)
    for i in range(n):
        row = products[i]
        _largest_in_lanes(row, half_norms, lanes)
        largest = np.float32(-np.inf)
        for j in range(LANES):
            largest = lanes[j] if lanes[j] > largest else largest
        where = k
        for lane in range(min(LANES, k)):
            if lanes[lane] == largest:
                for j in range(lane, where, LANES):
                    if row[j] - half_norms[j] == largest:
                        where = j
                        break
        # Only NaN is nowhere; a label must be one all the same.
        labels[i, 0] = where if where < k else 0
        brackets[i, 0] = largest


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _search(products, half_norms, labels, brackets):
    n, k = products.shape
    neighbours = labels.shape[1]
    last = neighbours - 1
    lanes = np.empty(LANES, np.float32)
    for i in range(n):
        row, label, bracket = products[i], labels[i], brackets[i]
        _largest_in_lanes(row, half_norms, lanes)
        # The largest of as many lanes as there are neighbours: none of these is below the
        # last of them, so that whatever qualifies lies in a lane that reaches it.
        bracket[:] = -np.inf
        for lane in range(LANES):
            value = lanes[lane]
            if value > bracket[last]:
                place = last
                while place > 0 and bracket[place - 1] < value:
                    bracket[place] = bracket[place - 1]
                    place -= 1
                bracket[place] = value
        enough = bracket[last]
        bracket[:] = -np.inf
        label[:] = k
        for lane in range(min(LANES, k)):
            if lanes[lane] < enough:
                continue
            for j in range(lane, k, LANES):
                value = row[j] - half_norms[j]
                if value < bracket[last] or (value == bracket[last] and j > label[last]):
                    continue
                place = last
                while place > 0 and (
                    bracket[place - 1] < value
                    or (bracket[place - 1] == value and label[place - 1] > j)
                ):
                    bracket[place] = bracket[place - 1]
                    label[place] = label[place - 1]
                    place -= 1
                bracket[place] = value
                label[place] = j
        for place in range(neighbours):
            if label[place] == k:
                label[place] = 0
