"""Whether the best-scored concept of a sample is the true one, where exactly one is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics.ranking import checked


def top1_hits(
    scores: ArrayLike, Y: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Chance that each sample's best-scored concept is its true one, ties broken at random.

    A concept that is unjudged for a sample does not compete there. A sample whose true concept is
    not among the judged ones is left out.

    Parameters
    ----------
    scores : array of shape (n, c)
        Higher is likelier.
    Y : array of shape (n, c)
        1 for the true concept, 0 for the others, -1 unjudged.

    Returns
    -------
    hits : array of shape (k,), float64
        For the samples that count: 1 over the number of tied best concepts where the true one is
        among them, else 0.
    truth : array of shape (k,), int64
        Their true concepts.
    rows : array of shape (k,), int64
        Which samples they are.

    Raises
    ------
    ValueError
        For a sample with several positive concepts, or with all of them judged negative.
    """
    values, annotations = checked(scores, Y)
    positives = (annotations == 1).sum(axis=1)
    if (positives > 1).any():
        row = int(np.flatnonzero(positives > 1)[0])
        raise ValueError(
            f"sample {row} has {positives[row]} positive concepts: this metric needs exactly one; "
            "use ap for tasks where several concepts may hold"
        )
    unlabelled = (annotations == 0).all(axis=1)
    if unlabelled.any():
        row = int(np.flatnonzero(unlabelled)[0])
        raise ValueError(
            f"sample {row} has no positive concept: this metric needs exactly one a sample"
        )
    rows = np.flatnonzero(positives == 1)
    judged = annotations[rows] >= 0
    truth = (annotations[rows] == 1).argmax(axis=1)
    competing = np.where(judged, values[rows], -np.inf)
    best = competing.max(axis=1, initial=-np.inf, keepdims=True)
    tied = ((competing == best) & judged).sum(axis=1)
    hit = competing[np.arange(len(rows)), truth] == best[:, 0]
    return np.where(hit, 1.0 / np.maximum(tied, 1), 0.0), truth, rows


def recall(scores: ArrayLike, Y: ArrayLike) -> NDArray[np.float64]:
    """Share of each class' samples whose best-scored concept is the class.

    Parameters
    ----------
    scores, Y : arrays of shape (n, c)
        As for `top1_hits`.

    Returns
    -------
    array of shape (c,), float64
        In [0, 1]; NaN for a class without samples.
    """
    hits, truth, _ = top1_hits(scores, Y)
    c = np.asarray(Y).shape[1]
    found = np.bincount(truth, weights=hits, minlength=c)
    samples = np.bincount(truth, minlength=c)
    return np.divide(found, samples, out=np.full(c, np.nan), where=samples > 0)
