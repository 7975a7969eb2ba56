"""The first shots of each topic's ranking: what a submission consists of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.results.trec.lines import check_words
from benchmarks.results.trec.topics import checked_topics

#: How many shots TRECVID's semantic indexing takes of each topic.
RESULTS_PER_TOPIC = 2000


@dataclass(frozen=True, eq=False)
class RankedShots:
    """Shots, topic after topic and best first.

    Attributes
    ----------
    topic, shot : arrays of shape (m,), str
    rank : array of shape (m,), int64
        From 1 in each topic.
    score : array of shape (m,), float
        Never rising within a topic.
    tag : str
        Name of the system that ranked them.
    """

    topic: np.ndarray
    shot: np.ndarray
    rank: np.ndarray
    score: np.ndarray
    tag: str


def rank_shots(
    scores: ArrayLike,
    shots: Sequence[str],
    topics: Mapping[str, str],
    tag: str,
    limit: int | None = RESULTS_PER_TOPIC,
) -> RankedShots:
    """Rank the shots of every topic.

    Tied shots are ranked by name, the highest first, as trec_eval and sample_eval will rank them
    again: their order there is the one that is written, and no matter of the order of samples.

    Parameters
    ----------
    scores : array of shape (n, c)
        Finite; higher is ranked first.
    shots : sequence of str
        The n shots, as TRECVID names them.
    topics : mapping of str to str
        The topic of each of the c concepts, in their order.
    tag : str
        Name of the system.
    limit : int or None
        How many shots a topic has at most; None: all.

    Returns
    -------
    RankedShots

    Raises
    ------
    ValueError
        For a score that is NaN or infinite, names that are doubled or have spaces in them, a shape
        that does not fit, or a limit below 1.
    """
    values = np.asarray(scores)
    names = np.asarray(shots, dtype=np.str_)
    words = list(checked_topics(topics).values())
    if values.shape != (len(names), len(words)):
        raise ValueError(
            f"scores of shape {values.shape} for {len(names)} shots and {len(words)} topics"
        )
    if limit is not None and limit < 1:
        raise ValueError(f"the limit must be at least 1, got {limit}")
    check_words(names, "shot")
    check_words(np.array([tag]), "tag")
    by_name = np.argsort(names)
    twice = np.flatnonzero(names[by_name][1:] == names[by_name][:-1])
    if twice.size:
        raise ValueError(f"two samples are the shot {names[by_name[twice[0]]]}")
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float64)
    order_of_name = np.empty(len(names), dtype=np.int64)
    order_of_name[by_name] = np.arange(len(names))
    best = []
    for column, topic in enumerate(words):
        score = values[:, column]
        if not np.isfinite(score).all():
            row = int(np.flatnonzero(~np.isfinite(score))[0])
            raise ValueError(f"the score of shot {names[row]} for topic {topic} is {score[row]}")
        best.append(np.lexsort((order_of_name, score))[::-1][:limit])
    rows = np.concatenate(best) if best else np.empty(0, dtype=np.int64)
    sizes = [len(chosen) for chosen in best]
    columns = np.repeat(np.arange(len(words)), sizes)
    return RankedShots(
        topic=np.array(words, dtype=np.str_)[columns],
        shot=names[rows],
        rank=np.concatenate([np.arange(1, size + 1) for size in sizes] or [rows]),
        score=values[rows, columns],
        tag=tag,
    )
