"""Holm's correction for many tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values so that one wrong rejection among all has at most the nominal chance.

    Parameters
    ----------
    p_values : array of shape (k,)
        In [0, 1]. NaN marks a test that could not be made: it stays NaN and is not counted.

    Returns
    -------
    array of shape (k,), float64
        Adjusted p-values in [0, 1], in the order given.

    Raises
    ------
    ValueError
        For a value outside [0, 1] or another shape.

    References
    ----------
    Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 1979.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1:
        raise ValueError(f"p-values must be a vector, got shape {p.shape}")
    made = np.flatnonzero(~np.isnan(p))
    if ((p[made] < 0) | (p[made] > 1)).any():
        raise ValueError("p-values must lie in [0, 1]")
    adjusted = np.full(p.shape, np.nan)
    order = made[np.argsort(p[made], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1.0)
    return adjusted
