"""What linear classifiers share: a concept each, all trained together."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from engineered.classifiers.cost_path import cost_path
from engineered.classifiers.costs import check_class_weight, sample_costs
from engineered.classifiers.folds import assign_folds
from engineered.classifiers.judged import check_annotations, signs
from engineered.classifiers.margin_problems import (
    DualProblem,
    MarginProblem,
    PrimalProblem,
    warm_up,
)
from engineered.classifiers.rows import check_rows
from engineered.classifiers.selection import candidates, choose, table
from engineered.parameters import check_flag, check_number, check_whole

# Up to this many dimensions, Newton's method is faster than descent, and exact.
NEWTON_DIMENSIONS = 512
# The Gram matrix may be at most this many times as large as the rows themselves.
GRAM_SHARE = 2


class LinearClassifier(BaseEstimator):
    """Margin losses of all concepts, minimised on one Gram matrix or on few weights.

    A subclass names its `loss` and documents the parameters. It may show rows as
    others, block of columns by block, by `_blocks` and `_dimension`.
    """

    loss: str
    # Rows may be replaced by others of equal inner products, such as shorter ones.
    inner_products_only = True

    def __init__(
        self,
        C: float | Sequence[float] = 1.0,
        class_weight: str | None = None,
        folds: int = 3,
        per_concept: bool = False,
        tol: float = 2e-4,
        max_iter: int = 1000,
    ) -> None:
        self.C = C
        self.class_weight = class_weight
        self.folds = folds
        self.per_concept = per_concept
        self.tol = tol
        self.max_iter = max_iter

    def warm_up(self) -> None:
        """Load or compile the kernels, so that no training time includes it."""
        warm_up(self.loss)

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        candidates("C", self.C)
        check_class_weight(self.class_weight)
        check_whole("folds", self.folds, least=2)
        check_flag("per_concept", self.per_concept)
        check_number("tol", self.tol, above=0)
        check_whole("max_iter", self.max_iter)

    def fit(
        self, F: np.ndarray, Y: np.ndarray, groups: np.ndarray | None = None
    ) -> LinearClassifier:
        """Train on rows.

        Parameters
        ----------
        F : ndarray of shape (n, d)
            Rows, taken as float32.
        Y : ndarray of shape (n, n_concepts)
            1 positive, 0 negative, -1 unjudged.
        groups : ndarray of shape (n,), optional
            Videos: rows of equal value are held out together.

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
        self.check()
        costs = candidates("C", self.C)
        F = self._check_rows(F)
        Y = check_annotations(Y, len(F))
        problem = self._problem(F)
        start = None
        self.C_: float | np.ndarray = costs[0]
        if len(costs) > 1:
            fold = assign_folds(Y, groups, self.folds)
            path = cost_path(problem, Y, fold, costs, self.class_weight, self.tol, self.max_iter)
            steps = list(path)
            selection = choose([step.scores for step in steps], Y, fold, self.per_concept)
            self.cv_results_ = table({"C": costs}, selection)
            best = selection.best
            start = np.column_stack([steps[b].start[:, c] for c, b in enumerate(best)])
            self.C_ = np.array(costs)[best] if self.per_concept else costs[best[0]]
        targets = signs(Y)
        weighed = sample_costs(targets, self.C_, self.class_weight)
        solution = problem.solve(targets, weighed, self.tol, self.max_iter, start)
        self.n_iter_ = solution.steps
        if isinstance(problem, PrimalProblem):
            self.coef_ = solution.state[:-1].astype(np.float32)
            self.intercept_ = solution.state[-1].astype(np.float32)
        else:
            self.coef_ = np.empty((self._dimension(F.shape[1]), Y.shape[1]), np.float32)
            for columns, block in self._blocks(F):
                np.matmul(block.T, solution.state, out=self.coef_[columns])
            self.intercept_ = solution.state.sum(axis=0, dtype=np.float64).astype(np.float32)
        late = np.flatnonzero(solution.violations > self.tol)
        if len(late):
            warnings.warn(
                f"{type(self).__name__}: {len(late)} concepts (the first is {late[0]}) have not "
                f"converged after {self.max_iter} epochs: scale the rows to unit length, "
                "lower C or raise max_iter",
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
            Higher is likelier.
        """
        check_is_fitted(self, "coef_")
        F = self._check_rows(F, self.n_features_in_)
        scores = np.zeros((len(F), len(self.intercept_)), np.float32)
        for columns, block in self._blocks(F):
            scores += block @ self.coef_[columns]
        return scores + self.intercept_

    def _problem(self, F: np.ndarray) -> MarginProblem:
        """Return the rows in the form in which they are solved fastest."""
        n, d = len(F), self._dimension(F.shape[1])
        if d > min(NEWTON_DIMENSIONS, n) and n <= GRAM_SHARE * d:
            gram = np.zeros((n, n), np.float32)
            for _, block in self._blocks(F):
                # The product of a matrix with itself takes half the work, and no copy.
                gram += block @ block.T
            return DualProblem(gram, loss=self.loss)
        parts = [block for _, block in self._blocks(F)]
        rows = parts[0] if len(parts) == 1 else np.hstack(parts)
        if d <= min(NEWTON_DIMENSIONS, n):
            return PrimalProblem(rows, self.loss)
        return DualProblem(rows=rows, loss=self.loss)

    def _dimension(self, d: int) -> int:
        """Return the number of weights for rows of d dimensions."""
        return d

    def _blocks(self, F: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield the rows that are learned from, as blocks of columns and their place."""
        yield slice(0, F.shape[1]), F

    def _check_rows(self, F: np.ndarray, n_features: int | None = None) -> np.ndarray:
        return check_rows(F, n_features)
