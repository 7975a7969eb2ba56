"""What re-scoring does to single concepts: on which it gains, and on which it loses."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from benchmarks.results.comparisons import ROUNDING
from benchmarks.results.grouping import by_task_and_size, systems_by_key, with_whole_sizes
from benchmarks.results.metrics import evaluate, find_metric
from benchmarks.results.questions import members_of, rescored_pairs
from benchmarks.results.resampling import LEVEL, replicates
from benchmarks.results.run import Run, TaskRecord, Trial
from benchmarks.results.single_concepts import ConceptDifferences, concept_differences
from benchmarks.results.statistics.families import Pair

RESCORING = [
    "task", "train_size", "metric", "system", "given", "concept", "value", "given_value",
    "difference", "low", "high", "verdict", "hypotheses", "units", "least_units",
]  # fmt: skip


def rescoring(run: Run, threads: int | None = None) -> pd.DataFrame:
    """Return how much every re-scored system differs from what it re-scores, concept by concept.

    Parameters
    ----------
    run : Run
    threads : int, optional
        For the bootstrap; the budget of the process by default. Changes no number.

    Returns
    -------
    DataFrame with columns `RESCORING`
        A row a task, training size, re-scored system and concept; docs/results.md describes the
        columns. The metric is the task's first with values for single concepts; a task without
        one has no row. ``low`` and ``high`` are missing where there is no interval, and the
        ``verdict`` is then "undecided".
    """
    systems = systems_by_key(run)
    rows: list[dict[str, object]] = []
    for (name, size), trials in by_task_and_size(run.complete()).items():
        task = run.tasks[name]
        pairs = rescored_pairs(members_of(trials, systems), {trial.system for trial in trials})
        metric = _metric(task, trials) if pairs else None
        if metric is None:
            continue
        found = _differences(task, trials, pairs, metric, threads)
        for pair in pairs:
            if pair in found:
                identity = {"task": name, "train_size": size, "metric": metric}
                rows += [{**identity, **row} for row in _rows(task, metric, pair, found[pair])]
    return with_whole_sizes(pd.DataFrame(rows, columns=RESCORING))


def _metric(task: TaskRecord, trials: list[Trial]) -> str | None:
    """The first of the task's metrics that has a value for any concept on any seed."""
    by_seed = {trial.seed: trial for trial in trials}.values()
    for metric in task.metrics:
        for trial in by_seed:
            Y, strata = task.evaluated(trial.split), task.strata_of(trial.split)
            if not np.isnan(evaluate(metric, trial.scores, Y, strata).per_concept).all():
                return metric
    return None


def _differences(
    task: TaskRecord, trials: list[Trial], pairs: list[Pair], metric: str, threads: int | None
) -> dict[Pair, ConceptDifferences]:
    """Compare on all seeds that both of a pair have; pairs of the same seeds share the draws."""
    seeds_of: dict[str, set[int]] = defaultdict(set)
    for trial in trials:
        seeds_of[trial.system].add(trial.seed)
    pairs_of: dict[frozenset[int], list[Pair]] = defaultdict(list)
    for a, b in pairs:
        pairs_of[frozenset(seeds_of[a] & seeds_of[b])].append((a, b))
    found: dict[Pair, ConceptDifferences] = {}
    for seeds, alike in pairs_of.items():
        if not seeds:
            continue
        members = {name for pair in alike for name in pair}
        chosen = [trial for trial in trials if trial.system in members]
        drawn = replicates(task, chosen, seeds)
        found |= concept_differences(drawn, alike, metric, LEVEL, threads=threads)
    return found


def _rows(
    task: TaskRecord, metric: str, pair: Pair, found: ConceptDifferences
) -> list[dict[str, object]]:
    sign = 1.0 if find_metric(metric).higher_is_better else -1.0
    system, given = pair
    rows: list[dict[str, object]] = []
    for i, concept in enumerate(task.concepts):
        # What only the order of a sum has left of zero is no difference.
        difference, low, high = (
            0.0 if abs(x) < ROUNDING else float(x)
            for x in (found.a[i] - found.b[i], found.low[i], found.high[i])
        )
        ahead, behind = sorted((sign * low, sign * high)) if low == low else (0.0, 0.0)
        rows.append(
            {
                "system": system,
                "given": given,
                "concept": concept,
                "value": found.a[i],
                "given_value": found.b[i],
                "difference": difference,
                "low": low,
                "high": high,
                "verdict": "gain" if ahead > 0 else "loss" if behind < 0 else "undecided",
                "hypotheses": found.hypotheses,
                "units": found.units[i],
                "least_units": found.least_units,
            }
        )
    return rows
