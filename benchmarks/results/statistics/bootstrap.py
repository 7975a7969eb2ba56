"""Paired bootstrap: how much would the figures move on other samples of the same kind?"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics import Metric, find_metric
from benchmarks.results.statistics.percentile import expanded_percentile

# Bounds the memory: resamples are drawn in blocks of about so many counts.
BLOCK = 2**25


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
    strata : array of shape (n, c), int, optional
        Where judgments were drawn from, for `infap` and `xinfap`; see
        `benchmarks.results.metrics.strata`. Other metrics do not look at it.
    """

    scores: Mapping[str, ArrayLike]
    Y: ArrayLike
    groups: ArrayLike | None = None
    samples: ArrayLike | None = None
    strata: ArrayLike | None = None


@dataclass(frozen=True, eq=False)
class BootstrapResult:
    """Estimates with expanded percentile intervals.

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

    def standard_error(self, a: str, b: str | None = None) -> float:
        """Return the standard error of the metric of system a, or of a's minus b's.

        Returns
        -------
        float
            The deviation over the resamples, times sqrt(G / (G - 1)) for G units; NaN for one unit.
        """
        if self.units < 2 or len(self.draws) < 2:
            return float("nan")
        place = {name: column for column, name in enumerate(self.systems)}
        values = self.draws[:, place[a]]
        if b is not None:
            values = values - self.draws[:, place[b]]
        return float(np.nanstd(values, ddof=1) * np.sqrt(self.units / (self.units - 1)))


def paired_bootstrap(
    scores: Mapping[str, ArrayLike],
    Y: ArrayLike,
    metric: str = "ap",
    groups: ArrayLike | None = None,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
    threads: int | None = None,
) -> BootstrapResult:
    """Intervals of a metric and of its differences between systems scored on the same samples.

    Parameters
    ----------
    scores : mapping from system to array of shape (n, c)
    Y : array of shape (n, c)
        1, 0, -1.
    metric : str
        Name of a metric.
    groups : array of shape (n,), optional
        The video of each sample: whole videos are then resampled.
    resamples : int
        How many.
    seed : int
        Of the resampling.
    level : float
        Confidence of the intervals, in (0, 1).
    threads : int, optional
        Systems that are resampled side by side, at least 1; the budget of the process
        (OMP_NUM_THREADS) by default. The result does not depend on it.

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
    "Evaluating evaluation metrics based on the bootstrap", SIGIR 2006. Hesterberg, "What teachers
    should know about the bootstrap", The American Statistician 2015, for the expanded percentiles.
    """
    replicate = Replicate(scores, Y, groups)
    return paired_bootstrap_over_replicates([replicate], metric, resamples, seed, level, threads)


def paired_bootstrap_over_replicates(
    replicates: Sequence[Replicate],
    metric: str = "ap",
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
    threads: int | None = None,
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
    metric, resamples, seed, level, threads
        As for `paired_bootstrap`.

    Returns
    -------
    BootstrapResult

    Raises
    ------
    ValueError
        For systems that differ between replicates, annotations or groups of a wrong shape, a
        metric that is undefined on a replicate, or a number of resamples or threads below 1.
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
    units = units_of(replicates)
    count = 1 + max((int(unit.max(initial=-1)) for unit in units), default=-1)
    given = [found.given(replicate.strata) for replicate in replicates]

    estimates = np.zeros(len(names))
    draws = np.zeros((resamples, len(names)))
    rng = np.random.default_rng(seed)
    width = max(1, BLOCK // max(count, 1))
    with ThreadPoolExecutor(budget(threads), thread_name_prefix="bootstrap") as pool:
        for known, replicate in zip(given, replicates):
            whole = [pool.submit(known.mean, replicate.scores[n], replicate.Y) for n in names]
            estimates += [task.result() for task in whole]
        for first in range(0, resamples, width):
            counts = draw_counts(count, min(width, resamples - first), rng)
            block = draws[first : first + width]
            for known, replicate, unit in zip(given, replicates, units):
                weights = counts[unit]
                tasks = [
                    pool.submit(_resampled, known, replicate.scores[name], replicate.Y, weights)
                    for name in names
                ]
                # Added up in the systems' order, whichever thread comes first.
                for column, task in enumerate(tasks):
                    block[:, column] += task.result()
    estimates /= len(replicates)
    draws /= len(replicates)
    if np.isnan(estimates).any() or np.isnan(draws).all(axis=0).any():
        raise ValueError(f"{metric} is undefined: no concept has what it needs among the samples")

    def interval(estimate: float, values: NDArray[np.float64]) -> Interval:
        return Interval(float(estimate), *expanded_percentile(values, count, level))

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


def budget(threads: int | None) -> int:
    """Return a number of threads, by default that of the process (OMP_NUM_THREADS)."""
    if threads is None:
        return max(1, int(os.environ.get("OMP_NUM_THREADS") or 1))
    if threads < 1:
        raise ValueError(f"threads must be at least 1, got {threads}")
    return threads


def units_of(replicates: Sequence[Replicate]) -> list[NDArray[np.int64]]:
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


def draw_counts(units: int, resamples: int, rng: np.random.Generator) -> NDArray[np.uint16]:
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
