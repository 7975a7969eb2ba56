"""What the leak check of every trial found, as a table."""

from __future__ import annotations

import pandas as pd

from benchmarks.results.grouping import with_whole_sizes
from benchmarks.results.run import Run

LEAKS = ["task", "train_size", "seed", "n_train", "tested", "identical", "near"]


def leaks(run: Run) -> pd.DataFrame:
    """Return how many test samples are, or look like, training samples.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataFrame with columns `LEAKS`
        A row a split: all trials of a task, training size and seed have the same. A split whose
        trials were all run before there was a leak check has no row.
    """
    rows: dict[tuple[str, int | None, int], dict[str, object]] = {}
    for trial in run.trials:
        if trial.status == "complete" and trial.leaks is not None:
            which = (trial.task, trial.train_size, trial.seed)
            rows.setdefault(which, {**_columns(which), "n_train": trial.n_train, **trial.leaks})
    return with_whole_sizes(pd.DataFrame(list(rows.values()), columns=LEAKS))


def _columns(which: tuple[str, int | None, int]) -> dict[str, object]:
    return dict(zip(("task", "train_size", "seed"), which))
