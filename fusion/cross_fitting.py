"""Scores of validation samples by what was fitted without them."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from engineered.classifiers.folds import assign_folds
from fusion.scores import Scores, check_annotations


def held_out_folds(
    S: Scores, Y: NDArray[np.int8], folds: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Part samples into folds that are held out in turn.

    Videos are kept whole, and each concept's positives are spread (see
    `engineered.classifiers.folds`); nothing is drawn at random.

    Parameters
    ----------
    S : Scores
        n samples; only their videos are looked at.
    Y : array of shape (n, c)
        1, 0, -1.
    folds : int
        At least 2; fewer where there are fewer videos.

    Yields
    ------
    fitted, held_out : arrays of int
        Places of samples.

    Raises
    ------
    ValueError
        For fewer than two folds, videos or samples.
    """
    fold = assign_folds(Y, S.video, folds)
    if fold.max(initial=0) < 1:
        what = "sample" if S.video is None else "video"
        raise ValueError(f"nothing can be held out: there is one {what} only")
    for number in range(int(fold.max()) + 1):
        yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)


def check_folds(folds: int) -> None:
    """Raise ValueError for a number of parts that is neither 0 nor at least 2."""
    if isinstance(folds, bool) or not isinstance(folds, Integral) or (folds < 2 and folds != 0):
        raise ValueError(f"folds must be 0 or at least 2, got {folds!r}")


def held_out_scores(estimator: Any, S: Scores, Y: ArrayLike, folds: int = 5) -> NDArray[np.float32]:
    """Score each sample by the fusion or the re-scoring that was fitted without its video.

    A fusion knows the samples that it was fitted on too well: whatever is fitted on its scores of
    them in turn, another level of fusion or a re-scoring, would trust it too much.

    Each fold's fusion may answer on a scale of its own. Its scores are brought to that of the
    fusion fitted on all samples, concept by concept, by an affine map that makes the means and the
    standard deviations of both on the fold's fitted samples equal.

    Parameters
    ----------
    estimator : fusion or rescorer
        Stays unfitted: clones are fitted.
    S : Scores
        n validation samples.
    Y : array of shape (n, c)
        1, 0, or -1 for ignored.
    folds : int
        At least 2; fewer are used where there are fewer videos.

    Returns
    -------
    array of shape (n, c), float32

    Raises
    ------
    ValueError
        Where nothing can be held out, and what the estimator raises.
    """
    annotations = check_annotations(S, Y)
    whole = clone(estimator).fit(S, annotations).decision_function(S).astype(np.float64)
    scores = np.empty(annotations.shape, dtype=np.float32)
    for fitted, held_out in held_out_folds(S, annotations, folds):
        part = S[fitted]
        anew = clone(estimator).fit(part, annotations[fitted])
        known = anew.decision_function(part).astype(np.float64)
        spread = known.std(axis=0)
        ratio = np.divide(
            whole[fitted].std(axis=0), spread, out=np.ones_like(spread), where=spread > 0
        )
        answer = (anew.decision_function(S[held_out]) - known.mean(axis=0)) * ratio
        scores[held_out] = answer + whole[fitted].mean(axis=0)
    return scores
