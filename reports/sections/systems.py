"""All systems: how good, how steady, at what cost."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reports import wording
from reports.document import Cell, Column, Section, Table
from reports.figures.curves import curves_figure, positions
from reports.figures.sparkline import curve_sparkline, seeds_sparkline
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
    intervals = any(summary.interval(system.key, size) for system in ranked)
    # One of the two fits beside the rest; single seeds are in the figures as well.
    over_seeds = summary.seeds > 1 and not intervals
    lines = _Lines.of(summary, ranked, size)
    columns = [
        Column("System"),
        Column("Family"),
        Column(wording.capital(wording.metric_name(summary.metric, mean=True)), numeric=True),
        *([Column("95 % interval", numeric=True)] if intervals else []),
        *([Column("Over seeds", numeric=True)] if over_seeds else []),
        *([] if lines is None else [lines.column]),
        *(Column(wording.capital(wording.metric_name(name)), numeric=True) for name in others),
        Column("Training", numeric=True),
        Column("Prediction", numeric=True, unit="ms/image"),
        Column("Peak memory", numeric=True, unit="MiB"),
    ]
    rows = []
    for place, system in enumerate(ranked):
        more = []
        if intervals:
            more.append(_interval(summary, system, size))
        if over_seeds:
            more.append(_over_seeds(summary, system, size))
        if lines is not None:
            more.append(lines.cell(summary, system))
        rows.append(_row(summary, system, size, more, others, first=place == 0))
    notes = []
    fewer = summary.fewer_seeds(size)
    if fewer:
        named = [
            f"{wording.shortened(summary.systems[key].name, 40)} ({wording.count(n, 'seed')})"
            for key, n in fewer.items()
        ]
        notes.append(
            f"With fewer seeds than the others: {wording.listed(named)}. Seeds differ in their "
            "splits. Differences are taken over the seeds that both systems have, and need not be "
            "those of the means here."
        )
    if intervals:
        what = "videos" if summary.task.has_videos else "samples"
        notes.append(
            f"95\u00a0% interval: how far the mean would move with other test {what} of the same "
            "kind (bootstrap). Two of them may overlap though one system is better throughout: "
            "differences have intervals of their own, which the findings go by."
        )
    if lines is not None:
        notes.append(lines.note)
    costs = [summary.cost(system.key, size) for system in ranked]
    if any(cost is not None and cost.cached for cost in costs):
        notes.append(
            "Stages whose results were found in the cache are charged what they took when they "
            "were made: costs are as if nothing had been cached."
        )
    if any(cost is not None and cost.unmarked for cost in costs):
        notes.append(
            "Some trials were run by a version that did not mark what members share, such as "
            "features: it is charged to each of them."
        )
    notes.append(
        "Training is elapsed time, extraction on the training images included; a fused system is "
        "charged for all its members, once for what they share, and for their scores on the "
        "samples that it is tuned on (where a task has no validation part, for training them again "
        "with samples held out). What is spent once a process, such as compiling, is left out. "
        "Memory is the peak of resident "
        "memory above what the process held before the trial."
    )
    chance = summary.chance_mean
    at_chance = f" Chance is {wording.value(summary.metric, chance)}." if chance == chance else ""
    seeds = (
        f"means over {summary.seeds} seeds"
        + (", with the worst and the best of them" if over_seeds else "")
        if summary.seeds > 1
        else "one seed"
    )
    caption = (
        f"{summary.name}: systems trained on {summary.size_text(size)}, best first; "
        f"{seeds}.{at_chance}"
    )
    return Table(identifier, caption, tuple(columns), tuple(rows), tuple(notes))


def _row(
    summary: TaskSummary,
    system: System,
    size: int,
    steady: list[Cell],
    others: list[str],
    first: bool,
) -> tuple[Cell, ...]:
    spread, cost = summary.spread(system.key, size), summary.cost(system.key, size)
    assert spread is not None
    metric = summary.metric
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
        Cell(system.name, family=system.family, strong=first, system=system.key),
        Cell(system.family),
        Cell(wording.value(metric, spread.mean), spread.mean, strong=first),
        *steady,
        *more,
        *paid,
    )


def _interval(summary: TaskSummary, system: System, size: int) -> Cell:
    found = summary.interval(system.key, size)
    if found is None:
        return Cell(wording.NO_VALUE)
    return Cell(wording.interval(summary.metric, *found), found[1] - found[0])


def _over_seeds(summary: TaskSummary, system: System, size: int) -> Cell:
    spread = summary.spread(system.key, size)
    assert spread is not None
    low, high = (wording.value(summary.metric, x, unit=False) for x in (spread.low, spread.high))
    alone = len(spread.values) == 1
    return Cell("one seed" if alone else f"{low} – {high}", spread.high - spread.low)


@dataclass(frozen=True)
class _Lines:
    """The column of small lines: over training sizes, or over seeds where there is one size.

    Attributes
    ----------
    bounds : (float, float)
        Of all lines; better is on top.
    where : dict of int to float
        Each size's place between 0 and 1, empty where the dots are seeds.
    """

    bounds: tuple[float, float]
    where: dict[int, float]
    size: int

    @classmethod
    def of(cls, summary: TaskSummary, systems: list[System], size: int) -> _Lines | None:
        """Return what the lines of a table share; None where each system has one value only."""
        sizes = summary.sizes if len(summary.sizes) > 1 else []
        values = [
            value
            for system in systems
            for at in sizes or [size]
            if (spread := summary.spread(system.key, at)) is not None
            for value in ([spread.mean] if sizes else spread.values)
        ]
        if not sizes and summary.seeds < 2:
            return None
        ends = sorted((min(values), max(values)), reverse=summary.sign < 0 and bool(sizes))
        logs = {at: math.log(x) for at, x in positions(summary).items()} if sizes else {}
        first, span = min(logs.values(), default=0.0), max(logs.values(), default=0.0)
        span = (span - first) or 1.0
        where = {at: (x - first) / span for at, x in logs.items()}
        return cls((ends[0], ends[1]), where, size)

    @property
    def column(self) -> Column:
        return Column("With more data" if self.where else "Each seed", numeric=True)

    @property
    def note(self) -> str:
        if self.where:
            return (
                "With more data: the mean over the training sizes (log scale), better upwards, all "
                "systems on one scale; sorted by what the largest size gains over the smallest."
            )
        return "Each seed: a dot a seed, all systems on one scale; sorted by their spread."

    def cell(self, summary: TaskSummary, system: System) -> Cell:
        """Return the line of a system, with its values as text equivalent."""
        if not self.where:
            spread = summary.spread(system.key, self.size)
            assert spread is not None
            text = wording.listed([wording.value(summary.metric, x) for x in spread.values])
            drawing = seeds_sparkline(spread.values, self.bounds, system.family)
            text = f"Values of single seeds: {text}"
            return Cell(text, spread.high - spread.low, drawing=drawing)
        means = {
            at: spread.mean
            for at in self.where
            if (spread := summary.spread(system.key, at)) is not None
        }
        x = [self.where[at] for at in means]
        y = list(means.values())
        text = wording.listed(
            [
                f"{wording.value(summary.metric, mean)} with {summary.size_text(at)}"
                for at, mean in means.items()
            ]
        )
        gain = summary.sign * (y[-1] - y[0]) if len(y) > 1 else float("nan")
        drawing = curve_sparkline(x, y, self.bounds, system.family)
        return Cell(f"Learning curve: {text}", gain, drawing=drawing)


def learning_curves(summary: Summary) -> Section | None:
    """Return the learning curves of each task with several training sizes."""
    found = [curves_figure(task, f"curves-{i}") for i, task in enumerate(summary.tasks)]
    blocks = tuple(figure for figure in found if figure is not None)
    return Section("curves", "More training data", blocks) if blocks else None
