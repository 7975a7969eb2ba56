"""Logistic regressions of many concepts at once, drawn towards given coefficients."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

Array = NDArray[np.float64]

# Bounds the working memory: concepts are taken in blocks of about so many values.
BLOCK = 4_000_000
MAX_ITERATIONS = 100
# Largest projected gradient at the end, for a total weight of 1.
TOLERANCE = 1e-8
HALVINGS = 30


class LogisticFit(NamedTuple):
    """Coefficients of shape (c, p) and intercepts of shape (c,), float64."""

    coefficients: Array
    intercepts: Array


def fit_logistic(
    X: ArrayLike,
    targets: ArrayLike,
    weights: ArrayLike,
    penalty: float | ArrayLike,
    prior: ArrayLike = 0.0,
    nonnegative: bool = False,
    shared: bool = False,
) -> LogisticFit:
    """Fit the regression of each concept by Newton steps.

    Minimised over coefficients b and intercept a of each concept, x_i being its row of sample i:
    ``sum_i w_i [log(1 + exp(f_i)) - t_i f_i] + penalty / 2 |b - prior|^2``, ``f_i = a + b . x_i``.
    The intercept bears no penalty.

    Parameters
    ----------
    X : array of shape (n, c, p)
        Rows of n samples for each of c concepts; a broadcast view serves where concepts share
        them.
    targets : array of shape (n, c)
        In [0, 1].
    weights : array of shape (n, c)
        Not negative; 0 leaves a sample out.
    penalty : float or array of shape (c,)
        Above 0.
    prior : float or array of shape (p,) or (c, p)
        Where coefficients are drawn to.
    nonnegative : bool
        Whether coefficients are kept from falling below 0.
    shared : bool
        Whether all concepts have the same coefficients; `penalty` and `prior` are then one for
        all, and the intercepts stay each concept's own.

    Returns
    -------
    LogisticFit
        With `shared`, the coefficients are repeated for each concept.

    References
    ----------
    D. Bertsekas: Projected Newton methods for optimization problems with simple constraints. SIAM
    Journal on Control and Optimization 20(2), 1982.
    """
    rows = np.asarray(X, dtype=np.float64).transpose(1, 0, 2)
    c, n, p = rows.shape
    t = np.asarray(targets, dtype=np.float64).T
    w = np.asarray(weights, dtype=np.float64).T
    strength = np.broadcast_to(np.asarray(penalty, dtype=np.float64), (c,))
    centre = np.broadcast_to(np.asarray(prior, dtype=np.float64), (c, p))
    if shared:
        return _Problem(rows, t, w, strength, centre, nonnegative, shared=True).solve()
    # Each concept is a problem of its own, so that blocks can be solved one after the other.
    width = max(1, BLOCK // max(1, n * p + p * p))
    parts = []
    for first in range(0, c, width):
        block = slice(first, first + width)
        own = (rows[block], t[block], w[block], strength[block], centre[block])
        parts.append(_Problem(*own, nonnegative, shared=False).solve())
    return LogisticFit(*(np.concatenate(column) for column in zip(*parts)))


class _Problem:
    """Concepts that are descended together; arrays have the concept first."""

    def __init__(
        self,
        rows: Array,
        targets: Array,
        weights: Array,
        penalty: Array,
        prior: Array,
        nonnegative: bool,
        shared: bool,
    ) -> None:
        self.rows, self.targets, self.weights = rows, targets, weights
        self.penalty, self.prior = penalty, prior
        self.nonnegative, self.shared = nonnegative, shared

    def solve(self) -> LogisticFit:
        c = len(self.rows)
        coefficients = np.maximum(self.prior, 0.0) if self.nonnegative else self.prior.copy()
        total = self.weights.sum(axis=1)
        share = (self.weights * self.targets).sum(axis=1) / np.maximum(total, 1e-300)
        share = np.clip(share, 1e-6, 1 - 1e-6)
        intercepts = np.log(share / (1 - share))
        value = self._objective(coefficients, intercepts)
        scale = self._joined(total)
        for _ in range(MAX_ITERATIONS):
            direction, shift, slope, size = self._step(coefficients, intercepts)
            if (size <= TOLERANCE * np.maximum(scale, 1.0)).all():
                break
            step = np.ones(len(value))
            unsettled = np.ones(len(value), dtype=bool)
            for _ in range(HALVINGS):
                spread = np.broadcast_to(step, (c,))
                tried = coefficients - spread[:, None] * direction
                if self.nonnegative:
                    tried = np.maximum(tried, 0.0)
                moved = intercepts - spread * shift
                reached = self._objective(tried, moved)
                # Rounding may hide the last, tiny descents.
                enough = value - 1e-4 * step * slope + 1e-12 * (1.0 + np.abs(value))
                unsettled = reached > enough
                if not unsettled.any():
                    break
                step = np.where(unsettled, step / 2, step)
            taken = np.broadcast_to(~unsettled, (c,))
            coefficients = np.where(taken[:, None], tried, coefficients)
            intercepts = np.where(taken, moved, intercepts)
            reached = np.where(unsettled, value, reached)
            if (value - reached <= 1e-13 * (1.0 + np.abs(value))).all():
                break
            value = reached
        return LogisticFit(coefficients, intercepts)

    def _joined(self, values: Array) -> Array:
        """What belongs to one descent: each concept, or with shared coefficients all of them."""
        return values.sum(axis=0, keepdims=True) if self.shared else values

    def _decisions(self, coefficients: Array, intercepts: Array) -> Array:
        return (self.rows @ coefficients[:, :, None])[:, :, 0] + intercepts[:, None]

    def _objective(self, coefficients: Array, intercepts: Array) -> Array:
        f = self._decisions(coefficients, intercepts)
        loss = (self.weights * (np.logaddexp(0.0, f) - self.targets * f)).sum(axis=1)
        drawn = 0.5 * self.penalty * ((coefficients - self.prior) ** 2).sum(axis=1)
        # Shared coefficients are penalised once.
        return self._joined(loss) + (drawn[:1] if self.shared else drawn)

    def _step(self, coefficients: Array, intercepts: Array) -> tuple[Array, Array, Array, Array]:
        """Newton's direction (descent is against it), its slope and the largest gradient."""
        c, n, p = self.rows.shape
        chance = expit(self._decisions(coefficients, intercepts))
        residual = self.weights * (chance - self.targets)
        curvature = self.weights * chance * (1.0 - chance)
        gradient = (residual[:, None, :] @ self.rows)[:, 0, :]
        lean = residual.sum(axis=1)
        bend = np.maximum(curvature.sum(axis=1), 1e-12)
        cross = (curvature[:, None, :] @ self.rows)[:, 0, :]
        hessian = np.empty((c, p, p))
        width = max(1, BLOCK // max(1, n * p))
        for first in range(0, c, width):
            block = slice(first, first + width)
            weighted = self.rows[block] * curvature[block, :, None]
            hessian[block] = weighted.transpose(0, 2, 1) @ self.rows[block]
        # The intercepts are eliminated (Schur complement), so that each descent has p unknowns.
        reduced = self._joined(hessian - cross[:, :, None] * (cross / bend[:, None])[:, None, :])
        pull = (
            self._joined(gradient)
            + (self.penalty[:, None] * (coefficients - self.prior))[: len(reduced)]
        )
        net = pull - self._joined(cross * (lean / bend)[:, None])
        reduced = reduced + self.penalty[: len(reduced), None, None] * np.eye(p)
        held = np.zeros_like(net, dtype=bool)
        if self.nonnegative:
            held = (coefficients[: len(reduced)] <= 0) & (net > 0)
            reduced = np.where(held[:, :, None] | held[:, None, :], 0.0, reduced)
            reduced = reduced + held[:, :, None] * np.eye(p)
            net = np.where(held, 0.0, net)
        direction = np.linalg.solve(reduced, net[:, :, None])[:, :, 0]
        everywhere = np.broadcast_to(direction, (c, p))
        shift = (lean - (cross * everywhere).sum(axis=1)) / bend
        slope = (np.where(held, 0.0, pull) * direction).sum(axis=1) + self._joined(lean * shift)
        size = np.maximum(
            np.abs(np.where(held, 0.0, pull)).max(axis=1, initial=0.0),
            np.abs(lean).max(keepdims=True) if self.shared else np.abs(lean),
        )
        return everywhere, shift, slope, size


def log_loss(fit: LogisticFit, rows: Array, Y: NDArray[np.int8]) -> Array:
    """Negative log-likelihood of each annotation under a regression, 0 where unjudged.

    Parameters
    ----------
    fit : LogisticFit
        Of c concepts.
    rows : array of shape (n, c, p)
    Y : array of shape (n, c)

    Returns
    -------
    array of shape (n, c), float64
    """
    f = np.einsum("ncp,cp->nc", rows, fit.coefficients) + fit.intercepts
    loss: Array = np.where(Y >= 0, np.logaddexp(0.0, f) - np.maximum(Y, 0) * f, 0.0)
    return loss
