"""Average precision inferred from sampled judgments, over all concepts and resamples."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics.metric import Metric
from benchmarks.results.metrics.ranking import checked, divide
from benchmarks.results.metrics.strata import checked_strata

#: What the estimate of a precision from no judgment at all rests on: trec_eval's and
#: sample_eval's constant.
EPSILON = 1e-5


def inferred_average_precision(
    scores: ArrayLike,
    Y: ArrayLike,
    strata: ArrayLike | None,
    *,
    by_stratum: bool,
    outcomes: int,
    depth: int | None = None,
    rescaled: bool = False,
    weights: NDArray[np.integer] | None = None,
) -> NDArray[np.float64]:
    """Expected precision at the positives, from those judged above, averaged.

    A positive at rank r, with N_s samples of stratum s above it, of which n_s are judged and p_s
    positive, has the expected precision::

        1 / r + sum_s N_s (p_s + e) / (n_s + outcomes e) / r      with e = 0.00001

    A stratum with R_s judged positives among J_s judged of M_s samples holds about R_s M_s / J_s
    positives; its judged ones share that weight. Tied samples are taken in expectation over their
    orders; see `benchmarks.results.metrics.tied_places`.

    Parameters
    ----------
    scores : array of shape (n, c)
        Higher is ranked first.
    Y : array of shape (n, c)
        1, 0, or -1 for samples that were not drawn or are outside the pool.
    strata : array of shape (n, c), int, or None
        See `benchmarks.results.metrics.strata`; None: all samples are in the pool.
    by_stratum : bool
        Whether strata are kept apart; otherwise they only tell who is in the pool.
    outcomes : int
        Judgments that a stratum without any above is taken to have, times e; one of them
        positive.
    depth : int, optional
        Number of samples that are returned; what is ranked lower earns nothing.
    rescaled : bool
        Whether a concept with more (estimated) positives than `depth` is measured by `depth`.
    weights : array of shape (n, b), int, optional
        How often sample i occurs in resample j.

    Returns
    -------
    array of shape (c, b), float64
        b is 1 without weights. NaN without judged positives.

    Raises
    ------
    ValueError
        For shapes that differ, a NaN score, strata that are missing, a judged sample outside the
        pool, or a depth below 1.
    """
    # Imported here: compiling costs seconds that only these measures need to pay.
    from benchmarks.results.metrics.inferred_walk import walk

    if depth is not None and depth < 1:
        raise ValueError(f"the depth must be at least 1, got {depth}")
    values, annotations = checked(scores, Y)
    n, c = values.shape
    if strata is None and by_stratum:
        raise ValueError(
            "a measure by strata needs the stratum of every sample: evaluate(..., strata=...); "
            "infap takes judgments that were drawn from all samples alike"
        )
    pool = None if strata is None else checked_strata(strata, annotations)
    if weights is None:
        drawn = np.ones((1, n), dtype=np.uint16)
    else:
        drawn = np.ascontiguousarray(np.asarray(weights).T, dtype=np.uint16)
    out = np.empty((c, len(drawn)))
    for concept in range(c):
        column = np.ascontiguousarray(values[:, concept])
        rows = np.argsort(column)[::-1]
        ranked = column[rows]
        ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]) + 1, n)
        stratum = np.zeros(n, np.int8) if pool is None else pool[rows, concept]
        if not by_stratum:
            stratum = np.minimum(stratum, 0)
        walk(
            rows,
            annotations[rows, concept],
            stratum,
            ends if n else ends[:0],
            drawn,
            int(stratum.max(initial=0)) + 1,
            np.iinfo(np.int64).max if depth is None else depth,
            EPSILON,
            outcomes * EPSILON,
            rescaled,
            out[concept],
        )
    return out


def _per_concept(
    scores: ArrayLike, Y: ArrayLike, strata: ArrayLike | None, **rules: Any
) -> NDArray[np.float64]:
    return inferred_average_precision(scores, Y, strata, **rules)[:, 0]


def _resampled(
    scores: ArrayLike,
    Y: ArrayLike,
    weights: NDArray[np.integer],
    strata: ArrayLike | None,
    **rules: Any,
) -> NDArray[np.float64]:
    values = inferred_average_precision(scores, Y, strata, weights=weights, **rules)
    defined = ~np.isnan(values)
    return divide(np.where(defined, values, 0.0).sum(axis=0), defined.sum(axis=0))


def inferred_metric(
    strata: ArrayLike | None, *, name: str, title: str, needs_strata: bool, **rules: Any
) -> Metric:
    """A metric of sampled judgments.

    Parameters
    ----------
    strata : array of shape (n, c), int, or None
        See `benchmarks.results.metrics.strata`.
    name, title, needs_strata
        Of the metric.
    **rules
        Those of `inferred_average_precision`.

    Returns
    -------
    Metric
    """
    return Metric(
        name=name,
        title=title,
        per_concept=partial(_per_concept, strata=strata, **rules),
        resampled=partial(_resampled, strata=strata, **rules),
        with_strata=partial(
            inferred_metric, name=name, title=title, needs_strata=needs_strata, **rules
        ),
        needs_strata=needs_strata,
    )
