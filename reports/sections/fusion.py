"""Whether fusing and re-scoring gained anything over what they were given."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from benchmarks.results.questions import FUSION, LEVELS, RESCORING
from reports import wording
from reports.comparing import asked
from reports.difference import Difference
from reports.document import Block, Cell, Column, Paragraph, Section, Table, say
from reports.levels import in_levels
from reports.single_concepts import by_concept
from reports.summary import Summary, System, TaskSummary

_VERDICTS: dict[str, tuple[str, Literal["gain", "loss"] | None]] = {
    "better": ("gain", "gain"),
    "worse": ("loss", "loss"),
    "leaning better": ("gain on these samples, uneven over concepts", None),
    "leaning worse": ("loss on these samples, uneven over concepts", None),
    "tie": ("no difference that this test set can show", None),
    "unknown": ("no interval, so no verdict", None),
}


def fusion(summary: Summary) -> Section | None:
    """Return a table a task of fused and re-scored systems against what they were given.

    Below it, whether levels add anything, and on which concepts re-scoring gains and loses.
    """
    blocks: list[Block] = []
    for i, task in enumerate(summary.tasks):
        table = _table(task, f"fusion-{i}")
        if table is None:
            continue
        blocks.append(table)
        name = say("{task}: ", task=task.name) if len(summary.tasks) > 1 else ()
        told = (in_levels(task), by_concept(task))
        blocks += [Paragraph((*name, *text)) for text in told if text is not None]
    found = tuple(blocks)
    return Section("fusion", "What fusion and re-scoring add", found) if found else None


def _table(task: TaskSummary, identifier: str) -> Table | None:
    found = {question: asked(task, question) for question in (FUSION, LEVELS, RESCORING)}
    sizes = [size for size, _ in found.values() if size is not None]
    if not sizes:
        return None
    # All at one size: the largest at which the first of them was asked.
    size = sizes[0]
    pairs = [pair for at, asked_pairs in found.values() if at == size for pair in asked_pairs]
    rows = [_row(task, system, given, d, size) for system, given, d in pairs]
    rows.sort(key=lambda row: -task.sign * (row[1].value or 0.0))
    unit = " (points)" if task.metric in wording.PERCENT else ""
    columns = (
        Column("Fused or re-scored system"),
        Column(wording.capital(wording.metric_name(task.metric, mean=True)), numeric=True),
        Column("Against"),
        Column("Its value", numeric=True),
        Column(f"Difference{unit}", numeric=True),
        Column("95 % interval", numeric=True),
        Column(f"Could have shown{unit}", numeric=True),
        Column("Verdict"),
    )
    caption, notes = _caption(task, size, pairs)
    return Table(identifier, caption, columns, tuple(rows), notes)


def _caption(
    task: TaskSummary, size: int, pairs: list[tuple[System, System, Difference]]
) -> tuple[str, tuple[str, ...]]:
    """Say what stands against what, which depends on whether there are validation samples."""
    levels = [pair for pair in pairs if pair[2].question == LEVELS]
    fused, against_all = _compared([pair for pair in pairs if pair[2].question == FUSION])
    parts = []
    if fused > against_all:
        parts.append(
            "each system fused early or late against the best single one in it, and in a "
            "hierarchy against its best member, best on validation"
        )
    elif against_all:
        parts.append(
            "each system fused early or late against every single one in it, as these have no "
            "scores on validation samples and which is best was not known before the test"
        )
    if levels:
        parts.append(_flat(levels))
    if any(d.question == RESCORING for _, _, d in pairs):
        parts.append("each re-scored system against the one that it re-scores")
    caption = (
        f"{task.name}: {'; '.join(parts)}. Trained on {task.size_text(size)}. Above zero the "
        "first is better."
    )
    notes = [
        "Could have shown: the true difference that this test set would have shown four times in "
        "five."
    ]
    if fused > against_all > 0:
        notes.append(
            "A fusion whose single systems have no scores on validation samples stands against "
            "each of them: which is best was not known before the test."
        )
    return caption, tuple(notes)


def _flat(pairs: list[tuple[System, System, Difference]]) -> str:
    """Say which flat fusions stand against those in levels."""
    several = max(Counter(system.key for system, _, _ in pairs).values()) > 1
    which = "each" if several else "a"
    how = "" if several else ", of several the best on validation"
    return (
        f"each system fused in levels against {which} flat fusion of the same single systems{how}"
    )


def _compared(pairs: list[tuple[System, System, Difference]]) -> tuple[int, int]:
    """Return how many systems are fused, and how many of these stand against all in them."""
    singles = Counter(
        system.key for system, given, _ in pairs if len(system.members) > 1 and not given.members
    )
    return len(singles), sum(count > 1 for count in singles.values())


def _row(
    task: TaskSummary, system: System, given: System, d: Difference, size: int
) -> tuple[Cell, ...]:
    verdict, tone = _VERDICTS[d.verdict]
    own, other = task.spread(system.key, size), task.spread(given.key, size)
    assert own is not None
    assert other is not None
    metric = task.metric
    return (
        Cell(system.name, family=system.family, system=system.key),
        Cell(wording.value(metric, own.mean), own.mean),
        Cell(given.name, family=given.family, system=given.key),
        Cell(wording.value(metric, other.mean), other.mean),
        Cell(_points(metric, d.estimate, sign=True), d.estimate),
        Cell(
            wording.interval(metric, d.low, d.high) if d.low == d.low else wording.NO_VALUE, d.low
        ),
        Cell(_points(metric, d.smallest), d.smallest),
        Cell(verdict, tone=tone),
    )


def _points(metric: str, x: float, sign: bool = False) -> str:
    """Write a difference without its unit, which the heading has."""
    if x != x:
        return wording.NO_VALUE
    return wording.difference(metric, x, sign=sign).removesuffix(f"{wording.NBSP}points")
