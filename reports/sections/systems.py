"""All systems: how good, how steady, at what cost."""

from __future__ import annotations

from reports import wording
from reports.document import Cell, Column, Section, Table
from reports.figures.curves import curves_figure
from reports.sections.tasks import by_task
from reports.summary import Summary, System, TaskSummary


def systems(summary: Summary) -> Section | None:
    """Return a table of systems for each task, at its largest training size."""
    return by_task(
        "systems", "Systems", summary.tasks, lambda task, i: [_table(task, f"systems-table-{i}")]
    )


def _table(summary: TaskSummary, identifier: str) -> Table:
    size = summary.size
    ranked = summary.at(size)
    others = list(summary.task.metrics[1:])
    columns = [
        Column("System"),
        Column("Family"),
        Column(wording.capital(wording.metric_name(summary.metric, mean=True)), numeric=True),
        *([Column("Over seeds", numeric=True)] if summary.seeds > 1 else []),
        *(Column(wording.capital(wording.metric_name(name)), numeric=True) for name in others),
        Column("Training", numeric=True),
        Column("Prediction", numeric=True, unit="ms/image"),
        Column("Peak memory", numeric=True, unit="MiB"),
    ]
    rows = [_row(summary, system, size, others, first=system is ranked[0]) for system in ranked]
    notes = []
    costs = [summary.cost(system.key, size) for system in ranked]
    if any(cost is not None and cost.cached for cost in costs):
        notes.append(
            "Stages whose results were found in the cache are charged what they took when they "
            "were made: costs are as if nothing had been cached."
        )
    notes.append(
        "Training is elapsed time, extraction on the training images included; a fused system is "
        "charged for all its members, as if they shared nothing, and for their scores on the "
        "samples that it is tuned on (where a task has no validation part, for training them again "
        "with samples held out). What is spent once a process, such as compiling, is left out. "
        "Memory is the peak of resident "
        "memory above what the process held before the trial."
    )
    chance = summary.chance_mean
    at_chance = f" Chance is {wording.value(summary.metric, chance)}." if chance == chance else ""
    seeds = (
        f"means over {summary.seeds} seeds, with the worst and the best of them"
        if summary.seeds > 1
        else "one seed"
    )
    caption = (
        f"{summary.name}: systems trained on {summary.size_text(size)}, best first; "
        f"{seeds}.{at_chance}"
    )
    return Table(identifier, caption, tuple(columns), tuple(rows), tuple(notes))


def _row(
    summary: TaskSummary, system: System, size: int, others: list[str], first: bool
) -> tuple[Cell, ...]:
    spread, cost = summary.spread(system.key, size), summary.cost(system.key, size)
    assert spread is not None
    metric = summary.metric
    seeds = []
    if summary.seeds > 1:
        low, high = (wording.value(metric, x, unit=False) for x in (spread.low, spread.high))
        alone = len(spread.values) == 1
        seeds.append(Cell("one seed" if alone else f"{low} – {high}", spread.high - spread.low))
    more = []
    for name in others:
        other = summary.spread(system.key, size, name)
        more.append(
            Cell(wording.NO_VALUE)
            if other is None
            else Cell(wording.value(name, other.mean), other.mean)
        )
    if cost is None:
        paid = [Cell(wording.NO_VALUE)] * 3
    else:
        paid = [
            Cell(wording.seconds(cost.train_s), cost.train_s),
            Cell(wording.milliseconds(cost.predict_ms), cost.predict_ms),
            Cell(wording.number(cost.peak_mb, 0), cost.peak_mb),
        ]
    return (
        Cell(system.name, family=system.family, strong=first),
        Cell(system.family),
        Cell(wording.value(metric, spread.mean), spread.mean, strong=first),
        *seeds,
        *more,
        *paid,
    )


def learning_curves(summary: Summary) -> Section | None:
    """Return the learning curves of each task with several training sizes."""
    found = [curves_figure(task, f"curves-{i}") for i, task in enumerate(summary.tasks)]
    blocks = tuple(figure for figure in found if figure is not None)
    return Section("curves", "More training data", blocks) if blocks else None
