"""A suite's tasks and plan, made in a process of its own."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from benchmarks.collection import Files, ImageCollection
from benchmarks.harness.data import load_task
from benchmarks.harness.interrupts import interrupts_held
from benchmarks.harness.plan import PlannedTrial, plan
from benchmarks.suites.spec import Suite
from benchmarks.tasks.base import Split, Task


def prepare(
    suite: Suite, base: Path, data: Path | None, device: str = "auto"
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
    device : str
        For networks.

    Returns
    -------
    tasks : dict of str to Task
        By name; fit to be recorded, but with neither images nor splits.
    planned : list of PlannedTrial
        See `plan`.
    """
    tasks = {spec.name: load_task(spec, base, data) for spec in suite.tasks}
    planned = plan(suite, tasks, base, device, data)
    return {name: _without_images(task) for name, task in tasks.items()}, planned


def prepare_apart(
    suite: Suite, base: Path, data: Path | None, device: str = "auto"
) -> tuple[dict[str, Task], list[PlannedTrial]]:
    """Do what `prepare` does in another process.

    Naming a system's parameters takes its classes, and those of networks take torch: half a
    gibibyte that the process which only waits for workers need not hold.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as pool:
        with interrupts_held():
            future = pool.submit(prepare, suite, base, data, device)
        return future.result()


def _without_images(task: Task) -> Task:
    """Return a task that pickles whatever a plug-in made it of."""
    X = task.collection
    bare = ImageCollection(Files([]), X.ids, X.video, X.shot, digests=X.digests)
    return replace(task, collection=bare, splitter=_no_split)


def _no_split(seed: int, train_size: int | None) -> Split:
    raise RuntimeError("this task was loaded to be recorded, not to be split")
