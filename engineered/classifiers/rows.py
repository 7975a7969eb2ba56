"""The check of rows that all classifiers share."""

from __future__ import annotations

import numpy as np


def check_rows(F: np.ndarray, n_features: int | None = None) -> np.ndarray:
    """Return rows as contiguous float32.

    Parameters
    ----------
    F : array-like of shape (n, d)
        Rows.
    n_features : int, optional
        Number of columns that the rows must have.

    Returns
    -------
    ndarray of shape (n, d), float32
        The rows.

    Raises
    ------
    ValueError
        For another shape or values that are not finite.
    """
    F = np.ascontiguousarray(F, dtype=np.float32)
    if F.ndim != 2 or F.shape[1] == 0:
        raise ValueError(f"rows must have the shape (n, d) with d above 0, got {F.shape}")
    if n_features is not None and F.shape[1] != n_features:
        raise ValueError(f"the classifier was fitted on {n_features} columns, got {F.shape[1]}")
    # A sum is finite only if all its terms are, and needs no memory; a sum that
    # overflows is looked at closely.
    with np.errstate(over="ignore", invalid="ignore"):
        suspects = np.flatnonzero(~np.isfinite(F.sum(axis=1)))
    broken = suspects[[not np.isfinite(F[row]).all() for row in suspects]]
    if len(broken):
        raise ValueError(
            f"{len(broken)} rows hold NaN or infinite values, the first is row {broken[0]}"
        )
    return F
