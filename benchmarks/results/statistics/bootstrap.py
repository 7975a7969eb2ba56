"""Paired bootstrap: how much would the figures move on other samples of the same kind?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics import Metric, find_metric


class Interval(NamedTuple):
    """An estimate between the ends of its confidence interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Replicate:
    """What several systems scored on the test samples of one seed or split.

    Attributes
    ----------
    scores : mapping from system to array of shape (n, c)
    Y : array of shape (n, c)
        1, 0, -1.
    groups : array of shape (n,), optional
        The video of each sample; whole videos are resampled, since their shots are not independent.
    samples : array of shape (n,), optional
        What identifies each sample in its collection, so that a sample met in several replicates
        is drawn as often in all of them.
    """

    scores: Mapping[str, ArrayLike]
    Y: ArrayLike
    groups: ArrayLike | None = None
    samples: ArrayLike | None = None


@dataclass(frozen=True, eq=False)
class BootstrapResult:
    """Estimates with percentile intervals.

    Attributes
    ----------
    metric : str
    systems : mapping from system to Interval
        Mean metric of each system, averaged over replicates.
    differences : mapping from (a, b) to Interval
        That of a minus that of b, for every pair in the order given.
    draws : array of shape (resamples, systems), float64
        The metric of every system in every resample.
    units : int
        How many independent things were resampled: videos, or samples.
    level : float
        Confidence of the intervals.
    """

    metric: str
    systems: dict[str, Interval]
    differences: dict[tuple[str, str], Interval]
    draws: NDArray[np.float64]
    units: int
    level: float


