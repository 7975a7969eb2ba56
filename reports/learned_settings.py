"""What fusions and re-scorings learned, in lines: weights, coefficients, widths, strengths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reports import wording
from reports.summary import Summary, System

#: What the attributes of a fusion that weigh its members are called.
_NAMES = {"weights_": "weights", "coefficients_": "coefficients of normalised scores"}

Fitted = Sequence[Mapping[str, Any]]


def setting_lines(summary: Summary, system: System) -> list[str]:
    """Return what a fusion or a re-scoring learned, at the largest size of every task.

    Returns
    -------
    list of str
        A line each for weights and coefficients of members, groups of a hierarchy, and steps of a
        chain. Nothing for a system that is neither, or whose settings are not on record for every
        seed.
    """
    if not system.members:
        return []
    lines = []
    for task in summary.tasks:
        trials = task.complete(system.key, task.size)
        fitted = [trial.fitted for trial in trials if trial.fitted]
        if not fitted or len(fitted) < len(trials):
            continue
        where = f" on {task.name}" if len(summary.tasks) > 1 else ""
        lines += [
            f"{what}{where}, trained on {task.size_text(task.size)}{over}: {text}"
            for what, over, text in _learned(summary, system, fitted)
        ]
    return lines


def _learned(summary: Summary, system: System, fitted: Fitted) -> list[tuple[str, str, str]]:
    """Return (what was learned, over what it is a mean, figures)."""
    if "steps_" in fitted[0]:
        steps = list(zip(*(record["steps_"] for record in fitted)))
        return [
            (f"step {place}, {what}", over, text)
            for place, step in enumerate(steps, start=1)
            for what, over, text in _rescoring(step)
        ]
    if len(system.members) == 1:
        return _rescoring(fitted)
    if "levels_" in fitted[0]:
        return _levels(summary, fitted)
    for attribute, name in _NAMES.items():
        columns = _columns([record.get(attribute) for record in fitted], len(system.members))
        if columns:
            names = [_name(summary, key) for key in system.members]
            return [(name, *_listed(names, columns))]
    return []


def _columns(values: Sequence[Any], members: int) -> list[NDArray[np.float64]]:
    """Return the weights of members of each seed; none, unless they all have some."""
    found = [weights for value in values if (weights := _by_member(value, members)) is not None]
    return found if len(found) == len(values) else []


def _by_member(value: Any, members: int) -> NDArray[np.float64] | None:
    """Return (members, concepts), or (members, 1) where all concepts have the same; else None."""
    try:
        weights = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    if weights.ndim not in (1, 2) or len(weights) != members or not weights.size:
        return None
    columns = weights.reshape(members, -1)
    # A concept that could not be taught has no weights, and is no other weight.
    columns = columns[:, ~np.isnan(columns).any(axis=0)]
    if not columns.size:
        return None
    return columns[:, :1] if np.allclose(columns, columns[:, :1]) else columns


def _listed(names: Sequence[str], columns: Sequence[NDArray[np.float64]]) -> tuple[str, str]:
    """Return over what the means are, and the names with them, the heaviest first."""
    weights = np.concatenate(columns, axis=1)
    parts = []
    for i in np.argsort(-weights.mean(axis=1), kind="stable"):
        parts.append(f"{names[i]} {_ranged(weights[i])}")
    seeds = len(columns)
    over = f", mean of {seeds} seeds and their range" if seeds > 1 else ""
    if max(mine.shape[1] for mine in columns) > 1:
        more = f" and {seeds} seeds" if seeds > 1 else ""
        over = f", mean over concepts{more} and their range"
    return over, ", ".join(parts)


def _ranged(values: NDArray[np.float64]) -> str:
    """Write a mean and, where values differ, their range."""
    low, mean, high = (
        wording.number(float(x), 2) for x in (values.min(), values.mean(), values.max())
    )
    return mean + (f" ({low} – {high})" if low != high else "")


def _name(summary: Summary, key: str) -> str:
    return summary.systems[key].name if key in summary.systems else wording.clean(key)


def _levels(summary: Summary, fitted: Fitted) -> list[tuple[str, str, str]]:
    """Return a line a group of the hierarchy; of one that seeds build otherwise, its trees."""
    trees = Counter(str(record.get("tree_", "")) for record in fitted)
    if len(trees) > 1:
        text = "; ".join(
            f"{wording.clean(tree)} ({wording.count(times, 'seed')})"
            for tree, times in trees.most_common()
        )
        return [("groups, which differ by seed", "", text)]
    lines = []
    for groups in zip(*(record["levels_"] for record in fitted)):
        first = groups[0]
        names = [_name(summary, str(part)) for part in first["parts"]]
        head = (
            f"level {first['level']}, {wording.clean(first['group'])} by "
            f"{wording.clean(first['method'])}"
        )
        columns = _columns([group["weights"] for group in groups], len(names))
        lines.append((head, *(_listed(names, columns) if columns else ("", ", ".join(names)))))
    return lines


def _rescoring(fitted: Fitted) -> list[tuple[str, str, str]]:
    """Return what one step learned, counted over concepts and seeds."""
    if "width_" in fitted[0]:
        return [("context in time", _counted(len(fitted)), _in_time(fitted))]
    square = [np.asarray(record.get("weights_"), dtype=float) for record in fitted]
    if all(w.ndim == 2 and w.shape[0] == w.shape[1] for w in square):
        return [("other concepts", _counted(len(fitted)), _of_concepts(square))]
    return []


def _counted(seeds: int) -> str:
    return f", counted over concepts and {seeds} seeds" if seeds > 1 else ""


def _in_time(fitted: Fitted) -> str:
    width, near, rest = (
        np.concatenate([np.asarray(record[name], dtype=float) for record in fitted])
        for name in ("width_", "strength_", "global_strength_")
    )
    used, apart = width > 0, rest > 0
    parts = []
    if used.any():
        shots = f"{_few(width[used])} {'shot' if width.max() == 1 else 'shots'}"
        parts.append(
            f"{used.sum()} of {len(used)} take neighbours in, {shots} to either side, with a "
            f"strength of {_ranged(near[used])}"
        )
    if apart.any():
        parts.append(
            f"{apart.sum()} of {len(apart)} the rest of the video, with {_ranged(rest[apart])}"
        )
    return "; ".join(parts) or f"none of {len(used)} takes anything in"


def _of_concepts(square: Sequence[NDArray[np.float64]]) -> str:
    others = [np.count_nonzero(weights - np.diag(np.diag(weights)), axis=1) for weights in square]
    counts = np.concatenate(others)
    taking = counts[counts > 0]
    if not len(taking):
        return f"none of {len(counts)} takes anything in"
    return f"{len(taking)} of {len(counts)} take others in, {_few(taking)} each"


def _few(counts: NDArray[Any]) -> str:
    low, high = int(counts.min()), int(counts.max())
    return str(low) if low == high else f"{low} to {high}"
