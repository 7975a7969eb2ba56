"""Extended inferred average precision: judgments drawn at random from strata, TRECVID's measure."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.results.metrics.inferred import inferred_average_precision, inferred_metric
from benchmarks.results.metrics.metric import Metric


def extended_inferred_ap(
    scores: ArrayLike, Y: ArrayLike, strata: ArrayLike, depth: int | None = None
) -> NDArray[np.float64]:
    """Average precision inferred stratum by stratum.

    A positive at rank r, with N_s samples of stratum s above it, n_s of them judged and p_s
    positive, has the expected precision 1 / r + sum_s N_s / r * (p_s + e) / (n_s + 3 e),
    e = 0.00001. A stratum of M_s samples, J_s judged and R_s of them positive, holds about
    R_s M_s / J_s positives; each judged one weighs M_s / J_s. Ties are taken in expectation,
    exactly.

    Parameters
    ----------
    scores : array of shape (n, c)
        Higher is ranked first.
    Y : array of shape (n, c)
        1, 0, or -1 for samples that were not drawn, or are outside the pool.
    strata : array of shape (n, c), int
        Of every sample for every concept, 0 ... 127; -1 outside the pool, where a sample takes
        its rank and counts as a negative.
    depth : int, optional
        Number of samples that are returned, in TRECVID 2,000: a positive ranked lower earns
        nothing, and a concept with more estimated positives than that is measured by `depth`. All
        by default.

    Returns
    -------
    array of shape (c,), float64
        About in [0, 1]: an estimate may exceed 1. NaN for a concept without judged positives,
        where sample_eval gives 0.

    Raises
    ------
    ValueError
        For shapes that differ, a NaN score, a judged sample outside the pool, or a depth below 1.

    References
    ----------
    Yilmaz, Kanoulas and Aslam, "A simple and efficient sampling method for estimating AP and NDCG",
    SIGIR 2008, as TRECVID's sample_eval computes it (there with the depth 2,000, later 1,000).
    """
    return inferred_average_precision(
        scores, Y, strata, by_stratum=True, outcomes=3, depth=depth, rescaled=depth is not None
    )[:, 0]


def xinfap_at(k: int | None) -> Metric:
    """The metric `xinfap`, or `xinfap_at_<k>` that sees the k first samples of a ranking.

    Parameters
    ----------
    k : int or None
        At least 1, in TRECVID's semantic indexing 2,000; None: the whole ranking.

    Returns
    -------
    Metric
        It needs the strata: `Metric.given`.
    """
    return inferred_metric(
        None,
        name="xinfap" if k is None else f"xinfap_at_{k}",
        title="Extended inferred average precision" + ("" if k is None else f" at {k}"),
        needs_strata=True,
        by_stratum=True,
        outcomes=3,
        depth=k,
        rescaled=k is not None,
    )
