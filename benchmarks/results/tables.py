"""A run as tables with stable columns; docs/results.md describes them."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from benchmarks.results.comparisons import comparisons
from benchmarks.results.complementarity_table import complementarity
from benchmarks.results.controls import controls
from benchmarks.results.leak_table import leaks
from benchmarks.results.means import means
from benchmarks.results.member_costs import member_costs
from benchmarks.results.metrics import evaluate
from benchmarks.results.resampling import Draws
from benchmarks.results.rescoring import rescoring
from benchmarks.results.run import Run, Trial
from benchmarks.results.statistics.bootstrap import budget
from benchmarks.results.store import write_atomically
from benchmarks.tasks.base import taught_concepts

IDENTITY = ["task", "system", "family", "seed", "train_size"]
RESULTS = [*IDENTITY, "concept", "metric", "value"]
COSTS = [
    *IDENTITY, "stage", "wall_s", "cpu_s", "gpu_s", "peak_mb", "images", "cached",
    "parameters", "model_bytes",
]  # fmt: skip
FAILURES = ["task", "system", "seed", "train_size", "status", "error", "where"]


def _identity(trial: Trial) -> dict[str, object]:
    return {name: getattr(trial, name) for name in IDENTITY}


def _frame(rows: list[dict], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    if "train_size" in frame:
        # Whole numbers, with a gap where everything was trained on.
        frame["train_size"] = frame["train_size"].astype("Int64")
    return frame


def results(run: Run, threads: int | None = None) -> pd.DataFrame:
    """Return every metric of every complete trial, a row a concept and one for the mean.

    Parameters
    ----------
    run : Run
    threads : int, optional
        Trials that are evaluated side by side; the budget of the process by default. Changes no
        number.

    Returns
    -------
    DataFrame with columns `RESULTS`
        ``concept`` is "" for the mean over concepts; a value that is undefined (no positives
        in test) is missing.
    """

    def rows_of(trial: Trial) -> list[dict]:
        task = run.tasks[trial.task]
        Y = task.evaluated(trial.split)
        rows: list[dict] = []
        for metric in task.metrics:
            found = evaluate(metric, trial.scores, Y, task.strata_of(trial.split))
            cells = [("", found.mean), *zip(task.concepts, found.per_concept.tolist())]
            rows += [
                {**_identity(trial), "concept": concept, "metric": metric, "value": value}
                for concept, value in cells
            ]
        return rows

    with ThreadPoolExecutor(budget(threads), thread_name_prefix="results") as pool:
        rows = [row for found in pool.map(rows_of, run.complete()) for row in found]
    return _frame(rows, RESULTS)


def costs(run: Run) -> pd.DataFrame:
    """Return what every stage of every complete trial took.

    Returns
    -------
    DataFrame with columns `COSTS`
        A stage is ``phase/stage``; the phases are warm-up, fit, predict and validate. A fused
        trial has, besides its own stages, ``fit/members``, ``predict/members`` and
        ``validate/members``: what the systems that it needs took, each counted once, and once
        what several of them share (features that five classifiers are trained on). A cached
        stage costs what it took when its result was made.
    """
    by_key = {trial.key: trial for trial in run.trials}
    rows: list[dict] = []
    for trial in run.complete():
        size = {"parameters": trial.parameters, "model_bytes": trial.model_bytes}
        for cost in [*trial.costs, *member_costs(trial, by_key)]:
            stage = {name: value for name, value in asdict(cost).items() if name in COSTS}
            rows.append({**_identity(trial), **stage, **size})
    frame = _frame(rows, COSTS)
    for column in ("parameters", "model_bytes"):
        frame[column] = frame[column].astype("Int64")
    return frame


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


TABLES = (
    "results",
    "means",
    "costs",
    "comparisons",
    "failures",
    "leaks",
    "controls",
    "complementarity",
    "winners",
    "rescoring",
)


def write_tables(run: Run, threads: int | None = None) -> dict[str, pd.DataFrame]:
    """Write all tables of a run to ``<run>/tables/*.csv`` and return them by name.

    Parameters
    ----------
    run : Run
    threads : int, optional
        For resampling; the budget of the process by default. Changes no number.
    """
    folder = run.folder / "tables"
    folder.mkdir(exist_ok=True)
    pairs, winners = complementarity(run, threads)
    draws = Draws()
    tables = {
        "results": results(run, threads),
        "means": means(run, threads, draws),
        "costs": costs(run),
        "comparisons": comparisons(run, threads, draws),
        "failures": failures(run),
        "leaks": leaks(run),
        "controls": controls(run, threads=threads),
        "complementarity": pairs,
        "winners": winners,
        "rescoring": rescoring(run, threads),
    }
    for name, frame in tables.items():
        write_atomically(folder / f"{name}.csv", as_csv(frame))
    return tables


#: What a spreadsheet program takes for the start of a formula, behind any quotes of our own.
_FORMULA = re.compile("^'*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")


def as_csv(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV, numbers to 9 significant digits: equal scores print equally.

    Text that a spreadsheet program would run as a formula has a ``'`` before it; numbers never.
    """
    buffer = io.StringIO()
    frame = frame.copy()
    for name in frame.columns[[not is_numeric_dtype(kind) for kind in frame.dtypes]]:
        frame[name] = frame[name].map(_inert)
    frame.to_csv(buffer, index=False, float_format="%.9g", lineterminator="\n")
    return buffer.getvalue().encode()


def _inert(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def table_paths(run: Run) -> list[Path]:
    """Return the paths that `write_tables` writes."""
    return [run.folder / "tables" / f"{name}.csv" for name in TABLES]
