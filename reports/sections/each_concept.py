"""Each concept in depth: curves of precision against recall, best and worst images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.results.metrics import find_metric
from benchmarks.results.metrics.precision_recall import Curve, precision_recall
from benchmarks.results.run import Trial
from reports import wording
from reports.document import (
    Block,
    Cell,
    Family,
    Fold,
    Gallery,
    Paragraph,
    Section,
    Span,
    say,
    strong,
)
from reports.figures.concepts import best_of_families, separating
from reports.figures.precision_recall import Traced, precision_recall_figure
from reports.sections.examples import SHOWN, first_ranked, telling
from reports.sections.mistakes import WORST, Mistakes, mistakes
from reports.sections.pictures import Images, Pictures
from reports.sections.tasks import by_task
from reports.summary import Summary, System, TaskSummary

#: Concepts of a run that are shown with pictures, at most; all have curves.
PICTURED = 30


def each_concept(summary: Summary, images: Images) -> Section | None:
    """Return a fold for each concept of each task.

    Parameters
    ----------
    summary : Summary
    images : callable, str -> ImageCollection or None
        The samples of a task, None where they are not at hand.
    """
    most = max(3, PICTURED // len(summary.tasks))

    def blocks(task: TaskSummary, i: int) -> list[Block]:
        traced = _traced(task)
        if not traced:
            return []
        collection = images(task.task.name)
        pictures = None if collection is None else Pictures(collection)
        shown = _pictured(task, most) if pictures else []
        if pictures:
            pictures.prepare(_needed(traced, task, shown))
        told = set(telling(task))
        folds = [
            _fold(task, concept, traced, pictures if concept in shown else None,
                  concept in told, f"concept-{i}-{concept}")
            for concept in range(len(task.task.concepts))
        ]  # fmt: skip
        printed = sum(bool(fold.printed) for fold in folds)
        return [*_introduction(task, len(shown), printed), *folds]

    return by_task("each-concept", "Each concept", summary.tasks, blocks)


@dataclass(frozen=True)
class _Evaluated:
    """The best system of a family: its trials, curves and average precision.

    Attributes
    ----------
    trials : list of Trial
        One a seed; the first is the one whose pictures are shown.
    Y : ndarray of shape (n, c), int8
        What the first trial's test samples are evaluated by.
    curves : list of tuple of Curve
        A tuple a concept, in it a curve a seed.
    values : ndarray of shape (seeds, c)
        Average precision.
    """

    system: System
    trials: list[Trial]
    Y: np.ndarray
    curves: list[tuple[Curve, ...]]
    values: np.ndarray

    def mistakes(self, task: TaskSummary, concept: int) -> Mistakes:
        return mistakes(task.task, self.trials[0], self.Y, concept)


def curve_metric(task: TaskSummary) -> str:
    """Return the average precision that the task's curves belong to: its own variant, or "ap"."""
    own = (m for m in task.task.metrics if m in ("ap", "ap_voc10", "ap_voc07"))
    return next(own, "ap")


def _traced(task: TaskSummary) -> dict[Family, _Evaluated]:
    metric = curve_metric(task)
    found = {}
    for family, system in best_of_families(task, task.size).items():
        trials = task.complete(system.key, task.size)
        curves, values = [], []
        evaluated = [task.task.evaluated(trial.split) for trial in trials]
        for trial, Y in zip(trials, evaluated):
            of_seed = precision_recall(trial.scores, Y, interpolated=metric != "ap")
            curves.append(of_seed)
            if metric == "ap_voc07":
                values.append(find_metric(metric).per_concept(trial.scores, Y))
            else:  # The area, without another ranking.
                values.append(np.array([curve.area for curve in of_seed]))
        found[family] = _Evaluated(
            system, trials, evaluated[0], list(zip(*curves)), np.array(values)
        )
    return found


def _pictured(task: TaskSummary, most: int) -> list[int]:
    """Concepts with pictures: all, or the telling ones and those that separate families most."""
    c = len(task.task.concepts)
    if c <= most:
        return list(range(c))
    order = [*telling(task), *map(int, separating(task, task.size, most)), *range(c)]
    return list(dict.fromkeys(order))[:most]


def _needed(traced: dict[Family, _Evaluated], task: TaskSummary, shown: list[int]) -> list[int]:
    """The samples whose pictures are shown, so that they can be decoded together."""
    samples: list[int] = []
    for one in traced.values():
        trial = one.trials[0]
        for concept in shown:
            order = np.argsort(-trial.scores[:, concept], kind="stable")[:SHOWN]
            samples += map(int, trial.split.test[order])
            for found in one.mistakes(task, concept).drawn:
                samples += [mistake.sample for mistake in found]
    return samples


def _introduction(task: TaskSummary, pictured: int, printed: int) -> list[Block]:
    total = len(task.task.concepts)
    metric = wording.metric_name(curve_metric(task))
    text = [
        *say(
            "For {count}, the best system of each family trained on {size}: {metric}, mean over "
            "seeds, and how precision falls as more of the positives are found",
            count=strong(wording.count(total, "concept")),
            size=task.size_text(task.size),
            metric=metric,
        )
    ]
    if pictured:
        text.append(Span("; the test samples that are ranked first, and the worst mistakes"))
    if 0 < pictured < total:
        text.append(Span(f" (pictures for {pictured} of the concepts)"))
    text.append(Span(". "))
    if not printed:
        text.append(Span("On the screen every concept has a block to open; none is printed."))
    elif printed < total:
        text.append(
            Span(
                "On the screen every concept has a block to open; in print there "
                f"{'is the one' if printed == 1 else f'are the {printed}'} picked as examples."
            )
        )
    return [Paragraph(tuple(text))]