def paired_bootstrap(
    scores: Mapping[str, ArrayLike],
    Y: ArrayLike,
    metric: str = "ap",
    groups: ArrayLike | None = None,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> BootstrapResult:
    """Intervals of a metric and of its differences between systems scored on the same samples.

    Parameters
    ----------
    scores : mapping from system to array of shape (n, c)
    Y : array of shape (n, c)
        1, 0, -1.
    metric : str
        Name of a metric; `ap`, `top1_error` and `mean_class_accuracy` are evaluated for all
        resamples at once, others one by one.
    groups : array of shape (n,), optional
        The video of each sample: whole videos are then resampled.
    resamples : int
        How many.
    seed : int
        Of the resampling.
    level : float
        Confidence of the intervals, in (0, 1).

    Returns
    -------
    BootstrapResult

    Raises
    ------
    ValueError
        As for `paired_bootstrap_over_replicates`.

    References
    ----------
    Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 8 and 13. Sakai,
    "Evaluating evaluation metrics based on the bootstrap", SIGIR 2006.
    """
    replicate = Replicate(scores, Y, groups)
    return paired_bootstrap_over_replicates([replicate], metric, resamples, seed, level)


def paired_bootstrap_over_replicates(
    replicates: Sequence[Replicate],
    metric: str = "ap",
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> BootstrapResult:
    """Intervals of a metric averaged over seeds or splits, for systems scored on all of them.

    The units (videos, or samples) of all replicates are drawn together: a test sample that several
    seeds share is drawn as often in each, so that averaging over seeds does not pretend to more
    test data than there is. A concept without positives in a resample is left out of that
    resample's mean, for all systems alike.

    Parameters
    ----------
    replicates : sequence of Replicate
        The same systems in each. Without `groups` and `samples`, several replicates must have
        equal annotations and are taken to be the same samples in the same order.
    metric, resamples, seed, level
        As for `paired_bootstrap`.

    Returns
    -------
    BootstrapResult

    Raises
    ------
    ValueError
        For systems that differ between replicates, annotations or groups of a wrong shape, or a
        metric that is undefined on a replicate.
    """
    if not replicates:
        raise ValueError("no replicate to resample")
    if resamples < 1 or not 0 < level < 1:
        raise ValueError(f"resamples ({resamples}) must be >= 1 and level ({level}) in (0, 1)")
    names = list(replicates[0].scores)
    for number, replicate in enumerate(replicates):
        if set(replicate.scores) != set(names):
            raise ValueError(
                f"replicate {number} has systems {sorted(replicate.scores)}, "
                f"replicate 0 has {sorted(names)}: a paired comparison needs the same ones"
            )
    found = find_metric(metric)
    units = _units(replicates)
    count = 1 + max((int(unit.max(initial=-1)) for unit in units), default=-1)
    counts = _draw(count, resamples, np.random.default_rng(seed))

    estimates = np.zeros(len(names))
    draws = np.zeros((resamples, len(names)))
    for replicate, unit in zip(replicates, units):
        weights = counts[unit]
        for column, name in enumerate(names):
            estimates[column] += found.mean(replicate.scores[name], replicate.Y)
            draws[:, column] += _resampled(found, replicate.scores[name], replicate.Y, weights)
    estimates /= len(replicates)
    draws /= len(replicates)
    if np.isnan(estimates).any() or np.isnan(draws).all(axis=0).any():
        raise ValueError(f"{metric} is undefined: no concept has what it needs among the samples")

    def interval(estimate: float, values: NDArray[np.float64]) -> Interval:
        tail = 50.0 * (1.0 - level)
        low, high = np.nanpercentile(values, [tail, 100.0 - tail])
        return Interval(float(estimate), float(low), float(high))

    return BootstrapResult(
        metric=metric,
        systems={name: interval(estimates[i], draws[:, i]) for i, name in enumerate(names)},
        differences={
            (names[i], names[j]): interval(estimates[i] - estimates[j], draws[:, i] - draws[:, j])
            for i, j in combinations(range(len(names)), 2)
        },
        draws=draws,
        units=count,
        level=level,
    )


def _units(replicates: Sequence[Replicate]) -> list[NDArray[np.int64]]:
    """The unit each sample of each replicate belongs to, numbered across replicates."""
    labels: list[NDArray[np.generic]] = []
    for number, replicate in enumerate(replicates):
        n = len(np.asarray(replicate.Y))
        given = replicate.groups if replicate.groups is not None else replicate.samples
        if given is None:
            if number and not np.array_equal(np.asarray(replicate.Y), np.asarray(replicates[0].Y)):
                raise ValueError(
                    f"replicate {number} has other annotations than replicate 0: "
                    "name the samples of each (samples=...) so that shared ones are drawn together"
                )
            label: NDArray[np.generic] = np.arange(n)
        else:
            label = np.asarray(given)
        if label.shape != (n,):
            raise ValueError(
                f"replicate {number} has {n} samples but groups or samples of shape {label.shape}"
            )
        labels.append(label)
    kinds = {(r.groups is not None, r.samples is not None and r.groups is None) for r in replicates}
    if len(kinds) > 1:
        raise ValueError("all replicates must have groups, or all samples, or none of them")
    _, inverse = np.unique(np.concatenate(labels), return_inverse=True)
    ends = np.cumsum([len(label) for label in labels])[:-1]
    return [part.astype(np.int64) for part in np.split(inverse.ravel(), ends)]


def _draw(units: int, resamples: int, rng: np.random.Generator) -> NDArray[np.uint16]:
    """How often each unit occurs in each resample, shape (units, resamples)."""
    counts = np.empty((units, resamples), dtype=np.uint16)
    for column in range(resamples):
        counts[:, column] = np.bincount(rng.integers(0, units, size=units), minlength=units)
    return counts


def _resampled(
    metric: Metric, scores: ArrayLike, Y: ArrayLike, weights: NDArray[np.uint16]
) -> NDArray[np.float64]:
    if metric.resampled is not None:
        return metric.resampled(scores, Y, weights)
    values, annotations = np.asarray(scores), np.asarray(Y)
    out = np.empty(weights.shape[1])
    for column in range(weights.shape[1]):
        rows = np.repeat(np.arange(len(values)), weights[:, column])
        out[column] = metric.mean(values[rows], annotations[rows])
    return out
