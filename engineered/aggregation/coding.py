"""Weights by which a local vector counts for the words nearest to it."""

from __future__ import annotations

import numba
import numpy as np

# Share of the trace that the squared weights of a linear code are penalised by, as published.
RIDGE = 1e-4
# A kernel narrower than this is as good as none.
TINY = 1e-38
# Sums in any order: inner products can then be computed side by side.
FAST = {"reassoc", "contract"}


def soft_weights(distances: np.ndarray, width: float) -> np.ndarray:
    """Share out each vector by a Gaussian kernel around it.

    ``w_j = exp(-d_j^2 / (2 width^2)) / sum_l exp(-d_l^2 / (2 width^2))`` over the
    nearest words; with all words this is the uncertainty of the kernel codebook.

    Parameters
    ----------
    distances : ndarray of shape (m, k), float32
        Squared distances to the nearest words, nearest first.
    width : float
        Standard deviation of the kernel, in units of distance; 0 leaves all weight to
        the nearest word, or shares it among equals.

    Returns
    -------
    ndarray of shape (m, k), float32
        0 to 1; rows sum to 1.

    References
    ----------
    J. van Gemert, C. Veenman, A. Smeulders, J.-M. Geusebroek: Visual word
    ambiguity. PAMI 2010.
    L. Liu, L. Wang, X. Liu: In defense of soft-assignment coding. ICCV 2011.
    """
    # From the nearest on: the shares stay the same, and no sum of them can vanish.
    beyond = distances - distances[:, :1]
    variance = width * width
    if variance > TINY:
        weights = np.exp(-beyond.astype(np.float64) / (2 * variance))
    else:
        weights = (beyond <= 0).astype(np.float64)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights.astype(np.float32)


def linear_weights(vectors: np.ndarray, vocabulary: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Write each vector as a combination of its nearest words: locality-constrained linear coding.

    The weights of a vector x on its words b_1 ... b_k minimise

        |x - sum_j w_j b_j|^2 + ridge |w|^2    with sum_j w_j = 1

    which needs the solution of ``(C + ridge I) w = 1``, scaled to sum to 1; C holds the
    inner products of the b_j - x, and ridge is 1e-4 of its trace.

    Parameters
    ----------
    vectors : ndarray of shape (m, d), float32
        Local vectors.
    vocabulary : ndarray of shape (words, d), float32
        Words.
    labels : ndarray of shape (m, k), intp
        The nearest words of each vector.

    Returns
    -------
    ndarray of shape (m, k), float32
        Weights, some of which may be negative; rows sum to 1.

    References
    ----------
    J. Wang et al.: Locality-constrained linear coding for image classification. CVPR
    2010: the approximated coding of section 3.
    """
    weights = np.empty(labels.shape, np.float32)
    _solve_codes(
        np.ascontiguousarray(vectors, dtype=np.float32),
        np.ascontiguousarray(vocabulary, dtype=np.float32),
        labels,
        weights,
    )
    return weights


def warm_up() -> None:
    """Load or compile the kernels."""
    few = np.zeros((1, 1), np.float32)
    linear_weights(few, few, np.zeros((1, 1), np.intp))


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST)
def _inner(a, b):
    total = np.float32(0)
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _solve_codes(vectors, vocabulary, labels, weights):
    m, d = vectors.shape
    k = labels.shape[1]
    towards = np.empty((k, d), np.float32)
    C = np.empty((k, k))
    w = np.empty(k)
    for i in range(m):
        x = vectors[i]
        for a in range(k):
            word, way = vocabulary[labels[i, a]], towards[a]
            for j in range(d):
                way[j] = word[j] - x[j]
        trace = 0.0
        for a in range(k):
            for b in range(a + 1):
                C[a, b] = _inner(towards[a], towards[b])
            trace += C[a, a]
        if trace <= 0:
            # All words lie on the vector, and none is better than another.
            weights[i] = 1 / k
            continue
        for a in range(k):
            C[a, a] += RIDGE * trace
        _cholesky_solve(C, w)
        total = w.sum()
        for a in range(k):
            weights[i, a] = w[a] / total


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _cholesky_solve(C, w):
    """Solve C w = 1 for a positive definite C, of which only the lower half is read and changed."""
    k = len(w)
    for a in range(k):
        for b in range(a + 1):
            value = C[a, b]
            for j in range(b):
                value -= C[a, j] * C[b, j]
            C[a, b] = np.sqrt(value) if a == b else value / C[b, b]
    for a in range(k):
        value = 1.0
        for j in range(a):
            value -= C[a, j] * w[j]
        w[a] = value / C[a, a]
    for a in range(k - 1, -1, -1):
        value = w[a]
        for j in range(a + 1, k):
            value -= C[j, a] * w[j]
        w[a] = value / C[a, a]
