"""What the systems put first: pictures, with what the annotations say of them."""

from __future__ import annotations

import numpy as np

from reports import wording
from reports.document import Block, Gallery, Judgement, Notice, Section, Strip, Thumbnail
from reports.figures.concepts import best_of_families, separating
from reports.sections.pictures import CLOSE, Images, Pictures
from reports.sections.tasks import by_task
from reports.summary import Summary, System, TaskSummary

SHOWN = 8

_JUDGEMENT: dict[int, Judgement] = {1: "hit", 0: "miss", -1: "unjudged"}


def examples(summary: Summary, images: Images) -> Section | None:
    """Return the top of the rankings for a few telling concepts of each task.

    Parameters
    ----------
    summary : Summary
    images : callable, str -> ImageCollection or None
        The samples of a task, None where they are not at hand.
    """

    def blocks(task: TaskSummary, i: int) -> list[Block]:
        collection = images(task.task.name)
        if collection is None:
            text = "Its images were not at hand when this report was written."
            return [Notice("note", f"No pictures of {task.name}", (text,))]
        pictures = Pictures(collection, CLOSE)
        return [
            _gallery(task, concept, why, pictures, f"gallery-{i}-{place}")
            for place, (concept, why) in enumerate(telling(task).items())
        ]

    return by_task("examples", "What the systems find", summary.tasks, blocks)


def telling(summary: TaskSummary) -> dict[int, str]:
    """Return the concepts worth seeing, with why: where each family stands out most."""
    size = summary.size
    sign = 1.0 if wording.higher_is_better(summary.concept_metric) else -1.0
    order = [int(i) for i in separating(summary, size, most=len(summary.task.concepts))]
    best = best_of_families(summary, size)
    picked: dict[int, str] = {}
    if "engineered" in best and "learned" in best:
        values = {f: sign * summary.concepts(s.key, size) for f, s in best.items()}
        lead = values["learned"] - values["engineered"]
        candidates = [
            (order, _furthest("learned", "engineered", lead)),
            (order[::-1], _furthest("engineered", "learned", -lead)),
        ]
        if "fused" in best:
            gain = values["fused"] - np.fmax(values["engineered"], values["learned"])
            ranked = sorted(order, key=lambda i: -gain[i] if np.isfinite(gain[i]) else np.inf)
            gains = any(gain[i] > 0 for i in ranked if i not in (order[0], order[-1]))
            most = "gains most" if gains else "comes closest to the better of both"
            candidates.append((ranked, f"Of the others the one where fusion {most}."))
    else:
        candidates = [(order, "The concept that separates the systems most.")]
    for ranked, why in candidates:
        concept = next((i for i in ranked if i not in picked), None)
        if concept is not None:
            picked[concept] = why
    return picked


def _furthest(family: str, other: str, lead: np.ndarray) -> str:
    """Say why a concept is shown, whether the family is ahead on any concept or on none."""
    if np.nanmax(lead, initial=-np.inf) > 0:
        return f"Of all concepts the one where {family} is furthest ahead of {other}."
    return f"Of all concepts the one where {family} comes closest to {other}."


def _gallery(
    summary: TaskSummary, concept: int, why: str, pictures: Pictures, identifier: str
) -> Gallery:
    systems = best_of_families(summary, summary.size)
    name = wording.clean(summary.task.concepts[concept])
    strips = [
        strip
        for system in systems.values()
        if (strip := first_ranked(summary, system, concept, pictures)) is not None
    ]
    prevalence = wording.number(100 * summary.prevalence[concept], 1)
    caption = (
        f"{summary.name}, “{name}” ({prevalence} % of the judged test samples): the test samples "
        f"that the best system of each family ranks first, from left to right. {why}"
    )
    return Gallery(identifier, name, caption, tuple(strips))


def first_ranked(
    summary: TaskSummary, system: System, concept: int, pictures: Pictures
) -> Strip | None:
    """Return the test samples that a system ranks first for a concept, by its first seed."""
    trials = summary.complete(system.key, summary.size)
    if not trials:
        return None
    trial = trials[0]
    test = trial.split.test
    order = np.argsort(-trial.scores[:, concept], kind="stable")[:SHOWN]
    thumbnails = []
    for rank, row in enumerate(order, 1):
        sample = int(test[row])
        judgement = _JUDGEMENT[int(summary.task.annotations[sample, concept])]
        identifier = wording.clean(summary.task.ids[sample])
        jpeg, width, height = pictures[sample]
        place = f"Rank {rank}, {identifier}"
        detail = f"{place}; score {wording.number(float(trial.scores[row, concept]), 3)}"
        # Ranked first, a negative is taken for a positive; a miss is a positive that is not found.
        remark = "false alarm" if judgement == "miss" else judgement
        thumbnails.append(
            Thumbnail(jpeg, width, height, judgement, f"{place}: {remark}", remark, detail)
        )
    value = summary.concepts(system.key, summary.size)[concept]
    metric = wording.concept_metric_name(summary.concept_metric)
    hits = sum(t.judgement == "hit" for t in thumbnails)
    unjudged = sum(t.judgement == "unjudged" for t in thumbnails)
    counted = f"{hits} of {len(thumbnails)} right"
    positives = int((summary.task.annotations[test, concept] == 1).sum())
    if positives < len(thumbnails):
        counted += f" of {positives} there are"
    if unjudged:
        counted += f", {unjudged} unjudged"
    detail = (
        f"{counted} (seed {trial.seed}); {metric} {wording.value(summary.concept_metric, value)}"
    )
    return Strip(system.name, detail, system.family, tuple(thumbnails), system=system.key)
