"""What systems cost in two runs, and when that cannot be compared."""

from __future__ import annotations

from benchmarks.results.run import Run
from reports import wording
from reports.costs import Cost, mean_cost, trial_cost
from reports.document import Block, Cell, Column, Notice, Section, Table
from reports.tables import as_size
from reports.together.circumstances import circumstances
from reports.together.device_claim import device_claim
from reports.together.pairing import Pair, by_pair

#: Rows from which a table scrolls in HTML.
TALL = 30


def costs(pairs: list[Pair]) -> Section | None:
    """Return what the systems that both have cost in either run."""
    return by_pair("costs", "Costs side by side", pairs, _costs)


def system_cost(run: Run, task: str, system: str, size: int) -> Cost | None:
    """Return what a system costs in a run at a training size, mean over its seeds."""
    by_key = {trial.key: trial for trial in run.trials}
    trials = [
        trial
        for trial in run.complete(task)
        if trial.system == system and as_size(trial.train_size) == size
    ]
    return mean_cost([trial_cost(trial, by_key) for trial in trials])


def _costs(pair: Pair, i: int) -> list[Block]:
    names = {wording.clean(name): name for name in pair.tasks}
    rows = []
    for change in pair.shared:
        old, new = (
            system_cost(run, names[change.task], change.key, change.train_size)
            for run in (pair.reference, pair.other)
        )
        if old is None or new is None:
            continue
        task = [Cell(change.task)] if len(pair.tasks) > 1 else []
        rows.append(
            (
                Cell(change.system, family=change.family),
                *task,
                Cell(change.size, change.train_size if change.train_size >= 0 else 1e18),
                Cell(wording.seconds(old.train_s), old.train_s),
                Cell(wording.seconds(new.train_s), new.train_s),
                _ratio(old.train_s, new.train_s),
                Cell(wording.milliseconds(old.predict_ms), old.predict_ms),
                Cell(wording.milliseconds(new.predict_ms), new.predict_ms),
                _ratio(old.predict_ms, new.predict_ms),
            )
        )
    if not rows:
        return []
    a, b = wording.shortened(pair.a, 20), wording.shortened(pair.b, 20)
    columns = (
        Column("System"), *([Column("Task")] if len(pair.tasks) > 1 else []),
        Column("Training size"),
        Column(f"Training, {a}", numeric=True), Column(f"Training, {b}", numeric=True),
        Column("Ratio", numeric=True),
        Column(f"An image, {a}", numeric=True, unit="ms"),
        Column(f"An image, {b}", numeric=True, unit="ms"), Column("Ratio", numeric=True),
    )  # fmt: skip
    notes = (
        "Elapsed time, mean over the seeds of either run, as if nothing had been cached: what was "
        "found in a cache costs what it took when it was made, which may have been for the other "
        "run. A ratio above one: the later run took longer. Single measurements of this kind vary "
        "with whatever else a machine does.",
    )
    caption = f"What training and scoring an image took, in {pair.a} and in {pair.b}."
    table = Table(f"costs-{i}-table", caption, columns, tuple(rows), notes, tall=len(rows) > TALL)
    warning = cost_warning(pair)
    return [*([] if warning is None else [warning]), table, *device_claim(pair, i)]


def _ratio(old: float, new: float) -> Cell:
    if not (old > 0 and new > 0):
        return Cell(wording.NO_VALUE)
    return Cell(f"{new / old:.2f}", new / old)


def cost_warning(pair: Pair) -> Notice | None:
    """Warn where times cannot be compared, since they were not measured alike."""
    differing = [
        f"{one.name}: {one.before} against {one.after}."
        for one in circumstances(pair)
        if one.differs and one.group in ("machine", "workers", "device")
    ]
    if not differing:
        return None
    return Notice("warning", "These times were not measured alike", (
        "Machine, workers, threads or device differ: a ratio tells of them as much as of the "
        "systems.", *differing,
    ))  # fmt: skip
