"""The power law and the norm, and rows that are seen through them piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

# Values a piece: small beside any matrix of rows, large enough for matrix products.
PIECE = 1 << 22
# Columns a piece; each is read in one stretch from every row.
COLUMNS = 1024


def power_law(F: np.ndarray, power: float) -> np.ndarray:
    """Return ``sign(x) |x|^power``, value by value.

    Parameters
    ----------
    F : ndarray, float32
        Values; left as they are.
    power : float
        Exponent, above 0.

    Returns
    -------
    ndarray of the shape of `F`, float32
        New values.
    """
    if power == 1:
        return F.copy()
    # sqrt is several times faster than pow.
    rows = np.sqrt(np.abs(F)) if power == 0.5 else np.abs(F) ** np.float32(power)
    return np.copysign(rows, F, out=rows)


def lengths(rows: np.ndarray, norm: str) -> np.ndarray:
    """Return the norms of rows, 1 for those of zeros.

    Parameters
    ----------
    rows : ndarray of shape (n, d), float32
        Rows.
    norm : {"l2", "l1", "none"}
        Which norm; "none" gives ones.

    Returns
    -------
    ndarray of shape (n, 1), float64
        What the rows are to be divided by.
    """
    if norm == "none":
        return np.ones((len(rows), 1))
    # Scaling by the largest value first: squares of tiny or huge values
    # would otherwise leave float32.
    largest = np.abs(rows).max(axis=1, keepdims=True, initial=0)
    largest[largest == 0] = 1
    scaled = rows / largest
    if norm == "l2":
        found = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))[:, None]
    else:
        found = np.abs(scaled).sum(axis=1, keepdims=True)
    found[found == 0] = 1
    return largest.astype(np.float64) * found


def normalise(rows: np.ndarray, norm: str) -> np.ndarray:
    """Divide rows by their norms, in place.

    Parameters
    ----------
    rows : ndarray of shape (n, d), float32
        Rows; changed.
    norm : {"l2", "l1", "none"}
        Norm that every row has afterwards; a zero row stays zero.

    Returns
    -------
    ndarray of shape (n, d), float32
        `rows`.
    """
    if norm != "none":
        np.divide(rows, lengths(rows, norm), out=rows, casting="same_kind")
    return rows


class PoweredRows:
    """Rows under a power law and a norm, made piece by piece and never held whole.

    Parameters
    ----------
    F : ndarray of shape (n, d), float32
        Rows as described.
    power : float, default=1.0
        Exponent.
    norm : {"l2", "l1", "none"}, default="none"
        Norm of the rows after the power law.

    Attributes
    ----------
    shape : (int, int)
        Number of rows, number of columns.
    """

    def __init__(self, F: np.ndarray, power: float = 1.0, norm: str = "none") -> None:
        self._F = F
        self._power = power
        self._norm = norm
        self.shape = F.shape

    def chunks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield rows, as many at a time as make a piece.

        Yields
        ------
        rows : slice
            Which rows.
        values : ndarray of shape (some, d), float32
            Their values, new in memory.
        """
        n, d = self.shape
        step = max(1, PIECE // max(1, d))
        for start in range(0, n, step):
            rows = slice(start, min(start + step, n))
            yield rows, normalise(power_law(self._F[rows], self._power), self._norm)

    def columns(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield columns of all rows, some at a time.

        Yields
        ------
        columns : slice
            Which columns.
        values : ndarray of shape (n, some), float64
            Their values, new in memory.
        """
        d = self.shape[1]
        for start in range(0, d, COLUMNS):
            columns = slice(start, min(start + COLUMNS, d))
            values = power_law(self._F[:, columns], self._power).astype(np.float64)
            yield columns, np.divide(values, self._lengths, out=values)

    @cached_property
    def _lengths(self) -> np.ndarray:
        n, d = self.shape
        if self._norm == "none":
            return np.ones((n, 1))
        step = max(1, PIECE // max(1, d))
        parts = [
            lengths(power_law(self._F[start : start + step], self._power), self._norm)
            for start in range(0, n, step)
        ]
        return np.concatenate(parts)
