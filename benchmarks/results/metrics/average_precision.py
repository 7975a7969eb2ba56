"""Average precision, non-interpolated."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics.metric import Metric
from benchmarks.results.metrics.ranking import TieGroups, divide, over_concepts


def harmonic_numbers(n: int) -> NDArray[np.float64]:
    """1 + 1/2 + ... + 1/k for k = 0 ... n, shape (n + 1,)."""
    return np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1, n + 1))])


def summed_precision(groups: TieGroups) -> NDArray[np.float64]:
    """Sum of the precisions at the ranks of a group's positives, in expectation, shape (g,)."""
    size, positives = groups.size, groups.positives
    harmonic = harmonic_numbers(int(groups.total.max(initial=0)))
    # Sum over the group's ranks of 1 / rank, and of (ranks of the group above it) / rank.
    inverse = harmonic[groups.before + size] - harmonic[groups.before]
    above = size - (groups.before + 1) * inverse
    share = positives / np.maximum(size, 1)
    # A positive at a rank of the group sees each other positive above it with equal chance.
    others = (positives - 1) / np.maximum(size - 1, 1)
    return np.asarray(share * ((groups.positives_before + 1) * inverse + others * above))


def _expected(groups: TieGroups) -> NDArray[np.float64]:
    return divide(groups.sum(summed_precision(groups)), groups.total_positives)


def average_precision(scores: ArrayLike, Y: ArrayLike) -> NDArray[np.float64]:
    """Mean over the positives of the precision at their rank, in expectation over tied orders.

    A constant scorer gets what a random order gets on average (about the prevalence),
    whatever the order of the file.

    Parameters
    ----------
    scores : array of shape (n, c)
        Higher is ranked first.
    Y : array of shape (n, c)
        1, 0, or -1 for ignored.

    Returns
    -------
    array of shape (c,), float64
        In [0, 1]; NaN for a concept without positives.

    Raises
    ------
    ValueError
        For shapes that differ or a NaN score.

    References
    ----------
    McSherry and Najork, "Computing information retrieval performance measures efficiently in the
    presence of tied scores", ECIR 2008.
    """
    return over_concepts(_expected, scores, Y)


def _resampled(
    scores: ArrayLike, Y: ArrayLike, weights: NDArray[np.integer]
) -> NDArray[np.float64]:
    # Imported here: compiling costs a second that only intervals need to pay.
    from benchmarks.results.statistics.resampled_ap import resampled_average_precision

    values = resampled_average_precision(scores, Y, weights)
    defined = ~np.isnan(values)
    return divide(np.where(defined, values, 0.0).sum(axis=0), defined.sum(axis=0))


AP = Metric(
    name="ap",
    title="Average precision",
    per_concept=average_precision,
    resampled=_resampled,
)
