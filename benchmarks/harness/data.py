"""Where a suite's data lies: its tasks loaded, with paths found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import benchmarks.suites
from benchmarks.registry import build, resolve
from benchmarks.results.metrics import find_metric
from benchmarks.suites.spec import TaskSpec
from benchmarks.tasks.base import Task

_BUILT_IN = Path(benchmarks.suites.__file__).parent

#: What lies where a task's path leads.
HOLDS = {
    "folder": "with a sub-folder of images for each concept",
    "table": "a CSV of paths and concepts",
}


class DataError(ValueError):
    """A task whose data is not at hand, or wrong."""


def load_task(spec: TaskSpec, base: Path, data: Path | None) -> Task:
    """Build a task of a suite.

    Parameters
    ----------
    spec : TaskSpec
        From the suite.
    base : Path
        The suite file's folder: plug-ins and data are looked for there.
    data : Path, optional
        The data folder (``--data``), where they are looked for next.

    Raises
    ------
    DataError
        If its data is not there or wrong: the message says where it was looked for.
    ComponentError
        For a wrong name or option.
    ValueError
        For an unknown metric.
    """
    component = resolve("tasks", spec.task.name, base)
    options = spec.task.options
    if isinstance(options.get("path"), str):
        try:
            found = find(options["path"], base, data, HOLDS.get(spec.task.name, ""))
        except DataError as error:
            raise DataError(f"task {spec.name!r}: {error}") from error
        options["path"] = str(found)
    maker = build(component, options)
    try:
        task = maker.load(name=spec.name)
    except (OSError, ValueError) as error:
        raise DataError(f"task {spec.name!r}: {error}") from error
    if spec.metrics is not None:
        task = replace(task, metrics=tuple(spec.metrics))
    for metric in task.metrics:
        if find_metric(metric).needs_strata and task.strata is None:
            raise ValueError(
                f"task {spec.name!r}: {metric} needs the strata that judgments were drawn from; "
                "the task has none (table: judgments = ..., with strata)"
            )
        if find_metric(metric).single_label_only and not task.single_label:
            raise ValueError(
                f"task {spec.name!r}: {metric} is for tasks with one concept a sample exactly"
            )
    return task


def find(path: str, base: Path, data: Path | None, holds: str = "") -> Path:
    """Return where a path of a suite leads: beside the suite file, then in the data folder.

    Parameters
    ----------
    path : str
        As the suite says.
    base : Path
        The suite file's folder.
    data : Path, optional
        The data folder.
    holds : str
        What should be there, for the message.

    Raises
    ------
    DataError
        If it is in neither.
    """
    given = Path(path).expanduser()
    if given.is_absolute():
        places = [given]
    else:
        places = [base / given] + ([] if data is None else [data / given])
    for place in places:
        if place.exists():
            return place
    # Nobody puts data beside a built-in suite, inside the package.
    places = [place for place in places if not place.is_relative_to(_BUILT_IN)]
    looked = "there is no " + " or ".join(str(place) for place in places) if places else ""
    if data is None and not given.is_absolute():
        wanted = f"DIR/{path}" + (f", {holds}" if holds else "")
        hint = f"name the folder that holds it by --data DIR or CONCEPTBENCH_DATA ({wanted})"
        looked = f"{hint}; {looked}" if looked else hint
    elif holds:
        looked = f"{looked} ({holds})"
    raise DataError(f"{path} was not found: {looked}")
