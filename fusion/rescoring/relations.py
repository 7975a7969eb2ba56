"""Relations between concepts: a car is a vehicle, so where there is a car there is a vehicle."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engineered.parameters import did_you_mean

Pair = tuple[int, int]

# The projection is finished by one exact pass: it need only be near.
TOLERANCE = 1e-6
MAX_SWEEPS = 1000
# Names of concepts that a message gives.
LISTED = 10


def read_relations(path: str | Path) -> list[tuple[str, str]]:
    """Read a file of relations: the concept in `if` implies that in `then`.

    Parameters
    ----------
    path : str or Path
        CSV with the columns ``if`` and ``then``, or TOML with a list of tables:
        ``[[relations]]``, ``if = "car"``, ``then = "vehicle"``.

    Returns
    -------
    list of (str, str)

    Raises
    ------
    ValueError
        For a file that is not there, another suffix, or a row that has other fields than these two.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"relations: there is no file {path.absolute()}")
    if path.suffix == ".toml":
        with path.open("rb") as stream:
            rows = tomllib.load(stream).get("relations")
        if not isinstance(rows, list):
            raise ValueError(f"{path} has no list of tables [[relations]]")
    elif path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8-sig") as stream:
            rows = list(csv.DictReader(stream, skipinitialspace=True))
    else:
        raise ValueError(f"{path}: relations are read from .csv or .toml")
    relations = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or set(row) != {"if", "then"} or not all(row.values()):
            raise ValueError(f"{path}: relation {number} must have `if` and `then`, got {row}")
        relations.append((str(row["if"]).strip(), str(row["then"]).strip()))
    return relations


def resolve(relations: Iterable[Sequence[str]], concepts: Sequence[str] | None) -> list[Pair]:
    """Find the concepts of relations, and order them so that what is implied comes later.

    Parameters
    ----------
    relations : iterable of (if, then)
    concepts : sequence of str or None
        The concepts' names.

    Returns
    -------
    list of (int, int)
        Positions. Every relation into a concept comes before those out of it.

    Raises
    ------
    ValueError
        For concepts without names, a name that is none of theirs, or relations that go in a
        circle.
    """
    if concepts is None:
        raise ValueError(
            "relations name concepts, but these scores have no concept names: give "
            "Scores(..., concepts=names)"
        )
    place = {name: position for position, name in enumerate(concepts)}
    implied_by: dict[int, set[int]] = {}
    for relation in relations:
        for name in relation:
            if name not in place:
                raise ValueError(
                    f"relations name {name!r}, and there is no such concept"
                    f"{did_you_mean(name, concepts)}; the concepts are {_shortened(concepts)}"
                )
        first, then = (place[name] for name in relation)
        implied_by.setdefault(then, set()).add(first)
    try:
        order = list(TopologicalSorter(implied_by).static_order())
    except CycleError as error:
        circle = " implies ".join(concepts[position] for position in reversed(error.args[1]))
        raise ValueError(f"relations go in a circle: {circle}") from error
    return [(first, then) for then in order for first in sorted(implied_by.get(then, ()))]


def _shortened(concepts: Sequence[str]) -> str:
    shown = ", ".join(concepts[:LISTED])
    left = len(concepts) - LISTED
    return f"{shown} and {left} more" if left > 0 else shown


def project(log_odds: NDArray[np.floating], pairs: Sequence[Pair]) -> NDArray[np.float64]:
    """The nearest log-odds under which nothing is likelier than what it implies.

    Of all consistent ones those of the least sum of squared changes, found by Hildreth's method
    (Dykstra's alternating projection onto half-spaces). Where a pair contradicts its relation,
    both give way by half.

    Parameters
    ----------
    log_odds : array of shape (n, c)
    pairs : sequence of (if, then)
        As from `resolve`.

    Returns
    -------
    array of shape (n, c), float64
        ``out[:, then] >= out[:, if]`` for every pair; rows that are consistent are unchanged.

    References
    ----------
    C. Hildreth: A quadratic programming procedure. Naval Research Logistics Quarterly 4(1), 1957.
    """
    out = np.array(log_odds, dtype=np.float64)
    pull = np.zeros((len(pairs), len(out)))
    for _ in range(MAX_SWEEPS):
        largest = 0.0
        for number, (first, then) in enumerate(pairs):
            wanted = np.maximum(pull[number] + (out[:, first] - out[:, then]) / 2, 0.0)
            change = wanted - pull[number]
            out[:, first] -= change
            out[:, then] += change
            pull[number] = wanted
            largest = max(largest, float(np.abs(change).max(initial=0.0)))
        if largest < TOLERANCE:
            break
    for first, then in pairs:
        out[:, then] = np.maximum(out[:, then], out[:, first])
    return out
