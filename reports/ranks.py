"""Systems by their mean rank: over tasks where there are several, else over a task's concepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.results.statistics import FriedmanResult, friedman_test
from reports.summary import Summary, System, TaskSummary

#: Fewer tasks, or concepts, and ranks say next to nothing.
LEAST_BLOCKS = 4
#: Two systems are compared better by their difference.
LEAST_SYSTEMS = 3
LEVEL = 0.05


@dataclass(frozen=True)
class Ranks:
    """Mean ranks of systems, and which of them the test cannot tell apart.

    Attributes
    ----------
    systems : tuple of System
        Best mean rank first, as in `result`.
    result : FriedmanResult
        With Nemenyi's test.
    over : {"tasks", "concepts"}
        What the systems are ranked on.
    blocks : int
        How many of these.
    left_out : tuple of System
        Without a value on some of the tasks, or on all of the concepts.
    dropped : int
        Concepts on which some system has no value.
    """

    systems: tuple[System, ...]
    result: FriedmanResult
    over: Literal["tasks", "concepts"]
    blocks: int
    left_out: tuple[System, ...] = ()
    dropped: int = 0

    @property
    def differ(self) -> bool:
        """Whether Friedman's test says that the systems are not all alike."""
        return self.result.p_value < LEVEL

    @property
    def groups(self) -> tuple[tuple[System, ...], ...]:
        """Systems that are not told apart, neighbours in rank: all of them if none differ."""
        if not self.differ:
            return (self.systems,)
        by_key = {system.key: system for system in self.systems}
        return tuple(tuple(by_key[key] for key in clique) for clique in self.result.cliques)


def over_tasks(summary: Summary) -> Ranks | None:
    """Rank systems on each task, by the first metric at the size that the report is about.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    Ranks or None
        None for fewer than four tasks, or fewer than three systems that ran on all of them.
    """
    tasks = summary.tasks
    if len(tasks) < LEAST_BLOCKS:
        return None
    columns: dict[str, list[float]] = {}
    for key in summary.systems:
        spreads = [task.spread(key, task.size) for task in tasks]
        if any(spread is not None for spread in spreads):
            columns[key] = [
                task.sign * spread.mean if spread is not None else float("nan")
                for task, spread in zip(tasks, spreads)
            ]
    whole = [key for key, values in columns.items() if np.isfinite(values).all()]
    if len(whole) < LEAST_SYSTEMS:
        return None
    table = np.array([columns[key] for key in whole]).T
    left_out = tuple(summary.systems[key] for key in columns if key not in whole)
    return _ranked(table, [summary.systems[key] for key in whole], "tasks", left_out)


def over_concepts(task: TaskSummary) -> Ranks | None:
    """Rank systems on each concept of a task, by its mean over seeds.

    Parameters
    ----------
    task : TaskSummary

    Returns
    -------
    Ranks or None
        None for fewer than four concepts with a value for all, or fewer than three systems.
    """
    systems = task.at(task.size)
    values = {system.key: task.concepts(system.key, task.size) for system in systems}
    whole = [system for system in systems if np.isfinite(values[system.key]).any()]
    if len(whole) < LEAST_SYSTEMS:
        return None
    table = np.column_stack([values[system.key] for system in whole])
    kept = np.isfinite(table).all(axis=1)
    if kept.sum() < LEAST_BLOCKS:
        return None
    left_out = tuple(system for system in systems if system not in whole)
    sign = task.concept_sign
    return _ranked(sign * table[kept], whole, "concepts", left_out, int((~kept).sum()))


def _ranked(
    table: np.ndarray,
    systems: list[System],
    over: Literal["tasks", "concepts"],
    left_out: tuple[System, ...],
    dropped: int = 0,
) -> Ranks:
    # What only the order of a sum has left between two systems is no difference of rank.
    result = friedman_test(np.round(table, 12), [system.key for system in systems], level=LEVEL)
    by_key = {system.key: system for system in systems}
    ordered = tuple(by_key[key] for key in result.systems)
    return Ranks(ordered, result, over, len(table), left_out, dropped)
