"""Whether one system is better than another on single concepts, and which of it is no luck."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, stdtrit

from benchmarks.results.metrics import Metric, find_metric
from benchmarks.results.statistics import Replicate, least_concepts
from benchmarks.results.statistics.bootstrap import BLOCK, budget, draw_counts, units_of
from benchmarks.results.statistics.families import Pair
from benchmarks.results.statistics.percentile import expanded_percentile

#: Resamples that shall lie beyond each end of an interval: fewer would leave it to chance.
BEYOND = 10
LEAST_RESAMPLES, MOST_RESAMPLES = 1000, 10_000
#: Of a metric whose resamples are evaluated one by one.
MOST_ONE_BY_ONE = 2000
#: Bounds the memory: concepts are taken together whose resamples are about so many numbers.
TOGETHER = 2**22


@dataclass(frozen=True, eq=False)
class ConceptDifferences:
    """How much better system a is than b on each concept.

    Attributes
    ----------
    a, b : arrays of shape (c,), float64
        Their values, mean over the replicates on which the concept has one; NaN where none has.
    low, high : arrays of shape (c,), float64
        Interval of a minus b, simultaneous for all concepts; NaN where there is none.
    units : array of shape (c,), int64
        Videos, or samples, with a positive of the concept.
    hypotheses : int
        Concepts with a value, for which the intervals are corrected.
    least_units : int
        With fewer `units` there is no interval: it could not keep what it promises.
    resamples : int
        How many were drawn.
    """

    a: NDArray[np.float64]
    b: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    units: NDArray[np.int64]
    hypotheses: int
    least_units: int
    resamples: int


def concept_differences(
    replicates: Sequence[Replicate],
    pairs: Sequence[Pair],
    metric: str = "ap",
    error: float = 0.05,
    seed: int = 0,
    threads: int | None = None,
) -> dict[Pair, ConceptDifferences]:
    """Compare pairs of systems on every concept by itself, corrected for the number of concepts.

    The interval of a concept is that of `paired_bootstrap_over_replicates` on its column alone,
    from the same draws, at Bonferroni's level ``1 - error / hypotheses``: the chance that any
    interval of a pair misses is then at most `error`.

    Parameters
    ----------
    replicates : sequence of Replicate
        One at least; the same systems in each.
    pairs : sequence of (a, b)
    metric : str
        One with values for single concepts.
    error : float
        Chance of one wrong verdict or more among the concepts of a pair, in (0, 1).
    seed : int
        Of the resampling.
    threads : int, optional
        The budget of the process by default. Changes no number.

    Returns
    -------
    dict of pair to ConceptDifferences
    """
    found = find_metric(metric)
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    given = [found.given(replicate.strata) for replicate in replicates]
    # Shape (replicates, systems, concepts).
    values = np.array(
        [
            [known.per_concept(replicate.scores[name], replicate.Y) for name in names]
            for known, replicate in zip(given, replicates)
        ]
    )
    defined = ~np.isnan(values).any(axis=1)
    concepts = defined.shape[1]
    hypotheses = int(defined.any(axis=0).sum())
    means = np.full((len(names), concepts), np.nan)
    ends = np.full((2, len(pairs), concepts), np.nan)
    units = np.zeros(concepts, np.int64)
    least = least_concepts(error, max(hypotheses, 1))
    resamples = 0
    # Most concepts have a value on every replicate; those that lack it on the same go together.
    alike: dict[tuple[bool, ...], list[int]] = defaultdict(list)
    for concept in np.flatnonzero(defined.any(axis=0)):
        alike[tuple(defined[:, concept])].append(int(concept))
    place = {name: row for row, name in enumerate(names)}
    for pattern, columns in alike.items():
        kept = [replicate for replicate, there in zip(replicates, pattern) if there]
        means[:, columns] = values[list(pattern)][:, :, columns].mean(axis=0)
        unit = units_of(kept)
        count = 1 + max(int(of.max()) for of in unit)
        units[columns] = _with_positive(kept, unit, columns)
        tested = [column for column in columns if units[column] >= least]
        level = 1 - error / hypotheses
        number = _resamples(count, level, found)
        if not tested:
            continue
        resamples = max(resamples, number)
        width = len(tested) if found.single_label_only else max(1, TOGETHER // number)
        for first in range(0, len(tested), width):
            some = tested[first : first + width]
            draws = _draws(found, kept, unit, names, some, number, seed, threads)
            for row, (a, b) in enumerate(pairs):
                for i, column in enumerate(some):
                    differences = draws[place[a], i] - draws[place[b], i]
                    ends[:, row, column] = expanded_percentile(differences, count, level)
    return {
        (a, b): ConceptDifferences(
            means[place[a]], means[place[b]], ends[0, row], ends[1, row], units, hypotheses, least,
            resamples,
        )
        for row, (a, b) in enumerate(pairs)
    }  # fmt: skip


def _with_positive(
    replicates: Sequence[Replicate], unit: Sequence[NDArray[np.int64]], columns: Sequence[int]
) -> NDArray[np.int64]:
    """Count the units with a positive of each concept, over all replicates together."""
    numbers = np.concatenate(unit)
    Y = np.concatenate([np.asarray(replicate.Y)[:, columns] for replicate in replicates])
    return np.array([len(np.unique(numbers[column == 1])) for column in Y.T], np.int64)


def _resamples(units: int, level: float, metric: Metric) -> int:
    """Return how many resamples put `BEYOND` of them beyond the ends, as far as time allows."""
    most = MOST_ONE_BY_ONE if _one_by_one(metric) else MOST_RESAMPLES
    if units < 2:
        return LEAST_RESAMPLES
    # The tail of `expanded_percentile`.
    tail = float(ndtr(-np.sqrt(units / (units - 1)) * stdtrit(units - 1, 0.5 + level / 2)))
    return int(np.clip(BEYOND / max(tail, 1e-9), LEAST_RESAMPLES, most))


def _one_by_one(metric: Metric) -> bool:
    """Whether a concept by itself cannot be resampled at once: the others' scores count too."""
    return metric.single_label_only or metric.resampled is None


