"""What re-scoring did along a video, for concepts and videos that a fixed rule picks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.stats import rankdata

from benchmarks.results.questions import RESCORING
from benchmarks.results.run import Trial
from reports import wording
from reports.comparing import asked
from reports.difference import Difference
from reports.summary import System, TaskSummary

#: Shots that fit beside each other; of a longer video a stretch of so many is shown.
MOST_SHOTS = 60
#: A video of fewer test shots has no course in time.
FEWEST_SHOTS = 3


@dataclass(frozen=True)
class Timeline:
    """One concept along one video.

    Attributes
    ----------
    concept : str
        Cleaned for display.
    place : str
        Why it was picked: "largest", "median" or "smallest" gain; "only" where there is no other.
    value_before, value_after : float
        The concept's metric over all test samples of the seed.
    video : str
        Cleaned for display.
    shots : ndarray of shape (k,), int64
        Numbers of the test shots, ascending.
    of : int
        Test shots that the whole video has.
    truth : ndarray of shape (k,), int8
        1, 0, -1.
    before, after : ndarray of shape (k,), float64
        Share of all test samples that score lower, in (0, 1); see `standing`.
    prevalence : float
        Share of positives among the judged test samples.
    """

    concept: str
    place: str
    value_before: float
    value_after: float
    video: str
    shots: np.ndarray
    of: int
    truth: np.ndarray
    before: np.ndarray
    after: np.ndarray
    prevalence: float

    @property
    def moved(self) -> bool:
        """Whether any shot shown stands elsewhere after re-scoring."""
        return not np.array_equal(self.before, self.after)


@dataclass(frozen=True)
class Rescoring:
    """A re-scored system, the one that it re-scores, and timelines of both.

    Attributes
    ----------
    system, given : System
    difference : Difference
        Over all test samples, above zero where re-scoring gained.
    pairs : int
        Re-scored systems that it was picked from.
    size, seed : int
        Training size and seed that the scores are of.
    timelines : tuple of Timeline
    """

    system: System
    given: System
    difference: Difference
    pairs: int
    size: int
    seed: int
    timelines: tuple[Timeline, ...]


def standing(scores: np.ndarray) -> np.ndarray:
    """Return the share of samples that score lower than each, those that tie counted by half.

    Parameters
    ----------
    scores : ndarray of shape (n,)

    Returns
    -------
    ndarray of shape (n,), float64
        In (0, 1): one scale for systems whose scores have none in common. It keeps the order and
        thereby every metric of a ranking.
    """
    return (rankdata(scores, method="average") - 0.5) / len(scores)


def rescoring(summary: TaskSummary) -> Rescoring | None:
    """Return timelines of the pair of systems that re-scoring gained most for.

    Parameters
    ----------
    summary : TaskSummary

    Returns
    -------
    Rescoring or None
        None without videos, re-scored systems, or a concept and video to be shown. Of the first
        seed; the concepts are those with the largest, the median and the smallest gain of
        `concept_metric` at that seed; the video is, for each, the one in which the rarer of
        positives and negatives is most frequent: looked up in the annotations alone, never in
        the scores.
    """
    if not summary.task.has_videos:
        return None
    size, pairs = asked(summary, RESCORING)
    if size is None:
        return None
    system, given, difference = max(pairs, key=lambda row: row[2].estimate)
    after = {trial.seed: trial for trial in summary.complete(system.key, size)}
    before = {trial.seed: trial for trial in summary.complete(given.key, size)}
    seed = min(after.keys() & before.keys())
    shown = _timelines(summary, system, given, size, before[seed], after[seed])
    if not shown:
        return None
    return Rescoring(system, given, difference, len(pairs), size, seed, shown)


def _timelines(
    summary: TaskSummary, system: System, given: System, size: int, before: Trial, after: Trial
) -> tuple[Timeline, ...]:
    task = summary.task
    assert task.video is not None
    assert task.shot is not None
    test = before.split.test
    Y = task.evaluated(before.split)
    value_before = _values(summary, given, size, before.seed)
    value_after = _values(summary, system, size, after.seed)
    sign = 1.0 if wording.higher_is_better(summary.concept_metric) else -1.0
    gain = sign * (value_after - value_before)
    # A concept that is not to be seen in this seed's test videos has no timeline.
    gain[~((Y == 1).any(axis=0) & (Y == 0).any(axis=0))] = np.nan
    videos = _in_time(task.video[test], task.shot[test])
    found = []
    for place, j in _picked(gain):
        rows, of = stretch(videos, Y[:, j])
        if len(rows) < FEWEST_SHOTS:
            continue
        judged = Y[:, j] >= 0
        found.append(
            Timeline(
                concept=wording.clean(task.concepts[j]),
                place=place,
                value_before=float(value_before[j]),
                value_after=float(value_after[j]),
                video=wording.clean(task.video[test[rows[0]]]),
                shots=task.shot[test[rows]],
                of=of,
                truth=Y[rows, j],
                before=standing(before.scores[:, j])[rows],
                after=standing(after.scores[:, j])[rows],
                prevalence=float((Y[judged, j] == 1).mean()),
            )
        )
    return tuple(found)


def _values(summary: TaskSummary, system: System, size: int, seed: int) -> np.ndarray:
    """Return the metric of each concept at one seed, as it is these scores that are drawn."""
    rows = summary.results
    rows = rows[
        (rows["system"] == system.key)
        & (rows["train_size"] == size)
        & (rows["seed"] == seed)
        & (rows["metric"] == summary.concept_metric)
        & (rows["concept"] != "")
    ]
    values = rows.set_index("concept")["value"]
    return values.reindex(list(summary.task.concepts)).to_numpy(dtype=float)


def _picked(gain: np.ndarray) -> list[tuple[str, int]]:
    """Return the concepts with the largest, the median and the smallest gain, each once."""
    known = np.flatnonzero(np.isfinite(gain))
    order = known[np.argsort(-gain[known], kind="stable")]
    if not len(order):
        return []
    if len(order) == 1:
        return [("only", int(order[0]))]
    picked = [("largest", int(order[0])), ("smallest", int(order[-1]))]
    # Of an even number, the upper of both in the middle.
    middle = [("median", int(order[(len(order) - 1) // 2]))] if len(order) > 2 else []
    return [picked[0], *middle, picked[1]]


def _in_time(video: np.ndarray, shot: np.ndarray) -> list[np.ndarray]:
    """Return the rows of each video in the order of their shots; videos by name."""
    order = np.lexsort((shot, video))
    starts = np.flatnonzero(video[order][1:] != video[order][:-1]) + 1
    return np.split(order, starts)


def stretch(videos: list[np.ndarray], truth: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the stretch of a video in which the rarer of both classes is most frequent.

    Parameters
    ----------
    videos : list of ndarray
        Rows of each video, in order of time.
    truth : ndarray of shape (n,)
        1, 0, -1.

    Returns
    -------
    rows : ndarray of int
        At most `MOST_SHOTS` neighbours. Between equals: more positives, then the first video, and
        in it the first stretch.
    of : int
        Rows that the whole video has.
    """
    best: tuple[int, int] = (-1, -1)
    chosen, of = videos[0][:0], 0
    for rows in videos:
        width = min(MOST_SHOTS, len(rows))
        windows = sliding_window_view(truth[rows], width)
        positives, negatives = (windows == 1).sum(axis=1), (windows == 0).sum(axis=1)
        rarer = np.minimum(positives, negatives)
        start = int(np.lexsort((-positives, -rarer))[0])
        if (int(rarer[start]), int(positives[start])) > best:
            best = (int(rarer[start]), int(positives[start]))
            chosen, of = rows[start : start + width], len(rows)
    return chosen, of
