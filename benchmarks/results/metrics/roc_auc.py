"""Area under the receiver operating characteristic."""

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


def _area(groups: TieGroups) -> NDArray[np.float64]:
    negatives = groups.size - groups.positives
    total_negatives = groups.total - groups.total_positives
    negatives_before = groups.before - groups.positives_before
    below = total_negatives[groups.concept] - negatives_before - negatives
    pairs = groups.sum(groups.positives * (below + 0.5 * negatives))
    return divide(pairs, groups.total_positives.astype(np.float64) * total_negatives)


def roc_auc(scores: ArrayLike, Y: ArrayLike) -> NDArray[np.float64]:
    """Chance that a positive is ranked above a negative; a tied pair counts one half.

    One half is the expectation over the orders of the tied pair.

    Parameters
    ----------
    scores : array of shape (n, c)
        Higher is ranked first.
    Y : array of shape (n, c)
        1, 0, or -1 for ignored.

    Returns
    -------
    array of shape (c,), float64
        In [0, 1]; NaN for a concept without positives or without judged negatives.

    Raises
    ------
    ValueError
        For shapes that differ or a NaN score.

    References
    ----------
    Hanley and McNeil, "The meaning and use of the area under a receiver operating characteristic
    (ROC) curve", Radiology 1982.
    """
    return over_concepts(_area, scores, Y)


ROC_AUC = Metric(
    name="roc_auc",
    title="Area under the ROC curve",
    per_concept=roc_auc,
    resampled=partial(resampled_over_concepts, _area),
)
