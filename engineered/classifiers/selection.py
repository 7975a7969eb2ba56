"""Choice of a classifier's parameters by the ranking of samples held out."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from engineered.classifiers.folds import assign_folds as assign_folds
from engineered.classifiers.folds import has_both
from engineered.classifiers.judged import POSITIVE, UNJUDGED


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
        telling = np.flatnonzero(has_both(Y[inside]) & has_both(Y[~inside]))
        total[telling] += average_precision(scores[inside][:, telling], Y[inside][:, telling])
        count[telling] += 1
    return np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
