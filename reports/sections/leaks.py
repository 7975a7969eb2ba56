"""Test samples that are, or look like, training samples: what the leak check of a task found."""

from __future__ import annotations

from benchmarks.results.run import Run, TaskRecord, Trial
from reports import wording
from reports.document import Block, Cell, Column, Notice, Paragraph, Table, say
from reports.tables import as_size

#: Pairs that are shown.
_SHOWN = 8


def leak_blocks(task: TaskRecord, run: Run, identifier: str) -> list[Block]:
    """Return what was found, with a warning where test samples are identical.

    Parameters
    ----------
    task : TaskRecord
    run : Run
    identifier : str
        Of the table.

    Returns
    -------
    list of Block
        That it was not looked for, in a run from before there was a leak check.
    """
    splits = checked_splits(run, task.name)
    if not splits:
        text = "Whether test samples stand among the training samples was not looked for."
        return [Paragraph(say(text), quiet=True)]
    blocks: list[Block] = []
    warning = leak_warning(task, run)
    if warning is not None:
        blocks.append(Notice("warning", "Test samples among the training samples", (warning,)))
    blocks.append(_table(task, splits, identifier))
    worst = max(splits, key=lambda trial: len(trial.leaking))
    if len(worst.leaking):
        blocks.append(_pairs(task, worst, f"{identifier}-pairs"))
    return blocks


def leak_warning(task: TaskRecord, run: Run) -> str | None:
    """Return a sentence on identical samples; None where no split has any."""
    counts = [trial.leaks for trial in checked_splits(run, task.name) if trial.leaks is not None]
    most = max(counts, key=lambda found: found["identical"], default=None)
    if most is None or not most["identical"]:
        return None
    identical, tested = most["identical"], most["tested"]
    return (
        f"{identical:,} of {wording.count(tested, 'test sample')} "
        f"{'is a copy' if identical == 1 else 'are copies'} of training samples, byte for byte: "
        "what a system remembers of them flatters it."
    )


def checked_splits(run: Run, task: str) -> list[Trial]:
    """Return one trial of each training size and seed of a task whose samples were checked."""
    found: dict[tuple[int, int], Trial] = {}
    for trial in run.trials:
        if trial.task == task and trial.status == "complete" and trial.leaks is not None:
            found.setdefault((as_size(trial.train_size), trial.seed), trial)
    return list(found.values())


def _table(task: TaskRecord, splits: list[Trial], identifier: str) -> Table:
    sizes = sorted({as_size(t.train_size) for t in splits}, key=lambda s: s if s >= 0 else 10**12)
    rows = []
    for size in sizes:
        counts = [t.leaks for t in splits if as_size(t.train_size) == size and t.leaks is not None]
        cells = []
        for name in ("tested", "identical", "near"):
            low, high = (pick(found[name] for found in counts) for pick in (min, max))
            text = f"{low:,}" if low == high else f"{low:,} – {high:,}"
            cells.append(Cell(text, high))
        words = wording.size(None if size < 0 else size, wording.clean(task.size_unit))
        rows.append((Cell(words, size), *cells))
    columns = (
        Column("Training size"),
        Column("Test samples", numeric=True),
        Column("Identical to a training sample", numeric=True),
        Column("Nearly identical", numeric=True),
    )
    notes = (
        "Nearly identical: the 64-bit perceptual hashes differ by 3 bits at most. Look at these: "
        "neighbouring shots of a video, and different plain things on a plain ground, can be as "
        "near. Ranges are over seeds.",
    )
    caption = f"{wording.clean(task.name)}: test samples that were found among training samples."
    return Table(identifier, caption, columns, tuple(rows), notes)


def _pairs(task: TaskRecord, trial: Trial, identifier: str) -> Table:
    nearest = sorted(trial.leaking.tolist(), key=lambda pair: (pair[2], pair[1]))
    rows = tuple(
        (
            Cell(wording.clean(str(task.ids[test]))),
            Cell(wording.clean(str(task.ids[train]))),
            Cell("identical" if bits < 0 else f"{bits}", bits),
        )
        for train, test, bits in nearest[:_SHOWN]
    )
    columns = (
        Column("Test sample"),
        Column("Training sample"),
        Column("Bits apart", numeric=True),
    )
    more = len(nearest) - len(rows)
    left = f" {more:,} more are in the trial's leaks.npy." if more else ""
    size = wording.size(trial.train_size, wording.clean(task.size_unit))
    caption = (
        f"{wording.clean(task.name)}: test samples and the training samples that they are nearest "
        f"to, trained on {size}, seed {trial.seed}.{left}"
    )
    return Table(identifier, caption, columns, rows)
