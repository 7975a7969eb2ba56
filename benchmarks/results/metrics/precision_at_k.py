"""Precision among the first k."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics.metric import Metric
from benchmarks.results.metrics.ranking import (
    TieGroups,
    divide,
    over_concepts,
    resampled_over_concepts,
)


def _expected(groups: TieGroups, k: int) -> NDArray[np.float64]:
    places = np.clip(k - groups.before, 0, groups.size)
    terms = groups.positives * places / np.maximum(groups.size, 1)
    return divide(groups.sum(terms) / k, groups.total_positives > 0)


def precision_at_k(scores: ArrayLike, Y: ArrayLike, k: int = 10) -> NDArray[np.float64]:
    """Share of positives among the k best judged samples, in expectation over tied orders.

    The divisor is k also where fewer than k samples are judged, as in trec_eval: a place that
    nothing fills is not a hit.

    Parameters
    ----------
    scores : array of shape (n, c)
        Higher is ranked first.
    Y : array of shape (n, c)
        1, 0, or -1 for ignored: the sample takes no place.
    k : int
        Number of places, at least 1.

    Returns
    -------
    array of shape (c,), float64
        In [0, 1]; NaN for a concept without positives, where every ranking would get 0.

    Raises
    ------
    ValueError
        For k below 1, shapes that differ, or a NaN score.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    return over_concepts(partial(_expected, k=k), scores, Y)


def precision_at(k: int) -> Metric:
    """The metric `p_at_<k>`.

    Parameters
    ----------
    k : int
        Number of places, at least 1.

    Returns
    -------
    Metric
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    return Metric(
        name=f"p_at_{k}",
        title=f"Precision at {k}",
        per_concept=partial(precision_at_k, k=k),
        resampled=partial(resampled_over_concepts, partial(_expected, k=k)),
    )
