"""What every metric declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

PerConcept = Callable[[ArrayLike, ArrayLike], NDArray[np.float64]]
Mean = Callable[[ArrayLike, ArrayLike], float]
Resampled = Callable[[ArrayLike, ArrayLike, NDArray[np.integer]], NDArray[np.float64]]


@dataclass(frozen=True)
class Metric:
    """A measure of how well scores rank or classify samples.

    Attributes
    ----------
    name : str
        What suites and tables call it.
    title : str
        What reports call it.
    per_concept : callable, (scores (n, c), Y (n, c)) -> (c,) float64
        The value for each concept, NaN where it is undefined.
    over_samples : callable, (scores (n, c), Y (n, c)) -> float, optional
        The value for the task, where it is not the mean over the concepts that have a value.
    higher_is_better : bool
    single_label_only : bool
        Whether it needs exactly one positive concept a sample.
    resampled : callable, (scores (n, c), Y (n, c), weights (n, b)) -> (b,) float64, optional
        `mean` of b resamples at once, where sample i occurs weights[i, j] times in the j-th;
        only a faster way to the same values.
    with_strata : callable, (strata (n, c)) -> Metric, optional
        For a metric of sampled judgments: itself, knowing the strata that they were drawn from.
    needs_strata : bool
        Whether it is undefined without them.
    """

    name: str
    title: str
    per_concept: PerConcept
    over_samples: Mean | None = None
    higher_is_better: bool = True
    single_label_only: bool = False
    resampled: Resampled | None = None
    with_strata: Callable[[ArrayLike], Metric] | None = None
    needs_strata: bool = False

    def mean(self, scores: ArrayLike, Y: ArrayLike) -> float:
        """Return the value for the task.

        Parameters
        ----------
        scores, Y : arrays of shape (n, c)
            As for `evaluate`.

        Returns
        -------
        float
            The mean over the concepts that have a value, or `over_samples`; NaN where undefined.
        """
        if self.over_samples is not None:
            return self.over_samples(scores, Y)
        return mean_of_defined(self.per_concept(scores, Y))

    def given(self, strata: ArrayLike | None) -> Metric:
        """Return the metric for samples whose judgments were drawn from strata.

        Parameters
        ----------
        strata : array of shape (n, c), int, or None
            The stratum of every sample for every concept, -1 outside the pool; see
            `benchmarks.results.metrics.strata`. The rows are those of the scores that the
            metric is then called with. None where judgments were not drawn.

        Returns
        -------
        Metric
            Itself where it does not look at strata or there are none.
        """
        if strata is None or self.with_strata is None:
            return self
        return self.with_strata(strata)


def mean_of_defined(values: NDArray[np.float64]) -> float:
    """Mean of the values that are numbers; NaN where none is."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if defined.size else float("nan")
