"""A linear SVM a concept, all trained together."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from engineered.classifiers.dual_descent import GramSamples, RowSamples, Samples, solve_dual
from engineered.classifiers.judged import check_annotations, signs
from engineered.classifiers.primal_newton import solve_primal
from engineered.classifiers.rows import check_rows

# Up to this many dimensions, Newton's method is faster than descent, and exact.
NEWTON_DIMENSIONS = 512
# Newton's steps end when the gradient has shrunk by this factor (it ends exactly, as a rule).
NEWTON_TOL = 1e-8
# The Gram matrix may be at most this many times as large as the rows themselves.
GRAM_SHARE = 2


class LinearSVM(BaseEstimator):
    """Squared-hinge SVM a concept, over the judged samples of each.

    The objective is that of scikit-learn's `LinearSVC`: the bias is the weight
    of a constant feature 1, and regularised with the others. Unjudged samples
    have no influence on a concept. Rows of few dimensions are solved exactly in
    the primal. Others are solved in the dual, with products in float32: they
    should be scaled to about unit length, as `DescriptorOptimization` leaves them.

    Parameters
    ----------
    C : float, default=1.0
        Cost of a violated margin, above 0; larger fits the training samples closer.
    class_weight : {None, "balanced"}, default=None
        "balanced" weighs the positives and the negatives of each concept so that
        both sums are half its judged samples.
    tol : float, default=2e-4
        Largest projected gradient at the end, in units of the margin.
    max_iter : int, default=1000
        Largest number of epochs over the training samples.

    Attributes
    ----------
    coef_ : ndarray of shape (d, n_concepts), float32
        Weights, ready for one product with the rows.
    intercept_ : ndarray of shape (n_concepts,), float32
        Biases.
    n_iter_ : int
        Number of epochs run.

    References
    ----------
    R.-E. Fan et al.: LIBLINEAR: a library for large linear classification. JMLR 2008.
    """

    def __init__(
        self,
        C: float = 1.0,
        class_weight: str | None = None,
        tol: float = 2e-4,
        max_iter: int = 1000,
    ) -> None:
        self.C = C
        self.class_weight = class_weight
        self.tol = tol
        self.max_iter = max_iter

    def warm_up(self) -> None:
        """Load or compile the kernel, so that no training time includes it."""
        # More dimensions than samples: the compiled kernel is that of the dual.
        LinearSVM().fit(np.eye(2, 3, dtype=np.float32), np.array([[1], [0]]))

    def fit(self, F: np.ndarray, Y: np.ndarray) -> LinearSVM:
        """Train on rows.

        Parameters
        ----------
        F : ndarray of shape (n, d)
            Rows, taken as float32.
        Y : ndarray of shape (n, n_concepts)
            1 positive, 0 negative, -1 unjudged.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For a concept without judged positives or negatives, values that are
            not finite, or parameters out of range.

        Warns
        -----
        ConvergenceWarning
            If concepts have not reached `tol` within `max_iter` epochs.
        """
        if not (np.isfinite(self.C) and self.C > 0):
            raise ValueError(f"C must be a finite number above 0, got {self.C}")
        F = check_rows(F)
        targets = signs(check_annotations(Y, len(F)))
        costs = self._costs(targets)
        if F.shape[1] <= min(NEWTON_DIMENSIONS, len(F)):
            late = self._fit_primal(F, targets, costs)
        else:
            late = self._fit_dual(F, targets, costs)
        if len(late):
            warnings.warn(
                f"linear SVM: {len(late)} concepts (the first is {late[0]}) have not converged "
                f"after {self.max_iter} epochs: scale the rows to unit length, lower C or "
                "raise max_iter",
                ConvergenceWarning,
                stacklevel=2,
            )
        self.n_features_in_ = F.shape[1]
        return self

    def decision_function(self, F: np.ndarray) -> np.ndarray:
        """Score rows.

        Parameters
        ----------
        F : ndarray of shape (n, d)
            Rows, taken as float32.

        Returns
        -------
        ndarray of shape (n, n_concepts), float32
            Signed distance in units of the margin; higher is likelier.
        """
        check_is_fitted(self, "coef_")
        F = check_rows(F, self.n_features_in_)
        return F @ self.coef_ + self.intercept_

    def _fit_dual(self, F: np.ndarray, targets: np.ndarray, costs: np.ndarray) -> np.ndarray:
        """Train in the dual and return the concepts that have not converged."""
        n, d = F.shape
        # Sorted samples (class after class) make for blocks that see one class only.
        order = np.random.default_rng(0).permutation(n)
        samples: Samples
        if n <= GRAM_SHARE * d:
            samples = GramSamples((F @ F.T + np.float32(1))[np.ix_(order, order)])
        else:
            samples = RowSamples(F, order, targets.shape[1])
        ordered, violations, self.n_iter_ = solve_dual(
            samples, targets[order], 1 / (2 * costs[order]), self.tol, self.max_iter
        )
        duals = np.empty_like(ordered)
        duals[order] = ordered
        self.coef_ = F.T @ duals
        self.intercept_ = duals.sum(axis=0, dtype=np.float64).astype(np.float32)
        return np.flatnonzero(violations > self.tol)

    def _fit_primal(self, F: np.ndarray, targets: np.ndarray, costs: np.ndarray) -> np.ndarray:
        """Train in the primal and return the concepts that have not converged."""
        rows = np.column_stack([F, np.ones(len(F))]).astype(np.float64)
        weights = np.empty((rows.shape[1], targets.shape[1]))
        late = []
        self.n_iter_ = 0
        for concept in range(targets.shape[1]):
            judged = np.flatnonzero(targets[:, concept])
            weights[:, concept], violation, steps = solve_primal(
                rows if len(judged) == len(rows) else rows[judged],
                targets[judged, concept].astype(np.float64),
                costs[judged, concept].astype(np.float64),
                NEWTON_TOL,
                self.max_iter,
            )
            self.n_iter_ = max(self.n_iter_, steps)
            if violation > self.tol:
                late.append(concept)
        self.coef_ = weights[:-1].astype(np.float32)
        self.intercept_ = weights[-1].astype(np.float32)
        return np.array(late, np.intp)

    def _costs(self, targets: np.ndarray) -> np.ndarray:
        """Return the cost of each sample for each concept."""
        costs = np.full(targets.shape, self.C, np.float32)
        if self.class_weight == "balanced":
            judged = (targets != 0).sum(axis=0)
            for sign in (1, -1):
                mine = targets == sign
                costs = np.where(mine, costs * (judged / (2 * mine.sum(axis=0))), costs)
        elif self.class_weight is not None:
            raise ValueError(f'class_weight must be None or "balanced", got {self.class_weight!r}')
        return costs.astype(np.float32)
