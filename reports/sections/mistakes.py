"""The worst mistakes of a system on a concept: false alarms and misses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.results.run import TaskRecord, Trial
from reports import wording
from reports.document import Strip, Thumbnail
from reports.sections.pictures import Pictures
from reports.summary import System

#: Of each kind that are shown.
WORST = 4
#: Concepts of a sample that its text equivalent names.
_NAMED = 4


@dataclass(frozen=True)
class Mistake:
    """A sample that is ranked on the wrong side.

    Attributes
    ----------
    sample : int
        In the task's collection.
    rank : int
        From 1, among the judged test samples.
    remark : str
        For below the picture.
    alt : str
        In words.
    """

    sample: int
    rank: int
    remark: str
    alt: str


@dataclass(frozen=True)
class Mistakes:
    """What a cut after as many samples as are positive gets wrong.

    Such a cut has as many false alarms as misses.

    Attributes
    ----------
    positives, wrong : int
        Positives, and how many of them are missed.
    drawn : tuple of two tuples of Mistake
        The worst false alarms, and the worst misses.
    """

    positives: int
    wrong: int
    drawn: tuple[tuple[Mistake, ...], tuple[Mistake, ...]]

    def strips(self, system: System, pictures: Pictures) -> list[Strip]:
        """Return them as pictures: false alarms beside misses, or one strip without any."""

        def strip(detail: str, thumbnails: tuple[Thumbnail, ...] = ()) -> Strip:
            return Strip(system.name, detail, system.family, thumbnails, True, system.key)

        if not self.positives:
            return [strip("no positives, no mistakes")]
        if not self.wrong:
            return [strip(f"no mistakes: {_first(self.positives)} ranked are the positives")]
        alarms, misses = (tuple(_picture(m, pictures) for m in kind) for kind in self.drawn)
        positives = wording.count(self.positives, "positive")
        return [
            strip(f"false alarms: {self.wrong:,} of {_first(self.positives)}", alarms),
            strip(f"misses: {self.wrong:,} of {positives}", misses),
        ]


def mistakes(task: TaskRecord, trial: Trial, Y: np.ndarray, concept: int) -> Mistakes:
    """Find the worst mistakes of a trial on a concept.

    Parameters
    ----------
    task : TaskRecord
    trial : Trial
        Complete.
    Y : ndarray of shape (n, c), int8
        What its test samples are evaluated by.
    concept : int

    Returns
    -------
    Mistakes
        Tied samples stand in the order of the test samples; unjudged ones are no mistakes.
    """
    y = Y[:, concept]
    judged = np.flatnonzero(y >= 0)
    order = judged[np.argsort(-trial.scores[judged, concept], kind="stable")]
    positives = int((y == 1).sum())
    alarms = np.flatnonzero(y[order[:positives]] == 0)
    misses = positives + np.flatnonzero(y[order[positives:]] == 1)

    def found(rank: int, kind: str) -> Mistake:
        row = int(order[rank])
        sample = int(trial.split.test[row])
        place = f"rank {rank + 1:,}"
        remark = place
        if task.single_label:
            # Which class it is, or is taken for, tells more than that it is wrong.
            best = int(np.argmax(trial.scores[row]))
            other = int(np.argmax(task.annotations[sample])) if kind == "false alarm" else best
            if other != concept:
                word = "is" if kind == "false alarm" else "as"
                remark = f"{place}, {word} {_brief(task.concepts[other], 16)}"
        alt = f"{kind}, {place} of {len(order):,}: {wording.clean(task.ids[sample])}"
        shown = [task.concepts[i] for i in np.flatnonzero(task.annotations[sample] == 1)]
        named = wording.listed([_brief(name, 40) for name in shown[:_NAMED]])
        more = f" and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
        return Mistake(
            sample, rank + 1, remark, f"{wording.capital(alt)}; it shows {named or 'none'}{more}"
        )

    return Mistakes(
        positives,
        len(misses),
        (
            tuple(found(int(rank), "false alarm") for rank in alarms[:WORST]),
            tuple(found(int(rank), "miss") for rank in misses[::-1][:WORST]),
        ),
    )


def _brief(name: str, length: int) -> str:
    return wording.shortened(wording.clean(name), length)


def _first(n: int) -> str:
    return "the first" if n == 1 else f"the first {n:,}"


def _picture(mistake: Mistake, pictures: Pictures) -> Thumbnail:
    jpeg, width, height = pictures[mistake.sample]
    return Thumbnail(jpeg, width, height, "miss", mistake.alt, mistake.remark)
