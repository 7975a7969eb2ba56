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
    counts = winners["winner"].value_counts()
    wins = {family: int(counts.get(family, 0)) for family in ("engineered", "learned")}
    ties = len(winners) - sum(wins.values())
    first, second = sorted(wins, key=lambda family: -wins[family])
    of_first = [
        wording.clean(name) for name in winners.loc[winners["winner"] == second, "concept"][:8]
    ]
    left = wins[second] - len(of_first)
    named = f": {', '.join(of_first)}{f' and {left} more' if left else ''}" if of_first else ""
    return Paragraph(
        say(
            "Trained on {size}, {first} systems are better on {won} of {total}, {second} ones on "
            "{lost}{named}{ties}. Families by the mean of their single systems; if either were as "
            "likely to win a concept, so uneven a count or more would come up with p = {p}.",
            size=task.size_text(task.size),
            first=first,
            second=second,
            won=strong(str(wins[first])),
            lost=strong(str(wins[second])),
            total=wording.count(len(winners), "concept"),
            named=named,
            ties=f"; {ties} are even or have no value" if ties else "",
            p=wording.number(sign_test(wins[first], wins[second]), 3),
        )
    )


def _pairs(task: TaskSummary, frame: pd.DataFrame, identifier: str) -> Table:
    metric = task.metric
    order = frame["gain"].mul(task.sign).sort_values(ascending=False, kind="stable").index
    shown = frame.loc[order[:_SHOWN]]
    rows = []
    for _, row in shown.iterrows():
        a, b = task.systems[row["system_a"]], task.systems[row["system_b"]]
        rows.append(
            (
                Cell(a.name, family=a.family),
                Cell(b.name, family=b.family),
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
