"""What became of each system from one run to another, and how far that can be trusted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.results.comparisons import ROUNDING
from benchmarks.results.metrics import evaluate
from benchmarks.results.resampling import LEVEL, RESAMPLES, replicates
from benchmarks.results.run import Run, TaskRecord, Trial
from benchmarks.results.statistics import Evidence, compare, correct

CHANGES = [
    "task", "system", "family", "train_size", "metric", "seeds", "reference_value", "value",
    "difference", "low", "high", "p_value", "p_holm", "significant", "hypotheses", "concepts",
    "least_concepts", "units", "smallest_difference", "status", "reason",
]  # fmt: skip

#: Which scores of a pair are which, in one mapping of names.
_BEFORE, _AFTER = "before\x00", "after\x00"

Trials = Mapping[int, Trial]


def changes(reference: Run, other: Run, threads: int | None = None) -> pd.DataFrame:
    """Return what each system scores in either run, and the difference where it can be told.

    Parameters
    ----------
    reference, other : Run
    threads : int, optional
        For the bootstrap; the budget of the process by default. Changes no number.

    Returns
    -------
    DataFrame with columns `CHANGES`
        A row a task that both have, system and training size; docs/results.md describes the
        columns. ``difference`` is that of the other run minus the reference, over the seeds that
        both have. ``status`` is "identical" (every score is the same), "compared" (paired
        bootstrap over the test samples), "no interval" (``reason`` says why), "only in the
        reference" or "only in the other".

    Raises
    ------
    ValueError
        If the runs have no task in common.
    """
    common = [name for name in reference.tasks if name in other.tasks]
    if not common:
        raise ValueError(
            f"{reference.folder} and {other.folder} have no task in common, so that nothing can "
            f"be compared: {_listed(reference)} against {_listed(other)}"
        )
    rows: list[dict[str, object]] = []
    for name in common:
        rows += _of_task(reference, other, name, threads)
    frame = pd.DataFrame(rows, columns=CHANGES)
    for column in ("train_size", "hypotheses", "concepts", "least_concepts", "units"):
        frame[column] = frame[column].astype("Int64")
    return frame


def _listed(run: Run) -> str:
    return ", ".join(repr(name) for name in run.tasks) or "none"


def _of_task(reference: Run, other: Run, name: str, threads: int | None) -> list[dict[str, object]]:
    old, new = reference.tasks[name], other.tasks[name]
    metric = old.metrics[0]
    obstacle = _obstacle(old, new)
    before, after = _by_system(reference, name), _by_system(other, name)
    rows: dict[tuple[str, int | None], dict[str, object]] = {}
    pairs: dict[tuple[int | None, tuple[int, ...]], list[str]] = defaultdict(list)
    for which in [*before, *(which for which in after if which not in before)]:
        system, size = which
        left, right = before.get(which, {}), after.get(which, {})
        row: dict[str, object] = {
            "task": name, "system": system, "train_size": size, "metric": metric, "reason": "",
            "family": next(iter((right or left).values())).family,
        }  # fmt: skip
        rows[which] = row
        shared = tuple(sorted(left.keys() & right.keys()))
        row["seeds"] = _seeds(left, right, shared)
        for column, task, trials in (("reference_value", old, left), ("value", new, right)):
            used = [trials[seed] for seed in shared] if shared else list(trials.values())
            known = used and metric in task.metrics
            row[column] = _mean(task, metric, used) if known else float("nan")
        if not left or not right:
            row["status"] = f"only in the {'reference' if left else 'other'}"
            continue
        row["difference"] = row["value"] - row["reference_value"]  # type: ignore[operator]
        reason = obstacle or _unpaired(old, new, left, right, shared)
        if reason:
            row |= {"status": "no interval", "reason": reason}
        elif all(_same_scores(left[seed], right[seed]) for seed in shared):
            row |= {"status": "identical", "difference": 0.0, "low": 0.0, "high": 0.0}
            row["significant"] = False
        else:
            pairs[size, shared].append(system)
    decided: dict[int | None, list[tuple[str, Evidence]]] = defaultdict(list)
    for (size, seeds), systems in pairs.items():
        try:
            found = _evidence(old, before, after, systems, size, seeds, threads)
        except ValueError as problem:
            for system in systems:
                rows[system, size] |= {"status": "no interval", "reason": str(problem)}
            continue
        decided[size] += zip(systems, found)
    # What scores the same is no hypothesis: it cannot be told from chance, as there is nothing.
    for size, of_size in decided.items():
        for (system, _), one in zip(of_size, correct([e for _, e in of_size], LEVEL)):
            rows[system, size] |= {"status": "compared", **_decided(one)}
    return list(rows.values())


def _by_system(run: Run, task: str) -> dict[tuple[str, int | None], dict[int, Trial]]:
    found: dict[tuple[str, int | None], dict[int, Trial]] = defaultdict(dict)
    for trial in run.complete(task):
        found[trial.system, trial.train_size][trial.seed] = trial
    return dict(found)


def _obstacle(old: TaskRecord, new: TaskRecord) -> str:
    """Say why a task's results of two runs cannot be paired, if they cannot."""
    if old.metrics[0] not in new.metrics:
        return f"{old.metrics[0]} is not measured in the other run"
    if old.concepts != new.concepts:
        return "the concepts are not the same"
    if old.fingerprint != new.fingerprint:
        return "the samples or their annotations are not the same"
    return ""


