"""The run's tables, as the report reads them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pandas as pd

from benchmarks.results.run import Run


@dataclass(frozen=True)
class Tables:
    """What was measured, in the columns of the CSV tables.

    Attributes
    ----------
    results : DataFrame
        task, system, family, seed, train_size, concept, metric, value; an empty concept is the
        mean over concepts.
    comparisons : DataFrame
        A row a pair of systems, as `benchmarks.results.comparisons` makes them.
    controls : DataFrame, optional
        A row a control, as `benchmarks.results.controls` makes them; without it the report does
        not speak of controls.
    complementarity, winners : DataFrame, optional
        As `benchmarks.results.complementarity_table` makes them; likewise.
    means : DataFrame, optional
        A row a system and size with its interval, as `benchmarks.results.means` makes them;
        without it no mean has an interval.
    rescoring : DataFrame, optional
        A row a re-scored system and concept, as `benchmarks.results.rescoring` makes them;
        without it the report does not speak of re-scoring by concept.
    """

    results: pd.DataFrame
    comparisons: pd.DataFrame
    controls: pd.DataFrame | None = None
    complementarity: pd.DataFrame | None = None
    winners: pd.DataFrame | None = None
    means: pd.DataFrame | None = None
    rescoring: pd.DataFrame | None = None

    @classmethod
    def of(cls, run: Run) -> Tables:
        """Compute the tables of a run from its stored scores."""
        from benchmarks.results.comparisons import comparisons
        from benchmarks.results.complementarity_table import complementarity
        from benchmarks.results.controls import controls
        from benchmarks.results.means import means
        from benchmarks.results.resampling import Draws
        from benchmarks.results.rescoring import rescoring
        from benchmarks.results.tables import results

        draws = Draws()
        return cls(
            results(run), comparisons(run, draws=draws), controls(run), *complementarity(run),
            means(run, draws=draws), rescoring(run),
        )  # fmt: skip

    def __post_init__(self) -> None:
        for name in (field.name for field in fields(self)):
            if getattr(self, name) is None:
                continue
            frame = getattr(self, name).copy()
            frame["train_size"] = [as_size(x) for x in frame["train_size"]]
            frame["train_size"] = frame["train_size"].astype(object)
            if "concept" in frame:
                frame["concept"] = frame["concept"].fillna("").astype(str)
            object.__setattr__(self, name, frame)


def as_size(x: object) -> int:
    """Return a training size as an int, with -1 for all (None, missing or "" in tables)."""
    if x is None or pd.isna(x) or x == "":  # type: ignore[call-overload]
        return -1
    return int(x)  # type: ignore[call-overload]
