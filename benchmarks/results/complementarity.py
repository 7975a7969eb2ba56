"""How much systems differ in what they get right: what fusion has to work with."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binomtest, rankdata

from benchmarks.results.metrics import find_metric


def rank_correlation(scores: Mapping[str, ArrayLike]) -> pd.DataFrame:
    """Spearman's correlation between systems' scores of each concept, averaged over concepts.

    Parameters
    ----------
    scores : mapping from system to array of shape (n, c)
        Of the same samples and concepts; NaN is an error.

    Returns
    -------
    DataFrame, a row and a column a system
        In [-1, 1]. A concept that either system scores alike everywhere is left out of a pair's
        mean; NaN where none is left.

    Raises
    ------
    ValueError
        For shapes that differ or a NaN score.
    """
    names, arrays = _aligned(scores)
    c = arrays[0].shape[1]
    per_concept = np.empty((len(names), len(names), c))
    # A concept at a time: all systems' ranks of all concepts need not be held at once. Columns are
    # made whole first, as a concept's scores lie far apart in a row a sample.
    arrays = [np.ascontiguousarray(values.T).T for values in arrays]
    for concept in range(c):
        ranks = rankdata(np.stack([values[:, concept] for values in arrays]), axis=1)
        ranks -= ranks.mean(axis=1, keepdims=True)
        lengths = np.sqrt((ranks**2).sum(axis=1, keepdims=True))
        unit = np.divide(ranks, lengths, out=np.full_like(ranks, np.nan), where=lengths > 0)
        per_concept[:, :, concept] = unit @ unit.T
    return pd.DataFrame(_nanmean(per_concept), index=names, columns=names)


def oracle_gain(
    scores: Mapping[str, ArrayLike],
    Y: ArrayLike,
    metric: str = "ap",
    strata: ArrayLike | None = None,
) -> pd.Series:
    """What choosing the best system for each concept, with hindsight, would gain.

    Parameters
    ----------
    scores : mapping from system to array of shape (n, c)
        At least two.
    Y : array of shape (n, c)
        1, 0, -1.
    metric : str
        Name of a metric.
    strata : array of shape (n, c), int, optional
        For inferred metrics.

    Returns
    -------
    Series
        ``best_system``, ``best`` (its mean over concepts), ``oracle`` (the mean of the best value
        of each concept) and ``gain``, at least 0 where higher is better, else at most 0. It is
        optimistic: of equal systems one is best by luck.
    """
    names, arrays = _aligned(scores, least=2)
    found = find_metric(metric).given(strata)
    values = np.stack([found.per_concept(array, Y) for array in arrays])
    values = values[:, ~np.isnan(values).any(axis=0)]
    if not values.size:
        raise ValueError(f"{metric} is undefined: no concept has what it needs")
    means = values.mean(axis=1)
    best = int(means.argmax() if found.higher_is_better else means.argmin())
    each = values.max(axis=0) if found.higher_is_better else values.min(axis=0)
    oracle = float(each.mean())
    return pd.Series(
        {
            "best_system": names[best],
            "best": float(means[best]),
            "oracle": oracle,
            "gain": oracle - float(means[best]),
        }
    )


def sample_oracle(scores: Mapping[str, ArrayLike], Y: ArrayLike) -> pd.Series:
    """Share of samples that at least one system names right, for one concept a sample.

    Parameters
    ----------
    scores : mapping from system to array of shape (n, c)
        At least two.
    Y : array of shape (n, c)
        Exactly one positive a sample.

    Returns
    -------
    Series
        ``best_system``, ``best`` (its accuracy), ``oracle`` and ``gain``. A concept tied with
        another for the best score does not count as named.

    Raises
    ------
    ValueError
        For another number of positives a sample.
    """
    names, arrays = _aligned(scores, least=2)
    annotations = np.asarray(Y)
    if annotations.shape != arrays[0].shape or ((annotations == 1).sum(axis=1) != 1).any():
        raise ValueError("every sample must have exactly one positive concept")
    right = []
    for values in arrays:
        judged = np.where(annotations >= 0, values, -np.inf)
        rivals = np.where(annotations == 1, -np.inf, judged).max(axis=1)
        right.append(judged[annotations == 1] > rivals)
    hits = np.stack(right)
    accuracy = hits.mean(axis=1)
    best = int(accuracy.argmax())
    oracle = float(hits.any(axis=0).mean())
    return pd.Series(
        {
            "best_system": names[best],
            "best": float(accuracy[best]),
            "oracle": oracle,
            "gain": oracle - float(accuracy[best]),
        }
    )


def concepts_won(
    values: Mapping[str, ArrayLike],
    family_of: Mapping[str, str],
    concepts: list[str],
    higher_is_better: bool = True,
) -> pd.DataFrame:
    """Which concepts each family wins, by the mean of its systems.

    The mean, not the best: the best of many systems on test is better than of few, by luck.

    Parameters
    ----------
    values : mapping from system to array of shape (c,)
        A metric a concept.
    family_of : mapping from system to family
    concepts : list of str
    higher_is_better : bool

    Returns
    -------
    DataFrame, a row a concept
        A column a family with its mean, and ``winner``: "" for a tie or an undefined value.
    """
    families: dict[str, list[NDArray[np.float64]]] = {}
    for system, found in values.items():
        families.setdefault(family_of[system], []).append(np.asarray(found, dtype=np.float64))
    frame = pd.DataFrame(
        {family: np.mean(found, axis=0) for family, found in families.items()}, index=concepts
    )
    ordered = frame if higher_is_better else -frame
    top = ordered.max(axis=1, skipna=False)
    alone = ordered.eq(top, axis=0).sum(axis=1) == 1
    winner = ordered.fillna(-np.inf).idxmax(axis=1).where(alone, "")
    return frame.assign(winner=winner)


def sign_test(wins: int, losses: int) -> float:
    """Two-sided p-value of wins and losses, ties left out, if either were as likely.

    Returns
    -------
    float
        1 where there is neither.
    """
    return float(binomtest(wins, wins + losses).pvalue) if wins + losses else 1.0


def _aligned(
    scores: Mapping[str, ArrayLike], least: int = 1
) -> tuple[list[str], list[NDArray[np.floating]]]:
    names = list(scores)
    if len(names) < least:
        raise ValueError(f"{least} systems are needed, got {len(names)}")
    # Ranks of single precision are ranks all the same, and found in half the time.
    given = [np.asarray(scores[name]) for name in names]
    arrays = [x if x.dtype == np.float32 else x.astype(np.float64, copy=False) for x in given]
    for name, values in zip(names, arrays):
        if values.ndim != 2 or values.shape != arrays[0].shape:
            raise ValueError(
                f"{name!r} has scores of shape {values.shape}, {names[0]!r} of {arrays[0].shape}"
            )
        if np.isnan(values).any():
            raise ValueError(f"{name!r} has a NaN score")
    return names, arrays


def _nanmean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    defined = ~np.isnan(values)
    counts = defined.sum(axis=-1)
    sums = np.where(defined, values, 0.0).sum(axis=-1)
    return np.divide(sums, counts, out=np.full(counts.shape, np.nan), where=counts > 0)
