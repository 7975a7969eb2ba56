"""Top-1 and top-5 error, the measures of ImageNet."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics.metric import Metric
from benchmarks.results.metrics.ranking import divide
from benchmarks.results.metrics.single_label import recall, top_k_hits


def top_k_error_per_concept(scores: ArrayLike, Y: ArrayLike, k: int = 1) -> NDArray[np.float64]:
    """Share of each class' samples that do not have the class among their k best-scored concepts.

    Parameters
    ----------
    scores, Y : arrays of shape (n, c)
        Exactly one positive a sample; -1 is ignored.
    k : int
        Number of guesses, at least 1.

    Returns
    -------
    array of shape (c,), float64
        In [0, 1]; NaN for a class without samples.
    """
    return 1.0 - recall(scores, Y, k)


def top_k_error(scores: ArrayLike, Y: ArrayLike, k: int = 1) -> float:
    """Share of samples whose true concept is not among the k best-scored.

    Ties are taken in expectation: where the true concept is one of t tied for the last r of the
    k places, the sample counts 1 - r / t. A mean over samples: a frequent class weighs more than
    a rare one, unlike in `mean_class_accuracy`. With k concepts or fewer it is 0.

    Parameters
    ----------
    scores, Y : arrays of shape (n, c)
        Exactly one positive a sample; -1 is ignored.
    k : int
        Number of guesses, at least 1.

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
    hits, _, _ = top_k_hits(scores, Y, k)
    return float(1.0 - hits.mean()) if hits.size else float("nan")


def _resampled(
    scores: ArrayLike, Y: ArrayLike, weights: NDArray[np.integer], k: int
) -> NDArray[np.float64]:
    hits, _, rows = top_k_hits(scores, Y, k)
    counts = weights[rows].astype(np.float64)
    return divide((1.0 - hits) @ counts, counts.sum(axis=0))


def top_error(k: int) -> Metric:
    """The metric `top<k>_error`.

    Parameters
    ----------
    k : int
        Number of guesses, at least 1.

    Returns
    -------
    Metric

    Raises
    ------
    ValueError
        For k below 1.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    return Metric(
        name=f"top{k}_error",
        title=f"Top-{k} error",
        per_concept=partial(top_k_error_per_concept, k=k),
        over_samples=partial(top_k_error, k=k),
        higher_is_better=False,
        single_label_only=True,
        resampled=partial(_resampled, k=k),
    )
