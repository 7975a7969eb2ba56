"""How much single systems differ in what they get right, as tables for those who fuse them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.results.complementarity import concepts_won, rank_correlation
from benchmarks.results.grouping import by_task_and_size, with_whole_sizes
from benchmarks.results.metrics import find_metric
from benchmarks.results.run import Run, TaskRecord, Trial
from benchmarks.results.statistics.bootstrap import budget
from benchmarks.results.suite_source import early_members

COMPLEMENTARITY = [
    "task", "train_size", "metric", "system_a", "system_b", "correlation", "value_a", "value_b",
    "oracle", "gain",
]  # fmt: skip
WINNERS = ["task", "train_size", "metric", "concept", "engineered", "learned", "winner"]

Values = dict[tuple[str, int], NDArray[np.float64]]


def complementarity(run: Run, threads: int | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how single systems, those fused of no others, complement each other.

    Parameters
    ----------
    run : Run
    threads : int, optional
        Trials that are evaluated side by side; the budget of the process by default. Changes no
        number.

    Returns
    -------
    pairs : DataFrame with columns `COMPLEMENTARITY`
        A row a pair of single systems that share a seed, means over the seeds that both have:
        Spearman's correlation of their scores, and what the better of the two for each concept,
        chosen with hindsight, would reach in the headline metric, and gain over the better of both.
    winners : DataFrame with columns `WINNERS`
        A row a concept where there are engineered and learned systems: the mean of the single
        systems of each family, over systems and seeds, and which is better; "" for a tie.
    """
    early = early_members(run)
    singles = [t for t in run.complete() if not t.members and t.system not in early]
    pairs: list[dict[str, object]] = []
    winners: list[pd.DataFrame] = []
    for (name, size), trials in by_task_and_size(singles).items():
        task = run.tasks[name]
        where = {"task": name, "train_size": size, "metric": task.metrics[0]}
        values = _values(task, trials, threads)
        pairs += [{**where, **row} for row in _pairs(task, trials, values)]
        found = _winners(task, trials, values)
        if found is not None:
            winners.append(found.assign(**where))
    won = pd.concat(winners)[WINNERS] if winners else pd.DataFrame(columns=WINNERS)
    return (
        with_whole_sizes(pd.DataFrame(pairs, columns=COMPLEMENTARITY)),
        with_whole_sizes(won),
    )


def _values(task: TaskRecord, trials: list[Trial], threads: int | None) -> Values:
    """The headline metric of each concept, by system and seed."""
    metric = find_metric(task.metrics[0])

    def value(t: Trial) -> NDArray[np.float64]:
        known = metric.given(task.strata_of(t.split))
        return known.per_concept(t.scores, task.evaluated(t.split))

    with ThreadPoolExecutor(budget(threads), thread_name_prefix="values") as pool:
        return dict(zip([(t.system, t.seed) for t in trials], pool.map(value, trials)))


def _pairs(task: TaskRecord, trials: list[Trial], values: Values) -> list[dict[str, object]]:
    higher = find_metric(task.metrics[0]).higher_is_better
    correlations = {
        seed: rank_correlation({t.system: t.scores for t in trials if t.seed == seed})
        for seed in dict.fromkeys(trial.seed for trial in trials)
    }
    rows: list[dict[str, object]] = []
    for a, b in combinations(dict.fromkeys(trial.system for trial in trials), 2):
        seeds = [seed for seed in correlations if {(a, seed), (b, seed)} <= values.keys()]
        if not seeds:
            continue
        # A seed at a time, then the mean: the choice is made for each trained system.
        both = np.array([[values[a, seed], values[b, seed]] for seed in seeds])
        both = np.where(np.isnan(both).any(axis=1, keepdims=True), np.nan, both)
        best = both.max(axis=1) if higher else both.min(axis=1)
        own, oracle = _mean(both), float(np.mean(_mean(best)))
        value_a, value_b = own.mean(axis=0).tolist()
        better = int(value_b > value_a) if higher else int(value_b < value_a)
        rows.append(
            {
                "system_a": a,
                "system_b": b,
                "correlation": float(np.mean([correlations[seed].loc[a, b] for seed in seeds])),
                "value_a": value_a,
                "value_b": value_b,
                "oracle": oracle,
                # Of differences, not of means: without any it is 0, not what rounding leaves.
                "gain": float(np.mean(_mean(best - both[:, better]))),
            }
        )
    return rows


def _winners(task: TaskRecord, trials: list[Trial], values: Values) -> pd.DataFrame | None:
    family_of = {t.system: t.family for t in trials if t.family in ("engineered", "learned")}
    if len(set(family_of.values())) < 2:
        return None
    means = {
        system: np.mean([found for (name, _), found in values.items() if name == system], axis=0)
        for system in family_of
    }
    higher = find_metric(task.metrics[0]).higher_is_better
    frame = concepts_won(means, family_of, list(task.concepts), higher)
    return frame.rename_axis("concept").reset_index()


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the last axis, concepts, of those that have a value; NaN where none has."""
    defined = ~np.isnan(values)
    counts = defined.sum(axis=-1)
    sums = np.where(defined, values, 0.0).sum(axis=-1)
    return np.divide(sums, counts, out=np.full(counts.shape, np.nan), where=counts > 0)
