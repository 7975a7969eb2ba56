"""Where in the image the evidence lies: maps of the families' best systems, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.collection import ImageCollection
from benchmarks.results.explanations import Explained
from benchmarks.results.run import Trial
from reports import wording
from reports.document import (
    FAMILIES,
    Block,
    LegendEntry,
    Notice,
    Paragraph,
    Picture,
    PictureRow,
    PictureRows,
    Section,
    Text,
    say,
    strong,
)
from reports.figures.evidence_map import (
    AGAINST,
    FOR,
    draw,
    draw_over,
    outlined_share,
    smoothed,
    strongest,
)
from reports.sections.examples import Images
from reports.sections.tasks import by_task
from reports.summary import ALL, Summary, System, TaskSummary
from reports.tables import as_size

#: Systems without maps whose reason is given.
_REASONS = 8
#: Share of what an estimate explains, by which it may miss it and is still shown.
_ERROR = 0.25

_LEGEND = (
    LegendEntry(FOR, False, "for the concept; solid outline: at least half of the strongest"),
    LegendEntry(AGAINST, True, "against it; dashed outline: at least half of the strongest"),
)


@dataclass(frozen=True)
class _Maps:
    """A system's maps, by sample and concept."""

    system: System
    trial: Trial
    maps: dict[tuple[int, int], Explained]

    @property
    def exact(self) -> bool:
        return bool((self.trial.explanation or {}).get("exact"))

    @property
    def method(self) -> str:
        return wording.clean((self.trial.explanation or {}).get("method") or "a method of its own")

    @property
    def gap(self) -> float:
        """Largest share of a map's magnitudes by which it misses the score."""
        return max(
            abs(one.total + one.rest - one.score) / max(float(np.abs(one.map).sum()), 1e-30)
            for one in self.maps.values()
        )


def evidence(summary: Summary, images: Images) -> Section | None:
    """Return test images with the evidence that the best system of each family finds in them.

    Parameters
    ----------
    summary : Summary
    images : callable, str -> ImageCollection or None
        The samples of a task, None where they are not at hand.

    Returns
    -------
    Section or None
        None for a run without maps, such as one from before there were any.
    """

    def blocks(task: TaskSummary, i: int) -> list[Block]:
        asked = _asked(task)
        shown = _best(task, asked)
        if not shown:
            return []
        collection = images(task.task.name)
        if collection is None:
            text = "Its images were not at hand when this report was written."
            return [Notice("note", f"No pictures of {task.name}", (text,))]
        return [
            *_said(task, shown),
            _rows(task, shown, collection, f"evidence-{i}"),
            *_without(task, asked),
        ]

    return by_task("evidence", "Where the evidence lies", summary.tasks, blocks)


def _asked(task: TaskSummary) -> list[Trial]:
    """Return the trials that were asked for maps, of the largest size where some were made."""
    trials = [t for t in task.trials if t.status == "complete" and t.explanation is not None]
    sizes = [as_size(t.train_size) for t in trials if t.explained]
    if not sizes:
        return []
    size = ALL if ALL in sizes else max(sizes)
    return [t for t in trials if as_size(t.train_size) == size]


def _best(task: TaskSummary, asked: list[Trial]) -> list[_Maps]:
    """Return of each family the best system that has maps, most of which add up."""
    found: list[_Maps] = []
    with_maps = {t.system: t for t in sorted(asked, key=lambda t: -t.seed) if t.explained}
    for family in FAMILIES:
        for system in task.at(as_size(asked[0].train_size), family) if asked else ():
            trial = with_maps.get(system.key)
            kept = [] if trial is None else adding_up(trial)
            if trial is not None and 2 * len(kept) >= len(trial.explained):
                maps = {(one.sample, one.concept): one for one in kept}
                found.append(_Maps(system, trial, maps))
                break
    return found


def adding_up(trial: Trial) -> list[Explained]:
    """Return the maps that with their rest come to the score, estimates to within their share."""
    if (trial.explanation or {}).get("exact"):
        return list(trial.explained)
    return [
        one
        for one in trial.explained
        if abs(one.total + one.rest - one.score) <= _ERROR * abs(one.score - one.rest)
    ]


def _said(task: TaskSummary, shown: list[_Maps]) -> list[Block]:
    families = [f"the best {one.system.family} system" for one in shown]
    said: list[Block] = [
        Paragraph(
            say(
                "Each row is a test image in which a concept holds, and over it where {systems} "
                "with maps {find} evidence for and against the concept (trained on {size}, seed "
                "{seed}). Images and concepts were settled by a hash of their names: no system "
                "had a say in them.",
                systems=wording.listed(families),
                find="finds" if len(shown) == 1 else "find",
                size=task.size_text(as_size(shown[0].trial.train_size)),
                seed=str(shown[0].trial.seed),
            )
        )
    ]
    said += [Paragraph(_of_method(one)) for one in shown]
    if len(shown) == 2:
        like, count = _likeness(*shown)
        if np.isfinite(like):
            said.append(
                Paragraph(
                    say(
                        "Both maps of an image correlate by {r} on average over {images} that "
                        "have both (1: the same places speak for and against; 0: unrelated).",
                        r=strong(wording.number(like, 2)),
                        images=wording.count(count, "image"),
                    )
                )
            )
    return said


