"""Sampled judgments ("qrels"): which shots of a topic's pool were judged, and how."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.results.store import write_atomically
from benchmarks.results.trec.lines import check_words, columns, whole_number


@dataclass(frozen=True, eq=False)
class Judgments:
    """The pools of topics, with the judgments of the shots that were drawn from them.

    Attributes
    ----------
    topic, shot : arrays of shape (m,), str
        A shot in the pool of a topic; none twice.
    judgment : array of shape (m,), int8
        1 shows the concept, 0 does not, -1 was not drawn.
    stratum : array of shape (m,), int64, or None
        Part of the pool that the shot is in, from 0; None where the pool is one.
    """

    topic: np.ndarray
    shot: np.ndarray
    judgment: np.ndarray
    stratum: np.ndarray | None = None


def read_judgments(path: str | Path) -> Judgments:
    """Read a file of judgments.

    Parameters
    ----------
    path : str or Path
        Lines of ``topic 0 shot judgment``, or, stratified, ``topic 0 shot stratum judgment`` as
        sample_eval reads them. A judgment is 1 (or more, a grade), 0, or -1 for a shot of the
        pool that was not drawn. The second column is not looked at.

    Returns
    -------
    Judgments
        In the order of the file; grades are 1.

    Raises
    ------
    ValueError
        For a line of another form, or a shot that a topic has twice: the message names file and
        line.
    """
    path = Path(path)
    topics, shots, judgments, strata = [], [], [], []
    seen: dict[tuple[str, str], int] = {}
    form = "topic 0 shot judgment, or topic 0 shot stratum judgment"
    for line, values in columns(path, (4, 5), form):
        topic, shot = values[0], values[2]
        judgment = whole_number(values[-1], path, line, "judgment")
        if judgment < -1:
            raise ValueError(
                f"{path}, line {line}: judgment {judgment} is neither 1 or more, nor 0, nor -1"
            )
        if len(values) == 5:
            stratum = whole_number(values[3], path, line, "stratum")
            if stratum < 0:
                raise ValueError(f"{path}, line {line}: stratum {stratum} is below 0")
            strata.append(stratum)
        if (first := seen.setdefault((topic, shot), line)) != line:
            raise ValueError(
                f"{path}, line {line}: shot {shot} of topic {topic} stands in line {first} already"
            )
        topics.append(topic)
        shots.append(shot)
        judgments.append(min(judgment, 1))
    return Judgments(
        np.array(topics),
        np.array(shots),
        np.array(judgments, dtype=np.int8),
        np.array(strata) if strata else None,
    )


def write_judgments(judgments: Judgments, path: str | Path) -> None:
    """Write a file of judgments, as `read_judgments` reads it.

    Parameters
    ----------
    judgments : Judgments
        With strata, lines have five columns; without, four.
    path : str or Path
        Written whole or not at all.

    Raises
    ------
    ValueError
        For a topic or a shot with a space in its name.
    """
    check_words(np.unique(judgments.topic), "topic")
    check_words(np.unique(judgments.shot), "shot")
    parts = [judgments.topic, judgments.shot, judgments.judgment]
    form = "{} 0 {} {}\n"
    if judgments.stratum is not None:
        parts.insert(2, judgments.stratum)
        form = "{} 0 {} {} {}\n"
    text = "".join(form.format(*row) for row in zip(*(part.tolist() for part in parts)))
    write_atomically(Path(path), text.encode())
