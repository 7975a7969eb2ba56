"""What a ranking looks like to a metric: groups of tied samples, counted.

A metric of a ranking depends on the scores only through the groups of tied samples, from the best
score down, and on how many samples of each group are judged and positive. Counting them once, for
all concepts together, keeps every metric a closed form over groups, independent of the order of
the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Bounds the working memory: the columns are ranked in blocks of about so many scores.
BLOCK = 4_000_000


@dataclass(frozen=True, eq=False)
class TieGroups:
    """Groups of tied samples, best score first, concept after concept.

    Attributes
    ----------
    concept : array of shape (g,), int64
        The column that the group belongs to.
    size, positives : arrays of shape (g,), int64
        Judged and positive samples in the group. A group may hold none.
    before, positives_before : arrays of shape (g,), int64
        Judged and positive samples ranked above the group.
    n_concepts : int
        Number of columns.
    total, total_positives : arrays of shape (n_concepts,), int64
        Judged and positive samples a column.
    """

    concept: NDArray[np.int64]
    size: NDArray[np.int64]
    positives: NDArray[np.int64]
    before: NDArray[np.int64]
    positives_before: NDArray[np.int64]
    n_concepts: int
    total: NDArray[np.int64]
    total_positives: NDArray[np.int64]

    def sum(self, terms: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum of the groups' terms a concept, shape (n_concepts,)."""
        return np.bincount(self.concept, terms, self.n_concepts).astype(np.float64, copy=False)


