"""What a run folder says of the run: the plan, the systems, where and when it was executed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.harness.environment import git, machine, versions
from benchmarks.harness.plan import PlannedTrial
from benchmarks.results.store import SCHEMA
from benchmarks.suites.spec import Suite
from benchmarks.suites.system_spec import (
    control_of,
    is_control,
    members_of,
)
from benchmarks.systems import stages_of
from benchmarks.tasks.base import Task


@dataclass(frozen=True)
class Settings:
    """How a suite is executed.

    Attributes
    ----------
    out : Path
        The run folder.
    cache : Path
        The stage cache's folder.
    base : Path
        Folder that plug-in paths start from.
    source : str
        The suite's TOML text, kept with the run.
    command : str
        The command that makes this run, without what only concerns one execution.
    data : Path or None
        The data folder.
    jobs, threads : int
        Workers, and threads in each.
    device : str
        For networks.
    only : str or None
        Run only the systems that match.
    """

    out: Path
    cache: Path
    base: Path
    source: str
    command: str
    data: Path | None = None
    jobs: int = 1
    threads: int = 1
    device: str = "auto"
    only: str | None = None


def now() -> str:
    """Return the time, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_record(out: Path) -> dict[str, Any] | None:
    """Return a run folder's record, or None where there is none that can be read."""
    try:
        record = json.loads((out / "run.json").read_bytes())
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and record.get("schema") == SCHEMA else None


def describe_run(
    suite: Suite, tasks: Mapping[str, Task], planned: list[PlannedTrial], settings: Settings
) -> dict[str, Any]:
    """Return the record of a run that is about to be executed; see docs/results.md."""
    names = ("key", "task", "system", "family", "seed", "train_size", "n_train", "n_test")
    return {
        "schema": SCHEMA,
        "suite": {
            "name": suite.name,
            "title": suite.title or suite.name,
            "description": suite.description,
            "source": settings.source,
        },
        "command": settings.command,
        "base": str(settings.base),
        "data": None if settings.data is None else str(settings.data),
        "versions": versions(),
        "machine": machine(),
        "git": git(),
        "jobs": settings.jobs,
        "threads": settings.threads,
        "device": settings.device,
        "started": now(),
        "finished": None,
        "wall_s": None,
        "executions": [],
        "excluded": {name: [list(row) for row in task.excluded] for name, task in tasks.items()},
        "tasks": [task.name for task in suite.tasks],
        "systems": [
            {
                "name": system.name,
                "family": system.family,
                "label": system.label or system.name,
                "stages": stages_of(system),
                "members": members_of(system),
                **({"control": control_of(system)} if is_control(system) else {}),
            }
            for system in suite.systems
        ],
        "plan": [
            {
                **{name: getattr(trial, name) for name in names},
                "members": list(trial.members),
                **({"control": True} if trial.control else {}),
            }
            for trial in planned
        ],
    }


def continue_record(
    before: dict[str, Any] | None, record: dict[str, Any], cut_short: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Carry over what earlier executions took that made trials of this plan, so that they add up.

    Of another plan that shares no trial (other seeds, other threads a worker) nothing is known.
    An execution that was killed or interrupted left nothing in the record: `cut_short` is what
    the log says of it.
    """
    if before is None:
        return record
    made = {trial["key"] for trial in before.get("plan", ())}
    if made.isdisjoint(trial["key"] for trial in record["plan"]):
        return record
    executions = list(before["executions"])
    if cut_short is not None and not before.get("finished"):
        executions.append(cut_short)
    return {**record, "started": before["started"], "executions": executions}


def finish_record(record: dict[str, Any], started: str, wall_s: float, ran: int) -> dict[str, Any]:
    """Return the record with an execution that has ended."""
    execution = {"started": started, "finished": now(), "wall_s": round(wall_s, 3), "ran": ran}
    executions = [*record["executions"], execution]
    return {
        **record,
        "executions": executions,
        "finished": execution["finished"],
        "wall_s": round(sum(one["wall_s"] for one in executions), 3),
    }


def says_the_same(before: dict[str, Any] | None, record: dict[str, Any]) -> bool:
    """Whether a finished run's record is what one of now would say, but for where and when."""
    same = ("suite", "plan", "systems", "tasks", "excluded", "data", "base")
    return (
        before is not None
        and bool(before.get("finished"))
        and all(before.get(name) == record[name] for name in same)
    )
