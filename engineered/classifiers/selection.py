"""Choice of a classifier's parameters by cross-validation that keeps videos together.

A fold is a mask: to train without the samples held out, their annotations are
replaced by "unjudged". The concepts of all folds then stand side by side as the
columns of one problem, so that folds share a Gram matrix as concepts do.

References
----------
K. Sechidis, G. Tsoumakas, I. Vlahavas: On the stratification of multi-label data.
ECML PKDD 2011.
"""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from engineered.classifiers.judged import NEGATIVE, POSITIVE, UNJUDGED


class Selection(NamedTuple):
    """What cross-validation has found.

    Attributes
    ----------
    best : ndarray of shape (n_concepts,), intp
        The candidate for each concept; the same for all unless a concept each was asked for.
    average_precision : ndarray of shape (n_candidates, n_concepts), float64
        Mean over the folds that can tell; NaN where none can.
    """

    best: np.ndarray
    average_precision: np.ndarray


def candidates(name: str, value: Any, zero: bool = False) -> list[float]:
    """Return the numbers to choose from, ascending.

    Parameters
    ----------
    name : str
        Name of the parameter, for the message.
    value : float or sequence of float
        One number or several.
    zero : bool, default=False
        Whether 0 is allowed.

    Returns
    -------
    list of float
        Each number once.

    Raises
    ------
    ValueError
        For an empty sequence, or what is not a finite number above 0.
    """
    single = isinstance(value, (Real, str)) or value is None
    values = [value] if single else list(value)
    if not values:
        raise ValueError(f"{name} has no candidate: give a number or a list of numbers")
    for number in values:
        good = isinstance(number, Real) and 0 <= float(number) < np.inf
        if not good or (number == 0 and not zero):
            least = "of at least 0" if zero else "above 0"
            raise ValueError(f"{name} must be a finite number {least}, got {number!r}")
    return sorted({float(number) for number in values})


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
    left[:, ~_both(left)] = UNJUDGED
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


def choose(
    scores: Iterable[np.ndarray], Y: np.ndarray, fold: np.ndarray, per_concept: bool = False
) -> Selection:
    """Choose the candidate of the highest mean average precision.

    A concept is measured in the folds that hold a positive and a negative of it
    and leave both for training. Of equal candidates the first is taken. Where no
    concept can be measured, as with one positive each, the middle candidate is
    taken; a single concept that cannot be measured takes the choice for all.

    Parameters
    ----------
    scores : iterable of ndarray of shape (n, c)
        Held-out scores of each candidate.
    Y : ndarray of shape (n, c), int8
        Annotations.
    fold : ndarray of shape (n,), intp
        Fold of each sample.
    per_concept : bool, default=False
        Whether each concept has a choice of its own.

    Returns
    -------
    Selection
        The choice and the table behind it.
    """
    measured = np.array([_over_folds(candidate, Y, fold) for candidate in scores])
    return Selection(best_of(measured, per_concept), measured)


def best_of(measured: np.ndarray, per_concept: bool) -> np.ndarray:
    """Return the candidate that each concept takes, as `choose` describes.

    Parameters
    ----------
    measured : ndarray of shape (n_candidates, n_concepts)
        Average precision; NaN where it cannot be measured.
    per_concept : bool
        Whether each concept has a choice of its own.

    Returns
    -------
    ndarray of shape (n_concepts,), intp
        Candidates.
    """
    known = np.isfinite(measured).all(axis=0)
    shared = (len(measured) - 1) // 2
    if known.any():
        shared = int(measured[:, known].mean(axis=1).argmax())
    best = np.full(measured.shape[1], shared, np.intp)
    if per_concept:
        best[known] = measured[:, known].argmax(axis=0)
    return best


def table(grid: dict[str, Any], selection: Selection) -> dict[str, np.ndarray]:
    """Return what was tried, as columns.

    Parameters
    ----------
    grid : dict
        Values of each parameter, one a candidate.
    selection : Selection
        What cross-validation has found.

    Returns
    -------
    dict of ndarray
        The columns of `grid`, ``mean_average_precision`` of shape (n_candidates,),
        and ``average_precision`` of shape (n_candidates, n_concepts).
    """
    measured = selection.average_precision
    known = np.isfinite(measured).all(axis=0)
    mean = measured[:, known].mean(axis=1) if known.any() else np.full(len(measured), np.nan)
    columns = {name: np.asarray(values) for name, values in grid.items()}
    return {**columns, "mean_average_precision": mean, "average_precision": measured}


def average_precision(scores: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Return non-interpolated average precision, tied samples being cut together.

    Parameters
    ----------
    scores : ndarray of shape (n, c)
        Scores.
    Y : ndarray of shape (n, c)
        1 positive, 0 negative, -1 left out.

    Returns
    -------
    ndarray of shape (c,), float64
        0 to 1; NaN for a concept without positive.
    """
    result = np.full(Y.shape[1], np.nan)
    for concept in range(Y.shape[1]):
        judged = Y[:, concept] != UNJUDGED
        mine = scores[judged, concept]
        order = np.argsort(-mine, kind="stable")
        hits = Y[judged, concept][order] == POSITIVE
        if not hits.any():
            continue
        ranked = mine[order]
        last = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
        found = np.cumsum(hits)[last]
        result[concept] = (np.diff(found, prepend=0) * found / (last + 1)).sum() / found[-1]
    return result


def _over_folds(scores: np.ndarray, Y: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Return the mean average precision of each concept over the folds that can tell."""
    total, count = np.zeros(Y.shape[1]), np.zeros(Y.shape[1])
    for f in range(int(fold.max()) + 1):
        inside = fold == f
        telling = np.flatnonzero(_both(Y[inside]) & _both(Y[~inside]))
        total[telling] += average_precision(scores[inside][:, telling], Y[inside][:, telling])
        count[telling] += 1
    return np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)


def _both(Y: np.ndarray) -> np.ndarray:
    """Return which concepts have a positive and a negative."""
    return (Y == POSITIVE).any(axis=0) & (Y == NEGATIVE).any(axis=0)
