"""Mean class accuracy, the measure of Caltech-101."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics.metric import Metric
from benchmarks.results.metrics.ranking import divide
from benchmarks.results.metrics.single_label import recall, top_k_hits


def class_accuracy(scores: ArrayLike, Y: ArrayLike) -> NDArray[np.float64]:
    """Share of each class' samples whose best-scored concept is the class.

    Ties are taken in expectation: one of k tied best concepts counts 1 / k.

    Parameters
    ----------
    scores, Y : arrays of shape (n, c)
        Exactly one positive a sample; -1 is ignored.

    Returns
    -------
    array of shape (c,), float64
        In [0, 1]; NaN for a class without samples. Its mean gives every class the same weight.

    Raises
    ------
    ValueError
        For a sample with several positives or none, or a NaN score.

    References
    ----------
    Fei-Fei, Fergus and Perona, "One-shot learning of object categories", PAMI 2006, for the
    collection; Lazebnik, Schmid and Ponce, "Beyond bags of features", CVPR 2006, for the mean of
    the classes' rates.
    """
    return recall(scores, Y)


def _resampled(
    scores: ArrayLike, Y: ArrayLike, weights: NDArray[np.integer]
) -> NDArray[np.float64]:
    hits, truth, rows = top_k_hits(scores, Y)
    c = np.asarray(Y).shape[1]
    counts = weights[rows].astype(np.float64)
    found = np.zeros((c, counts.shape[1]))
    samples = np.zeros_like(found)
    # Samples class by class, so that each class is one contiguous sum.
    order = np.argsort(truth, kind="stable")
    classes, first = np.unique(truth[order], return_index=True)
    if classes.size:
        found[classes] = np.add.reduceat(counts[order] * hits[order, None], first, axis=0)
        samples[classes] = np.add.reduceat(counts[order], first, axis=0)
    accuracy = divide(found, samples)
    defined = samples > 0
    return divide(np.where(defined, accuracy, 0.0).sum(axis=0), defined.sum(axis=0))


MEAN_CLASS_ACCURACY = Metric(
    name="mean_class_accuracy",
    title="Mean class accuracy",
    per_concept=class_accuracy,
    single_label_only=True,
    resampled=_resampled,
)