def _fold(
    task: TaskSummary,
    concept: int,
    traced: dict[Family, _Evaluated],
    pictures: Pictures | None,
    told: bool,
    identifier: str,
) -> Fold:
    name = wording.clean(task.task.concepts[concept])
    metric = curve_metric(task)
    chance = float(task.prevalence[concept])
    drawn = [
        Traced(
            one.system.name, family, _mean(one.values[:, concept]),
            tuple(map(float, one.values[:, concept])), one.curves[concept], one.system,
        )
        for family, one in traced.items()
    ]  # fmt: skip
    seed = next(iter(traced.values())).trials[0].seed
    others = max(len(one.trials) for one in traced.values()) - 1
    caption = (
        f"{task.name}, “{name}”: precision against recall on the test samples, seed {seed}"
        f"{_faint(others)}. {_reading(metric)}"
        + " Values named are means over seeds."
        * (others > 0)
    )
    figure = precision_recall_figure(drawn, chance, f"{identifier}-curves", caption, metric)
    blocks: list[Block] = [_counts(task, concept, next(iter(traced.values())))]
    printed: list[Block] = []
    if figure:
        blocks.append(figure)
        printed += blocks
    else:
        blocks.append(
            Paragraph(say("No judged test sample is positive: there is no curve."), quiet=True)
        )
    if pictures is not None:
        first, worst = _galleries(task, concept, name, traced, pictures, identifier)
        blocks += [first, worst]
        # The images that such a concept's systems rank first are printed among the examples.
        printed += [worst] if printed else []
    return Fold(identifier, name, _heading(task, concept, drawn, chance, metric), tuple(blocks),
                tuple(printed) if told else ())  # fmt: skip


def _mean(values: np.ndarray) -> float:
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if defined.size else float("nan")


def _faint(others: int) -> str:
    if not others:
        return ""
    return f"; faint, the {'other seed' if others == 1 else f'{others} other seeds'}"


def _reading(metric: str) -> str:
    if metric == "ap":
        return "The area below a curve is its seed's AP; tied samples count in expectation."
    if metric == "ap_voc10":
        return "Precision is the best at that recall or a higher one; the area below is the AP."
    return (
        "Precision is the best at that recall or a higher one; the AP (VOC07) is its mean at the "
        "recalls 0, 0.1 ... 1."
    )


def _heading(
    task: TaskSummary, concept: int, drawn: list[Traced], chance: float, metric: str
) -> tuple[Cell, ...]:
    defined = [t.value for t in drawn if t.value == t.value]
    best = max(defined, default=float("nan"))
    positives = wording.number(task.test_positives[concept], 0)
    return (
        *(
            Cell(f"{t.family} {wording.value(metric, t.value)}", t.value, t.family,
                 strong=len(defined) > 1 and t.value == best)
            for t in drawn
        ),
        Cell(f"chance {wording.value(metric, chance)}", chance),
        Cell(f"{positives} {'positive' if positives == '1' else 'positives'}"),
    )  # fmt: skip


def _counts(task: TaskSummary, concept: int, one: _Evaluated) -> Paragraph:
    y = one.Y[:, concept]
    judged, unjudged = int((y >= 0).sum()), int((y < 0).sum())
    text = say(
        "{positives} among {judged} (seed {seed}){unjudged}.",
        positives=strong(wording.count(int((y == 1).sum()), "positive")),
        judged=wording.count(judged, "judged test sample"),
        seed=str(one.trials[0].seed),
        unjudged=f"; {unjudged:,} more {'is' if unjudged == 1 else 'are'} unjudged and left out"
        if unjudged
        else "",
    )
    if task.task.strata is not None:
        text += say(
            " Judgments were drawn: curves and AP are those of the judged samples alone, and no "
            "estimates for all of them."
        )
    return Paragraph(text)


def _galleries(
    task: TaskSummary,
    concept: int,
    name: str,
    traced: dict[Family, _Evaluated],
    pictures: Pictures,
    identifier: str,
) -> tuple[Gallery, Gallery]:
    first = [
        strip
        for one in traced.values()
        if (strip := first_ranked(task, one.system, concept, pictures)) is not None
    ]
    worst = [
        strip
        for one in traced.values()
        for strip in one.mistakes(task, concept).strips(one.system, pictures)
    ]
    ranked = f"{task.name}, “{name}”: the test samples that each system ranks first."
    wrong = (
        f"{task.name}, “{name}”: the worst mistakes of each system, were as many test samples "
        f"taken as are positive: up to {WORST} false alarms, the negatives among these with the "
        f"highest scores, and up to {WORST} misses, the positives with the lowest. Ranks are among "
        "the judged samples."
    )
    return (
        Gallery(f"{identifier}-first", "Ranked first", ranked, tuple(first)),
        Gallery(f"{identifier}-worst", "Worst mistakes", wrong, tuple(worst)),
    )
