"""Average precision as PASCAL VOC defined it until 2009: interpolated at eleven recalls."""

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


def _eleven_points(groups: TieGroups) -> NDArray[np.float64]:
    retrieved = groups.before + groups.size
    found = groups.positives_before + groups.positives
    precision = found / np.maximum(retrieved, 1)
    # The highest of the recalls 0, 0.1 ... 1 reached, in integers: 3 of 10 reaches 0.3 exactly.
    reached = (10 * found) // np.maximum(groups.total_positives, 1)[groups.concept]
    best = np.zeros((groups.n_concepts, 11))
    np.maximum.at(best, (groups.concept, reached), precision)
    interpolated = np.maximum.accumulate(best[:, ::-1], axis=1)
    return divide(interpolated.mean(axis=1), groups.total_positives > 0)


def average_precision_voc07(scores: ArrayLike, Y: ArrayLike) -> NDArray[np.float64]:
    """Mean over the recalls 0, 0.1 ... 1 of the best precision at that recall or a higher one.

    Its expectation over the orders of tied samples has no closed form. Precision and recall are
    therefore read where a threshold on the score can cut, at the ends of tie groups, as in
    scikit-learn's precision-recall curve: the order of the file has no part in it, and a constant
    scorer gets the prevalence. Without ties it is the definition of the VOC 2007 development kit.

    Parameters
    ----------
    scores : array of shape (n, c)
        Higher is ranked first.
    Y : array of shape (n, c)
        1, 0, or -1 for ignored (VOC's "difficult").

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
    Everingham, Van Gool, Williams, Winn and Zisserman, "The PASCAL Visual Object Classes (VOC)
    Challenge", IJCV 2010, section 4.2.
    """
    return over_concepts(_eleven_points, scores, Y)


AP_VOC07 = Metric(
    name="ap_voc07",
    title="Average precision (VOC 2007, 11 points)",
    per_concept=average_precision_voc07,
    resampled=partial(resampled_over_concepts, _eleven_points),
)
