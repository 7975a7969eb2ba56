"""What a system consists of, in lines: its stages, and what a fusion learned to weigh."""

from __future__ import annotations

import ast
import re

import numpy as np

from benchmarks.option_text import option_text
from benchmarks.results.run import Trial
from reports import wording
from reports.summary import Summary, System, TaskSummary

_OPENING = {"[": "]", "{": "}"}


def stage_lines(system: System) -> list[str]:
    """Return a system's stages; its members are named in its heading, not among them."""
    lines = [readable(line) for line in system.stages]
    return [line for line in lines if not (system.members and line.startswith("of: "))]


def readable(line: str) -> str:
    """Write what an earlier version described in Python as a suite would have it.

    Parameters
    ----------
    line : str
        "fusion: hierarchical (groups = {'a': ['b', 'c']})"

    Returns
    -------
    str
        "fusion: hierarchical (groups = { a = [b, c] })"; what is no such list or table stays.
    """
    out, place = [], 0
    while place < len(line):
        end = _closing(line, place) if line[place] in _OPENING else None
        try:
            value = ast.literal_eval(line[place:end]) if end else None
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            value = None
        if end and isinstance(value, list | dict):
            out.append(option_text(value))
            place = end
        else:
            out.append(line[place])
            place += 1
    return re.sub(r"(?<== )(True|False|None)\b", lambda m: m[0].lower(), "".join(out))


def _closing(line: str, start: int) -> int | None:
    """Return the place after the bracket that closes the one at `start`; None without one."""
    waiting: list[str] = []
    quote = ""
    for place in range(start, len(line)):
        character = line[place]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in _OPENING:
            waiting.append(_OPENING[character])
        elif waiting and character == waiting[-1]:
            waiting.pop()
            if not waiting:
                return place + 1
    return None


def weight_lines(summary: Summary, system: System) -> list[str]:
    """Return what a fusion weighs its members by, a line a task where it was fitted.

    Returns
    -------
    list of str
        Nothing for a fusion whose weights are not one number a member.
    """
    if len(system.members) < 2:
        return []
    lines = []
    for task in summary.tasks:
        trials = task.complete(system.key, task.size)
        weights = [found for trial in trials if (found := _weights(trial, system)) is not None]
        if not weights or len(weights) < len(trials):
            continue
        where = f" on {task.name}" if len(summary.tasks) > 1 else ""
        lines.append(
            f"weights{where}, trained on {task.size_text(task.size)}{_over(task, len(weights))}: "
            + _listed(summary, system, np.array(weights))
        )
    return lines


def _weights(trial: Trial, system: System) -> np.ndarray | None:
    """One number a member, or None: a fusion may weigh them for each concept by itself."""
    try:
        weights = np.asarray((trial.fitted or {}).get("weights_"), dtype=float)
    except (TypeError, ValueError):
        return None
    if weights.ndim not in (1, 2) or len(weights) != len(system.members) or not weights.size:
        return None
    rows = weights.reshape(len(weights), -1)
    # A concept that could not be taught has no weights, and is no other weight.
    rows = rows[:, ~np.isnan(rows).any(axis=0)]
    if not rows.size or not np.allclose(rows, rows[:, :1]):
        return None
    return np.asarray(rows[:, 0])


def _over(task: TaskSummary, seeds: int) -> str:
    return f", mean of {seeds} seeds and their range" if seeds > 1 else ""


def _listed(summary: Summary, system: System, weights: np.ndarray) -> str:
    """Write the members with their weights, the heaviest first."""
    order = np.argsort(-weights.mean(axis=0), kind="stable")
    parts = []
    for i in order:
        key = system.members[i]
        name = summary.systems[key].name if key in summary.systems else wording.clean(key)
        low, mean, high = (
            wording.number(float(x), 2)
            for x in (weights[:, i].min(), weights[:, i].mean(), weights[:, i].max())
        )
        parts.append(f"{name} {mean}" + (f" ({low} – {high})" if low != high else ""))
    return ", ".join(parts)
