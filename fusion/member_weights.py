"""Weights of members straight from validation, without a search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fusion.average_precision import average_precision
from fusion.logistic_regression import LogisticFit, fit_logistic

# How strongly coefficients that all concepts share are drawn to equal ones, and those of a concept
# to the shared ones: judged samples pull against it with their number.
PENALTY = 10.0
OWN_PENALTY = 30.0
# Only keeps one coefficient for all members from growing without end.
RIDGE = 1e-3


def precision_weights(
    values: NDArray[np.floating], Y: NDArray[np.int8], per_concept: bool = False
) -> NDArray[np.float64]:
    """Weights in proportion to average precision on validation.

    Parameters
    ----------
    values : array of shape (n, m, c)
        Of concepts with positives only.
    Y : array of shape (n, c)
        1, 0, or -1 for ignored.
    per_concept : bool
        Whether each concept weighs members by their precision on it, or all by the mean.

    Returns
    -------
    array of shape (m, c), float64
        Each column sums to 1.
    """
    # Average precision is above 0 wherever there is a positive: the sums are, too.
    precision = average_precision(values.transpose(0, 2, 1), Y).T
    if not per_concept:
        precision = np.repeat(precision.mean(axis=1, keepdims=True), Y.shape[1], axis=1)
    weights: NDArray[np.float64] = precision / precision.sum(axis=0)
    return weights


def likelihood_weights(
    values: NDArray[np.floating], Y: NDArray[np.int8], per_concept: bool = False
) -> NDArray[np.float64]:
    """Weights that make the annotations likeliest.

    They are in proportion to the coefficients of a logistic regression on the members' scores,
    none of them negative. Likelihood is a smooth function of the weights that every judged sample
    has a part in, where average precision jumps with the order of a few: on small validation
    sets such weights vary less. Members that say the same share one weight.

    Parameters
    ----------
    values : array of shape (n, m, c)
        Normalised scores of concepts with a positive and a judged negative.
    Y : array of shape (n, c)
        1, 0, or -1 for ignored.
    per_concept : bool
        Whether each concept has coefficients of its own, drawn to those of `regress_shared` by a
        penalty of `OWN_PENALTY` / 2 times the squared distance: the fewer positives it has, the
        less they pull away.

    Returns
    -------
    array of shape (m, c), float64
        Each column sums to 1; equal weights where no member ranks better than chance.
    """
    rows = values.transpose(0, 2, 1).astype(np.float64)
    shared = regress_shared(rows, Y, PENALTY)
    found = shared.coefficients.T
    common = _normalised(found, np.full(found.shape, 1.0 / len(found)))
    if not per_concept:
        return common
    centre = shared.coefficients
    own = fit_logistic(rows, np.maximum(Y, 0), Y >= 0, OWN_PENALTY, centre, nonnegative=True)
    return _normalised(own.coefficients.T, common)


def _normalised(
    coefficients: NDArray[np.float64], otherwise: NDArray[np.float64]
) -> NDArray[np.float64]:
    total = coefficients.sum(axis=0)
    return np.divide(coefficients, total, out=otherwise.copy(), where=total > 0)


def regress_shared(
    rows: NDArray[np.float64], Y: NDArray[np.int8], penalty: float, nonnegative: bool = True
) -> LogisticFit:
    """Regress annotations on scores with coefficients that all concepts share.

    Intercepts are each concept's own. The penalty is half of `penalty` times the squared distance
    from equal coefficients, those that the mean of the members would bear.

    Parameters
    ----------
    rows : array of shape (n, c, m)
        Normalised scores.
    Y : array of shape (n, c)
        1, 0, or -1 for ignored; a concept needs both a 1 and a 0.
    penalty : float
        Above 0.
    nonnegative : bool
        Whether coefficients are kept from falling below 0.

    Returns
    -------
    LogisticFit
        Of shapes (c, m) and (c,); all rows of coefficients are the same.
    """
    targets, judged = np.maximum(Y, 0), Y >= 0
    mean = rows.mean(axis=2, keepdims=True)
    together = fit_logistic(mean, targets, judged, RIDGE, nonnegative=True, shared=True)
    equal = np.full(rows.shape[2], together.coefficients[0, 0] / rows.shape[2])
    return fit_logistic(rows, targets, judged, penalty, equal, nonnegative, shared=True)
