"""The arithmetic of Fisher vectors: posteriors and moments of a diagonal Gaussian mixture.

The log-likelihood of a vector under a diagonal Gaussian is linear in (x, x^2): one
matrix product gives it for a chunk of vectors and all Gaussians. What follows is
one pass over the chunk while it lies in the cache: a softmax, and for the few
Gaussians whose posterior counts at all, sums of q, q (x - m) and q (x - m)^2, m being
the Gaussian's mean. Sums of x and x^2 themselves would lose a narrow Gaussian's digits.
"""

from __future__ import annotations

import numba
import numpy as np

#: Vectors handled at once: their products stay in the second-level cache.
CHUNK = 512
#: Smaller posteriors add nothing that float32 would show beside those that sum to one.
SMALLEST = np.float32(1e-6)
FAST = {"reassoc", "contract", "nsz", "arcp"}

# Minimax polynomial of 2^f on [-0.5, 0.5], degree 5: relative error under 3e-7.
_C0, _C1, _C2 = np.float32(1.0), np.float32(0.693147182), np.float32(0.240226462)
_C3, _C4, _C5 = np.float32(0.0555043600), np.float32(0.00961801037), np.float32(0.00133335580)
_LOG2_E = np.float32(1.44269504)
# Under this exponent, a power of two is taken as the smallest that float32 holds.
_LOWEST = np.float32(-126.0)


# Only here may NaN be taken not to exist, without which a maximum is not vectorised: one
# NaN makes the sum that follows NaN, too.
@numba.njit(cache=True, nogil=True, fastmath=FAST | {"nnan"}, error_model="numpy")
def _add_and_find_largest(row, offsets):
    row[0] += offsets[0]
    largest = row[0]
    for j in range(1, len(row)):
        row[j] += offsets[j]
        largest = max(largest, row[j])
    return largest


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def _split_exponentials(row, largest, bits):
    """Write exp(row - largest) as a factor near 1, in `row`, times a power of two, in `bits`."""
    for j in range(len(row)):
        t = max((row[j] - largest) * _LOG2_E, _LOWEST)
        whole = np.int32(t - np.float32(0.5))
        f = t - np.float32(whole)
        row[j] = _C0 + f * (_C1 + f * (_C2 + f * (_C3 + f * (_C4 + f * _C5))))
        bits[j] = np.int32((whole + 127) << 23)


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def _multiply_and_sum(row, powers):
    total = np.float32(0)
    for j in range(len(row)):
        row[j] *= powers[j]
        total += row[j]
    return total


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def _add_moments(first, second, q, x, mean):
    for a in range(len(mean)):
        difference = x[a] - mean[a]
        scaled = q * difference
        first[a] += scaled
        second[a] += scaled * difference


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def accumulate(products, offsets, vectors, means, cells, counts, sums):
    """Add a chunk of vectors to the moments of their cells.

    Parameters
    ----------
    products : ndarray of shape (m, k), float32
        Log of weight times density of each vector under each Gaussian, but for `offsets`;
        overwritten.
    offsets : ndarray of shape (k,), float32
        What is to be added to them.
    vectors : ndarray of shape (m, d or more), float32
        The vectors, in the first d columns.
    means : ndarray of shape (k, d), float32
        Of the Gaussians.
    cells : ndarray of shape (m,), intp
        Which cell each vector is added to.
    counts : ndarray of shape (n_cells, k), float32
        Sums of posteriors; added to.
    sums : ndarray of shape (n_cells, 2, k, d), float32
        Sums of posterior times x - m, and times (x - m)^2; added to.

    Returns
    -------
    float
        Sum of the vectors' log-likelihoods; NaN if a vector holds NaN.
    """
    m, k = products.shape
    bits = np.empty(k, np.int32)
    powers = bits.view(np.float32)
    # One more than there are Gaussians: the place after the last is written, too.
    active = np.empty(k + 1, np.int64)
    log_likelihood = 0.0
    for i in range(m):
        row = products[i]
        largest = _add_and_find_largest(row, offsets)
        _split_exponentials(row, largest, bits)
        total = _multiply_and_sum(row, powers)
        log_likelihood += largest + np.log(total)
        threshold = SMALLEST * total
        n = 0
        # Without a branch, as one in ten is active and none can be foretold.
        for j in range(k):
            active[n] = j
            n += row[j] > threshold
        scale = np.float32(1) / total
        cell = cells[i]
        for a in range(n):
            j = active[a]
            q = row[j] * scale
            counts[cell, j] += q
            _add_moments(sums[cell, 0, j], sums[cell, 1, j], q, vectors[i], means[j])
    return log_likelihood


@numba.njit(cache=True, nogil=True, fastmath=FAST, error_model="numpy")
def gradients(counts, sums, membership, sizes, deviations, weights, out):
    """Write the Fisher vectors of regions from the moments of their cells.

    Parameters
    ----------
    counts : ndarray of shape (n_cells, k), float32
        Sums of posteriors.
    sums : ndarray of shape (n_cells, 2, k, d), float32
        Sums of posterior times x - m, and times (x - m)^2.
    membership : ndarray of shape (regions, n_cells), float64
        Above 0 where the region holds the cell.
    sizes : ndarray of shape (regions,), float64
        Number of vectors of each region.
    deviations : ndarray of shape (k, d), float64
        Of the Gaussians.
    weights : ndarray of shape (k,), float64
        Of the Gaussians.
    out : ndarray of shape (regions, 2, k, d), float32
        Gradients by mean, then by deviation.
    """
    n_cells, _, k, d = sums.shape
    first, second = np.empty(d, np.float64), np.empty(d, np.float64)
    for r in range(len(sizes)):
        n = max(sizes[r], 1.0)
        for j in range(k):
            first[:] = 0
            second[:] = 0
            q = 0.0
            for cell in range(n_cells):
                if membership[r, cell] > 0:
                    q += counts[cell, j]
                    one, two = sums[cell, 0, j], sums[cell, 1, j]
                    for a in range(d):
                        first[a] += one[a]
                        second[a] += two[a]
            first_scale = 1 / (n * np.sqrt(weights[j]))
            second_scale = first_scale / np.sqrt(2.0)
            u, v = out[r, 0, j], out[r, 1, j]
            for a in range(d):
                s = deviations[j, a]
                u[a] = first_scale * first[a] / s
                v[a] = second_scale * (second[a] / (s * s) - q)
