"""Average precision as PASCAL VOC defined it from 2010: interpolated at every recall."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics.metric import Metric
from benchmarks.results.metrics.ranking import (
    TieGroups,
    divide,
    over_concepts,
    resampled_over_concepts,
)


def interpolated_precision(
    groups: TieGroups,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Best precision at the recall of each group or a higher one.

    Returns
    -------
    rising : array of shape (r,), int64
        The groups with positives, at which recall rises.
    best : array of shape (r,), float64
        In (0, 1].
    """
    # Recall moves at these groups only, and what follows one without positives is lower.
    rising = np.flatnonzero(groups.positives)
    concept = groups.concept[rising]
    retrieved = groups.before[rising] + groups.size[rising]
    best = (groups.positives_before[rising] + groups.positives[rising]) / retrieved
    ends = np.searchsorted(concept, np.arange(groups.n_concepts + 1))
    for start, end in pairwise(ends):
        best[start:end] = np.maximum.accumulate(best[start:end][::-1])[::-1]
    return rising, best


def _envelope_area(groups: TieGroups) -> NDArray[np.float64]:
    rising, best = interpolated_precision(groups)
    area = np.bincount(groups.concept[rising], groups.positives[rising] * best, groups.n_concepts)
    return divide(area, groups.total_positives)


def average_precision_voc10(scores: ArrayLike, Y: ArrayLike) -> NDArray[np.float64]:
    """Area under precision against recall, each precision the best at that recall or a higher one.

    Its expectation over the orders of tied samples has no closed form. Precision and recall are
    therefore read where a threshold on the score can cut, at the ends of tie groups, as for
    `ap_voc07`. Without ties it is the definition of the VOC 2010 development kit.

    Parameters
    ----------
    scores : array of shape (n, c)
        Higher is ranked first.
    Y : array of shape (n, c)
        1, 0, or -1 for ignored (VOC's "difficult").

    Returns
    -------
    array of shape (c,), float64
        In [0, 1]; NaN for a concept without positives. Never below `ap` where nothing is tied.

    Raises
    ------
    ValueError
        For shapes that differ or a NaN score.

    References
    ----------
    Everingham and Winn, "The PASCAL Visual Object Classes Challenge 2010 (VOC2010) Development
    Kit", section 3.4.1.
    """
    return over_concepts(_envelope_area, scores, Y)


AP_VOC10 = Metric(
    name="ap_voc10",
    title="Average precision (VOC 2010, all points)",
    per_concept=average_precision_voc10,
    resampled=partial(resampled_over_concepts, _envelope_area),
)
