"""Metrics, named as their variants: never "AP" alone.

Unjudged samples (-1) are ignored by all but the inferred ones, for which they are those that were
not drawn to be judged. NaN scores are refused by all, and none depends on the order of the file:
tied samples are taken in expectation over their orders. docs/metrics.md gives formulas and sources.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics.average_precision import AP
from benchmarks.results.metrics.average_precision_voc07 import AP_VOC07
from benchmarks.results.metrics.average_precision_voc10 import AP_VOC10
from benchmarks.results.metrics.infap import infap_at
from benchmarks.results.metrics.mean_class_accuracy import MEAN_CLASS_ACCURACY
from benchmarks.results.metrics.metric import Metric, mean_of_defined
from benchmarks.results.metrics.precision_at_k import precision_at
from benchmarks.results.metrics.roc_auc import ROC_AUC
from benchmarks.results.metrics.top_k_error import top_error
from benchmarks.results.metrics.xinfap import xinfap_at

__all__ = ["AT_K", "METRICS", "Evaluation", "Metric", "evaluate", "find_metric"]

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        AP,
        AP_VOC07,
        AP_VOC10,
        infap_at(None),
        xinfap_at(None),
        top_error(1),
        top_error(5),
        MEAN_CLASS_ACCURACY,
        precision_at(10),
        ROC_AUC,
    )
}

#: Metrics for any number k of places.
AT_K: dict[str, Callable[[int], Metric]] = {
    "p_at_<k>": precision_at,
    "infap_at_<k>": infap_at,
    "xinfap_at_<k>": xinfap_at,
    "top<k>_error": top_error,
}


class Evaluation(NamedTuple):
    """The value of a metric for the task and for each concept, shape (c,), NaN where undefined."""

    mean: float
    per_concept: NDArray[np.float64]


def find_metric(name: str) -> Metric:
    """Find a metric by its name.

    Parameters
    ----------
    name : str
        A key of `METRICS`, or one of `AT_K` with a number from 1 for <k>: `p_at_100`,
        `xinfap_at_2000`.

    Returns
    -------
    Metric

    Raises
    ------
    ValueError
        For an unknown name, with the nearest known ones.
    """
    if name in METRICS:
        return METRICS[name]
    for pattern, at in AT_K.items():
        if match := re.fullmatch(pattern.replace("<k>", "([1-9][0-9]*)"), name):
            return at(int(match[1]))
    near = get_close_matches(name, METRICS, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(METRICS)}"
    raise ValueError(f"unknown metric {name!r}: {hint}; any k in {', '.join(AT_K)}")


def evaluate(
    name: str, scores: ArrayLike, Y: ArrayLike, strata: ArrayLike | None = None
) -> Evaluation:
    """Evaluate scores against annotations.

    Parameters
    ----------
    name : str
        As for `find_metric`.
    scores : array of shape (n, c)
        Higher is likelier.
    Y : array of shape (n, c)
        1 positive, 0 negative, -1 unjudged.
    strata : array of shape (n, c), int, optional
        Where judgments were drawn from, for `infap` and `xinfap`; see
        `benchmarks.results.metrics.strata`. Other metrics do not look at it.

    Returns
    -------
    Evaluation
        `mean` (float) and `per_concept` (c,).

    Raises
    ------
    ValueError
        For an unknown name, shapes that differ, a NaN score, or annotations that the metric cannot
        be applied to.
    """
    metric = find_metric(name).given(strata)
    values = metric.per_concept(scores, Y)
    if metric.over_samples is not None:
        return Evaluation(metric.over_samples(scores, Y), values)
    return Evaluation(mean_of_defined(values), values)
