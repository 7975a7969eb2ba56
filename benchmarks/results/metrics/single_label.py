"""Whether the true concept of a sample is among its best-scored ones, where exactly one is true."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics import ranking
from benchmarks.results.metrics.ranking import checked


def top_k_hits(
    scores: ArrayLike, Y: ArrayLike, k: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Chance that each sample's true concept is among its k best-scored, ties broken at random.

    A concept that is unjudged for a sample does not compete there. A sample whose true concept is
    not among the judged ones is left out.

    Parameters
    ----------
    scores : array of shape (n, c)
        Higher is likelier.
    Y : array of shape (n, c)
        1 for the true concept, 0 for the others, -1 unjudged.
    k : int
        Number of places, at least 1.

    Returns
    -------
    hits : array of shape (m,), float64
        For the samples that count: the share of the places that remain, after the concepts with
        a higher score, among those tied with the true one (itself counted); at most 1.
    truth : array of shape (m,), int64
        Their true concepts.
    rows : array of shape (m,), int64
        Which samples they are.

    Raises
    ------
    ValueError
        For a sample with several positive concepts, or with all of them judged negative.
    """
    values, annotations = checked(scores, Y)
    n, c = values.shape
    height = max(1, ranking.BLOCK // max(c, 1))
    hits, truth, rows = [], [], []
    for start in range(0, n, height):
        block = slice(start, start + height)
        positives = (annotations[block] == 1).sum(axis=1)
        _check_one_positive(positives, annotations[block], start)
        counted = np.flatnonzero(positives == 1)
        judged = annotations[block][counted] >= 0
        true = (annotations[block][counted] == 1).argmax(axis=1)
        competing = values[block][counted]
        own = competing[np.arange(len(counted)), true][:, None]
        ahead = ((competing > own) & judged).sum(axis=1)
        tied = ((competing == own) & judged).sum(axis=1)
        hits.append(np.clip(k - ahead, 0, tied) / np.maximum(tied, 1))
        truth.append(true)
        rows.append(start + counted)
    if not hits:
        return np.empty(0), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return np.concatenate(hits), np.concatenate(truth), np.concatenate(rows)


def _check_one_positive(positives: NDArray[np.int64], Y: NDArray[np.int8], start: int) -> None:
    if (positives > 1).any():
        row = int(np.flatnonzero(positives > 1)[0])
        raise ValueError(
            f"sample {start + row} has {positives[row]} positive concepts: this metric needs "
            "exactly one; use ap for tasks where several concepts may hold"
        )
    unlabelled = (Y == 0).all(axis=1)
    if unlabelled.any():
        row = start + int(np.flatnonzero(unlabelled)[0])
        raise ValueError(
            f"sample {row} has no positive concept: this metric needs exactly one a sample"
        )


def recall(scores: ArrayLike, Y: ArrayLike, k: int = 1) -> NDArray[np.float64]:
    """Share of each class' samples that have the class among their k best-scored concepts.

    Parameters
    ----------
    scores, Y, k
        As for `top_k_hits`.

    Returns
    -------
    array of shape (c,), float64
        In [0, 1]; NaN for a class without samples.
    """
    hits, truth, _ = top_k_hits(scores, Y, k)
    c = np.asarray(Y).shape[1]
    found = np.bincount(truth, weights=hits, minlength=c)
    samples = np.bincount(truth, minlength=c)
    return np.divide(found, samples, out=np.full(c, np.nan), where=samples > 0)
