"""Which classes are taken for which, where a sample has exactly one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics import ranking
from benchmarks.results.metrics.ranking import checked


def confusion(scores: ArrayLike, Y: ArrayLike) -> NDArray[np.float64]:
    """Count the samples of each class by the class that is scored best.

    Parameters
    ----------
    scores : array of shape (n, c)
        Higher is likelier.
    Y : array of shape (n, c)
        1 for the true class, 0 for the others, -1 unjudged. A class that is unjudged for a sample
        does not compete there; a sample without a judged true class is left out.

    Returns
    -------
    array of shape (c, c), float64
        Samples of the row's class that are taken for the column's. A sample with k classes tied
        for the best score counts 1 / k for each of them. The diagonal, divided by the rows' sums,
        is `class_accuracy`.

    Raises
    ------
    ValueError
        For a sample with several positives, shapes that differ, or a NaN score.
    """
    values, annotations = checked(scores, Y)
    c = values.shape[1]
    positives = (annotations == 1).sum(axis=1)
    if (positives > 1).any():
        row = int(np.flatnonzero(positives > 1)[0])
        raise ValueError(
            f"sample {row} has {positives[row]} positive concepts: classes can be taken for each "
            "other only where a sample has exactly one"
        )
    counted = np.flatnonzero(positives == 1)
    taken = np.zeros(c * c)
    height = max(1, ranking.BLOCK // max(c, 1))
    for start in range(0, len(counted), height):
        rows = counted[start : start + height]
        judged = annotations[rows] >= 0
        best = values[rows].max(axis=1, where=judged, initial=-np.inf)[:, None]
        place, column = np.nonzero((values[rows] == best) & judged)
        share = 1.0 / np.bincount(place)
        truth = (annotations[rows] == 1).argmax(axis=1)
        taken += np.bincount(truth[place] * c + column, share[place], c * c)
    return taken.reshape(c, c)
