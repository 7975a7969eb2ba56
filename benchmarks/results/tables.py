"""A run as tables with stable columns; docs/results.md describes them."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
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
from benchmarks.tasks.base import taught_concepts

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
        Y = task.evaluated(trial.split)
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


def replicates(task: TaskRecord, trials: list[Trial], seeds: Iterable[int]) -> list[Replicate]:
    """Return the scores of systems, a replicate a seed.

    Parameters
    ----------
    task : TaskRecord
        The task.
    trials : list of Trial
        Complete trials of one training size; every system has all of the seeds.
    seeds : iterable of int
        Which seeds.

    Returns
    -------
    list of Replicate
        In the order of the seeds.
    """
    found = []
    for seed in sorted(seeds):
        of_seed = [trial for trial in trials if trial.seed == seed]
        test = of_seed[0].split.test
        groups = task.video[test] if task.video is not None else None
        found.append(
            Replicate(
                {trial.system: trial.scores for trial in of_seed},
                task.evaluated(of_seed[0].split),
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
    metric = task.metrics[0]
    seeds_of: dict[str, set[int]] = defaultdict(set)
    for trial in trials:
        seeds_of[trial.system].add(trial.seed)
    # Most systems have the same seeds; each set of seeds that two share is resampled once.
    pairs_of: dict[frozenset[int], list[tuple[str, str]]] = defaultdict(list)
    for a, b in combinations(seeds_of, 2):
        pairs_of[frozenset(seeds_of[a] & seeds_of[b])].append((a, b))
    rows = []
    for seeds, pairs in pairs_of.items():
        if seeds:
            members = {name for pair in pairs for name in pair}
            chosen = [trial for trial in trials if trial.system in members]
            found = replicates(task, chosen, seeds)
            rows += [
                {"task": task.name, "train_size": size, "metric": metric, **row}
                for row in _differences(found, pairs, metric)
            ]
    order = {pair: place for place, pair in enumerate(combinations(seeds_of, 2))}
    rows.sort(key=lambda row: order[row["system_a"], row["system_b"]])
    for row, p_holm in zip(rows, holm([row["p_value"] for row in rows])):
        apart = row["low"] > 0 or row["high"] < 0
        row |= {"p_holm": p_holm, "significant": bool(p_holm < LEVEL and apart)}
    return rows


def _differences(
    found: list[Replicate], pairs: list[tuple[str, str]], metric: str
) -> Iterator[dict]:
    bootstrap = paired_bootstrap_over_replicates(found, metric, RESAMPLES)
    per_concept = {
        name: np.stack([find_metric(metric).per_concept(r.scores[name], r.Y) for r in found])
        for name in found[0].scores
    }
    for a, b in pairs:
        if (a, b) in bootstrap.differences:
            difference, low, high = bootstrap.differences[a, b]
        else:
            difference, high, low = (0.0 - value for value in bootstrap.differences[b, a])
        p_value = sign_flip_test(per_concept[a] - per_concept[b]).p_value
        yield {
            "system_a": a,
            "system_b": b,
            "difference": difference,
            "low": low,
            "high": high,
            "p_value": p_value,
        }


def failures(run: Run) -> pd.DataFrame:
    """Return the trials that failed, were skipped, or have not been run, with the reason.

    Returns
    -------
    DataFrame with columns `FAILURES`
        And a row a concept that was left out because the training samples could not teach
        it: its ``system`` is "", for all of them, its ``status`` "left out".
    """
    rows = [
        {
            **{name: getattr(trial, name) for name in FAILURES if hasattr(trial, name)},
            "error": trial.reason or ("not run yet" if trial.status == "missing" else ""),
        }
        for trial in run.trials
        if trial.status != "complete"
    ]
    rows += [
        {
            "task": task,
            "system": "",
            "seed": seed,
            "train_size": size,
            "status": "left out",
            "error": f"{concept!r}: {reason}",
            "where": "",
        }
        for task, size, seed, concept, reason in left_out(run)
    ]
    return _frame(rows, FAILURES)


def left_out(run: Run) -> list[tuple[str, int | None, int, str, str]]:
    """Return the concepts that trials left out as their training samples could not teach them.

    Returns
    -------
    list of (task, train_size, seed, concept, reason)
        In the plan's order; no concept twice.
    """
    found: dict[tuple[str, int | None, int, str], str] = {}
    seen = set()
    for trial in run.complete():
        group = (trial.task, trial.train_size, trial.seed)
        if group in seen:
            continue
        seen.add(group)
        task, train = run.tasks[trial.task], trial.split.train
        Y = task.annotations[train]
        for i in np.flatnonzero(~taught_concepts(Y)):
            what = "negative" if (Y[:, i] == 1).any() else "positive"
            found[(*group, task.concepts[i])] = f"no {what} among the {len(train)} training samples"
    return [(*which, reason) for which, reason in found.items()]


TABLES: dict[str, Callable[[Run], pd.DataFrame]] = {
    "results": results,
    "costs": costs,
    "comparisons": comparisons,
    "failures": failures,
}


def write_tables(run: Run) -> dict[str, pd.DataFrame]:
    """Write all tables of a run to ``<run>/tables/*.csv`` and return them by name."""
    folder = run.folder / "tables"
    folder.mkdir(exist_ok=True)
    tables = {name: make(run) for name, make in TABLES.items()}
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
    return [run.folder / "tables" / f"{name}.csv" for name in TABLES]
