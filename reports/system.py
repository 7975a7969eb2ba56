"""A system as a report knows it, and a value of it over seeds."""

from __future__ import annotations

from dataclasses import dataclass

from reports.document import Family


@dataclass(frozen=True)
class System:
    """A system as the suite declares it.

    Attributes
    ----------
    name, label : str
        Cleaned for display; `key` is the name as stored.
    members : tuple of str
        Keys of the systems that it fuses, early or late, or re-scores.
    place : int
        Its place among the systems of its family: decides marker and line.
    in_levels : bool
        Whether it fuses in several levels, as `benchmarks.results.levels` has it.
    """

    key: str
    name: str
    label: str
    family: Family
    stages: tuple[str, ...]
    members: tuple[str, ...]
    place: int
    in_levels: bool = False


@dataclass(frozen=True)
class Spread:
    """A value over the seeds."""

    mean: float
    low: float
    high: float
    values: tuple[float, ...]
