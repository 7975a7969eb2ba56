"""Systems over tasks: Friedman's test and what a critical-difference diagram shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, rankdata, studentized_range, wilcoxon

from benchmarks.results.statistics.holm import holm

PostHoc = Literal["nemenyi", "wilcoxon-holm"]


@dataclass(frozen=True, eq=False)
class FriedmanResult:
    """Mean ranks over tasks, and which systems they tell apart.

    Attributes
    ----------
    systems : tuple of str
        Best mean rank first.
    mean_ranks : array of shape (k,), float64
        Theirs; 1 is the best system on every task.
    statistic, p_value : float
        Friedman's chi-square, corrected for ties, and its chance if all systems were alike.
    tasks : int
    post_hoc : {"nemenyi", "wilcoxon-holm"}
    critical_difference : float or None
        Of mean ranks, for Nemenyi's test.
    p_values : array of shape (k, k), float64
        Of each pair, corrected for all of them; 1 on the diagonal.
    cliques : tuple of tuple of str
        Systems, neighbours in rank, none of which is told apart from another: the bars of the
        diagram. Groups within larger ones, and single systems, are left out.
    """

    systems: tuple[str, ...]
    mean_ranks: NDArray[np.float64]
    statistic: float
    p_value: float
    tasks: int
    post_hoc: PostHoc
    critical_difference: float | None
    p_values: NDArray[np.float64]
    cliques: tuple[tuple[str, ...], ...]


def friedman_test(
    values: ArrayLike,
    systems: Sequence[str],
    higher_is_better: bool = True,
    post_hoc: PostHoc = "nemenyi",
    level: float = 0.05,
) -> FriedmanResult:
    """Compare systems over tasks by their ranks within each task.

    Nemenyi's test tells two systems apart whose mean ranks differ by more than::

        q sqrt(k (k + 1) / (6 N))

    with q the (1 - level) quantile of the studentized range of k infinite samples, over sqrt(2).
    Wilcoxon-Holm tests each pair by signed ranks of its differences, exactly where there are no
    ties and few tasks, and corrects over all pairs; it needs 6 tasks before it can reject
    one pair at 5 %, and more for several.

    Parameters
    ----------
    values : array of shape (tasks, systems)
        A metric; at least two tasks and two systems, no NaN. Equal values share their mean rank.
    systems : sequence of str
        Names of the columns.
    higher_is_better : bool
        Of the metric.
    post_hoc : {"nemenyi", "wilcoxon-holm"}
    level : float
        In (0, 1).

    Returns
    -------
    FriedmanResult

    Raises
    ------
    ValueError
        For a wrong shape, a value that is not finite, an unknown test or a level out of range.

    References
    ----------
    Demšar, "Statistical comparisons of classifiers over multiple data sets", JMLR 2006. Benavoli,
    Corani and Mangili, "Should we really use post-hoc tests based on mean-ranks?", JMLR 2016, for
    Wilcoxon's test instead of Nemenyi's.
    """
    table = np.asarray(values, dtype=np.float64)
    names = list(systems)
    if table.ndim != 2 or table.shape[1] != len(names):
        raise ValueError(f"values must have shape (tasks, {len(names)}), got {table.shape}")
    tasks, k = table.shape
    if tasks < 2 or k < 2:
        raise ValueError(f"ranks over tasks need two tasks and two systems, got {tasks} and {k}")
    if not np.isfinite(table).all():
        task, column = np.argwhere(~np.isfinite(table))[0]
        raise ValueError(f"{names[column]!r} has no finite value on task {task}: leave one out")
    if not 0 < level < 1:
        raise ValueError(f"the level must lie in (0, 1), got {level}")
    if post_hoc not in ("nemenyi", "wilcoxon-holm"):
        raise ValueError(f"unknown test {post_hoc!r}: nemenyi or wilcoxon-holm")
    ranks = rankdata(-table if higher_is_better else table, axis=1)
    order = np.argsort(ranks.mean(axis=0), kind="stable")
    table, ranks = table[:, order], ranks[:, order]
    mean_ranks = ranks.mean(axis=0)
    names = [names[i] for i in order]

    # Over the variance of the ranks within tasks, which is what ties make smaller.
    spread = ((ranks - (k + 1) / 2) ** 2).sum() / (k - 1)
    between = tasks**2 * ((mean_ranks - (k + 1) / 2) ** 2).sum()
    statistic = float(between / spread) if spread else 0.0

    scale = np.sqrt(k * (k + 1) / (6 * tasks))
    critical_difference = None
    if post_hoc == "nemenyi":
        critical_difference = float(
            studentized_range.ppf(1 - level, k, np.inf) / np.sqrt(2) * scale
        )
        gaps = np.abs(mean_ranks[:, None] - mean_ranks[None, :])
        p_values = studentized_range.sf(gaps / scale * np.sqrt(2), k, np.inf)
        apart = gaps > critical_difference
    else:
        p_values = _wilcoxon_holm(table)
        apart = p_values < level
    np.fill_diagonal(p_values, 1.0)
    return FriedmanResult(
        systems=tuple(names),
        mean_ranks=mean_ranks,
        statistic=statistic,
        p_value=float(chi2.sf(statistic, k - 1)),
        tasks=tasks,
        post_hoc=post_hoc,
        critical_difference=critical_difference,
        p_values=np.clip(p_values, 0.0, 1.0),
        cliques=tuple(tuple(names[a:b]) for a, b in _cliques(apart)),
    )


def _wilcoxon_holm(table: NDArray[np.float64]) -> NDArray[np.float64]:
    k = table.shape[1]
    upper = np.triu_indices(k, 1)
    found = []
    for i, j in zip(*upper):
        difference = table[:, i] - table[:, j]
        nonzero = difference[difference != 0]
        found.append(float(wilcoxon(nonzero).pvalue) if nonzero.size else 1.0)
    p_values = np.ones((k, k))
    p_values[upper] = holm(found)
    return np.minimum(p_values, p_values.T)


def _cliques(apart: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Longest runs of neighbours in rank without two that are apart, as (start, end)."""
    found: list[tuple[int, int]] = []
    for start in range(len(apart)):
        end = start + 1
        while end < len(apart) and not apart[start : end + 1, start : end + 1].any():
            end += 1
        if end > start + 1 and (not found or end > found[-1][1]):
            found.append((start, end))
    return found