def tie_groups(scores: NDArray[np.generic], Y: NDArray[np.int8]) -> TieGroups:
    """Rank the judged samples of every concept and count its groups of tied samples.

    Parameters
    ----------
    scores : array of shape (n, c)
        Higher is ranked first.
    Y : array of shape (n, c)
        1, 0, or -1 for samples that are left out of the ranking.

    Returns
    -------
    TieGroups
    """
    n, c = scores.shape
    columns = np.ascontiguousarray(scores.T)
    order = np.argsort(columns, axis=1)[:, ::-1]
    ranked = np.take_along_axis(columns, order, axis=1)
    y = np.take_along_axis(np.ascontiguousarray(Y.T), order, axis=1)
    starts = np.ones((c, n), dtype=bool)
    np.not_equal(ranked[:, 1:], ranked[:, :-1], out=starts[:, 1:])
    first = np.flatnonzero(starts)
    if not first.size:
        return _grouped(first, first, first, c)
    size = np.add.reduceat((y >= 0).ravel(), first, dtype=np.int64)
    positives = np.add.reduceat((y == 1).ravel(), first, dtype=np.int64)
    return _grouped(first // n, size, positives, c)


def _grouped(
    concept: NDArray[np.int64], size: NDArray[np.int64], positives: NDArray[np.int64], c: int
) -> TieGroups:
    """Count what is ranked above each group, from what is in it."""

    def count(inside: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        total = np.bincount(concept, inside, c).astype(np.int64)
        above = np.cumsum(inside) - inside
        return above - (np.cumsum(total) - total)[concept], total

    before, total = count(size)
    positives_before, total_positives = count(positives)
    return TieGroups(concept, size, positives, before, positives_before, c, total, total_positives)


def checked(scores: ArrayLike, Y: ArrayLike) -> tuple[NDArray[np.generic], NDArray[np.int8]]:
    """Check scores and annotations against each other.

    Parameters
    ----------
    scores : array of shape (n, c)
        Real numbers; infinities are allowed.
    Y : array of shape (n, c)
        1 positive, 0 negative, -1 unjudged.

    Returns
    -------
    scores, Y : arrays of shape (n, c)
        Floating point, and int8.

    Raises
    ------
    ValueError
        For shapes that differ, annotations other than 1, 0, -1, or a score that is not a number.
    """
    values = np.asarray(scores)
    annotations = np.asarray(Y)
    if values.ndim != 2 or values.shape != annotations.shape:
        raise ValueError(
            "scores and annotations must have the same shape (samples, concepts); "
            f"got {values.shape} and {annotations.shape}"
        )
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float64)
    # The lowest score of a concept is NaN if any is, and takes no array of flags.
    with np.errstate(invalid="ignore"):
        not_a_number = np.isnan(values.min(axis=0, initial=np.inf))
    if not_a_number.any():
        column = int(np.flatnonzero(not_a_number)[0])
        row = int(np.flatnonzero(np.isnan(values[:, column]))[0])
        raise ValueError(f"score of concept {column} for sample {row} is NaN")
    if annotations.dtype != np.int8 or (
        annotations.size and (annotations.min() < -1 or annotations.max() > 1)
    ):
        if not np.isin(annotations, (-1, 0, 1)).all():
            raise ValueError("annotations must be 1 (positive), 0 (negative) or -1 (unjudged)")
        annotations = annotations.astype(np.int8)
    return values, annotations


def blocks(n: int, c: int) -> Iterator[slice]:
    """Part c columns of n scores into blocks that the working memory holds."""
    width = max(1, BLOCK // max(n, 1))
    for start in range(0, c, width):
        yield slice(start, start + width)


def over_concepts(
    formula: Callable[[TieGroups], NDArray[np.float64]], scores: ArrayLike, Y: ArrayLike
) -> NDArray[np.float64]:
    """Evaluate a closed form over tie groups for every concept.

    Parameters
    ----------
    formula : callable, TieGroups -> array of shape (n_concepts,)
        The metric.
    scores, Y : arrays of shape (n, c)
        As for `checked`.

    Returns
    -------
    array of shape (c,), float64
        NaN where the metric is undefined.
    """
    values, annotations = checked(scores, Y)
    parts = [
        formula(tie_groups(values[:, block], annotations[:, block]))
        for block in blocks(*values.shape)
    ]
    return np.concatenate(parts) if parts else np.empty(0)


def resampled_over_concepts(
    formula: Callable[[TieGroups], NDArray[np.float64]],
    scores: ArrayLike,
    Y: ArrayLike,
    weights: NDArray[np.integer],
) -> NDArray[np.float64]:
    """Evaluate a closed form over tie groups for many resamples, ranking each concept once.

    Parameters
    ----------
    formula : callable, TieGroups -> array of shape (n_concepts,)
        The metric.
    scores, Y : arrays of shape (n, c)
        As for `checked`.
    weights : array of shape (n, b), int
        How often sample i occurs in resample j; copies are tied with each other.

    Returns
    -------
    array of shape (b,), float64
        The mean over the concepts that have a value in the resample; NaN where none has.
    """
    values, annotations = checked(scores, Y)
    counts = np.asarray(weights)
    total, defined = np.zeros(counts.shape[1]), np.zeros(counts.shape[1], dtype=np.int64)
    for concept in range(values.shape[1]):
        judged = np.flatnonzero(annotations[:, concept] >= 0)
        if not judged.size:
            continue
        column = values[judged, concept]
        order = np.argsort(column)[::-1]
        rows, ranked = judged[order], column[order]
        first = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1]))
        positive = annotations[rows, concept] == 1
        for block in blocks(len(rows), counts.shape[1]):
            drawn = counts[rows, block]
            lanes = drawn.shape[1]
            size = np.add.reduceat(drawn, first, axis=0, dtype=np.int64)
            drawn = np.where(positive[:, None], drawn, 0)
            positives = np.add.reduceat(drawn, first, axis=0, dtype=np.int64)
            # To the formula a resample is one more concept.
            lane = np.repeat(np.arange(lanes), len(first))
            found = formula(_grouped(lane, size.T.ravel(), positives.T.ravel(), lanes))
            has_value = ~np.isnan(found)
            total[block] += np.where(has_value, found, 0.0)
            defined[block] += has_value
    return divide(total, defined)


def divide(numerator: NDArray[np.generic], denominator: NDArray[np.generic]) -> NDArray[np.float64]:
    """Quotient with NaN where the denominator is zero: the metric is undefined there."""
    out = np.full(np.broadcast(numerator, denominator).shape, np.nan)
    return np.divide(numerator, denominator, out=out, where=np.asarray(denominator) != 0)
