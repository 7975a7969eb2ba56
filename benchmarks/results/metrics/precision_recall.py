"""Precision against recall, so that the area under the curve is the average precision."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics.average_precision import summed_precision
from benchmarks.results.metrics.average_precision_voc10 import interpolated_precision
from benchmarks.results.metrics.ranking import blocks, checked, tie_groups


class Curve(NamedTuple):
    """A curve of steps: `precision[i]` holds from `recall[i - 1]`, or 0, up to `recall[i]`.

    Attributes
    ----------
    recall : array of shape (k,), float64
        Ascending in (0, 1], the last is 1; empty for a concept without positives.
    precision : array of shape (k,), float64
        In (0, 1].
    """

    recall: NDArray[np.float64]
    precision: NDArray[np.float64]

    @property
    def area(self) -> float:
        """Area under the curve, NaN where there is none."""
        if not self.recall.size:
            return float("nan")
        return float(np.diff(self.recall, prepend=0.0) @ self.precision)


def precision_recall(scores: ArrayLike, Y: ArrayLike, *, interpolated: bool = False) -> list[Curve]:
    """Return precision against recall for every concept.

    Recall rises at each positive, or at each group of tied samples with positives.

    Parameters
    ----------
    scores : array of shape (n, c)
        Higher is ranked first.
    Y : array of shape (n, c)
        1, 0, or -1 for ignored.
    interpolated : bool
        Whether precision is the best at that recall or a higher one, as for `ap_voc10`; the area
        is then that metric. Otherwise the area is `ap`: the precision is that at the rank of the
        positive, and within a group of ties its mean in expectation over their orders.

    Returns
    -------
    list of Curve
        One a concept.

    Raises
    ------
    ValueError
        For shapes that differ or a NaN score.
    """
    values, annotations = checked(scores, Y)
    curves: list[Curve] = []
    for block in blocks(*values.shape):
        groups = tie_groups(values[:, block], annotations[:, block])
        if interpolated:
            rising, precision = interpolated_precision(groups)
        else:
            rising = np.flatnonzero(groups.positives)
            precision = summed_precision(groups)[rising] / groups.positives[rising]
            # A difference of harmonic numbers may round to a little more.
            precision = np.minimum(precision, 1.0)
        concept = groups.concept[rising]
        found = groups.positives_before[rising] + groups.positives[rising]
        recall = found / groups.total_positives[concept]
        ends = np.searchsorted(concept, np.arange(1, groups.n_concepts))
        curves += map(Curve, np.split(recall, ends), np.split(precision, ends))
    return curves
