"""A run as tables with stable columns; docs/results.md describes them."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.results.metrics import evaluate, find_metric
from benchmarks.results.run import Run, TaskRecord, Trial
from benchmarks.results.statistics import (
    Replicate,
    holm,
    paired_bootstrap_over_replicates,
    sign_flip_test,
)
from benchmarks.results.store import StageCost, write_atomically

IDENTITY = ["task", "system", "family", "seed", "train_size"]
RESULTS = [*IDENTITY, "concept", "metric", "value"]
COSTS = [
    *IDENTITY, "stage", "wall_s", "cpu_s", "gpu_s", "peak_mb", "images", "cached",
    "parameters", "model_bytes",
]  # fmt: skip
COMPARISONS = [
    "task", "train_size", "metric", "system_a", "system_b", "difference", "low", "high",
    "p_value", "p_holm", "significant",
]  # fmt: skip
FAILURES = ["task", "system", "seed", "train_size", "status", "error", "where"]

#: A difference is called significant below this corrected p-value, if its interval agrees.
LEVEL = 0.05
RESAMPLES = 1000


def _identity(trial: Trial) -> dict[str, object]:
    return {name: getattr(trial, name) for name in IDENTITY}


def _frame(rows: list[dict], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    if "train_size" in frame:
        # Whole numbers, with a gap where everything was trained on.
        frame["train_size"] = frame["train_size"].astype("Int64")
    return frame


def results(run: Run) -> pd.DataFrame:
    """Return every metric of every complete trial, a row a concept and one for the mean.

    Returns
    -------
    DataFrame with columns `RESULTS`
        ``concept`` is "" for the mean over concepts; a value that is undefined (no positives
        in test) is missing.
    """
    rows: list[dict] = []
    for trial in run.complete():
        task = run.tasks[trial.task]
        Y = task.annotations[trial.split.test]
        for metric in task.metrics:
            found = evaluate(metric, trial.scores, Y)
            cells = [("", found.mean), *zip(task.concepts, found.per_concept.tolist())]
            rows += [
                {**_identity(trial), "concept": concept, "metric": metric, "value": value}
                for concept, value in cells
            ]
    return _frame(rows, RESULTS)


def costs(run: Run) -> pd.DataFrame:
    """Return what every stage of every complete trial took.

    Returns
    -------
    DataFrame with columns `COSTS`
        A stage is ``phase/stage``; the phases are warm-up, fit, predict and validate. A fused
        trial has, besides its own stages, ``fit/members``, ``predict/members`` and
        ``validate/members``: what the systems that it needs took, each counted once. A cached
        stage costs what it took when its result was made.
    """
    by_key = {trial.key: trial for trial in run.trials}
    rows: list[dict] = []
    for trial in run.complete():
        size = {"parameters": trial.parameters, "model_bytes": trial.model_bytes}
        for cost in [*trial.costs, *_of_members(trial, by_key)]:
            rows.append({**_identity(trial), **asdict(cost), **size})
    frame = _frame(rows, COSTS)
    for column in ("parameters", "model_bytes"):
        frame[column] = frame[column].astype("Int64")
    return frame


def _of_members(trial: Trial, by_key: dict[str, Trial]) -> Iterator[StageCost]:
    below: dict[str, Trial] = {}
    pending = list(trial.members)
    while pending:
        key = pending.pop()
        if key not in below:
            below[key] = by_key[key]
            pending += by_key[key].members
    for phase in ("fit", "predict", "validate"):
        stages = [
            c for member in below.values() for c in member.costs if c.stage.startswith(f"{phase}/")
        ]
        if stages:
            yield StageCost(
                f"{phase}/members",
                sum(c.wall_s for c in stages),
                sum(c.cpu_s for c in stages),
                sum(c.gpu_s for c in stages),
                max(c.peak_mb for c in stages),
                max(c.images for c in stages),
                all(c.cached for c in stages),
            )


def replicates(task: TaskRecord, trials: list[Trial]) -> list[Replicate]:
    """Return the scores of systems that ran on the same seeds, a replicate a seed.

    Parameters
    ----------
    task : TaskRecord
        The task.
    trials : list of Trial
        Complete trials of one training size.

    Returns
    -------
    list of Replicate
        Of the seeds that every system has.
    """
    by_seed: dict[int, dict[str, Trial]] = defaultdict(dict)
    for trial in trials:
        by_seed[trial.seed][trial.system] = trial
    systems = {trial.system for trial in trials}
    found = []
    for _, row in sorted(by_seed.items()):
        if set(row) == systems:
            test = next(iter(row.values())).split.test
            groups = task.video[test] if task.video is not None else None
            found.append(
                Replicate(
                    {name: trial.scores for name, trial in row.items()},
                    task.annotations[test],
                    groups,
                    None if groups is not None else test,
                )
            )
    return found


def comparisons(run: Run) -> pd.DataFrame:
    """Return the difference between every two systems in the headline metric.

    Returns
    -------
    DataFrame with columns `COMPARISONS`
        ``difference`` is a minus b, averaged over seeds; ``low`` and ``high`` its 95 % interval
        by paired bootstrap over test samples (over videos, where there are); ``p_value`` that
        of a sign-flip test over concepts, ``p_holm`` corrected for all pairs of the task and
        size. ``significant``: p_holm is below 0.05 and the interval leaves out zero.
    """
    rows: list[dict] = []
    groups: dict[tuple[str, int | None], list[Trial]] = defaultdict(list)
    for trial in run.complete():
        groups[trial.task, trial.train_size].append(trial)
    for (name, size), trials in groups.items():
        rows += _compare(run.tasks[name], size, trials)
    return _frame(rows, COMPARISONS)


def _compare(task: TaskRecord, size: int | None, trials: list[Trial]) -> list[dict]:
    names = list(dict.fromkeys(trial.system for trial in trials))
    found = replicates(task, trials)
    if len(names) < 2 or not found:
        return []
    metric = task.metrics[0]
    bootstrap = paired_bootstrap_over_replicates(found, metric, RESAMPLES)
    per_concept = {
        name: np.stack([find_metric(metric).per_concept(r.scores[name], r.Y) for r in found])
        for name in names
    }
    pairs = list(combinations(names, 2))
    p_values = [sign_flip_test(per_concept[a] - per_concept[b]).p_value for a, b in pairs]
    rows = []
    for (a, b), p_value, p_holm in zip(pairs, p_values, holm(p_values)):
        pair = (a, b) if (a, b) in bootstrap.differences else (b, a)
        sign = 1.0 if pair == (a, b) else -1.0
        difference, low, high = (sign * value for value in bootstrap.differences[pair])
        low, high = min(low, high), max(low, high)
        rows.append(
            {
                "task": task.name,
                "train_size": size,
                "metric": metric,
                "system_a": a,
                "system_b": b,
                "difference": difference,
                "low": low,
                "high": high,
                "p_value": p_value,
                "p_holm": p_holm,
                "significant": bool(p_holm < LEVEL and (low > 0 or high < 0)),
            }
        )
    return rows


def failures(run: Run) -> pd.DataFrame:
    """Return the trials that failed, were skipped, or have not been run, with the reason.

    Returns
    -------
    DataFrame with columns `FAILURES`
    """
    rows = [
        {
            **{name: getattr(trial, name) for name in FAILURES if hasattr(trial, name)},
            "error": trial.reason or ("not run yet" if trial.status == "missing" else ""),
        }
        for trial in run.trials
        if trial.status != "complete"
    ]
    return _frame(rows, FAILURES)


def write_tables(run: Run) -> dict[str, pd.DataFrame]:
    """Write all tables of a run to ``<run>/tables/*.csv`` and return them by name."""
    folder = run.folder / "tables"
    folder.mkdir(exist_ok=True)
    tables = {
        "results": results(run),
        "costs": costs(run),
        "comparisons": comparisons(run),
        "failures": failures(run),
    }
    for name, frame in tables.items():
        write_atomically(folder / f"{name}.csv", as_csv(frame))
    return tables


def as_csv(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV, numbers to 9 significant digits: equal scores print equally."""
    buffer = io.StringIO()
    frame.to_csv(buffer, index=False, float_format="%.9g", lineterminator="\n")
    return buffer.getvalue().encode()


def table_paths(run: Run) -> list[Path]:
    """Return the paths that `write_tables` writes."""
    names = ("results", "costs", "comparisons", "failures")
    return [run.folder / "tables" / f"{name}.csv" for name in names]
