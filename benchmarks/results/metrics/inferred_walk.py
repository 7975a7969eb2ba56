"""A walk down a ranking that infers precision from the judgments met so far; compiled."""

from __future__ import annotations

import numba
import numpy as np

from benchmarks.results.metrics.tied_places import chances, reciprocals


@numba.njit(nogil=True, error_model="numpy")
def _precision_above(
    own, size, before, last, pool, judged, positives,
    pool_before, judged_before, positives_before,
    positive_prior, judged_prior, reached, inverse,
):  # type: ignore[no-untyped-def]  # pragma: no cover  # fmt: skip
    """What a stratum adds to the expected precision at a positive of a tie group.

    `own` tells whether the positive is of this stratum. Over all orders of the group it stands
    above and below s others of the stratum that are judged with equal chances; between them stand
    the unjudged ones, and those of other strata.
    """
    # The positive is one of the chosen samples whose places matter, of this stratum or not.
    t = judged if own else judged + 1
    others = positives - 1 if own else positives
    v = size - t
    unjudged = (pool - judged) / v if v > 0 else 0.0
    chances(t, v, last, reached)
    reciprocals(t, v, before, last, reached, inverse)
    value = 0.0
    for s in range(min(t, last)):
        found = positives_before + (s * others / (t - 1.0) if t > 1 else 0.0)
        share = (found + positive_prior) / (judged_before + s + judged_prior)
        # Of the samples above, those of the stratum: (pool_before + s + unjudged b) / rank, b of
        # the unchosen ones being above, so that the rank is before + s + 1 + b.
        fixed = pool_before + s - unjudged * (before + s + 1)
        value += share * (unjudged * reached[s + 1] + fixed * inverse[s + 1])
    return value / t


@numba.njit(nogil=True, error_model="numpy")
def walk(
    rows, judgment, stratum, ends, weights, n_strata, depth,
    positive_prior, judged_prior, rescaled, out,
):  # type: ignore[no-untyped-def]  # pragma: no cover  # fmt: skip
    """Inferred average precision of one concept in every resample.

    Parameters
    ----------
    rows : array of shape (n,), int64
        Samples, best score first.
    judgment, stratum : arrays of shape (n,), int8
        Theirs, in the same order.
    ends : array of int64
        Where tie groups end.
    weights : array of shape (b, n), uint16
        How often each sample occurs.
    n_strata, depth, positive_prior, judged_prior, rescaled
        As for `inferred_average_precision`.
    out : array of shape (b,), float64
        Filled.
    """
    n = len(rows)
    for resample in range(len(weights)):
        weight = weights[resample]
        # Of each stratum: samples, judged, positive; in all, then above, then in the tie group.
        total = np.zeros((n_strata, 3), np.int64)
        for i in range(n):
            k = stratum[i]
            if k >= 0:
                w = weight[rows[i]]
                total[k, 0] += w
                if judgment[i] >= 0:
                    total[k, 1] += w
                    total[k, 2] += w * judgment[i]
        estimated = 0.0
        for k in range(n_strata):
            if total[k, 2] > 0:
                estimated += total[k, 2] * (total[k, 0] / total[k, 1])
        if estimated == 0.0:
            out[resample] = np.nan
            continue
        above = np.zeros((n_strata, 3), np.int64)
        tied = np.zeros((n_strata, 3), np.int64)
        reached = np.empty(0)
        inverse = np.empty(0)
        before = 0
        value = 0.0
        start = 0
        for end in ends:
            if before >= depth:
                break
            tied[:] = 0
            size = 0
            found = 0
            for i in range(start, end):
                w = weight[rows[i]]
                size += w
                k = stratum[i]
                if k >= 0:
                    tied[k, 0] += w
                    if judgment[i] >= 0:
                        tied[k, 1] += w
                        tied[k, 2] += w * judgment[i]
                        found += w * judgment[i]
            start = end
            if found > 0:
                last = min(size, depth - before)
                one_over_rank = 0.0
                for place in range(1, last + 1):
                    one_over_rank += 1.0 / (before + place)
                one_over_rank /= size
                if size > 1 and len(reached) < size + 2:
                    reached = np.empty(size + 2)
                    inverse = np.empty(size + 2)
                for own in range(n_strata):
                    if tied[own, 2] == 0:
                        continue
                    precision = one_over_rank
                    for k in range(n_strata):
                        if size > 1 and tied[k, 0] > 0:
                            precision += _precision_above(
                                k == own, size, before, last,
                                tied[k, 0], tied[k, 1], tied[k, 2],
                                above[k, 0], above[k, 1], above[k, 2],
                                positive_prior, judged_prior, reached, inverse,
                            )  # fmt: skip
                        else:
                            # The group adds nothing of this stratum above its positives.
                            share = above[k, 2] + positive_prior
                            share /= above[k, 1] + judged_prior
                            precision += above[k, 0] * share * one_over_rank
                    value += precision * tied[own, 2] * (total[own, 0] / total[own, 1])
            before += size
            above += tied
        if rescaled and estimated > depth:
            out[resample] = value / depth
        else:
            out[resample] = value / estimated
