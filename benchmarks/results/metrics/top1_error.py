"""Top-1 error."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics.metric import Metric
from benchmarks.results.metrics.ranking import divide
from benchmarks.results.metrics.single_label import recall, top1_hits


def top1_error_per_concept(scores: ArrayLike, Y: ArrayLike) -> NDArray[np.float64]:
    """Share of each class' samples whose best-scored concept is another.

    Parameters
    ----------
    scores, Y : arrays of shape (n, c)
        Exactly one positive a sample; -1 is ignored.

    Returns
    -------
    array of shape (c,), float64
        In [0, 1]; NaN for a class without samples.
    """
    return 1.0 - recall(scores, Y)


def top1_error(scores: ArrayLike, Y: ArrayLike) -> float:
    """Share of samples whose best-scored concept is not the true one, in expectation over ties.

    A mean over samples: a frequent class weighs more than a rare one, unlike in
    `mean_class_accuracy`.

    Parameters
    ----------
    scores, Y : arrays of shape (n, c)
        Exactly one positive a sample; -1 is ignored.

    Returns
    -------
    float
        In [0, 1]; NaN where no sample counts.

    Raises
    ------
    ValueError
        For a sample with several positives or none, or a NaN score.

    References
    ----------
    Russakovsky et al., "ImageNet Large Scale Visual Recognition Challenge", IJCV 2015, section 4.1.
    """
    hits, _, _ = top1_hits(scores, Y)
    return float(1.0 - hits.mean()) if hits.size else float("nan")


def _resampled(
    scores: ArrayLike, Y: ArrayLike, weights: NDArray[np.integer]
) -> NDArray[np.float64]:
    hits, _, rows = top1_hits(scores, Y)
    counts = weights[rows].astype(np.float64)
    return divide((1.0 - hits) @ counts, counts.sum(axis=0))


TOP1_ERROR = Metric(
    name="top1_error",
    title="Top-1 error",
    per_concept=top1_error_per_concept,
    mean=top1_error,
    higher_is_better=False,
    single_label_only=True,
    resampled=_resampled,
)
