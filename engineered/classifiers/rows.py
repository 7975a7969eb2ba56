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
    broken = np.flatnonzero(~np.isfinite(F).all(axis=1))
    if len(broken):
        raise ValueError(
            f"{len(broken)} rows hold NaN or infinite values, the first is row {broken[0]}"
        )
    return F
