"""The headline results as one table a task, before it is written as Markdown or LaTeX."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from reports import wording
from reports.summary import Summary, System, TaskSummary


@dataclass(frozen=True)
class Entry:
    """One entry of a table: plain text, which a renderer must escape, and whether it stands out."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class HeadlineTable:
    """A table of text.

    Attributes
    ----------
    label : str
        Fit for a reference in LaTeX: ASCII letters, digits, hyphens and a colon.
    caption : str
    columns : tuple of str
    text_columns : int
        How many of them, from the left, hold words; the others hold numbers.
    rows : tuple of tuple of Entry
    """

    label: str
    caption: str
    columns: tuple[str, ...]
    text_columns: int
    rows: tuple[tuple[Entry, ...], ...]


def headline_tables(summary: Summary) -> list[HeadlineTable]:
    """Return the headline metric of every system at every training size, and what it costs.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    list of HeadlineTable
        One a task with results, in the suite's order.
    """
    return [_table(task, place) for place, task in enumerate(summary.tasks)]


def _table(task: TaskSummary, place: int) -> HeadlineTable:
    metric, sizes = task.metric, task.sizes
    best = {size: task.at(size)[0] for size in sizes if task.at(size)}
    ranked = task.at(task.size)
    # Systems that were not measured at the size that the table is sorted by stand last.
    systems = [*ranked, *(s for s in task.systems.values() if s not in ranked)]
    rows = []
    for system in systems:
        cost = task.cost(system.key, task.size)
        paid = (
            [wording.NO_VALUE] * 3
            if cost is None
            else [
                wording.seconds(cost.train_s),
                wording.milliseconds(cost.predict_ms),
                wording.number(cost.peak_mb, 0),
            ]
        )
        values = [_value(task, system, size, best.get(size)) for size in sizes]
        rows.append((Entry(system.name), Entry(system.family), *values, *map(Entry, paid)))
    unit = " (%)" if metric in wording.PERCENT else ""
    columns = (
        "System",
        "Family",
        *(f"{wording.capital(task.size_text(size))}{unit}" for size in sizes),
        "Training",
        "Prediction (ms/image)",
        "Peak memory (MiB)",
    )
    most = task.seeds
    spread = (
        f"Mean ± standard deviation over up to {most} seeds" if most > 1 else "One seed, no spread"
    )
    better = "" if task.sign > 0 else " Lower is better."
    caption = (
        f"{task.name}: {wording.metric_name(metric, mean=True)}{unit} by training size. {spread}; "
        f"the highest mean of a column in bold, confirmed as the best or not.{better} "
        f"Cost trained on {task.size_text(task.size)}."
    )
    if task.sign < 0:
        caption = caption.replace("the highest mean", "the lowest mean")
    return HeadlineTable(f"tab:headline-{place}", caption, columns, 2, tuple(rows))


def _value(task: TaskSummary, system: System, size: int, best: System | None) -> Entry:
    spread = task.spread(system.key, size)
    if spread is None:
        return Entry(wording.NO_VALUE)
    text = wording.value(task.metric, spread.mean, unit=False)
    if len(spread.values) > 1:
        deviation = statistics.stdev(spread.values)
        text += f" ± {wording.value(task.metric, deviation, unit=False)}"
    return Entry(text, strong=system is best)
