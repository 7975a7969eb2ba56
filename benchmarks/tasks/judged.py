"""Test samples judged as TRECVID judges: shots drawn from pools, in strata."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.results.trec import annotate, read_judgments, read_topics
from benchmarks.results.trec.annotations import Annotated

#: The metrics of sampled judgments, where they have strata and where they have none.
STRATIFIED, UNSTRATIFIED = ("xinfap", "infap"), ("infap",)


def judge(
    Y: np.ndarray,
    tested: np.ndarray,
    names: Sequence[str],
    concepts: Sequence[str],
    judgments: Path,
    topics: Path,
) -> tuple[Annotated, tuple[str, ...]]:
    """Give test samples the annotations that judgments say.

    Parameters
    ----------
    Y : ndarray of shape (n, c), int8
        Annotations of all samples, -1 throughout for the test samples.
    tested : ndarray of shape (n,), bool
        Which are the test samples.
    names : sequence of n str
        The samples, as the judgments name their shots.
    concepts : sequence of c str
    judgments : Path
        TRECVID's file; see `benchmarks.results.trec.read_judgments`.
    topics : Path
        A CSV of the columns `topic` and `concept`.

    Returns
    -------
    annotated : Annotated
        Annotations and strata of all samples; those that are not tested are in stratum 0, which
        is to say that they were annotated and not drawn.
    metrics : tuple of str
        What such judgments are evaluated by, the first the headline.

    Raises
    ------
    FileNotFoundError
        If a file is not there.
    ValueError
        If a test sample is annotated already or a concept has no topic, and as for `annotate` and
        the readers of both files.
    """
    for path in (judgments, topics):
        if not path.is_file():
            raise FileNotFoundError(f"{path} is not a file")
    annotated = np.argwhere((Y >= 0) & tested[:, None])
    if len(annotated):
        row, column = annotated[0].tolist()
        raise ValueError(
            f"test sample {names[row]} is annotated for {concepts[column]!r}, but judged by "
            f"{judgments}: write -1 for the test samples"
        )
    known = read_topics(topics)
    absent = [concept for concept in concepts if concept not in known]
    if absent:
        raise ValueError(f"{topics}: no topic for concept {absent[0]!r}")
    read = read_judgments(judgments)
    places = np.flatnonzero(tested)
    found = annotate(
        read, [names[i] for i in places.tolist()], {name: known[name] for name in concepts}
    )
    given, strata = Y.copy(), np.zeros_like(Y)
    given[places], strata[places] = found.Y, found.strata
    metrics = UNSTRATIFIED if read.stratum is None else STRATIFIED
    return Annotated(given, strata), metrics
