"""What was compared on what: the systems' stages and a data sheet of each task."""

from __future__ import annotations

import numpy as np

from benchmarks.results.run import Run, TaskRecord
from reports import wording
from reports.document import Block, Cell, Column, Facts, Listing, Paragraph, Section, Table, say
from reports.learned_settings import setting_lines
from reports.make_up import stage_lines
from reports.sections.concepts import TALL
from reports.sections.leaks import leak_blocks
from reports.summary import Summary
from reports.tables import as_size


def make_up(summary: Summary) -> Section:
    """Return what each system consists of."""
    blocks: list[Block] = []
    for system in summary.systems.values():
        members = [
            summary.systems[m].name if m in summary.systems else wording.clean(m)
            for m in system.members
        ]
        detail = system.label if system.label != system.name else ""
        if members:
            detail = f"{detail}{'; ' if detail else ''}of {wording.listed(members)}"
        lines = stage_lines(system) or ["The suite does not describe its stages."]
        lines += setting_lines(summary, system)
        blocks.append(Listing(system.name, detail, system.family, tuple(lines)))
    return Section("make-up", "What each system consists of", tuple(blocks))


def data_sheets(summary: Summary) -> Section:
    """Return a data sheet of each task."""
    parts = [_sheet(task, summary.run, i) for i, task in enumerate(summary.run.tasks.values())]
    return Section("data", "Data", sections=tuple(parts))


def _sheet(task: TaskRecord, run: Run, i: int) -> Section:
    Y = task.annotations
    blocks: list[Block] = []
    if task.description:
        blocks.append(Paragraph(say("{text}", text=wording.clean(task.description))))
    blocks += [Paragraph(say("{text}", text=wording.clean(note))) for note in task.notes]
    facts = [
        ("Samples", f"{len(Y):,}"),
        (
            "Concepts",
            f"{len(task.concepts):,}, "
            + ("exactly one a sample" if task.single_label else "several may hold in a sample"),
        ),
        ("Positives a sample", wording.number(float((Y == 1).sum(axis=1).mean()), 2)),
        ("Unjudged annotations", f"{wording.number(100 * float((Y == -1).mean()), 1)} %"),
        ("Metrics", wording.listed([wording.metric_name(m, mean=True) for m in task.metrics])),
        ("Excluded files", f"{len(task.excluded):,}"),
        ("Fingerprint", task.fingerprint[:16]),
    ]
    if task.strata is not None:
        text = "drawn from pools" + (" in strata" if task.strata.max(initial=0) > 0 else "")
        facts.insert(3, ("Judgments of test samples", text))
    if task.video is not None:
        facts.insert(1, ("Videos", f"{len(np.unique(task.video)):,}"))
    blocks.append(Facts(tuple((name, wording.clean(text)) for name, text in facts)))
    splits = splits_table(task, run, f"splits-{i}")
    if splits is not None:
        blocks.append(splits)
    blocks += leak_blocks(task, run, f"leaks-{i}")
    blocks.append(_concepts(task, f"annotations-{i}"))
    return Section(f"data-{i}", wording.clean(task.name), tuple(blocks))


def splits_table(task: TaskRecord, run: Run, identifier: str) -> Table | None:
    """Return how many samples each part of the splits has, None where nothing is complete."""
    seen: dict[tuple[int, int], tuple[int, int, int]] = {}
    held_out = False
    for trial in run.complete(task.name):
        key = (as_size(trial.train_size), trial.seed)
        if key not in seen:
            split = trial.split
            seen[key] = (len(split.train), len(split.val), len(split.test))
            held_out |= bool(np.isin(split.val, split.train).any())
    if not seen:
        return None
    sizes = sorted({size for size, _ in seen}, key=lambda s: float("inf") if s < 0 else s)
    rows = []
    for size in sizes:
        parts = np.array([counts for (s, _), counts in seen.items() if s == size])
        seeds = sorted(seed for s, seed in seen if s == size)
        rows.append(
            (
                Cell(wording.size(None if size < 0 else size, wording.clean(task.size_unit)), size),
                *(
                    Cell(_range(parts[:, column]), float(parts[:, column].mean()))
                    for column in range(3)
                ),
                Cell(wording.listed([str(seed) for seed in seeds])),
            )
        )
    columns = (
        Column("Training size"),
        Column("Train", numeric=True),
        Column("Validation", numeric=True),
        Column("Test", numeric=True),
        Column("Seeds"),
    )
    caption = f"{wording.clean(task.name)}: samples in each part of the splits."
    notes = (
        "The task has no validation part: where a fusion needs one, training samples are held out "
        "in turn, and scored by models that were trained without them.",
    )
    return Table(identifier, caption, columns, tuple(rows), notes if held_out else ())


def _range(counts: np.ndarray) -> str:
    low, high = int(counts.min()), int(counts.max())
    return f"{low:,}" if low == high else f"{low:,} – {high:,}"


def _concepts(task: TaskRecord, identifier: str) -> Table:
    rows = []
    for i, concept in enumerate(task.concepts):
        column = task.annotations[:, i]
        positives, judged = int((column == 1).sum()), int((column >= 0).sum())
        share = positives / judged if judged else float("nan")
        unjudged = 1 - judged / max(len(column), 1)
        rows.append(
            (
                Cell(wording.clean(concept)),
                Cell(f"{positives:,}", positives),
                Cell(wording.number(100 * share, 1), share),
                Cell(wording.number(100 * unjudged, 1), unjudged),
            )
        )
    columns = (
        Column("Concept"),
        Column("Positives", numeric=True),
        Column("Prevalence", numeric=True, unit="%"),
        Column("Unjudged", numeric=True, unit="%"),
    )
    caption = f"{wording.clean(task.name)}: annotations of all samples."
    return Table(identifier, caption, columns, tuple(rows), tall=len(rows) > TALL)
