"""How large a difference is, beside how sure it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def cohens_dz(differences: ArrayLike) -> float:
    """Mean of paired differences over their standard deviation, Cohen's d_z.

    Parameters
    ----------
    differences : array of shape (k,)
        A's metric minus B's, a concept; NaN is left out.

    Returns
    -------
    float
        NaN for fewer than two differences; infinite, or 0, where all are equal.

    References
    ----------
    Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd edition 1988, section 2.3.
    """
    values = _defined(differences)
    if len(values) < 2:
        return float("nan")
    mean, deviation = float(values.mean()), float(values.std(ddof=1))
    # Equal differences may differ by rounding.
    if deviation <= 1e-12 * float(np.abs(values).max()):
        return float(np.sign(mean) * np.inf) if mean else 0.0
    return mean / deviation


def superiority(differences: ArrayLike) -> float:
    """Share of concepts where A beats B, a tie counting one half.

    Parameters
    ----------
    differences : array of shape (k,)
        A's metric minus B's, a concept; NaN is left out.

    Returns
    -------
    float
        In [0, 1]; NaN without differences.

    References
    ----------
    Grissom and Kim, "Effect Sizes for Research", 2nd edition 2012, chapter 5 (dependent groups).
    """
    values = _defined(differences)
    if not values.size:
        return float("nan")
    return float(np.mean(values > 0) + 0.5 * np.mean(values == 0))


def cliffs_delta(a: ArrayLike, b: ArrayLike) -> float:
    """Chance that a value of a is above one of b, minus the chance that it is below.

    Parameters
    ----------
    a : array of shape (m,)
    b : array of shape (k,)
        Values that are not paired, for example of two families' systems; NaN is left out.

    Returns
    -------
    float
        In [-1, 1]; NaN where either has no value.

    References
    ----------
    Cliff, "Dominance statistics: ordinal analyses to answer ordinal questions", Psychological
    Bulletin 1993.
    """
    first, second = _defined(a), np.sort(_defined(b))
    if not first.size or not second.size:
        return float("nan")
    below = np.searchsorted(second, first, side="left").sum()
    above = len(second) * len(first) - np.searchsorted(second, first, side="right").sum()
    return float((below - above) / (len(first) * len(second)))


def _defined(values: ArrayLike) -> NDArray[np.float64]:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1:
        raise ValueError(f"an effect size is of a vector of values, got shape {found.shape}")
    return found[~np.isnan(found)]
