"""Every system's mean of the headline metric, in the interval that its test samples allow."""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from benchmarks.results.grouping import by_task_and_size, with_whole_sizes
from benchmarks.results.metrics import evaluate
from benchmarks.results.resampling import Draws
from benchmarks.results.run import Run, TaskRecord, Trial
from benchmarks.results.statistics import Interval

MEANS = [
    "task", "system", "family", "train_size", "metric", "seeds", "value", "low", "high", "units",
]  # fmt: skip


def means(run: Run, threads: int | None = None, draws: Draws | None = None) -> pd.DataFrame:
    """Return each system's headline metric with its bootstrap interval.

    Parameters
    ----------
    run : Run
    threads : int, optional
        For the bootstrap; the budget of the process by default. Changes no number.
    draws : Draws, optional
        Of this run, that other tables use as well.

    Returns
    -------
    DataFrame with columns `MEANS`
        A row a system, task and training size with complete trials. ``low`` and ``high`` are
        missing where there is no interval: one test video, or a metric that is undefined. The
        intervals are of one system each: two that overlap may differ all the same, which
        `benchmarks.results.comparisons` answers.
    """
    rows: list[dict[str, object]] = []
    draws = Draws() if draws is None else draws
    for (name, size), trials in by_task_and_size(run.complete()).items():
        task = run.tasks[name]
        found = _intervals(task, trials, threads, draws)
        families = {trial.system: trial.family for trial in trials}
        for system, family in families.items():
            seeds, units, interval = found[system]
            rows.append(
                {
                    "task": name,
                    "system": system,
                    "family": family,
                    "train_size": size,
                    "metric": task.metrics[0],
                    "seeds": seeds,
                    "value": interval.estimate,
                    "low": interval.low,
                    "high": interval.high,
                    "units": units,
                }
            )
    return with_whole_sizes(pd.DataFrame(rows, columns=MEANS))


def _intervals(
    task: TaskRecord, trials: list[Trial], threads: int | None, draws: Draws
) -> dict[str, tuple[int, int, Interval]]:
    """Return seeds, units and interval of each system; those of the same seeds share the draws."""
    seeds_of: dict[str, set[int]] = defaultdict(set)
    for trial in trials:
        seeds_of[trial.system].add(trial.seed)
    systems_of: dict[frozenset[int], list[str]] = defaultdict(list)
    for system, seeds in seeds_of.items():
        systems_of[frozenset(seeds)].append(system)
    found: dict[str, tuple[int, int, Interval]] = {}
    for shared, systems in systems_of.items():
        chosen = [trial for trial in trials if trial.system in systems]
        if any(_undefined(task, trial) for trial in chosen):
            nan = float("nan")
            found |= {system: (len(shared), 0, Interval(nan, nan, nan)) for system in systems}
            continue
        _, bootstrap = draws.of(task, chosen, shared, threads)
        found |= {s: (len(shared), bootstrap.units, bootstrap.systems[s]) for s in systems}
    return found


def _undefined(task: TaskRecord, trial: Trial) -> bool:
    """Whether no concept has what the metric needs, which is the same for all systems of a seed."""
    Y, strata = task.evaluated(trial.split), task.strata_of(trial.split)
    mean = evaluate(task.metrics[0], trial.scores, Y, strata).mean
    return mean != mean
