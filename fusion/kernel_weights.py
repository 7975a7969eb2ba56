"""Weights of kernels in their sum, by how well each training image is told by the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from fusion.average_precision import average_precision, can_be_ranked

# Ridge as a share of the kernels' variance, which is 1: leave-one-out answers change little
# over a factor of ten around this.
RIDGE = 0.05
# Up to so many images, products are in double precision: it costs little, and few images make
# average precision jump where scores differ by rounding only.
FEW = 1500
# Factors that a weight is tried with, in turn; smaller steps follow larger ones.
STEPS = ((4.0, 0.25, 0.0), (2.0, 0.5, 0.0), (1.4, 0.7))
# A gain below this is not worth leaving equal weights for.
LEAST_GAIN = 5e-4


def leave_one_out(
    K: NDArray[np.float32], Y: NDArray[np.int8], groups: NDArray[Any] | None = None
) -> NDArray[np.float32]:
    """Score each training image by kernel ridge regression on all others, in closed form.

    With G = (K + ridge I)^-1 on a concept's judged images and a = G y, the images g are scored
    ``y_g - (G_gg)^-1 a_g`` by the regression that has not seen them: one image at a time, or
    one group at a time, since the neighbouring shots of a video would give its shots away.

    Parameters
    ----------
    K : array of shape (n, n), float32
        Kernel of unit variance.
    Y : array of shape (n, c), int8
        1 positive, 0 negative, -1 unjudged.
    groups : array of shape (n,), optional
        The video of each image.

    Returns
    -------
    array of shape (n, c), float32
        0 where unjudged.

    References
    ----------
    C. Rasmussen, C. Williams: Gaussian processes for machine learning, section 5.4. 2006.
    """
    scores = np.zeros(Y.shape, np.float32)
    judged = Y >= 0
    # Concepts that are judged on the same images share an inverse.
    patterns, which = np.unique(judged, axis=1, return_inverse=True)
    for p in range(patterns.shape[1]):
        rows, concepts = np.flatnonzero(patterns[:, p]), np.flatnonzero(which.ravel() == p)
        if len(rows) < 2:
            continue
        part = K if len(rows) == len(K) else K[np.ix_(rows, rows)]
        kind: Any = np.float64 if len(rows) <= FEW else np.float32
        regular = part.astype(kind)
        regular += 1  # a bias, as the classifiers have it
        regular[np.diag_indices_from(regular)] += RIDGE
        factor = scipy.linalg.cho_factor(regular, lower=True, overwrite_a=True, check_finite=False)
        inverse = scipy.linalg.cho_solve(factor, np.eye(len(rows), dtype=kind))
        targets = Y[np.ix_(rows, concepts)].astype(kind)
        dual = inverse @ targets
        if groups is None:
            residual = dual / np.diag(inverse)[:, None]
        else:
            residual = _group_residuals(inverse, dual, groups[rows])
        scores[np.ix_(rows, concepts)] = targets - residual
    return scores


def _group_residuals(inverse: Any, dual: Any, groups: NDArray[Any]) -> Any:
    residual = np.empty_like(dual)
    order = np.argsort(groups, kind="stable")
    borders = np.flatnonzero(groups[order][1:] != groups[order][:-1]) + 1
    for mine in np.split(order, borders):
        residual[mine] = np.linalg.solve(inverse[np.ix_(mine, mine)], dual[mine])
    return residual


def search_weights(
    kernels: Sequence[NDArray[np.float32]],
    Y: NDArray[np.int8],
    groups: NDArray[Any] | None = None,
) -> NDArray[np.float64]:
    """Return weights of highest mean average precision of the left-out images.

    One weight after the other is multiplied by a few factors, 0 among them, as long as
    that helps; equal weights are where the search starts and what it keeps if nothing is
    clearly better.

    Parameters
    ----------
    kernels : sequence of arrays of shape (n, n), float32
        Of unit variance each.
    Y : array of shape (n, c), int8
        1 positive, 0 negative, -1 unjudged.
    groups : array of shape (n,), optional
        The video of each image: a video is left out whole.

    Returns
    -------
    array of shape (len(kernels),), float64
        Not negative, summing to 1.
    """
    m = len(kernels)
    equal = np.full(m, 1.0 / m)
    ranked = can_be_ranked(Y)
    if m == 1 or not ranked.any():
        return equal

    def criterion(weights: NDArray[np.float64]) -> float:
        scores = leave_one_out(weighted_sum(kernels, weights), Y[:, ranked], groups)
        return float(average_precision(scores, Y[:, ranked]).mean())

    best, reached = equal, criterion(equal)
    for factors in STEPS:
        improved = True
        while improved:
            improved = False
            for i in range(m):
                trials = [_scaled(best, i, factor) for factor in factors]
                values = [criterion(t) if t is not None else -np.inf for t in trials]
                top = int(np.argmax(values))
                if values[top] > reached + LEAST_GAIN:
                    chosen = trials[top]
                    assert chosen is not None
                    best, reached, improved = chosen, values[top], True
    return best


def weighted_sum(
    kernels: Sequence[NDArray[np.float32]], weights: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return the sum of kernels times weights; those of weight 0 are not touched."""
    total = np.zeros_like(kernels[0])
    for K, weight in zip(kernels, weights):
        if weight > 0:
            total += np.float32(weight) * K
    return total


def _scaled(weights: NDArray[np.float64], i: int, factor: float) -> NDArray[np.float64] | None:
    changed = weights.copy()
    changed[i] *= factor
    total = changed.sum()
    if total <= 0 or np.array_equal(changed, weights):
        return None
    return changed / total
