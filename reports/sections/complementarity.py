"""How single systems complement each other: what fusion has to work with."""

from __future__ import annotations

import pandas as pd

from benchmarks.results.complementarity import sign_test
from reports import wording
from reports.document import Block, Cell, Column, Paragraph, Section, Table, say, strong
from reports.sections.tasks import by_task
from reports.summary import Summary, TaskSummary
from reports.tables import Tables

#: Pairs that are shown.
_SHOWN = 15
#: Concepts of a family that are named.
_NAMED = 8


def complementarity(summary: Summary) -> Section | None:
    """Return, for each task, who wins which concepts and which systems differ the most."""
    return by_task(
        "complementarity",
        "How systems complement each other",
        summary.tasks,
        lambda task, i: _blocks(task, summary.tables, f"complementarity-pairs-{i}"),
    )


def _blocks(task: TaskSummary, tables: Tables, identifier: str) -> list[Block]:
    blocks: list[Block] = []
    pairs = _rows(tables.complementarity, task)
    if len(pairs):
        blocks.append(_pairs(task, pairs, identifier))
    winners = _rows(tables.winners, task)
    if len(winners):
        blocks.insert(0, _won(task, winners))
    return blocks


def _rows(frame: pd.DataFrame | None, task: TaskSummary) -> pd.DataFrame:
    """A table's rows of a task at the size that the report is about."""
    if frame is None:
        return pd.DataFrame()
    return frame[(frame["task"] == task.task.name) & (frame["train_size"] == task.size)]


def _won(task: TaskSummary, winners: pd.DataFrame) -> Paragraph:
    names: dict[str, list[str]] = {
        family: [
            wording.clean(name) for name in winners.loc[winners["winner"] == family, "concept"]
        ]
        for family in ("engineered", "learned")
    }
    first, second = sorted(names, key=lambda family: -len(names[family]))
    won, lost = len(names[first]), len(names[second])
    ties = len(winners) - won - lost
    p = sign_test(won, lost)
    chance = (
        " If either family were as likely to win a concept, so uneven a count or more would come "
        f"up with {wording.p_value(p)}."
        # Of an even count this says nothing: any is as uneven or more.
        if won > lost and p < 0.9995
        else ""
    )
    return Paragraph(
        say(
            "Trained on {size}, and by the mean of each family's single systems ({singles}), "
            "{first} systems are better on {won} of {total}{of_first}; {second} ones on "
            "{lost}{of_second}{ties}. "
            "This is about the families as wholes: the best system of each, compared above, may "
            "win other concepts.{chance}",
            size=task.size_text(task.size),
            singles=wording.listed([f"{_singles(task, family)} {family}" for family in names]),
            first=first,
            second=second,
            won=strong(str(won)),
            lost=strong(str(lost)),
            total=wording.count(len(winners), "concept"),
            of_first=_named(names[first]),
            of_second=_named(names[second]),
            ties=f"; {ties} {'is' if ties == 1 else 'are'} even or without a value" if ties else "",
            chance=chance,
        )
    )


def _singles(task: TaskSummary, family: str) -> int:
    found = task.at(task.size, family)  # type: ignore[arg-type]
    return sum(not system.members for system in found)


def _named(names: list[str]) -> str:
    if not names:
        return ""
    left = len(names) - _NAMED
    shown = [wording.shortened(name, 40) for name in names[:_NAMED]]
    return f" ({wording.listed([*shown, f'{left:,} more'] if left > 0 else shown)})"


def _pairs(task: TaskSummary, frame: pd.DataFrame, identifier: str) -> Table:
    metric = task.metric
    order = frame["gain"].mul(task.sign).sort_values(ascending=False, kind="stable").index
    shown = frame.loc[order[:_SHOWN]]
    rows = []
    for _, row in shown.iterrows():
        a, b = task.systems[row["system_a"]], task.systems[row["system_b"]]
        rows.append(
            (
                Cell(a.name, family=a.family, system=a.key),
                Cell(b.name, family=b.family, system=b.key),
                _cell(wording.number(row["correlation"], 2), row["correlation"]),
                _cell(wording.value(metric, row["value_a"]), row["value_a"]),
                _cell(wording.value(metric, row["value_b"]), row["value_b"]),
                _cell(wording.value(metric, row["oracle"]), row["oracle"]),
                _cell(wording.difference(metric, row["gain"], sign=True), row["gain"]),
            )
        )
    columns = (
        Column("System"),
        Column("and system"),
        Column("Correlation", numeric=True),
        Column("First", numeric=True),
        Column("Second", numeric=True),
        Column("Better of both", numeric=True),
        Column("Gain", numeric=True),
    )
    rest = len(frame) - len(rows)
    more = f" {rest:,} more pairs are in tables/complementarity.csv." if rest else ""
    caption = (
        f"{task.name}: pairs of single systems by what choosing the better one for each concept, "
        f"with hindsight, would gain in {wording.metric_name(metric, mean=True)}; trained on "
        f"{task.size_text(task.size)}.{more}"
    )
    notes = (
        "Correlation: Spearman's, of the scores of test samples, a concept at a time, averaged; "
        "the lower it is, the more fusion has to work with. The gain is optimistic: of equal "
        "systems one is better on a concept by luck. It is no bound for fusion, which mixes "
        "scores.",
    )
    return Table(identifier, caption, columns, tuple(rows), notes)


def _cell(text: str, value: float) -> Cell:
    return Cell(text, value) if value == value else Cell(wording.NO_VALUE)
