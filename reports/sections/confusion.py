"""Which classes are taken for which, where a sample has exactly one."""

from __future__ import annotations

import numpy as np

from benchmarks.results.confusion import confusion
from reports import wording
from reports.document import Block, Cell, Column, Family, Paragraph, Section, Table, say, strong
from reports.figures.concepts import best_of_families
from reports.figures.confusion import MOST, confusion_figure, of_true_class
from reports.sections.tasks import by_task
from reports.summary import Summary, System, TaskSummary

#: Confusions that the table lists.
_SHOWN = 20


def confusions(summary: Summary) -> Section | None:
    """Return, for each task of one class a sample, the confusions of each family's best system."""
    single = [task for task in summary.tasks if task.task.single_label]
    return by_task("confusion", "What is taken for what", single, _blocks)


def _blocks(task: TaskSummary, i: int) -> list[Block]:
    best = best_of_families(task, task.size)
    counts = {family: counted(task, system) for family, system in best.items()}
    names = [wording.clean(concept) for concept in task.task.concepts]
    if len(names) < 2 or not any(np.any(x) for x in counts.values()):
        return []
    blocks: list[Block] = [_in_words(task, best, counts, names)]
    if len(names) <= MOST:
        blocks += [
            confusion_figure(
                counts[family], names, system, f"confusion-{i}-{family}",
                f"{task.name}: of the test samples of each class, the share in % that {system.name}"
                f" takes for each class; trained on {task.size_text(task.size)}, mean over seeds. "
                "Right answers stand on the diagonal; less than half a per cent is left blank.",
            )
            for family, system in best.items()
        ]  # fmt: skip
    table = _table(task, best, counts, names, f"confusions-{i}")
    return blocks if table is None else [*blocks, table]


def counted(task: TaskSummary, system: System) -> np.ndarray:
    """Return the confusion matrix of a system, mean over seeds, shape (c, c)."""
    trials = task.complete(system.key, task.size)
    return np.asarray(
        np.mean([confusion(t.scores, task.task.evaluated(t.split)) for t in trials], axis=0)
    )


def _in_words(
    task: TaskSummary,
    best: dict[Family, System],
    counts: dict[Family, np.ndarray],
    names: list[str],
) -> Paragraph:
    parts = []
    for family, system in best.items():
        wrong = counts[family] * (1 - np.eye(len(names)))
        if not wrong.any():
            parts.append(
                say("{name} ({family}) makes no errors", name=strong(system.name), family=family)
            )
            continue
        both = wrong + wrong.T
        a, b = divmod(int(np.argmax(np.triu(both))), len(names))
        parts.append(
            say(
                "{name} ({family}) errs on {share} of the test samples, and most often between "
                "{a} and {b} ({part} of its errors, either way)",
                name=strong(system.name),
                family=family,
                share=_percent(float(wrong.sum() / counts[family].sum())),
                a=wording.shortened(names[a], 40),
                b=wording.shortened(names[b], 40),
                part=_percent(float(both[a, b] / wrong.sum())),
            )
        )
    text = say("The best system of each family: ")
    for i, part in enumerate(parts):
        text += (*(say("; ") if i else ()), *part)
    return Paragraph((*text, *say(".")))


def _percent(share: float) -> str:
    return f"{wording.number(100 * share, 1)}{wording.NBSP}%"


def _table(
    task: TaskSummary,
    best: dict[Family, System],
    counts: dict[Family, np.ndarray],
    names: list[str],
    identifier: str,
) -> Table | None:
    """The pairs of classes that any of the systems confuses most often, in samples."""
    wrong = {family: x * (1 - np.eye(len(names))) for family, x in counts.items()}
    shares = {family: of_true_class(x) for family, x in counts.items()}
    most = np.max(list(wrong.values()), axis=0)
    total = np.sum(list(wrong.values()), axis=0)
    order = np.lexsort((-total.ravel(), -most.ravel()))
    pairs = [divmod(int(p), len(names)) for p in order[:_SHOWN] if most.ravel()[p] > 0]
    if not pairs:
        return None
    rows = []
    for i, j in pairs:
        row = [Cell(names[i]), Cell(names[j])]
        for family in best:
            n, share = float(wrong[family][i, j]), float(shares[family][i, j])
            top = len(best) > 1 and bool(n == most[i, j])
            row += [
                Cell(wording.number(n, 1), n, strong=top),
                Cell(wording.number(100 * share, 1), share),
            ]
        rows.append(tuple(row))
    columns = [Column("True class"), Column("Taken for")]
    for family in best:
        columns += [
            Column(wording.capital(family), numeric=True, unit="samples"),
            Column("share", numeric=True, unit="% of class"),
        ]
    who = wording.listed([f"{system.name} ({family})" for family, system in best.items()])
    several = "any of them confuses" if len(best) > 1 else "it confuses"
    caption = (
        f"{task.name}: the pairs of classes that {several} most often, for the best system of "
        f"each family, {who}, trained on {task.size_text(task.size)}."
    )
    notes = [
        "Test samples of the true class that are taken for the other one, mean over seeds, and "
        "their share of the class. A sample whose best score is shared by several classes counts "
        "for each in part."
    ]
    remark = task.unlike_seeds(best.values(), task.size)
    if remark:
        notes.append(remark)
    return Table(identifier, caption, tuple(columns), tuple(rows), tuple(notes))
