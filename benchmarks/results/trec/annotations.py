"""Annotations and strata of a collection, from judgments and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.results.trec.judgments import Judgments
from benchmarks.results.trec.topics import checked_topics


class Annotated(NamedTuple):
    """What judgments say of a collection's n samples and c concepts.

    Attributes
    ----------
    Y : ndarray of shape (n, c), int8
        1, 0, or -1 for a sample that was not drawn or is outside the pool.
    strata : ndarray of shape (n, c), int8
        Part of the concept's pool that the sample is in, from 0; -1 outside the pool.
    """

    Y: np.ndarray
    strata: np.ndarray


def annotate(judgments: Judgments, ids: Sequence[str], topics: Mapping[str, str]) -> Annotated:
    """Make annotations of judgments.

    Parameters
    ----------
    judgments : Judgments
        Topics that `topics` does not name are left aside.
    ids : sequence of str
        The n samples, as the judgments name their shots.
    topics : mapping of str to str
        The topic of each of the c concepts, in their order.

    Returns
    -------
    Annotated

    Raises
    ------
    ValueError
        For a judged shot that is not among the samples, samples with the same id, a topic without
        judgments, or a stratum above 127.
    """
    names = np.asarray(ids, dtype=np.str_)
    wanted = np.array(list(checked_topics(topics).values()), dtype=np.str_)
    if len(np.unique(names)) != len(names):
        raise ValueError("two samples have the same id")
    absent = [c for c, topic in topics.items() if topic not in set(judgments.topic.tolist())]
    if absent:
        raise ValueError(
            f"no judgment for topic {topics[absent[0]]} (concept {absent[0]!r}); "
            f"{len(absent)} of {len(wanted)} concepts have none"
        )
    kept = np.isin(judgments.topic, wanted)
    column = _places(wanted, judgments.topic[kept])
    shots = judgments.shot[kept]
    known = np.isin(shots, names)
    if not known.all():
        missing = np.unique(shots[~known])
        raise ValueError(
            f"{len(missing)} judged shots are not among the {len(names)} samples, "
            f"first {missing[0]}: the measures need the whole pool"
        )
    row = _places(names, shots)
    Y = np.full((len(names), len(wanted)), -1, dtype=np.int8)
    Y[row, column] = judgments.judgment[kept]
    strata = np.full_like(Y, -1)
    if judgments.stratum is None:
        strata[row, column] = 0
    else:
        if (highest := int(judgments.stratum[kept].max(initial=0))) > 127:
            raise ValueError(f"stratum {highest}: strata above 127 are not supported")
        strata[row, column] = judgments.stratum[kept]
    return Annotated(Y, strata)


def _places(names: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Where each word, known to be among the names, stands there."""
    order = np.argsort(names)
    return order[np.searchsorted(names, words, sorter=order)]


def judgments_of(
    Y: ArrayLike,
    ids: Sequence[str],
    topics: Mapping[str, str],
    strata: ArrayLike | None = None,
) -> Judgments:
    """Make judgments of annotations, for trec_eval or sample_eval to read.

    Parameters
    ----------
    Y : array of shape (n, c)
        1, 0, -1.
    ids : sequence of str
        The n samples.
    topics : mapping of str to str
        The topic of each of the c concepts, in their order.
    strata : array of shape (n, c), int, optional
        -1 for samples outside the pool, which the judgments leave out. Without it every sample is
        in the pool, and the judgments have no strata.

    Returns
    -------
    Judgments
        Topic after topic.
    """
    annotations = np.asarray(Y, dtype=np.int8)
    names = np.asarray(ids, dtype=np.str_)
    words = np.array(list(checked_topics(topics).values()), dtype=np.str_)
    if annotations.shape != (len(names), len(words)):
        raise ValueError(
            f"annotations of shape {annotations.shape} for {len(names)} samples and "
            f"{len(words)} concepts"
        )
    pool = np.zeros_like(annotations) if strata is None else np.asarray(strata)
    column, row = np.nonzero(pool.T >= 0)
    return Judgments(
        words[column],
        names[row],
        annotations[row, column],
        None if strata is None else pool[row, column].astype(np.int64),
    )
