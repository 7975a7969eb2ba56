"""Average precision of many resamples at once.

A resample is a count a sample. Copies of a sample are tied with each other, so the expectation
over tied orders that `ap` is defined by covers them: a group of tied samples is counted with its
copies, and the closed form of `benchmarks.results.metrics.average_precision` applies. The ranking
is sorted once for all resamples.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics.average_precision import harmonic_numbers
from benchmarks.results.metrics.ranking import checked

# Resamples that are carried through the ranking together: their counters stay in the first cache.
LANES = 512


@numba.njit(nogil=True, boundscheck=False, fastmath={"contract"})
def _walk(rows, positive, ends, weights, harmonic, out):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add up the expected precision at the positives, from the best rank down."""
    lanes = weights.shape[1]
    before = np.zeros(lanes, np.int32)
    positives_before = np.zeros(lanes, np.int32)
    size = np.zeros(lanes, np.int32)
    positives = np.zeros(lanes, np.int32)
    out[:] = 0.0
    start = 0
    for end in ends:
        if end == start + 1 and not positive[start]:
            row = weights[rows[start]]
            for j in range(lanes):
                before[j] += row[j]
            start = end
            continue
        size[:] = 0
        positives[:] = 0
        for i in range(start, end):
            row = weights[rows[i]]
            if positive[i]:
                for j in range(lanes):
                    size[j] += row[j]
                    positives[j] += row[j]
            else:
                for j in range(lanes):
                    size[j] += row[j]
        for j in range(lanes):
            p = positives[j]
            t = size[j]
            if p > 0:
                r = before[j]
                inverse = harmonic[r + t] - harmonic[r]
                value = (positives_before[j] + 1) * inverse
                if p > 1:
                    value += (p - 1) / (t - 1) * (t - (r + 1) * inverse)
                out[j] += value * p / t
                positives_before[j] += p
            before[j] += t
        start = end
    for j in range(lanes):
        if positives_before[j] > 0:
            out[j] /= positives_before[j]
        else:
            out[j] = np.nan


def resampled_average_precision(
    scores: ArrayLike, Y: ArrayLike, weights: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Average precision of every concept in every resample.

    Parameters
    ----------
    scores, Y : arrays of shape (n, c)
        As for `ap`.
    weights : array of shape (n, b), unsigned or non-negative integers
        How often sample i occurs in resample j.

    Returns
    -------
    array of shape (c, b), float64
        What `ap` gives for the resample written out; NaN where it has no positive.
    """
    values, annotations = checked(scores, Y)
    counts = np.asarray(weights)
    if counts.shape[0] != len(values):
        raise ValueError(f"weights are for {counts.shape[0]} samples, scores for {len(values)}")
    b = counts.shape[1]
    out = np.empty((values.shape[1], b))
    harmonic = harmonic_numbers(int(counts.sum(axis=0, dtype=np.int64).max(initial=0)))
    blocks = [slice(first, min(first + LANES, b)) for first in range(0, b, LANES)]
    lanes = [np.ascontiguousarray(counts[:, block], dtype=np.uint16) for block in blocks]
    for concept in range(values.shape[1]):
        judged = np.flatnonzero(annotations[:, concept] >= 0)
        column = values[judged, concept]
        order = np.argsort(column)[::-1]
        ranked = column[order]
        rows = judged[order]
        positive = annotations[rows, concept] == 1
        ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]) + 1, len(rows))
        if not len(rows):
            ends = ends[:0]
        for block, lane in zip(blocks, lanes):
            _walk(rows, positive, ends, lane, harmonic, out[concept, block])
    return out
