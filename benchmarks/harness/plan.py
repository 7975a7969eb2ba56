"""The plan of a suite: every trial, in order, with its key and the trials it rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np

import benchmarks.harness.held_out as held_out_module
from benchmarks.code_version import file_version
from benchmarks.harness.data import DataError
from benchmarks.harness.keys import key
from benchmarks.harness.made_elsewhere import find_scores, read_made_elsewhere
from benchmarks.suites.spec import Suite, TaskSpec
from benchmarks.suites.system_spec import (
    ScoresSpec,
    SystemSpec,
    is_control,
    members_of,
)
from benchmarks.systems import Unavailable, check_networks, identity
from benchmarks.tasks.base import Split, Task, taught_concepts


@dataclass(frozen=True)
class PlannedTrial:
    """One system on one task for one seed and training size, to be run or found.

    Attributes
    ----------
    key : str
        Hash of all that its result depends on.
    task, system, family : str
        Names.
    seed : int
        Of split and system.
    train_size : int or None
        None is everything.
    members : tuple of str
        Keys of the trials whose scores it is made of.
    held_out : bool
        Whether scores are needed out of fold on the training samples, since the task has
        no validation part and a fusion is to be tuned.
    n_train, n_test : int
        Samples.
    identity : str
        Hash of the system alone, by which a worker sees whether its code is still the plan's.
    control : bool
        Whether something is shuffled for it: annotations, or what a re-scoring goes by.
    content : str
        Hash of the files of scores that were made elsewhere; "" for a system that makes its own.
    """

    key: str
    task: str
    system: str
    family: str
    seed: int
    train_size: int | None
    members: tuple[str, ...]
    held_out: bool
    n_train: int
    n_test: int
    identity: str
    control: bool = False
    content: str = ""

    @property
    def label(self) -> str:
        """The trial in words."""
        size = "all" if self.train_size is None else self.train_size
        return f"{self.task} / {self.system} / size {size} / seed {self.seed}"


def plan(
    suite: Suite,
    tasks: Mapping[str, Task],
    base: Path,
    device: str = "auto",
    data: Path | None = None,
) -> list[PlannedTrial]:
    """Lay out a suite's trials: tasks, then training sizes, seeds and systems.

    Parameters
    ----------
    suite : Suite
        What to run.
    tasks : mapping of str to Task
        Its tasks, loaded.
    base : Path
        Folder that plug-in paths start from.
    device : str
        For networks.
    data : Path, optional
        The data folder, where files of scores are looked for next.

    Returns
    -------
    list of PlannedTrial
        A fused trial stands behind its members.

    Raises
    ------
    ValueError
        If a training size asks for more than a task has, members of a fusion are not run
        at a size where the fusion is, a system runs nowhere, or a file of scores is missing.
    """
    planned: list[PlannedTrial] = []
    for task_spec in suite.tasks:
        task = tasks[task_spec.name]
        identities = {
            system.name: _identity(system, base, task, device)
            for system in suite.systems
            if runs_on(system, task_spec.name)
        }
        folding = [suite.folds, file_version(Path(held_out_module.__file__))]
        fingerprint = task.fingerprint
        sizes: list[int | None] = [*task_spec.train_sizes] or [None]
        for size in sizes:
            tuned_on = {
                member
                for system in suite.systems
                if runs_at(system, task_spec, size)
                for member in members_of(system)
            }
            for seed in task_spec.seeds or suite.seeds:
                split = task.split(seed, size)
                empty = np.flatnonzero(~taught_concepts(task.annotations[split.train]))
                left_out = empty.tolist() if suite.on_empty_concept == "skip" else []
                keys: dict[str, str] = {}
                for system in suite.systems:
                    if not runs_at(system, task_spec, size):
                        continue
                    absent = [name for name in members_of(system) if name not in keys]
                    if absent:
                        raise ValueError(
                            f"system {system.name!r} on task {task.name!r} at size {size}: its "
                            f"member {absent[0]!r} does not run there; give the fusion the same "
                            "`tasks` and `train_sizes`"
                        )
                    members = tuple(keys[name] for name in members_of(system))
                    content = ""
                    if isinstance(system, ScoresSpec):
                        content = _content(system, task, seed, size, split, base, data)
                    held_out = not content and not len(split.val) and system.name in tuned_on
                    keys[system.name] = key(
                        "trial",
                        identities[system.name],
                        members,
                        fingerprint,
                        _digest(split),
                        seed,
                        folding if held_out else None,
                        *([["left out", left_out]] if left_out else []),
                        *([["scores", content]] if content else []),
                    )
                    planned.append(
                        PlannedTrial(
                            keys[system.name],
                            task.name,
                            system.name,
                            system.family,
                            seed,
                            size,
                            members,
                            held_out,
                            len(split.train),
                            len(split.test),
                            identities[system.name],
                            is_control(system),
                            content,
                        )
                    )
    for system in suite.systems:
        if not any(trial.system == system.name for trial in planned):
            raise ValueError(
                f"system {system.name!r} would never run: none of its `tasks` has one of its "
                "`train_sizes`"
            )
    return planned


def _identity(system: SystemSpec, base: Path, task: Task, device: str) -> str:
    try:
        found = key(identity(system, base, task, device))
        check_networks(system, base, task)
        return found
    except Unavailable as reason:
        # Its trials will be skipped, until what it needs is there: then they are other trials.
        return key("unavailable", str(reason))


def _content(
    system: ScoresSpec,
    task: Task,
    seed: int,
    size: int | None,
    split: Split,
    base: Path,
    data: Path | None,
) -> str:
    try:
        files = find_scores(system, task.name, seed, size, split, base, data)
    except DataError as reason:
        if system.optional:
            # Its trial will be skipped, until the file is there: then it is another trial.
            return f"unavailable: {reason}"
        raise
    try:
        # Read once for nothing: what is wrong with them is said before hours of training.
        read_made_elsewhere(files, task, split)
    except ValueError as error:
        at = "all training data" if size is None else f"size {size}"
        raise DataError(
            f"system {system.name!r} on task {task.name!r} at {at}, seed {seed}: {error}"
        ) from None
    return files.content


def runs_on(system: SystemSpec, task: str) -> bool:
    """Whether a system runs on a task at all."""
    return system.tasks is None or task in system.tasks


def runs_at(system: SystemSpec, task: TaskSpec, size: int | None) -> bool:
    """Whether a system runs on a task at a training size."""
    return runs_on(system, task.name) and (
        system.train_sizes is None or size is None or size in system.train_sizes
    )


def select(planned: list[PlannedTrial], pattern: str | None) -> list[PlannedTrial]:
    """Return the trials whose system, or ``task/system``, matches, with their members.

    Raises
    ------
    ValueError
        If none matches.
    """
    if pattern is None:
        return planned
    wanted = {
        trial.key
        for trial in planned
        if fnmatchcase(trial.system, pattern)
        or fnmatchcase(f"{trial.task}/{trial.system}", pattern)
    }
    if not wanted:
        names = ", ".join(dict.fromkeys(trial.system for trial in planned))
        raise ValueError(f"--only {pattern!r} matches no system; there are: {names}")
    # Members stand before what they make up, so that one pass backwards finds them all.
    for trial in reversed(planned):
        if trial.key in wanted:
            wanted.update(trial.members)
    return [trial for trial in planned if trial.key in wanted]


def _digest(split: Split) -> str:
    total = hashlib.sha256()
    for part in (split.train, split.val, split.test):
        total.update(len(part).to_bytes(8, "big"))
        total.update(np.ascontiguousarray(part, dtype=np.int64).tobytes())
    return total.hexdigest()
