"""Percentile intervals, widened for few units."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, stdtrit


def expanded_percentile(draws: ArrayLike, units: int, level: float = 0.95) -> tuple[float, float]:
    """Interval between two percentiles of the resamples, further out the fewer units there are.

    Resampling G units understates the spread by sqrt((G - 1) / G), and estimates the spread
    itself from G units only. Where the plain interval takes the tail (1 - level) / 2, this one
    takes::

        Phi(-sqrt(G / (G - 1)) t)      with t the quantile of Student's law, G - 1 degrees

    For a sample mean that is Student's interval; for G = 20 and 95 % the tail is 0.016 instead of
    0.025. The interval keeps the percentile's asymmetry and never leaves the metric's range.

    Parameters
    ----------
    draws : array of shape (resamples,)
        The statistic in each resample; NaN where it is undefined, which is left out.
    units : int
        How many independent things were resampled. One unit cannot tell how far another would
        be: the interval is then NaN to NaN.
    level : float
        Confidence, in (0, 1).

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        For a level outside (0, 1) or fewer than one unit.

    References
    ----------
    Hesterberg, "What teachers should know about the bootstrap: resampling in the undergraduate
    statistics curriculum", The American Statistician 2015, section 5.3 of its long version.
    """
    if not 0 < level < 1:
        raise ValueError(f"the level must lie in (0, 1), got {level}")
    if units < 1:
        raise ValueError(f"there must be a unit at least, got {units}")
    if units == 1:
        return float("nan"), float("nan")
    t = stdtrit(units - 1, 0.5 + level / 2)
    tail = 100.0 * float(ndtr(-np.sqrt(units / (units - 1)) * t))
    low, high = np.nanpercentile(np.asarray(draws, dtype=np.float64), [tail, 100.0 - tail])
    return float(low), float(high)
