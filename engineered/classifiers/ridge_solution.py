"""Ridge regression with a free bias, and its predictions for rows left out.

With ``A = (K + lambda I)^-1`` the solution of ``K a + lambda a + b = y, sum a = 0`` is
``b = 1'A y / 1'A 1, a = A (y - b)``. The upper block of the inverse of the bordered system
is ``C = A - A 1 1'A / 1'A 1``, and the residuals of rows G that were left out together
are ``(C_GG)^-1 a_G``.

References
----------
G. Cawley: Leave-one-out cross-validation based model selection criteria for
weighted LS-SVMs. IJCNN 2006.
"""

from __future__ import annotations

import numpy as np
import scipy.linalg
from scipy.linalg import lapack


class RidgeSolution:
    """Solution for all targets on the same rows.

    Parameters
    ----------
    K : ndarray of shape (n, n), float64
        Kernel between the rows.
    ridge : float
        lambda, above 0.
    targets : ndarray of shape (n, c), float64
        Values to regress on.

    Attributes
    ----------
    duals : ndarray of shape (n, c), float64
        Weights of the rows; each column sums to 0.
    bias : ndarray of shape (c,), float64
        Biases.
    """

    def __init__(self, K: np.ndarray, ridge: float, targets: np.ndarray) -> None:
        system = K.copy()
        system[np.diag_indices(len(K))] += ridge
        lower, _ = scipy.linalg.cho_factor(system, lower=True, overwrite_a=True)
        # Only the lower triangle of the inverse is computed; the rest is its mirror.
        inverse, _ = lapack.dpotri(lower, lower=True, overwrite_c=True)
        below = np.tril(inverse, -1)
        self._inverse = below + below.T
        self._inverse[np.diag_indices(len(K))] = inverse.diagonal()
        self._sums = self._inverse.sum(axis=0)
        self._total = self._sums.sum()
        self._targets = targets
        self.bias = self._sums @ targets / self._total
        self.duals = self._inverse @ (targets - self.bias)

    def left_out(self, groups: np.ndarray | None = None) -> np.ndarray:
        """Return predictions of models that have not seen the row, or its group.

        Parameters
        ----------
        groups : ndarray of shape (n,), optional
            Rows of equal value are left out together; None: each alone.

        Returns
        -------
        ndarray of shape (n, c), float64
            Predictions; of the only row or group there is, the targets' bias.
        """
        n = len(self.duals)
        if groups is None:
            diagonal = self._inverse.diagonal() - self._sums**2 / self._total
            if n == 1:
                return np.broadcast_to(self.bias, self._targets.shape).copy()
            return self._targets - self.duals / diagonal[:, None]
        predictions = np.empty_like(self._targets)
        _, unit = np.unique(groups, return_inverse=True)
        order = np.argsort(unit, kind="stable")
        for mine in np.split(order, np.flatnonzero(np.diff(unit[order])) + 1):
            if len(mine) == n:
                predictions[:] = self.bias
                continue
            block = self._inverse[np.ix_(mine, mine)]
            block -= np.outer(self._sums[mine], self._sums[mine]) / self._total
            residuals = scipy.linalg.solve(block, self.duals[mine], assume_a="pos")
            predictions[mine] = self._targets[mine] - residuals
        return predictions
