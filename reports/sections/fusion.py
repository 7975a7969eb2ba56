"""Whether fusing and re-scoring gained anything over what they were given."""

from __future__ import annotations

from typing import Literal

from reports import wording
from reports.document import Cell, Column, Section, Table
from reports.summary import Difference, Summary, System, TaskSummary

_VERDICTS: dict[str, tuple[str, Literal["gain", "loss"] | None]] = {
    "better": ("gain", "gain"),
    "worse": ("loss", "loss"),
    "leaning better": ("gain on these samples, uneven over concepts", None),
    "leaning worse": ("loss on these samples, uneven over concepts", None),
    "tie": ("no difference that this test set can show", None),
    "unknown": ("no interval, so no verdict", None),
}


def fusion(summary: Summary) -> Section | None:
    """Return a table a task of fused systems against the best of their members."""
    tables = [_table(task, summary, f"fusion-{i}") for i, task in enumerate(summary.tasks)]
    blocks = tuple(table for table in tables if table is not None)
    return Section("fusion", "What fusion and re-scoring add", blocks) if blocks else None


def _table(task: TaskSummary, summary: Summary, identifier: str) -> Table | None:
    rows = []
    size = next((s for s in reversed(task.sizes) if task.at(s, "fused")), None)
    if size is None:
        return None
    for system in task.at(size, "fused"):
        given = [member for member in task.at(size) if member.key in system.members]
        if not given:
            continue
        best = given[0]
        d = task.difference(system.key, best.key, size)
        assert d is not None
        rows.append(_row(task, system, best, len(system.members), d, size))
    if not rows:
        return None
    unit = " (points)" if task.metric in wording.PERCENT else ""
    columns = (
        Column("Fused system"),
        Column(wording.capital(wording.metric_name(task.metric, mean=True)), numeric=True),
        Column("Best of what it was given"),
        Column("Its value", numeric=True),
        Column(f"Difference{unit}", numeric=True),
        Column("95 % interval", numeric=True),
        Column("Verdict"),
    )
    caption = (
        f"{task.name}: each fused system against the best of its members, trained on "
        f"{task.size_text(size)}. Above zero the fused system is better."
    )
    return Table(identifier, caption, columns, tuple(rows))


def _row(
    task: TaskSummary, system: System, best: System, members: int, d: Difference, size: int
) -> tuple[Cell, ...]:
    verdict, tone = _VERDICTS[d.verdict]
    own, other = task.spread(system.key, size), task.spread(best.key, size)
    assert own is not None
    assert other is not None
    metric = task.metric
    of = f"{best.name} (of {members})" if members > 1 else best.name
    gap = wording.difference(metric, d.estimate, sign=True).removesuffix(f"{wording.NBSP}points")
    return (
        Cell(system.name, family="fused"),
        Cell(wording.value(metric, own.mean), own.mean),
        Cell(of, family=best.family),
        Cell(wording.value(metric, other.mean), other.mean),
        Cell(gap, d.estimate),
        Cell(
            wording.interval(metric, d.low, d.high) if d.low == d.low else wording.NO_VALUE, d.low
        ),
        Cell(verdict, tone=tone),
    )
