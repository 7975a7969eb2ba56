"""Two runs beside each other: every result that they share, read as the report says it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from benchmarks.results.changes import changes
from benchmarks.results.run import Run
from reports import wording
from reports.difference import Difference, difference_of
from reports.document import Block, Family, Section
from reports.summary import ALL
from reports.tables import as_size


@dataclass(frozen=True)
class Change:
    """One system on one task at one training size, in two runs.

    Attributes
    ----------
    task, system : str
        Cleaned for display; `key` is the system's name as stored.
    size : str
        The training size in words; `train_size` is the number, `reports.summary.ALL` for all.
    seeds : str
        That the values are of.
    before, after : float
        Of the headline metric, in the reference and in the other run; NaN where there is none.
    status, reason : str
        As in `benchmarks.results.changes`.
    difference : Difference or None
        How much better the other run is; None where only one has the system.
    """

    task: str
    system: str
    key: str
    family: Family
    train_size: int
    size: str
    metric: str
    seeds: str
    before: float
    after: float
    status: str
    reason: str
    difference: Difference | None

    @property
    def outcome(self) -> str:
        """Return "identical", the difference's verdict, or the status where there is none."""
        if self.status == "identical" or self.difference is None:
            return self.status
        return self.difference.verdict


@dataclass(frozen=True)
class Pair:
    """A run beside the reference.

    Attributes
    ----------
    reference, other : Run
    a, b : str
        What they are called in the document.
    table : DataFrame
        As `benchmarks.results.changes.changes` returns it.
    """

    reference: Run
    other: Run
    a: str
    b: str
    table: pd.DataFrame

    @property
    def title(self) -> str:
        """Name both."""
        return f"{self.b} against {self.a}"

    @cached_property
    def changes(self) -> list[Change]:
        """Every system that either run has on a task that both have."""
        return [self._change(row) for _, row in self.table.iterrows()]

    @property
    def shared(self) -> list[Change]:
        """Those that both runs have."""
        return [change for change in self.changes if change.difference is not None]

    @cached_property
    def tasks(self) -> list[str]:
        """Names, as stored, of the tasks that both have."""
        return [name for name in self.reference.tasks if name in self.other.tasks]

    def _change(self, row: pd.Series) -> Change:
        metric, size = str(row["metric"]), as_size(row["train_size"])
        task = self.reference.tasks[row["task"]]
        unit = wording.clean(task.size_unit)
        difference = None
        if not str(row["status"]).startswith("only"):
            turn = 1.0 if wording.higher_is_better(metric) else -1.0
            difference = _difference(row, turn)
        return Change(
            task=wording.clean(row["task"]),
            system=wording.clean(row["system"]),
            key=str(row["system"]),
            family=row["family"],
            train_size=size,
            size=wording.size(None if size == ALL else size, unit),
            metric=metric,
            seeds=wording.clean(row["seeds"]),
            before=float(row["reference_value"]),
            after=float(row["value"]),
            status=str(row["status"]),
            reason=wording.clean(row["reason"]),
            difference=difference,
        )


def _difference(row: pd.Series, turn: float) -> Difference:
    counts = ("hypotheses", "concepts", "least_concepts", "units")
    known = row.fillna(dict.fromkeys(counts, 0))
    return difference_of(pd.concat([known, pd.Series({"question": "change"})]), turn)


def run_names(folders: Sequence[Path]) -> list[str]:
    """Return what runs are called: the shortest ends of their paths that tell them apart."""
    parts = [folder.resolve().parts for folder in folders]
    for length in range(1, max(map(len, parts)) + 1):
        names = ["/".join(part[-length:]) for part in parts]
        if len(set(names)) == len(names):
            break
    return [wording.clean(name) for name in names]


def pair_up(runs: Sequence[Run], threads: int | None = None) -> list[Pair]:
    """Set each run beside the first.

    Parameters
    ----------
    runs : sequence of Run
        At least two; the first is the reference.
    threads : int, optional
        For resampling; changes no number.

    Raises
    ------
    ValueError
        For fewer than two, for one folder twice, and for a run without a task of the reference.
    """
    if len(runs) < 2:
        raise ValueError("one run alone cannot be compared: name at least two run folders")
    seen: dict[Path, Path] = {}
    for run in runs:
        folder = run.folder.resolve()
        if folder in seen:
            raise ValueError(
                f"{run.folder} is the same folder as {seen[folder]}: a run cannot be compared "
                "with itself"
            )
        seen[folder] = run.folder
    reference, *others = runs
    a, *names = run_names([run.folder for run in runs])
    return [
        Pair(reference, other, a, b, changes(reference, other, threads))
        for other, b in zip(others, names)
    ]


def by_pair(
    identifier: str,
    title: str,
    pairs: Sequence[Pair],
    blocks: Callable[[Pair, int], Sequence[Block]],
) -> Section | None:
    """Return a section with a part for each pair, or without parts where there is one."""
    found = [(pair, i, tuple(blocks(pair, i))) for i, pair in enumerate(pairs)]
    found = [(pair, i, content) for pair, i, content in found if content]
    if not found:
        return None
    if len(pairs) == 1:
        return Section(identifier, title, found[0][2])
    parts = tuple(
        Section(f"{identifier}-{i}", wording.capital(pair.title), content)
        for pair, i, content in found
    )
    return Section(identifier, title, sections=parts)
