"""Controls: whether what must find nothing finds nothing."""

from __future__ import annotations

import pandas as pd

from benchmarks.results.controls import ANNOTATIONS, CONCEPTS, SAMPLES
from reports import wording
from reports.document import Block, Cell, Column, Notice, Section, Table
from reports.sections.rescoring_controls import rescoring_notices
from reports.summary import Summary, TaskSummary

_CHANCE = {
    CONCEPTS: "Chance: each concept ranked by another's scores, of the same system. p: the share "
    "of such orders that are as good as the control.",
    SAMPLES: "Chance, as there are too few concepts and seeds to exchange concepts: the same "
    "scores against test annotations that are dealt out anew, whole videos at a time where there "
    "are videos. p: its share that is as good as the control.",
}


def controls(summary: Summary) -> Section | None:
    """Return what controls show, trained ones in a table a task; None for a suite without any."""
    blocks: list[Block] = [*_trained_blocks(summary), *rescoring_notices(summary)]
    return Section("controls", "Controls", tuple(blocks)) if blocks else None


def _trained_blocks(summary: Summary) -> list[Block]:
    frame = _trained(summary)
    if frame.empty:
        return []
    blocks: list[Block] = []
    warning, untold = control_warning(summary), frame["at_chance"].isna()
    if warning is not None:
        blocks.append(Notice("warning", "A control is better than chance", (warning,)))
    elif untold.any():
        text = (
            f"{wording.listed(_names(frame[untold]))}: better than the annotations of other "
            "samples explain. The luck of a shuffle can do that as well as a leak can, and of so "
            "few concepts and seeds there is no other to compare with: run more seeds."
        )
        blocks.append(Notice("note", "Whether controls are at chance cannot be told", (text,)))
    else:
        text = "What is trained on shuffled annotations finds nothing: each control is at chance."
        blocks.append(Notice("good", "Controls are at chance", (text,)))
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
    if frame.empty or frame["at_chance"].fillna(True).all():
        return None
    bad = frame[~frame["at_chance"].fillna(True).astype(bool)]
    names, seeds = _names(bad), int(bad["seeds"].max())
    return (
        f"Trained on shuffled annotations, {wording.listed(names)} should score concepts no better "
        f"by their own scores than by each other's, and {'does' if len(names) == 1 else 'do'}. "
        "Something about the test samples may reach the training; this is the mean over "
        f"{wording.count(seeds, 'seed')}, and one control in a hundred is rejected by luck. "
        "Understand it, with more seeds, before any figure of this report is trusted."
    )


def _names(frame: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(wording.clean(name) for name in frame["system"]))


def _verdict(at_chance: object) -> Cell:
    if at_chance is pd.NA:
        return Cell("cannot be told")
    return Cell("at chance") if at_chance else Cell("better than chance", tone="loss")


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
            _verdict(row["at_chance"]),
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
    notes = tuple(_CHANCE[kind] for kind in _CHANCE if (frame["against"] == kind).any())
    return Table(identifier, caption, columns, rows, notes)
