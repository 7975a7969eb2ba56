"""What a worker has at hand for its trials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.suites.spec import Suite
from benchmarks.suites.system_spec import (
    SystemSpec,
)
from benchmarks.tasks.base import Task


class Skipped(Exception):
    """A trial that does not apply, with the reason."""


@dataclass
class Workplace:
    """What a worker has at hand for any trial of a suite.

    Attributes
    ----------
    suite : Suite
        What is run.
    base : Path
        Folder that plug-in paths start from.
    tasks : dict of str to Task
        By name.
    trials : Path
        The run's folder of trials.
    cache : Path
        The stage cache's folder.
    device : str
        For networks.
    report : callable or None
        ``report(share, words)`` is told how far a long stage is.
    data : Path or None
        The data folder.
    """

    suite: Suite
    base: Path
    tasks: dict[str, Task]
    trials: Path
    cache: Path
    device: str
    report: Callable[[float, str], None] | None = None
    data: Path | None = None
    systems: dict[str, SystemSpec] = field(init=False)

    def __post_init__(self) -> None:
        self.systems = {system.name: system for system in self.suite.systems}


def check_supported(system: Any, task: Task) -> None:
    """Raise Skipped if a system says that it does not apply to a task."""
    reason = system.unsupported(task) if hasattr(system, "unsupported") else None
    if reason:
        raise Skipped(reason)
