"""Rows of very many dimensions, told by their inner products with the training rows.

A Fisher vector over a pyramid has some hundred thousand dimensions, of which a few
thousand training rows span but a few thousand. A classifier that depends on a row through
its inner products with training rows and with itself cannot tell the row from its projection
onto that span and the length of what remains: in an orthonormal basis of the span, one value
more than there are training rows. With the Gram matrix K = L L^T of the training rows, row i
of L is training row i in such a basis, and L^-1 k is any other row, k being its inner
products with them.

So no more than the training rows has to be held at full length, in 16 bits a value; all
others pass by in blocks.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import scipy.linalg

# Columns converted to single precision at once: with them, thousands of rows fit the cache.
COLUMNS = 1024
# Rows projected at once.
BLOCK = 256
# Largest magnitude of a 16-bit value.
STEPS = 32767
# Added to the diagonal, as a share of its mean: equal training rows make K singular.
JITTER = 1e-6
# In case that all rows are zeros.
TINY = 1e-30


class ShortRows:
    """Rows of 16-bit whole numbers, each with a scale of its own.

    A value is off by at most 1.5e-5 of the largest magnitude in its row, which is less than
    half precision is off for all but the smallest values, and converts several times faster.

    Parameters
    ----------
    rows : iterable of ndarray of shape (d,), float32
        One after the other.
    n : int
        How many there will be.
    """

    def __init__(self, rows: Iterable[np.ndarray], n: int) -> None:
        self.scales = np.zeros(n, np.float32)
        self.values = np.zeros((n, 0), np.int16)
        for i, row in enumerate(rows):
            if i == 0:
                self.values = np.zeros((n, len(row)), np.int16)
            largest = float(np.abs(row).max(initial=0))
            self.scales[i] = largest / STEPS
            if largest > 0:
                self.values[i] = np.rint(row * np.float32(STEPS / largest))

    def gram(self) -> np.ndarray:
        """Return the inner products of all rows, (n, n) float32."""
        return self._products(None)

    def inner(self, rows: np.ndarray) -> np.ndarray:
        """Return the inner products of m other rows (m, d) with these, (m, n) float32."""
        return self._products(rows)

    def combined(self, weights: np.ndarray) -> np.ndarray:
        """Return the sum of the rows by weights (n,), (d,) float64."""
        d = self.values.shape[1]
        weighed = np.asarray(weights, np.float64) * self.scales
        total = np.empty(d)
        for start in range(0, d, COLUMNS):
            part = slice(start, start + COLUMNS)
            total[part] = weighed @ self.values[:, part].astype(np.float64)
        return total

    def _products(self, rows: np.ndarray | None) -> np.ndarray:
        n, d = self.values.shape
        m = n if rows is None else len(rows)
        total, part = np.zeros((m, n), np.float32), np.empty((m, n), np.float32)
        columns = np.empty((n, min(COLUMNS, d)), np.float32)
        for start in range(0, d, COLUMNS):
            mine = columns[:, : min(COLUMNS, d - start)]
            mine[:] = self.values[:, start : start + COLUMNS]
            # The product of a matrix with its own transpose costs half.
            others = mine if rows is None else rows[:, start : start + COLUMNS]
            total += np.matmul(others, mine.T, out=part)
        total *= self.scales
        if rows is None:
            total *= self.scales[:, None]
        return total


def span(gram: np.ndarray) -> np.ndarray:
    """Return training rows in an orthonormal basis of their span.

    Parameters
    ----------
    gram : ndarray of shape (n, n), float32
        Their inner products.

    Returns
    -------
    ndarray of shape (n, n + 1), float32
        Row i is training row i; the last value is what a row has outside the span: 0.
    """
    K = gram.astype(np.float64)
    jitter = JITTER * max(float(np.trace(K)) / len(K), TINY)
    K[np.diag_indices_from(K)] += jitter
    basis = np.zeros((len(K), len(K) + 1), np.float32)
    basis[:, :-1] = scipy.linalg.cholesky(K, lower=True, overwrite_a=True)
    return basis


def project(inner: np.ndarray, squares: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Return rows in the basis of `span`.

    Parameters
    ----------
    inner : ndarray of shape (m, n), float32
        Their inner products with the training rows.
    squares : ndarray of shape (m,), float32
        Their inner products with themselves.
    basis : ndarray of shape (n, n + 1), float32
        From `span`.

    Returns
    -------
    ndarray of shape (m, n + 1), float32
        Projections onto the span of the training rows, then the length of what is outside
        it: inner products with training rows are kept, and so are lengths and distances.
    """
    solved = scipy.linalg.solve_triangular(basis[:, :-1], inner.T, lower=True, check_finite=False)
    rows = np.empty((len(inner), basis.shape[1]), np.float32)
    rows[:, :-1] = solved.T
    inside = np.einsum("ij,ij->i", rows[:, :-1], rows[:, :-1])
    rows[:, -1] = np.sqrt(np.maximum(squares - inside, 0))
    return rows
