"""A linear classifier's weights, carried back from the rows it takes to the aggregated vector."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from engineered.optimization import DescriptorOptimization
from engineered.span import ShortRows

# A classifier is linear if its score of a row is that of its weights, up to this share of the
# sum of the terms' magnitudes: float32's rounding.
AGREEMENT = 1e-3


def classifier_weights(
    classifier: Any, row: np.ndarray, concept: int
) -> tuple[np.ndarray, float] | None:
    """Return a concept's weights and bias, of a classifier that is linear in its row.

    Parameters
    ----------
    classifier : object
        Fitted, with ``decision_function(F)``.
    row : ndarray of shape (d,), float32
        A row; its score must be what the weights say.
    concept : int
        Column of the scores.

    Returns
    -------
    weights : ndarray of shape (d,), float64
        On the row.
    bias : float
        The score of a row of zeros.
    None instead, where the classifier has no weights or scores by more than them.
    """
    coef, intercept = (getattr(classifier, name, None) for name in ("coef_", "intercept_"))
    score = np.asarray(classifier.decision_function(row[None]))
    shape = (len(row), score.shape[1])
    if coef is None or intercept is None or np.shape(coef) != shape:
        return None
    weights = np.asarray(coef, np.float64)[:, concept]
    bias = float(np.broadcast_to(intercept, (shape[1],))[concept])
    terms = weights * row
    allowed = AGREEMENT * (np.abs(terms).sum() + abs(bias))
    if not abs(terms.sum() + bias - score[0, concept]) <= allowed:
        return None
    return weights, bias


def unfolded(weights: np.ndarray, basis: np.ndarray, training: ShortRows) -> np.ndarray | None:
    """Return weights on rows at full length, from weights on rows told by inner products.

    Parameters
    ----------
    weights : ndarray of shape (n + 1,), float64
        On rows in the basis of `engineered.span.span`.
    basis : ndarray of shape (n, n + 1), float32
        The training rows in it.
    training : ShortRows
        The training rows, n of d columns.

    Returns
    -------
    ndarray of shape (d,), float64
        None where the last value counts, a row's length outside the span: it is not linear.
    """
    if abs(weights[-1]) > AGREEMENT * np.abs(weights).max(initial=0):
        return None
    solved = scipy.linalg.solve_triangular(
        basis[:, :-1].astype(np.float64), weights[:-1], lower=True, trans="T", check_finite=False
    )
    return training.combined(solved)


def before_optimization(
    optimization: Any, row: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, float] | None:
    """Return weights on the row before its optimisation, at the row's own values.

    Power laws and norms are factors there; principal components and whitening are linear.

    Parameters
    ----------
    optimization : object or None
        Fitted.
    row : ndarray of shape (d,), float64
        What it is given.
    weights : ndarray of shape (k,), float64
        On what it returns.

    Returns
    -------
    weights : ndarray of shape (d,), float64
        On what it is given.
    constant : float
        What is to be added: the centring by PCA takes the same from every row.
    None instead, for an optimisation that is not ours.
    """
    if optimization is None:
        return weights, 0.0
    if type(optimization) is not DescriptorOptimization:
        return None
    factors = _factors(row, optimization.power_, optimization.norm)
    components = optimization.components_
    if components is None:
        return weights * factors, 0.0
    directions = components.directions.astype(np.float64)
    mean = components.mean.astype(np.float64)
    coordinates = directions @ (row * factors - mean)
    scale = np.ones(len(coordinates))
    if optimization.whiten:
        floor = float(optimization.regularization) * components.variances.mean()
        scale = (components.variances + floor) ** (-float(optimization.whiten) / 2)
    after = _factors(coordinates * scale, optimization.post_power_, optimization.norm)
    on_values = directions.T @ (weights * after * scale)
    return on_values * factors, -float(mean @ on_values)


def _factors(row: np.ndarray, power: float, norm: str) -> np.ndarray:
    """Return what power law and norm multiply each value with; 0 for values of 0."""
    magnitudes = np.abs(row)
    there = magnitudes > 0
    factors = np.where(there, np.where(there, magnitudes, 1.0) ** (power - 1), 0.0)
    powered = magnitudes * factors
    length = {"l2": np.sqrt(powered @ powered), "l1": powered.sum(), "none": 1.0}[norm]
    return factors / (length or 1.0)
