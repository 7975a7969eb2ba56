"""The search for the exponent and the dimension that suit a classifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.linalg.lapack
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter

from engineered.classifiers.judged import NEGATIVE, POSITIVE
from engineered.classifiers.linear_svm import LinearSVM
from engineered.classifiers.selection import assign_folds, choose, table
from engineered.optimization.power_law import PoweredRows, normalise, power_law
from engineered.optimization.principal_components import principal_components
from engineered.optimization.reduction import Candidate, Reduction

# What a row may lose of its squared length when a factor stands for it.
FACTOR_TOL = 1e-12


def compact_rows(rows: PoweredRows) -> np.ndarray:
    """Return rows of at most n columns that have the same inner products.

    Where there are more columns than rows, the Gram matrix is factored by a
    pivoted Cholesky decomposition. PCA, linear classifiers and kernels of distances
    cannot tell the factor from the rows, and a fold costs no work in d dimensions.

    Parameters
    ----------
    rows : PoweredRows
        n rows of d columns.

    Returns
    -------
    ndarray of shape (n, d) or (n, r), float32
        The rows themselves where d is at most n, else a factor of rank r.
    """
    n, d = rows.shape
    if d <= n:
        return np.concatenate([values for _, values in rows.chunks()])
    gram = np.zeros((n, n))
    for _, values in rows.columns():
        gram += values @ values.T
    tolerance = max(FACTOR_TOL * gram.diagonal().max(), np.finfo(np.float64).tiny)
    factor, pivots, rank, _ = scipy.linalg.lapack.dpstrf(
        gram, tol=tolerance, lower=1, overwrite_a=1
    )
    compact = np.empty((n, max(rank, 1)), np.float32)
    compact[pivots - 1] = np.tril(factor)[:, : max(rank, 1)]
    return compact


def search(
    F: np.ndarray,
    Y: np.ndarray,
    groups: np.ndarray | None,
    candidates: Sequence[Candidate],
    reduction: Reduction,
    classifier: Any,
    folds: int,
) -> tuple[Candidate, dict[str, np.ndarray]]:
    """Compare candidates by cross-validation on training rows.

    Folds, measure and what is done where no concept can be measured are those of
    `engineered.classifiers.selection`. Components are found on the rows that are
    not held out.

    Parameters
    ----------
    F : ndarray of shape (n, d), float32
        Training rows.
    Y : ndarray of shape (n, n_concepts), int8
        1 positive, 0 negative, -1 unjudged.
    groups : ndarray of shape (n,) or None
        Video of each row.
    candidates : sequence of Candidate
        What to compare, without repetitions; of equals the first is taken.
    reduction : Reduction
        What is the same for all.
    classifier : estimator or None
        Unfitted; None for a `LinearSVM`.
    folds : int
        Number of folds.

    Returns
    -------
    best : Candidate
        The one of the highest mean average precision.
    tried : dict of ndarray
        Columns ``power``, ``pca``, ``post_power``, ``mean_average_precision``, each of
        shape (n_candidates,), and ``average_precision`` of shape (n_candidates, n_concepts).
    """
    classifier = LinearSVM() if classifier is None else classifier
    fold = assign_folds(Y, groups, folds)
    scores = {c: np.zeros(Y.shape, np.float32) for c in candidates}
    for power in dict.fromkeys(c.power for c in candidates):
        mine = [c for c in candidates if c.power == power]
        counts = [c.pca for c in mine if c.pca is not None]
        compact = compact_rows(PoweredRows(F, power, reduction.norm))
        whole = compact
        if len(counts) < len(mine) and not getattr(classifier, "inner_products_only", False):
            whole = normalise(power_law(F, power), reduction.norm)
        for part in range(int(fold.max()) + 1):
            held, train = np.flatnonzero(fold == part), np.flatnonzero(fold != part)
            left = Y[train]
            # The others are not measured in this part, whatever their scores.
            concepts = np.flatnonzero((left == POSITIVE).any(0) & (left == NEGATIVE).any(0))
            if not len(concepts):
                continue
            extra = {}
            if groups is not None and has_fit_parameter(classifier, "groups"):
                extra["groups"] = np.asarray(groups)[train]
            if counts:
                components = principal_components(PoweredRows(compact[train]), max(counts))
                inside, outside = (components.project(compact[rows]) for rows in (train, held))
            for c in mine:
                if c.pca is None:
                    rows, new = whole[train], whole[held]
                else:
                    variances = components.variances[: c.pca]
                    rows, new = (
                        reduction.finish(found[:, : c.pca], variances, c.post_power)
                        for found in (inside, outside)
                    )
                fitted = clone(classifier).fit(rows, left[:, concepts], **extra)
                scores[c][np.ix_(held, concepts)] = fitted.decision_function(new)
    selection = choose([scores[c] for c in candidates], Y, fold)
    grid = {name: [getattr(c, name) for c in candidates] for name in Candidate._fields}
    return candidates[int(selection.best[0])], table(grid, selection)
