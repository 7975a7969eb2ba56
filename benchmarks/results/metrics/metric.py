"""What every metric declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

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
    mean : callable, (scores (n, c), Y (n, c)) -> float
        The value for the task: over defined concepts, or the metric's own definition over samples.
    higher_is_better : bool
    single_label_only : bool
        Whether it needs exactly one positive concept a sample.
    resampled : callable, (scores (n, c), Y (n, c), weights (n, b)) -> (b,) float64, optional
        `mean` of b resamples at once, where sample i occurs weights[i, j] times in the j-th;
        only a faster way to the same values.
    """

    name: str
    title: str
    per_concept: PerConcept
    mean: Mean
    higher_is_better: bool = True
    single_label_only: bool = False
    resampled: Resampled | None = None


def mean_of_defined(values: NDArray[np.float64]) -> float:
    """Mean of the values that are numbers; NaN where none is."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if defined.size else float("nan")


def _mean(scores: ArrayLike, Y: ArrayLike, per_concept: PerConcept) -> float:
    return mean_of_defined(per_concept(scores, Y))


def mean_over_concepts(per_concept: PerConcept) -> Mean:
    """The usual mean of a metric: over the concepts where it is defined."""
    # Not a closure: metrics are sent to worker processes.
    return partial(_mean, per_concept=per_concept)
