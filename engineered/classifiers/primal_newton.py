"""Newton's method in the primal of the squared-hinge SVM, for few dimensions.

The objective is piecewise quadratic, so a Newton step is a ridge regression on
the samples inside the margin, and a handful of them reaches the exact minimum
even where coordinate descent crawls: many samples, few dimensions, large C.

References
----------
O. Chapelle: Training a support vector machine in the primal. Neural Computation 2007.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg

# Armijo's share of the promised decrease that a step must deliver.
SUFFICIENT = 1e-4


def solve_primal(
    F: np.ndarray, signs: np.ndarray, costs: np.ndarray, tol: float, max_iter: int
) -> tuple[np.ndarray, float, int]:
    """Minimise ``|w|^2 / 2 + sum_i C_i max(0, 1 - s_i w.x_i)^2``.

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
    weights = np.zeros(d)
    outputs = np.zeros(len(F))
    first = None
    for step in range(max_iter + 1):
        slack = np.maximum(1 - signs * outputs, 0)
        value = weights @ weights / 2 + costs @ slack**2
        gradient = weights - 2 * ((costs * signs * slack) @ F)
        size = float(np.linalg.norm(gradient))
        first = size if first is None else first
        if size <= tol * first or step == max_iter:
            break
        inside = slack > 0
        scaled = F[inside] * np.sqrt(2 * costs[inside])[:, None]
        hessian = scaled.T @ scaled
        hessian[np.diag_indices(d)] += 1
        direction = -scipy.linalg.solve(hessian, gradient, assume_a="pos")
        slope = gradient @ direction
        along = F @ direction
        length = 1.0
        while length > 1e-10:
            slack = np.maximum(1 - signs * (outputs + length * along), 0)
            moved = weights + length * direction
            if moved @ moved / 2 + costs @ slack**2 <= value + SUFFICIENT * length * slope:
                break
            length /= 2
        else:
            # The decrease is lost in rounding: this is the minimum in float64.
            break
        weights = moved
        outputs += length * along
    return weights, size / first if first else 0.0, step
