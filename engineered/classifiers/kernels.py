"""Kernels and distances between histograms, and between vectors."""

from __future__ import annotations

import numba
import numpy as np

# Rows of the second operand that stay in cache while the first passes by.
TILE = 64
# Keeps 0 / 0 at zero without a branch, and adds nothing that float32 would see.
TINY = np.float32(1e-30)
# Columns that are converted to float64 at once.
COLUMNS = 4096
FAST = {"reassoc", "contract", "nsz", "arcp"}


# A check for division by zero would keep the loop from being vectorised.
@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def _chi2(A, B, out, below):
    for start in range(0, len(B), TILE):
        stop = min(start + TILE, len(B))
        for i in range(start if below else 0, len(A)):
            a = A[i]
            for j in range(start, min(stop, i + 1) if below else stop):
                b = B[j]
                total = np.float32(0)
                for k in range(len(a)):
                    difference = a[k] - b[k]
                    total += difference * difference / (a[k] + b[k] + TINY)
                out[i, j] = total


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def _intersection(A, B, out, below):
    for start in range(0, len(B), TILE):
        stop = min(start + TILE, len(B))
        for i in range(start if below else 0, len(A)):
            a = A[i]
            for j in range(start, min(stop, i + 1) if below else stop):
                b = B[j]
                total = np.float32(0)
                for k in range(len(a)):
                    total += min(a[k], b[k])
                out[i, j] = total


def _pairs(kernel, A: np.ndarray, B: np.ndarray) -> np.ndarray:
    out = np.empty((len(A), len(B)), np.float32)
    if A is not B:
        kernel(A, B, out, False)
        return out
    # Rows against themselves: the half below the diagonal is all there is to compute.
    kernel(A, B, out, True)
    for start in range(0, len(A), TILE):
        stop = start + TILE
        square = out[start:stop, start:stop]
        square[:] = np.tril(square) + np.tril(square, -1).T
        out[start:stop, stop:] = out[stop:, start:stop].T
    return out


def chi2_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return ``sum_k (a_k - b_k)^2 / (a_k + b_k)``, terms of two zeros being zero.

    Parameters
    ----------
    A : ndarray of shape (n, d), float32
        Rows, none negative.
    B : ndarray of shape (m, d), float32
        Rows, none negative.

    Returns
    -------
    ndarray of shape (n, m), float32
        Distances; 0 to 2 for rows that sum to one.
    """
    return _pairs(_chi2, A, B)


def intersection(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return ``sum_k min(a_k, b_k)``.

    Parameters
    ----------
    A : ndarray of shape (n, d), float32
        Rows, none negative.
    B : ndarray of shape (m, d), float32
        Rows, none negative.

    Returns
    -------
    ndarray of shape (n, m), float32
        Kernel values.

    References
    ----------
    M. Swain, D. Ballard: Color indexing. IJCV 1991.
    """
    return _pairs(_intersection, A, B)


def squared_distances(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """Return squared Euclidean distances.

    Parameters
    ----------
    A : ndarray of shape (n, d), float32
        Rows.
    B : ndarray of shape (m, d), float32
        Rows.

    Returns
    -------
    ndarray of shape (n, m), float32
        Never negative.
    """
    # In float64: near rows are a small difference of large products. Some columns
    # at a time: long rows would otherwise be held twice more.
    squares = np.zeros((len(A), len(B)))
    for start in range(0, A.shape[1], COLUMNS):
        A64 = A[:, start : start + COLUMNS].astype(np.float64)
        B64 = B[:, start : start + COLUMNS].astype(np.float64)
        squares += np.einsum("ij,ij->i", A64, A64)[:, None] + np.einsum("ij,ij->i", B64, B64)
        squares -= 2 * (A64 @ B64.T)
    return np.maximum(squares, 0).astype(np.float32)
