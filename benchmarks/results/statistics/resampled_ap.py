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

# Resamples that are carried through the ranking together: the counts of ten thousand samples and
# the counters stay in the second cache, and a row of counts is one line of it.
LANES = 64


@numba.njit(cache=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def _walk(rows, positive, ends, weights, run_length, harmonic, out):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add up the expected precision at the positives, from the best rank down."""
    # Untied negatives only move ranks. They are added up in 16 bits, `run_length` at most.
    run = np.zeros(LANES, np.uint16)
    in_run = 0
    before = np.zeros(LANES, np.int32)
    positives_before = np.zeros(LANES, np.int32)
    size = np.zeros(LANES, np.int32)
    positives = np.zeros(LANES, np.int32)
    total = np.zeros(LANES)
    start = 0
    for end in ends:
        untied = end == start + 1
        if untied and not positive[start]:
            row = weights[rows[start]]
            for j in range(LANES):
                run[j] += row[j]
            in_run += 1
            start = end
            if in_run < run_length:
                continue
        if in_run:
            for j in range(LANES):
                before[j] += run[j]
            run[:] = 0
            in_run = 0
            if start == end:
                continue
        if untied:
            # The closed form where all of the group are copies of one positive.
            row = weights[rows[start]]
            for j in range(LANES):
                t = np.int32(row[j])
                r = before[j]
                inverse = harmonic[r + t] - harmonic[r]
                total[j] += t - (r - positives_before[j]) * inverse
                before[j] = r + t
                positives_before[j] += t
            start = end
            continue
        size[:] = 0
        positives[:] = 0
        for i in range(start, end):
            row = weights[rows[i]]
            if positive[i]:
                for j in range(LANES):
                    size[j] += row[j]
                    positives[j] += row[j]
            else:
                for j in range(LANES):
                    size[j] += row[j]
        for j in range(LANES):
            p = positives[j]
            t = size[j]
            if p > 0:
                r = before[j]
                inverse = harmonic[r + t] - harmonic[r]
                value = (positives_before[j] + 1) * inverse
                if p > 1:
                    value += (p - 1) / (t - 1) * (t - (r + 1) * inverse)
                total[j] += value * p / t
                positives_before[j] += p
            before[j] += t
        start = end
    for j in range(len(out)):
        if positives_before[j] > 0:
            out[j] = total[j] / positives_before[j]
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
        How often sample i occurs in resample j, 65,535 times at most.

    Returns
    -------
    array of shape (c, b), float64
        What `ap` gives for the resample written out; NaN where it has no positive.

    Raises
    ------
    ValueError
        As for `ap`, for weights of another number of samples, or one that is negative or larger
        than 65,535.
    """
    values, annotations = checked(scores, Y)
    counts = np.asarray(weights)
    if counts.ndim != 2 or len(counts) != len(values):
        raise ValueError(
            f"weights must have shape ({len(values)}, resamples), a row a sample; "
            f"got {counts.shape}"
        )
    b = counts.shape[1]
    top = int(counts.max(initial=0))
    if top > 0xFFFF or counts.min(initial=0) < 0:
        raise ValueError("a sample occurs 0 to 65,535 times in a resample")
    out = np.empty((values.shape[1], b))
    harmonic = harmonic_numbers(int(counts.sum(axis=0, dtype=np.int64).max(initial=0)))
    blocks = [slice(first, min(first + LANES, b)) for first in range(0, b, LANES)]
    lanes = [_lanes(counts[:, block], top) for block in blocks]
    run_length = 0xFFFF // max(top, 1)
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
            _walk(rows, positive, ends, lane, run_length, harmonic, out[concept, block])
    return out


def _lanes(counts: NDArray[np.integer], top: int) -> NDArray[np.integer]:
    """Copy some resamples' counts into rows of `LANES`, in as few bytes as hold them."""
    lanes = np.zeros((len(counts), LANES), dtype=np.uint8 if top <= 0xFF else np.uint16)
    lanes[:, : counts.shape[1]] = counts
    return lanes
