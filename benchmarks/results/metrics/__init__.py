"""Metrics, named as their variants: never "AP" alone.

Unjudged samples (-1) are ignored by all, NaN scores are refused by all, and none depends on the
order of the file: tied samples are taken in expectation over their orders.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics.average_precision import AP
from benchmarks.results.metrics.average_precision_voc07 import AP_VOC07
from benchmarks.results.metrics.mean_class_accuracy import MEAN_CLASS_ACCURACY
from benchmarks.results.metrics.metric import Metric
from benchmarks.results.metrics.precision_at_k import precision_at
from benchmarks.results.metrics.roc_auc import ROC_AUC
from benchmarks.results.metrics.top1_error import TOP1_ERROR

__all__ = ["METRICS", "Evaluation", "Metric", "evaluate", "find_metric"]

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        AP,
        AP_VOC07,
        TOP1_ERROR,
        MEAN_CLASS_ACCURACY,
        precision_at(10),
        ROC_AUC,
    )
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
        A key of `METRICS`, or `p_at_<k>` for any k from 1.

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
    if match := re.fullmatch(r"p_at_([1-9][0-9]*)", name):
        return precision_at(int(match[1]))
    near = get_close_matches(name, METRICS, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(METRICS)}"
    raise ValueError(f"unknown metric {name!r}: {hint} (p_at_<k> takes any k)")


def evaluate(name: str, scores: ArrayLike, Y: ArrayLike) -> Evaluation:
    """Evaluate scores against annotations.

    Parameters
    ----------
    name : str
        As for `find_metric`.
    scores : array of shape (n, c)
        Higher is likelier.
    Y : array of shape (n, c)
        1 positive, 0 negative, -1 unjudged.

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
    metric = find_metric(name)
    return Evaluation(metric.mean(scores, Y), metric.per_concept(scores, Y))