def _unpaired(
    old: TaskRecord, new: TaskRecord, left: Trials, right: Trials, shared: Sequence[int]
) -> str:
    """Say why two systems' scores cannot be paired, if they cannot."""
    if not shared:
        return f"no seed in common: {_numbers(left)} against {_numbers(right)}"
    for seed in shared:
        a, b = left[seed].split, right[seed].split
        if not np.array_equal(a.test, b.test):
            return f"seed {seed} is tested on other samples"
        if not np.array_equal(old.evaluated(a), new.evaluated(b)):
            return f"seed {seed} is evaluated by other annotations"
    return ""


def _same_scores(a: Trial, b: Trial) -> bool:
    return np.array_equal(a.scores, b.scores)


def _numbers(trials: Trials) -> str:
    return ", ".join(map(str, sorted(trials)))


def _seeds(left: Trials, right: Trials, shared: Sequence[int]) -> str:
    """Return the seeds that the values are of; of either run, where they share none."""
    if shared:
        return " ".join(map(str, shared))
    return " | ".join(" ".join(map(str, sorted(t))) for t in (left, right) if t)


def _mean(task: TaskRecord, metric: str, trials: Sequence[Trial]) -> float:
    values = [
        evaluate(metric, t.scores, task.evaluated(t.split), task.strata_of(t.split)).mean
        for t in trials
    ]
    return float(np.mean(values))


def _evidence(
    task: TaskRecord,
    before: Mapping[tuple[str, int | None], Trials],
    after: Mapping[tuple[str, int | None], Trials],
    systems: Sequence[str],
    size: int | None,
    seeds: Sequence[int],
    threads: int | None,
) -> list[Evidence]:
    """Compare the systems of both runs on the same resamples of the test samples."""
    trials = [
        replace(found[system, size][seed], system=mark + system)
        for system in systems
        for mark, found in ((_BEFORE, before), (_AFTER, after))
        for seed in seeds
    ]
    pairs = [(_AFTER + system, _BEFORE + system) for system in systems]
    resampled = replicates(task, trials, seeds)
    return compare(resampled, pairs, task.metrics[0], RESAMPLES, level=LEVEL, threads=threads)


def _decided(found: Evidence) -> dict[str, object]:
    names = (
        "p_value", "p_holm", "hypotheses", "concepts", "least_concepts", "units",
        "smallest_difference",
    )  # fmt: skip
    # Zero for what only the order of a sum has left of it: both are even.
    estimate, low, high = (0.0 if abs(x) < ROUNDING else x for x in found.difference)
    return {
        **{name: getattr(found, name) for name in names},
        "difference": estimate, "low": low, "high": high,
        "significant": found.verdict != "undecided",
    }  # fmt: skip
