"""A suite's tasks and plan, made in a process of its own."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.harness.data import load_task
from benchmarks.harness.interrupts import interrupts_ignored
from benchmarks.harness.plan import PlannedTrial, plan
from benchmarks.registry import resolve
from benchmarks.suites.spec import Suite
from benchmarks.tasks.base import Task


def prepare(
    suite: Suite, base: Path, data: Path | None
) -> tuple[dict[str, Task], list[PlannedTrial]]:
    """Load a suite's tasks and lay out its trials.

    Parameters
    ----------
    suite : Suite
        Checked.
    base : Path
        Folder that plug-in paths start from.
    data : Path, optional
        The data folder.

    Returns
    -------
    tasks : dict of str to Task
        By name.
    planned : list of PlannedTrial
        See `plan`.
    """
    tasks = {spec.name: load_task(spec, base, data) for spec in suite.tasks}
    return tasks, plan(suite, tasks, base)


def prepare_apart(
    suite: Suite, base: Path, data: Path | None
) -> tuple[dict[str, Task], list[PlannedTrial]]:
    """Do what `prepare` does in another process.

    Naming a system's parameters takes its classes, and those of networks take torch: half a
    gibibyte that the process which only waits for workers need not hold.
    """
    for spec in suite.tasks:
        # So that what a plug-in's task is made of can be unpickled here.
        resolve("tasks", spec.task.name, base)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as pool:
        with interrupts_ignored():
            future = pool.submit(prepare, suite, base, data)
        return future.result()
