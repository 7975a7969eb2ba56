"""Accuracy against cost: what each step up the front is paid with, and what one may save."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reports import wording
from reports.comparing import gap_text
from reports.costs import Cost
from reports.document import Block, Cell, Column, Paragraph, Section, Span, Table, say, strong
from reports.figures.cost import cost_figure, pareto, priced
from reports.sections.tasks import by_task
from reports.summary import Summary, System, TaskSummary

#: Below this ratio two costs are about the same.
_ALIKE = 1.25


@dataclass(frozen=True)
class _Measure:
    """A cost: its field, its name, what being cheap at it is called, and how it is written."""

    field: str
    name: str
    cheap: str
    write: Callable[[float], str]


_MEASURES = (
    _Measure("train_s", "training time", "quickest to train", wording.seconds),
    _Measure(
        "predict_ms",
        "prediction time",
        "quickest to predict with",
        lambda x: f"{wording.milliseconds(x)}{wording.NBSP}ms an image",
    ),
    _Measure(
        "peak_mb",
        "peak memory",
        "smallest in memory",
        lambda x: f"{wording.number(x, 0)}{wording.NBSP}MiB",
    ),
)
_SURE = {
    "better": "confirmed", "worse": "worse, confirmed", "leaning better": "not confirmed",
    "leaning worse": "worse, not confirmed", "tie": "cannot be told apart",
    "unknown": "no interval",
}  # fmt: skip


def costs(summary: Summary) -> Section | None:
    """Return accuracy against cost for each task: what to decide by, the figure, the fronts."""

    def blocks(task: TaskSummary, i: int) -> list[Block]:
        figure = cost_figure(task, f"cost-{i}")
        if figure is None:
            return []
        front = _front(task, f"cost-front-{i}")
        return [_decision(task), figure, *([] if front is None else [front])]

    return by_task("against-cost", "Accuracy against cost", summary.tasks, blocks)


def _measured(known: list[tuple[System, float, Cost]]) -> list[_Measure]:
    """Return the costs that every system has; memory is 0 where stages were too short."""
    return [m for m in _MEASURES if all(getattr(cost, m.field) > 0 for _, _, cost in known)]


def _front(task: TaskSummary, identifier: str) -> Table | None:
    known = priced(task)
    if len(known) < 2:
        return None
    merit = np.array([task.sign * mean for _, mean, _ in known])
    rows = []
    for measure in _measured(known):
        paid = np.array([getattr(cost, measure.field) for _, _, cost in known])
        before: int | None = None
        for i in pareto(paid, merit):
            system, mean, _ = known[i]
            rows.append(
                (
                    Cell(system.name, family=system.family, system=system.key),
                    Cell(measure.name),
                    Cell(wording.value(task.metric, mean), mean),
                    Cell(measure.write(paid[i]), paid[i]),
                    *_step(task, known, paid, before, int(i), measure),
                )
            )
            before = int(i)
    columns = (
        Column("System"),
        Column("By"),
        Column(wording.capital(wording.metric_name(task.metric, mean=True)), numeric=True),
        Column("Cost", numeric=True),
        Column("Step up"),
        Column("Is the step sure?"),
    )
    caption = (
        f"{task.name}: the Pareto fronts, cheapest first, and what each step up brings and takes; "
        f"trained on {task.size_text(task.size)}. Whatever is left out is matched or beaten in "
        "both by a system that is here."
    )
    notes = (
        "Not confirmed: the 95\u00a0% interval of the difference leaves out zero, but the test "
        "over concepts, corrected for many comparisons, does not confirm it.",
    )
    return Table(identifier, caption, columns, tuple(rows), notes)


def _step(
    task: TaskSummary,
    known: list[tuple[System, float, Cost]],
    paid: np.ndarray,
    before: int | None,
    now: int,
    measure: _Measure,
) -> tuple[Cell, Cell]:
    if before is None:
        return Cell("the cheapest"), Cell(wording.NO_VALUE)
    d = task.difference(known[now][0].key, known[before][0].key, task.size)
    assert d is not None
    gain = task.sign * (known[now][1] - known[before][1])
    ratio = paid[now] / paid[before]
    price = f"about the same {measure.name}"
    if ratio >= 1.05:
        price = f"{wording.times(ratio)} the {measure.name}"
    text = f"{wording.difference(task.metric, gain, sign=True)} for {price}"
    tone = "gain" if d.verdict == "better" else None
    return Cell(text), Cell(_SURE[d.verdict], tone=tone)  # type: ignore[arg-type]


def _decision(task: TaskSummary) -> Paragraph:
    """Say what is best, and the cheapest that is not known to be behind it."""
    known = priced(task)
    best, mean, most = known[0]
    spans: list[Span] = list(
        say(
            "Of the systems whose cost is known, {best} scores best ({value}, {train} to train, "
            "{predict}).",
            best=strong(best.name),
            value=wording.value(task.metric, mean),
            train=wording.seconds(most.train_s),
            predict=_MEASURES[1].write(most.predict_ms),
        )
    )
    if len(known) > 1:
        spans += _savings(task, known) or _next_below(task, known)
    return Paragraph(tuple(spans))


def _savings(task: TaskSummary, known: list[tuple[System, float, Cost]]) -> list[Span]:
    """Say which system that cannot be told apart from the best is cheapest, by each cost."""
    best, _, most = known[0]
    level = []
    for system, mean, cost in known[1:]:
        d = task.difference(best.key, system.key, task.size)
        if d is not None and d.verdict == "tie":
            level.append((system, mean, cost, d))
    clauses: list[Span] = []
    named: set[str] = set()
    for measure in _measured(known):
        if not level:
            break
        system, mean, cost, d = min(level, key=lambda row: getattr(row[2], measure.field))
        dear, cheap = getattr(most, measure.field), getattr(cost, measure.field)
        if dear < _ALIKE * cheap:
            continue
        text = say(
            "{joint}{name}{about} is the {cheap} ({less}; {best} takes {ratio} that)",
            joint="; " if clauses else "",
            name=strong(system.name),
            about=""
            if system.key in named
            else f" ({wording.value(task.metric, mean)}, at most "
            f"{wording.difference(task.metric, max(d.high, 0.0))} behind)",
            cheap=measure.cheap,
            less=measure.write(cheap),
            best=best.name,
            ratio=strong(wording.times(dear / cheap)),
        )
        clauses += text
        named.add(system.key)
    if not clauses:
        return []
    return [
        Span(" Among those that cannot be told apart from it on these test samples, "),
        *clauses,
        Span("; how far one may be behind is the end of its 95\u00a0% interval."),
    ]


def _next_below(task: TaskSummary, known: list[tuple[System, float, Cost]]) -> list[Span]:
    """Say what the next cheaper system to train saves and loses."""
    best, _, most = known[0]
    quicker = [row for row in known[1:] if most.train_s >= _ALIKE * row[2].train_s]
    if not quicker:
        return [Span(" No other is much quicker to train.")]
    lower, _, less = quicker[0]
    d = task.difference(best.key, lower.key, task.size)
    assert d is not None
    sure = {
        "better": "",
        "leaning better": ", not confirmed over the concepts",
        "unknown": ", which decides nothing without an interval",
    }
    return list(
        say(
            " The next below it that is quicker to train, {name}, takes {less} ({best} takes "
            "{ratio} that) and scores {way} by {gap}{sure}.",
            name=strong(lower.name),
            less=wording.seconds(less.train_s),
            best=best.name,
            ratio=strong(wording.times(most.train_s / less.train_s)),
            way="lower" if task.sign > 0 else "higher",
            gap=gap_text(task, d),
            sure=sure.get(d.verdict, ""),
        )
    )
