"""What tables group a run's trials by, and how their sizes are written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pandas as pd

from benchmarks.results.run import Run, Trial


def by_task_and_size(trials: Iterable[Trial]) -> dict[tuple[str, int | None], list[Trial]]:
    """Return trials by task and training size, in their order; None is everything."""
    groups: dict[tuple[str, int | None], list[Trial]] = defaultdict(list)
    for trial in trials:
        groups[trial.task, trial.train_size].append(trial)
    return dict(groups)


def systems_by_key(run: Run) -> dict[str, str]:
    """Return the system of every trial's key, of the whole plan.

    Systems that are the same by all that counts share a key: the first stands for them.
    """
    systems: dict[str, str] = {}
    for trial in run.trials:
        systems.setdefault(trial.key, trial.system)
    return systems


def with_whole_sizes(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose training sizes are whole numbers, with a gap for everything."""
    return frame.astype({"train_size": "Int64"})
