"""Topics: the numbers that TRECVID gives to concepts."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks.results.trec.lines import check_words


def checked_topics(topics: Mapping[str, str]) -> dict[str, str]:
    """Check that every concept has a topic of its own.

    Parameters
    ----------
    topics : mapping of str to str
        The topic of each concept.

    Returns
    -------
    dict of str to str

    Raises
    ------
    ValueError
        For a topic that two concepts have, or with a space in it.
    """
    owners: dict[str, str] = {}
    for concept, topic in topics.items():
        if topic in owners:
            raise ValueError(f"{owners[topic]!r} and {concept!r} have the same topic, {topic}")
        owners[topic] = concept
    check_words(np.array(list(owners), dtype=np.str_), "topic")
    return dict(topics)


def read_topics(path: str | Path) -> dict[str, str]:
    """Read which topic each concept is.

    Parameters
    ----------
    path : str or Path
        A CSV with the columns `topic` and `concept`.

    Returns
    -------
    dict of str to str
        The topic of each concept, in the order of the file. Topics are text: ``"0042"`` and
        ``"42"`` differ.

    Raises
    ------
    ValueError
        For a missing column or value, or a concept or topic that stands there twice: the message
        names file and line.
    """
    path = Path(path)
    topics: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"topic", "concept"} - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"{path}: no column {' nor '.join(sorted(missing))} in line 1")
        for row in reader:
            topic, concept = ((row[name] or "").strip() for name in ("topic", "concept"))
            place = f"{path}, line {reader.line_num}"
            if not topic or not concept:
                raise ValueError(f"{place}: a topic and a concept are needed")
            if concept in topics:
                raise ValueError(f"{place}: concept {concept!r} stands above already")
            if topic in topics.values():
                raise ValueError(f"{place}: topic {topic} stands above already")
            topics[concept] = topic
    if not topics:
        raise ValueError(f"{path}: no topic in it")
    return checked_topics(topics)
