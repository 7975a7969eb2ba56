"""Folds that keep videos together, and each concept's positives apart.

A fold is a mask: to train without the samples held out, their annotations are
replaced by "unjudged". The concepts of all folds then stand side by side as the
columns of one problem, so that folds share a Gram matrix as concepts do.

References
----------
K. Sechidis, G. Tsoumakas, I. Vlahavas: On the stratification of multi-label data.
ECML PKDD 2011.
"""

from __future__ import annotations

import numpy as np

from engineered.classifiers.judged import NEGATIVE, POSITIVE, UNJUDGED


def check_groups(groups: np.ndarray, n_samples: int) -> np.ndarray:
    """Return groups as an array of one value a sample.

    Parameters
    ----------
    groups : array-like of shape (n_samples,)
        Such as the video of each sample.
    n_samples : int
        How many samples there are.

    Returns
    -------
    ndarray of shape (n_samples,)
        The groups.

    Raises
    ------
    ValueError
        For another shape.
    """
    groups = np.asarray(groups)
    if groups.shape != (n_samples,):
        raise ValueError(
            f"groups must give one value a sample, ({n_samples},), got the shape {groups.shape}"
        )
    return groups


def assign_folds(Y: np.ndarray, groups: np.ndarray | None, n_folds: int) -> np.ndarray:
    """Return the fold that each sample is held out in.

    Whole groups are dealt out, those with positives of the rarest concept first,
    each to the fold that lacks this concept most (iterative stratification), so
    that a rare concept has positives in as many folds as it can. The result is
    the same for the same annotations.

    Parameters
    ----------
    Y : ndarray of shape (n, c)
        1 positive, 0 negative, -1 unjudged.
    groups : ndarray of shape (n,) or None
        Samples of equal value stay together; None: each sample for itself.
    n_folds : int
        Number of folds, at least 2. Fewer are used where there are fewer groups.

    Returns
    -------
    ndarray of shape (n,), intp
        Fold numbers from 0.

    Raises
    ------
    ValueError
        For fewer than two folds or groups that do not match the annotations.
    """
    if not isinstance(n_folds, (int, np.integer)) or n_folds < 2:
        raise ValueError(f"folds must be a whole number of at least 2, got {n_folds!r}")
    if groups is None:
        unit = np.arange(len(Y))
    else:
        _, unit = np.unique(check_groups(groups, len(Y)), return_inverse=True)
    n_units = int(unit.max(initial=-1)) + 1
    n_folds = min(n_folds, n_units)
    size = np.bincount(unit, minlength=n_units).astype(np.float64)
    present = np.zeros((n_units, Y.shape[1]), bool)
    rows, columns = np.nonzero(Y == POSITIVE)
    present[unit[rows], columns] = True

    # What each fold still lacks: units with the concept, and samples.
    lacking = np.repeat(present.sum(axis=0)[None] / n_folds, n_folds, axis=0)
    room = np.full(n_folds, size.sum() / n_folds)
    fold = np.full(n_units, -1)
    remaining = present.sum(axis=0)
    # Neighbouring shots resemble each other; a fixed shuffle parts them.
    shuffled = np.random.default_rng(0).permutation(n_units)
    while True:
        rarest = int(np.where(remaining > 0, remaining, np.iinfo(remaining.dtype).max).argmin())
        if remaining[rarest] == 0:
            break
        mine = shuffled[present[shuffled, rarest] & (fold[shuffled] < 0)]
        for u in mine:
            best = np.lexsort((-room, -lacking[:, rarest]))[0]
            fold[u] = best
            lacking[best] -= present[u]
            room[best] -= size[u]
            remaining -= present[u]
    for u in shuffled[fold[shuffled] < 0]:
        best = int(room.argmax())
        fold[u] = best
        room[best] -= size[u]
    return fold[unit]


def without(Y: np.ndarray, fold: np.ndarray, held_out: int) -> np.ndarray:
    """Return annotations to train on while a fold is held out.

    Parameters
    ----------
    Y : ndarray of shape (n, c), int8
        Annotations.
    fold : ndarray of shape (n,), intp
        Fold of each sample.
    held_out : int
        The fold to hold out.

    Returns
    -------
    ndarray of shape (n, c), int8
        A copy with -1 for the samples of the fold, and -1 throughout for concepts
        that have no positive or no negative left.
    """
    left = np.where((fold == held_out)[:, None], UNJUDGED, Y).astype(np.int8)
    left[:, ~has_both(left)] = UNJUDGED
    return left


def side_by_side(Y: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Return the annotations of all folds as the columns of one problem.

    Parameters
    ----------
    Y : ndarray of shape (n, c), int8
        Annotations.
    fold : ndarray of shape (n,), intp
        Fold of each sample.

    Returns
    -------
    ndarray of shape (n, n_folds * c), int8
        Fold after fold what `without` returns.
    """
    return np.hstack([without(Y, fold, f) for f in range(int(fold.max()) + 1)])


def held_out(scores: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Return for each sample the scores of the model that has not seen it.

    Parameters
    ----------
    scores : ndarray of shape (n, n_folds * c)
        Scores of all samples by the models of all folds, fold after fold.
    fold : ndarray of shape (n,), intp
        Fold of each sample.

    Returns
    -------
    ndarray of shape (n, c)
        The scores.
    """
    by_fold = scores.reshape(len(scores), int(fold.max()) + 1, -1)
    return by_fold[np.arange(len(scores)), fold]


def has_both(Y: np.ndarray) -> np.ndarray:
    """Return which concepts have a positive and a negative.

    Parameters
    ----------
    Y : ndarray of shape (n, c)
        Annotations.

    Returns
    -------
    ndarray of shape (c,), bool
        True where a classifier can be trained or measured.
    """
    return (Y == POSITIVE).any(axis=0) & (Y == NEGATIVE).any(axis=0)
