"""Scaling: the distribution of a system's validation scores brought to a standard one.

Annotations play no part. Each works column by column (a member and a concept), is increasing in
the score (so that no ranking changes), and maps a column that is constant on validation to 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

# The largest number in single precision.
LARGEST = float(np.finfo(np.float32).max)


def finite(values: ArrayLike) -> NDArray[np.float64]:
    """Scores in double precision; ValueError where one is not finite or there is no sample."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim < 2 or not len(array):
        raise ValueError(f"scores must be (samples, ...) with samples, got shape {array.shape}")
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"score at {where} (sample, column...) is {array[where]}, not finite")
    return array


class _Affine(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """(score - offset) / scale, and 0 where the scale is 0."""

    offset_: NDArray[np.float64]
    scale_: NDArray[np.float64]

    def transform(self, values: ArrayLike) -> NDArray[np.float32]:
        """Normalise scores by what `fit` saw.

        Parameters
        ----------
        values : array of shape (n, ...)
            The columns of `fit`.

        Returns
        -------
        array of the same shape, float32
        """
        check_is_fitted(self, "scale_")
        array = finite(values)
        out = np.zeros_like(array)
        with np.errstate(over="ignore"):
            np.divide(array - self.offset_, self.scale_, out=out, where=self.scale_ > 0)
        # A column that hardly varied on validation may send a test score beyond single precision.
        return np.clip(out, -LARGEST, LARGEST).astype(np.float32)


class MinMax(_Affine):
    """Map the lowest and the highest validation score to 0 and 1.

    Scores beyond them go beyond 0 and 1: clipping would tie the best samples of a test set.
    """

    def fit(self, values: ArrayLike, y: object = None) -> MinMax:
        """Learn the range of each column.

        Parameters
        ----------
        values : array of shape (n, ...)
            Validation scores.

        Returns
        -------
        MinMax
        """
        array = finite(values)
        self.offset_ = array.min(axis=0)
        self.scale_ = array.max(axis=0) - self.offset_
        return self


class ZScore(_Affine):
    """Map validation scores to mean 0 and standard deviation 1."""

    def fit(self, values: ArrayLike, y: object = None) -> ZScore:
        """Learn the mean and the standard deviation of each column.

        Parameters
        ----------
        values : array of shape (n, ...)
            Validation scores.

        Returns
        -------
        ZScore
        """
        array = finite(values)
        self.offset_ = array.mean(axis=0)
        # The deviation of a constant column may be a rounding error instead of 0.
        varies = array.max(axis=0) > array.min(axis=0)
        self.scale_ = np.where(varies, array.std(axis=0), 0.0)
        return self


class Rank(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Map a score to the share of validation scores below it, in (0, 1).

    Tied validation scores share their middle rank; between two validation scores the share is
    interpolated, and beyond the extremes it approaches 0 and 1 without reaching them, so that
    test samples better than all of validation are still told apart.
    """

    def fit(self, values: ArrayLike, y: object = None) -> Rank:
        """Learn the distribution of each column.

        Parameters
        ----------
        values : array of shape (n, ...)
            Validation scores.

        Returns
        -------
        Rank
        """
        array = finite(values)
        self.shape_ = array.shape[1:]
        n = len(array)
        self.knots_: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
        for column in array.reshape(n, -1).T:
            points, counts = np.unique(column, return_counts=True)
            self.knots_.append((points, (np.cumsum(counts) - 0.5 * counts) / n))
        return self

    def transform(self, values: ArrayLike) -> NDArray[np.float32]:
        """Normalise scores by what `fit` saw.

        Parameters
        ----------
        values : array of shape (n, ...)
            The columns of `fit`.

        Returns
        -------
        array of the same shape, float32
            In (0, 1), or 0 for a column constant on validation.
        """
        check_is_fitted(self, "knots_")
        array = finite(values)
        if array.shape[1:] != self.shape_:
            raise ValueError(f"fitted on columns {self.shape_}, got {array.shape[1:]}")
        flat = array.reshape(len(array), -1)
        out = np.zeros_like(flat)
        for column, (points, shares) in enumerate(self.knots_):
            if len(points) < 2:
                continue
            x = flat[:, column]
            span = points[-1] - points[0]
            share = np.interp(x, points, shares)
            above = np.maximum(x - points[-1], 0.0)
            below = np.maximum(points[0] - x, 0.0)
            share += (1.0 - shares[-1]) * above / (span + above)
            share -= shares[0] * below / (span + below)
            out[:, column] = share
        return out.reshape(array.shape).astype(np.float32)
