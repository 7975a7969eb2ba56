"""Controls: whether what must find nothing finds nothing."""

from __future__ import annotations

import pandas as pd

from benchmarks.results.controls import ANNOTATIONS
from reports import wording
from reports.document import Block, Cell, Column, Notice, Section, Table
from reports.sections.rescoring_controls import rescoring_notices
from reports.summary import Summary, TaskSummary


def controls(summary: Summary) -> Section | None:
    """Return what controls show, trained ones in a table a task; None for a suite without any."""
    blocks: list[Block] = [*_trained_blocks(summary), *rescoring_notices(summary)]
    return Section("controls", "Controls", tuple(blocks)) if blocks else None


def _trained_blocks(summary: Summary) -> list[Block]:
    frame = _trained(summary)
    if frame.empty:
        return []
    blocks: list[Block] = []
    warning = control_warning(summary)
    if warning is None:
        text = "What is trained on shuffled annotations finds nothing: each control is at chance."
        blocks.append(Notice("good", "Controls are at chance", (text,)))
    else:
        blocks.append(Notice("warning", "A control is better than chance", (warning,)))
    for i, task in enumerate(summary.tasks):
        rows = frame[frame["task"] == task.task.name]
        if len(rows):
            blocks.append(_table(task, rows, f"controls-{i}"))
    return blocks


def _trained(summary: Summary) -> pd.DataFrame:
    """Return the rows of controls that were trained on shuffled annotations."""
    frame = summary.tables.controls
    return pd.DataFrame() if frame is None else frame[frame["control"] == ANNOTATIONS]


def control_warning(summary: Summary) -> str | None:
    """Return a sentence on controls that are better than chance; None where none is."""
    frame = _trained(summary)
    if frame.empty or frame["at_chance"].all():
        return None
    bad = frame[~frame["at_chance"].astype(bool)]
    names = list(dict.fromkeys(wording.clean(name) for name in bad["system"]))
    seeds = int(bad["seeds"].max())
    return (
        f"Trained on shuffled annotations, {wording.listed(names)} should be at chance and "
        f"{'is' if len(names) == 1 else 'are'} not. Either something about the test samples "
        "reaches the training, or the shuffled annotations happened to lie along what the data "
        "vary in most, which the test, taking the scores as given, does not count: where concepts "
        "dominate the features that is no rare thing. A leak shows with every seed, luck with "
        "some; this is "
        f"the mean over {wording.count(seeds, 'seed')}. Understand it, with more seeds, before any "
        "figure of this report is trusted."
    )


def _table(task: TaskSummary, frame: pd.DataFrame, identifier: str) -> Table:
    metric = task.metric
    rows = tuple(
        (
            Cell(wording.clean(row["system"]), family=row["family"]),
            Cell(task.size_text(row["train_size"]), row["train_size"]),
            Cell(wording.value(metric, row["value"]), row["value"]),
            Cell(wording.value(metric, row["chance"]), row["chance"]),
            Cell(
                " – ".join(wording.value(metric, row[x], unit=False) for x in ("low", "high")),
                row["low"],
            ),
            Cell(wording.number(row["p_value"], 3), row["p_value"]),
            Cell("at chance") if row["at_chance"] else Cell("better than chance", tone="loss"),
        )
        for _, row in frame.iterrows()
    )
    columns = (
        Column("Control"),
        Column("Training size"),
        Column(wording.capital(wording.metric_name(metric, mean=True)), numeric=True),
        Column("Chance", numeric=True),
        Column("95 % of chance", numeric=True),
        Column("p", numeric=True),
        Column("Verdict"),
    )
    caption = (
        f"{task.name}: systems whose training annotations were shuffled, against the true "
        "annotations of the test samples. They are in no other table or figure."
    )
    notes = (
        "Chance: the same scores against test annotations that are dealt out anew, whole videos at "
        "a time where there are videos. p: its share that is as good as the control.",
    )
    return Table(identifier, caption, columns, rows, notes)
