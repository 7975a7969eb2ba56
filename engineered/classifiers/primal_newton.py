"""Newton's method in the primal of margin losses, for few dimensions.

With the squared hinge the objective is piecewise quadratic, so a Newton step is a
ridge regression on the samples inside the margin, and a handful of them reaches
the exact minimum even where coordinate descent crawls: many samples, few
dimensions, large C. With the logistic loss it is iteratively reweighted.

References
----------
O. Chapelle: Training a support vector machine in the primal. Neural Computation 2007.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg
from scipy.special import expit

from engineered.classifiers.dual_descent import SQUARED_HINGE

# Armijo's share of the promised decrease that a step must deliver.
SUFFICIENT = 1e-4


def solve_primal(
    F: np.ndarray,
    signs: np.ndarray,
    costs: np.ndarray,
    tol: float,
    max_iter: int,
    start: np.ndarray | None = None,
    loss: str = SQUARED_HINGE,
) -> tuple[np.ndarray, float, int]:
    """Minimise ``|w|^2 / 2 + sum_i C_i loss(s_i w.x_i)``.

    Parameters
    ----------
    F : ndarray of shape (n, d), float64
        Rows, with a constant column for the bias.
    signs : ndarray of shape (n,), float64
        +1 or -1.
    costs : ndarray of shape (n,), float64
        C of each sample.
    tol : float
        Stop when the gradient is this much smaller than at zero weights.
    max_iter : int
        Largest number of steps.
    start : ndarray of shape (d,), float64, optional
        Weights to start from, such as those of a smaller C; zeros otherwise.
    loss : {"squared-hinge", "logistic"}
        ``max(0, 1 - m)^2`` or ``log(1 + exp(-m))``.

    Returns
    -------
    weights : ndarray of shape (d,), float64
        The minimum.
    violation : float
        Norm of the gradient at the end over that at zero weights.
    steps : int
        Number of steps taken.
    """
    d = F.shape[1]
    weights = np.zeros(d) if start is None else start
    outputs = F @ weights
    losses = _squared_hinge if loss == SQUARED_HINGE else _logistic
    first = float(np.linalg.norm((costs * signs * losses(np.zeros(len(F)))[1]) @ F))
    for step in range(max_iter + 1):
        values, slopes, curvatures = losses(signs * outputs)
        value = weights @ weights / 2 + costs @ values
        gradient = weights + (costs * signs * slopes) @ F
        size = float(np.linalg.norm(gradient))
        if size <= tol * first or step == max_iter:
            break
        bent = curvatures > 0
        scaled = F[bent] * np.sqrt(costs[bent] * curvatures[bent])[:, None]
        hessian = scaled.T @ scaled
        hessian[np.diag_indices(d)] += 1
        direction = -scipy.linalg.solve(hessian, gradient, assume_a="pos")
        slope = gradient @ direction
        along = F @ direction
        length = 1.0
        while length > 1e-10:
            values = losses(signs * (outputs + length * along))[0]
            moved = weights + length * direction
            if moved @ moved / 2 + costs @ values <= value + SUFFICIENT * length * slope:
                break
            length /= 2
        else:
            # The decrease is lost in rounding: this is the minimum in float64.
            break
        weights = moved
        outputs += length * along
    return weights, size / first if first else 0.0, step


def _squared_hinge(margins: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the loss, its slope and its curvature."""
    slack = np.maximum(1 - margins, 0)
    return slack**2, -2 * slack, 2.0 * (slack > 0)


def _logistic(margins: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the loss, its slope and its curvature."""
    share = expit(-margins)
    return np.logaddexp(0, -margins), -share, share * (1 - share)
