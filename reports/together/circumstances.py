"""What two runs were given: suite, code, versions, machine, workers, data."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.results.run import Run
from benchmarks.results.suite_source import recorded_systems, suite_options, system_options
from reports import wording
from reports.together.pairing import Pair

#: Lines of a suite's difference that are shown.
MOST_LINES = 200
NONE = "none"


@dataclass(frozen=True)
class Circumstance:
    """One thing that either run was given; `group` is what a sentence calls its kind."""

    group: str
    name: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        """Whether it is not the same in both."""
        return self.before != self.after


@dataclass(frozen=True)
class SystemChange:
    """A system that only one suite declares, or that both declare differently.

    Attributes
    ----------
    system : str
        Cleaned for display.
    kind : {"added", "removed", "changed"}
    options : tuple of (path, before, after)
        Of a changed one; "none" where an option is not given.
    declared : str
        What one that only one suite has is made of, shortened.
    """

    system: str
    kind: str
    options: tuple[tuple[str, str, str], ...] = ()
    declared: str = ""


def circumstances(pair: Pair) -> list[Circumstance]:
    """Return everything that two runs record of how they were made, the same or not.

    Parameters
    ----------
    pair : Pair

    Returns
    -------
    list of Circumstance
        Cleaned for display. When a run was started and how long it took are no circumstances.
    """
    old, new = pair.reference, pair.other
    found = [
        Circumstance("suite", f"Suite, {name}", before, after)
        for name, before, after in _options(suite_options(old), suite_options(new))
    ]
    found += [
        Circumstance("data", f"Data of {wording.clean(name)}", *_data(old, new, name))
        for name in pair.tasks
    ]
    found.append(Circumstance("code", "Code", _code(old.info), _code(new.info)))
    versions = [_strings(run.info.get("versions")) for run in (old, new)]
    found += [
        Circumstance("versions", f"Version of {name}", before, after)
        for name, before, after in _options(*versions)
    ]
    machines = [_strings(run.info.get("machine")) for run in (old, new)]
    found += [
        Circumstance("machine", f"Machine, {name.replace('_gib', ', GiB')}", before, after)
        for name, before, after in _options(*machines)
    ]
    for group, key, name in (
        ("workers", "jobs", "Worker processes"),
        ("workers", "threads", "Threads a worker"),
        ("device", "device", "Device asked for"),
    ):
        given = [wording.clean(_said(run.info.get(key))) for run in (old, new)]
        found.append(Circumstance(group, name, *given))
    return found


def system_changes(pair: Pair) -> list[SystemChange]:
    """Return how the suites' systems differ, in the order of the suites."""
    old, new = system_options(pair.reference), system_options(pair.other)
    if not old or not new:
        # Both by the same source, or everything would seem to differ.
        old, new = recorded_systems(pair.reference), recorded_systems(pair.other)
    found = []
    for name in [*old, *(name for name in new if name not in old)]:
        shown = wording.clean(name)
        if name not in new:
            found.append(SystemChange(shown, "removed", declared=_declared(old[name])))
        elif name not in old:
            found.append(SystemChange(shown, "added", declared=_declared(new[name])))
        elif old[name] != new[name]:
            options = tuple(row for row in _options(old[name], new[name]) if row[1] != row[2])
            found.append(SystemChange(shown, "changed", options))
    return found


def _declared(options: Mapping[str, str]) -> str:
    told = [f"{path}: {value}" for path, value in options.items() if path != "label"]
    return wording.shortened(wording.clean("; ".join(told)), 160)


def suite_difference(pair: Pair) -> str:
    """Return the difference of the suites' texts, line by line; empty where there is none."""
    old, new = (
        wording.clean_lines(run.info["suite"].get("source") or "").splitlines()
        for run in (pair.reference, pair.other)
    )
    lines = list(difflib.unified_diff(old, new, pair.a, pair.b, lineterm="", n=2))
    if len(lines) > MOST_LINES:
        left = wording.count(len(lines) - MOST_LINES, "more line")
        lines = [*lines[:MOST_LINES], f"... and {left}"]
    return "\n".join(lines)


def same_trials(pair: Pair) -> int:
    """Return how many trials both runs have that are the same by all that a trial's key counts."""
    keys = [{trial.key for trial in run.trials} for run in (pair.reference, pair.other)]
    return len(keys[0] & keys[1])


def _options(old: Mapping[str, str], new: Mapping[str, str]) -> list[tuple[str, str, str]]:
    names = [*old, *(name for name in new if name not in old)]
    return [
        (
            wording.clean(name),
            wording.clean(old.get(name, NONE)),
            wording.clean(new.get(name, NONE)),
        )
        for name in names
    ]


def _strings(values: Any) -> dict[str, str]:
    if not isinstance(values, Mapping):
        return {}
    return {str(name): _said(value) for name, value in values.items()}


def _said(value: Any) -> str:
    return NONE if value is None else str(value)


def _data(old: Run, new: Run, name: str) -> tuple[str, str]:
    """Name the data by size and the first digits of their fingerprint."""
    texts = []
    for task in (old.tasks[name], new.tasks[name]):
        samples = wording.count(len(task.ids), "sample")
        concepts = wording.count(len(task.concepts), "concept")
        texts.append(f"{samples}, {concepts}, fingerprint {wording.clean(task.fingerprint[:12])}")
    return texts[0], texts[1]


def _code(info: Mapping[str, Any]) -> str:
    git = info.get("git")
    if not git:
        return "not in a git checkout"
    changed = ", with uncommitted changes" if git.get("dirty") else ""
    return wording.clean(f"commit {str(git.get('commit'))[:12]}{changed}")