def _of_method(one: _Maps) -> Text:
    said = {
        "exact contributions of local descriptors": (
            "The score is a sum over local descriptors; each one's term is laid evenly on its "
            "patch. Terms, and a rest that has no place, add up to the score (here {gap}): the map "
            "is what the system added up. Power laws and norms are held at the image's own values; "
            "without a patch they would be others, and the score would not fall by just its terms."
        ),
        "integrated gradients": (
            "An estimate: it adds up to the score less that of a baseline, an image of the mean "
            "colour (here {gap}), but how it is dealt out to pixels hangs on the baseline and on "
            "the way from there. A gradient map is no list of what the network computes, and does "
            "not say what the score would be if a part of the image were another."
        ),
    }.get(one.method, "As it tells by itself; map and rest make the score {gap}.")
    text = say(said, gap=_off(one.gap))
    return (*say("{name}: {method}. ", name=strong(one.system.name), method=one.method), *text)


def _likeness(a: _Maps, b: _Maps) -> tuple[float, int]:
    """Return the mean correlation of two systems' smoothed maps, and of how many images it is."""
    found = []
    for pair in a.maps.keys() & b.maps.keys():
        one, other = (smoothed(maps[pair].map).ravel() for maps in (a.maps, b.maps))
        if one.shape == other.shape and one.std() > 0 and other.std() > 0:
            found.append(float(np.corrcoef(one, other)[0, 1]))
    return (float(np.mean(sorted(found))) if found else float("nan")), len(found)


def _rows(
    task: TaskSummary, shown: list[_Maps], collection: ImageCollection, identifier: str
) -> PictureRows:
    pairs = sorted({pair for one in shown for pair in one.maps}, key=lambda pair: pair[::-1])
    rows = []
    for sample, concept in pairs:
        if sample >= len(task.task.ids) or concept >= len(task.task.concepts):
            continue
        name = wording.clean(task.task.concepts[concept])
        identity = wording.clean(str(task.task.ids[sample]))
        image = np.asarray(collection[sample])
        pictures = [Picture(*draw(image), f"Test sample {identity}", "the image", "", None)]
        pictures += [
            _picture(one, one.maps[sample, concept], image, f"{name} in {identity}")
            for one in shown
            if (sample, concept) in one.maps
        ]
        rows.append(PictureRow(name, identity, tuple(pictures)))
    caption = (
        f"{task.name}: where the evidence for a concept lies in test images of it. Each map has a "
        "colour scale of its own, from none to its strongest place, and is smoothed by 2 % of the "
        "image. A score is the map's sum and a rest that has no place (of an estimate: the "
        "baseline's score, and an error); outlined: the share of what is for the concept that lies "
        "in solid outlines."
    )
    return PictureRows(identifier, caption, _LEGEND, tuple(rows))


def _picture(one: _Maps, told: Explained, image: np.ndarray, what: str) -> Picture:
    values = smoothed(told.map)
    share = outlined_share(values)
    ends = []
    for sign, words in ((1, "for"), (-1, "against")):
        place = strongest(values, sign)
        if place is None:
            ends.append(f"nothing {words} it")
        else:
            ends.append(f"strongest {words} the concept at the {place}")
    alt = f"Evidence of {one.system.name} for {what}: {wording.listed(ends)}."
    score, total, rest = (wording.number(x, 2) for x in (told.score, told.total, told.rest))
    # A rest below zero is taken away: "0.36 = 1.10 − 0.74".
    below = rest.startswith(wording.MINUS)
    parts = (total, wording.MINUS if below else "+", rest.removeprefix(wording.MINUS))
    detail = f"score {score} = {wording.NBSP.join(parts)}"
    if not one.exact:
        error = wording.number(told.score - told.total - told.rest, 2)
        detail = f"score {score}, map {total}, baseline {rest}, error {error}"
    if share > 0:
        detail += f"; outlined:{wording.NBSP}{_percent(share)}"
    system = one.system
    drawn = draw_over(image, values)
    return Picture(*drawn, alt, system.name, detail, system.family, system.key)


def _without(task: TaskSummary, asked: list[Trial]) -> list[Block]:
    """Say why systems have no map, or lack some."""
    lines = []
    for trial in asked:
        told = trial.explanation or {}
        made, wanted = len(adding_up(trial)), int(told.get("asked") or 0)
        if trial.system not in task.systems or (made and made >= wanted):
            continue
        reason = wording.clean(told.get("reason") or "no reason was given")
        if made < len(trial.explained):
            reason = f"estimates miss what they explain by more than {_percent(_ERROR)}"
        name = task.systems[trial.system].name
        some = f" ({made} of {wanted} have one)" if made else ""
        lines.append(f"{name}{some}: {wording.shortened(reason, 200)}")
    if not lines:
        return []
    more = len(lines) - _REASONS
    text = "Without a map, of all or of some images: " + "; ".join(lines[:_REASONS])
    text += f"; and {more} more." if more > 0 else "."
    return [Paragraph(say("{text}", text=text), quiet=True)]


def _off(gap: float) -> str:
    if gap < 0.0005:
        return f"to within 0.1{wording.NBSP}% of the map's magnitudes"
    return f"off by up to {_percent(gap)} of the map's magnitudes"


def _percent(share: float) -> str:
    if share < 0.0005:
        return f"< 0.1{wording.NBSP}%"
    digits = 1 if share < 0.0995 else 0
    return f"{wording.number(100 * share, digits)}{wording.NBSP}%"
