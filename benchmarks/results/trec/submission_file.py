"""A submission as text: what trec_eval and sample_eval read."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from benchmarks.results.store import write_atomically
from benchmarks.results.trec.lines import check_words, columns, whole_number
from benchmarks.results.trec.ranked_shots import RESULTS_PER_TOPIC, RankedShots


def write_submission(ranked: RankedShots, path: str | Path) -> None:
    """Write a submission in lines of ``topic Q0 shot rank score tag``.

    Parameters
    ----------
    ranked : RankedShots
        From `submission` or `rank_shots`.
    path : str or Path
        Written whole or not at all. Scores have as many digits as tell any two apart.
    """
    check_words(np.unique(ranked.topic), "topic")
    check_words(ranked.shot, "shot")
    check_words(np.array([ranked.tag]), "tag")
    digits = 9 if ranked.score.dtype == np.float32 else 17
    rows = zip(*(part.tolist() for part in (ranked.topic, ranked.shot, ranked.rank, ranked.score)))
    text = "".join(
        f"{topic} Q0 {shot} {rank} {score:.{digits}g} {ranked.tag}\n"
        for topic, shot, rank, score in rows
    )
    write_atomically(Path(path), text.encode())


def read_submission(path: str | Path, limit: int | None = RESULTS_PER_TOPIC) -> RankedShots:
    """Read a submission, strictly.

    Parameters
    ----------
    path : str or Path
        Lines of ``topic Q0 shot rank score tag``; a topic's ranks are 1, 2, 3 ... in this order.
        The second column is not looked at.
    limit : int or None
        How many shots a topic may have; None: any number.

    Returns
    -------
    RankedShots
        In the order of the file; scores are float64.

    Raises
    ------
    ValueError
        For a line of another form, a score that is not a finite number or rises from one rank to
        the next, ranks that are not in order, a shot that a topic has twice, a topic that goes on
        after another one, more shots than `limit`, or a second tag: the message names file and
        line.
    """
    path = Path(path)
    topics: list[str] = []
    shots: list[str] = []
    ranks: list[int] = []
    scores: list[float] = []
    seen: dict[str, dict[str, int]] = {}
    tag = ""
    for line, values in columns(path, (6,), "topic Q0 shot rank score tag"):
        topic, _, shot, _, _, name = values
        place = f"{path}, line {line}"
        rank = whole_number(values[3], path, line, "rank")
        try:
            score = float(values[4])
        except ValueError:
            score = math.nan
        if not math.isfinite(score):
            raise ValueError(f"{place}: score {values[4]!r} is not a finite number")
        if tag and name != tag:
            raise ValueError(f"{place}: tag {name} after {tag}: a submission has one tag")
        tag = name
        goes_on = bool(topics) and topics[-1] == topic
        if not goes_on and topic in seen:
            raise ValueError(f"{place}: topic {topic} goes on after another one")
        of_topic = seen.setdefault(topic, {})
        if (first := of_topic.setdefault(shot, line)) != line:
            raise ValueError(
                f"{place}: shot {shot} of topic {topic} stands in line {first} already"
            )
        if rank != len(of_topic):
            raise ValueError(f"{place}: rank {rank} where {len(of_topic)} follows")
        if limit is not None and rank > limit:
            raise ValueError(f"{place}: topic {topic} has more than {limit} shots")
        if goes_on and score > scores[-1]:
            raise ValueError(
                f"{place}: score {values[4]} at rank {rank} is above that of the rank before; "
                "evaluation goes by the scores"
            )
        topics.append(topic)
        shots.append(shot)
        ranks.append(rank)
        scores.append(score)
    return RankedShots(np.array(topics), np.array(shots), np.array(ranks), np.array(scores), tag)
