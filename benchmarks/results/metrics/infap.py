"""Inferred average precision: judgments drawn at random from a pool."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics.inferred import inferred_average_precision, inferred_metric
from benchmarks.results.metrics.metric import Metric


def inferred_ap(
    scores: ArrayLike, Y: ArrayLike, strata: ArrayLike | None = None, depth: int | None = None
) -> NDArray[np.float64]:
    """Average precision, the precision at each judged positive inferred from the judged above it.

    A positive at rank r, with N samples of the pool above it, n of them judged and p positive, has
    the expected precision 1 / r + N / r * (p + e) / (n + 2 e), e = 0.00001. Where all is judged it
    is `ap`, but for e. Ties are taken in expectation, exactly.

    Parameters
    ----------
    scores : array of shape (n, c)
        Higher is ranked first.
    Y : array of shape (n, c)
        1, 0, or -1 for samples that were not drawn, or are outside the pool.
    strata : array of shape (n, c), int, optional
        Below 0 outside the pool; outside it a sample takes its rank and counts as a negative. By
        default all samples are in the pool: those that are annotated -1 were not drawn.
    depth : int, optional
        Number of samples that are returned, in TRECVID 2,000; a positive ranked lower earns
        nothing. All by default.

    Returns
    -------
    array of shape (c,), float64
        In [0, 1], but for e; NaN for a concept without judged positives, where trec_eval gives 0.

    Raises
    ------
    ValueError
        For shapes that differ, a NaN score, a judged sample outside the pool, or a depth below 1.

    References
    ----------
    Yilmaz and Aslam, "Estimating average precision with incomplete and imperfect judgments", CIKM
    2006, as trec_eval computes it (its measure infAP).
    """
    return inferred_average_precision(scores, Y, strata, by_stratum=False, outcomes=2, depth=depth)[
        :, 0
    ]


def infap_at(k: int | None) -> Metric:
    """The metric `infap`, or `infap_at_<k>` that sees the k first samples of a ranking.

    Parameters
    ----------
    k : int or None
        At least 1; None: the whole ranking.

    Returns
    -------
    Metric
    """
    return inferred_metric(
        None,
        name="infap" if k is None else f"infap_at_{k}",
        title="Inferred average precision" + ("" if k is None else f" at {k}"),
        needs_strata=False,
        by_stratum=False,
        outcomes=2,
        depth=k,
    )