def _draws(
    metric: Metric,
    replicates: Sequence[Replicate],
    unit: Sequence[NDArray[np.int64]],
    names: Sequence[str],
    columns: Sequence[int],
    resamples: int,
    seed: int,
    threads: int | None,
) -> NDArray[np.float64]:
    """Resample some concepts of all systems, mean over replicates: (systems, concepts, draws)."""
    count = 1 + max(int(of.max()) for of in unit)
    total = np.zeros((len(names), len(columns), resamples))
    rng = np.random.default_rng(seed)
    width = max(1, BLOCK // count)

    def add(row: int, block: slice, counts: NDArray[np.uint16]) -> None:
        for replicate, of in zip(replicates, unit):
            scores = replicate.scores[names[row]]
            total[row, :, block] += _values(metric, replicate, scores, columns, counts[of])

    with ThreadPoolExecutor(budget(threads), thread_name_prefix="concepts") as pool:
        for first in range(0, resamples, width):
            block = slice(first, min(first + width, resamples))
            counts = draw_counts(count, block.stop - first, rng)
            for task in [pool.submit(add, row, block, counts) for row in range(len(names))]:
                task.result()
    return total / len(replicates)


def _values(
    metric: Metric,
    replicate: Replicate,
    scores: ArrayLike,
    columns: Sequence[int],
    weights: NDArray[np.uint16],
) -> NDArray[np.float64]:
    """Evaluate every resample of some concepts, shape (concepts, resamples)."""
    values, Y = np.asarray(scores), np.asarray(replicate.Y)
    strata = None if replicate.strata is None else np.asarray(replicate.strata)
    out = np.full((len(columns), weights.shape[1]), np.nan)
    if not _one_by_one(metric):
        for i, column in enumerate(columns):
            only = [column]
            known = metric.given(None if strata is None else strata[:, only])
            if known.resampled is not None:
                # The mean over one concept is its value.
                out[i] = known.resampled(values[:, only], Y[:, only], weights)
        return out
    for draw in range(weights.shape[1]):
        rows = np.repeat(np.arange(len(values)), weights[:, draw])
        known = metric.given(None if strata is None else strata[rows])
        out[:, draw] = known.per_concept(values[rows], Y[rows])[list(columns)]
    return out
