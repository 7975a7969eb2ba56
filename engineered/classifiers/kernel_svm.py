"""A kernel SVM a concept, all on one kernel matrix."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from engineered.classifiers.cost_path import Step, cost_path
from engineered.classifiers.costs import check_class_weight, sample_costs
from engineered.classifiers.dual_descent import SQUARED_HINGE
from engineered.classifiers.folds import assign_folds
from engineered.classifiers.judged import check_annotations, signs
from engineered.classifiers.margin_problems import DualProblem, warm_up
from engineered.classifiers.selection import candidates, choose, table
from engineered.classifiers.similarities import (
    BY_DISTANCE,
    OF_HISTOGRAMS,
    check_kernel,
    check_kernel_rows,
    kernel_values,
    similarities,
)
from engineered.classifiers.widths import MEAN_DISTANCE, check_widths, mean_off_diagonal, width
from engineered.parameters import check_flag, check_number, check_whole

# Rows scored at once: bounds memory at this times the number of support vectors.
CHUNK = 512
KERNELS = ("chi2", "intersection", "rbf")


class KernelSVM(BaseEstimator):
    """Squared-hinge SVM a concept with a kernel, over the judged samples of each.

    All concepts, folds and costs share one kernel matrix and are descended
    together, as in `LinearSVM`; the bias is a constant that is added to the
    kernel. libsvm's SVM differs: its hinge is not squared and its bias is free.

    Parameters
    ----------
    kernel : {"chi2", "intersection", "rbf"}, default="chi2"
        ``exp(-gamma * chi2 distance)``, the sum of minima, or
        ``exp(-gamma * squared Euclidean distance)``. The first two take
        histograms: values that are not negative.
    C : float or list of float, default=10.0
        Cost of a violated margin, above 0. Of several, the one of highest mean
        average precision on held-out rows is taken.
    gamma : float, str or list of these, default="mean-distance"
        Width; "mean-distance" is one over the mean distance between different
        training rows, "2/mean-distance" is twice that. Of several, one is chosen
        together with C. Not used by "intersection".
    class_weight : {None, "balanced"}, default=None
        "balanced" weighs the positives and the negatives of each concept so that
        both sums are half its judged samples.
    folds : int, default=3
        Parts that take turns to be held out, at least 2; read for several
        candidates only.
    per_concept : bool, default=False
        Whether each concept has a cost of its own; the width is the same for all.
    tol : float, default=2e-4
        Largest projected gradient at the end, in units of the margin.
    max_iter : int, default=1000
        Largest number of epochs over the training samples.

    Attributes
    ----------
    C_ : float or ndarray of shape (n_concepts,), float64
        The cost used; an array with `per_concept`.
    gamma_ : float or None
        The width used.
    cv_results_ : dict of ndarray
        With several candidates: ``C``, ``gamma`` and ``mean_average_precision`` of
        shape (n_candidates,), ``average_precision`` of shape (n_candidates, n_concepts).
    support_rows_ : ndarray of shape (m, d), float32
        Training rows that support any concept.
    dual_coef_ : ndarray of shape (m, n_concepts), float32
        Their weights.
    intercept_ : ndarray of shape (n_concepts,), float32
        Biases.
    n_iter_ : int
        Number of epochs run with the parameters used.

    References
    ----------
    J. Zhang, M. Marszałek, S. Lazebnik, C. Schmid: Local features and kernels for
    classification of texture and object categories. IJCV 2007.
    """

    def __init__(
        self,
        kernel: str = "chi2",
        C: float | Sequence[float] = 10.0,
        gamma: float | str | Sequence[float | str] = MEAN_DISTANCE,
        class_weight: str | None = None,
        folds: int = 3,
        per_concept: bool = False,
        tol: float = 2e-4,
        max_iter: int = 1000,
    ) -> None:
        self.kernel = kernel
        self.C = C
        self.gamma = gamma
        self.class_weight = class_weight
        self.folds = folds
        self.per_concept = per_concept
        self.tol = tol
        self.max_iter = max_iter

    @property
    def inner_products_only(self) -> bool:
        """Whether rows matter by their inner products only: true of the Gaussian kernel."""
        return self.kernel == "rbf"

    @property
    def needs_histograms(self) -> bool:
        """Whether rows must not be negative."""
        return self.kernel in OF_HISTOGRAMS

    def warm_up(self) -> None:
        """Load or compile the kernels, so that no training time includes it."""
        warm_up(SQUARED_HINGE)
        rows = np.eye(2, dtype=np.float32)
        similarities(self.kernel, rows, rows)

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_kernel(self.kernel, KERNELS)
        candidates("C", self.C)
        check_widths(self.gamma)
        check_class_weight(self.class_weight)
        check_whole("folds", self.folds, least=2)
        check_flag("per_concept", self.per_concept)
        check_number("tol", self.tol, above=0)
        check_whole("max_iter", self.max_iter)

    def fit(self, F: np.ndarray, Y: np.ndarray, groups: np.ndarray | None = None) -> KernelSVM:
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
            not finite or negative in a histogram, or parameters out of range.

        Warns
        -----
        ConvergenceWarning
            If concepts have not reached `tol` within `max_iter` epochs.
        """
        self.check()
        costs, gammas = candidates("C", self.C), check_widths(self.gamma)
        F = check_kernel_rows(self.kernel, F)
        Y = check_annotations(Y, len(F))
        similarity = similarities(self.kernel, F, F)
        widths: list[float | None] = [None]
        if self.kernel in BY_DISTANCE:
            mean = mean_off_diagonal(similarity)
            widths = [*sorted({width(gamma, mean) for gamma in gammas})]
        self.C_: float | np.ndarray = costs[0]
        self.gamma_ = widths[0]
        start = None
        if len(costs) * len(widths) > 1:
            start = self._choose(similarity, Y, groups, widths, costs)
        problem = DualProblem(kernel_values(similarity, self.gamma_))
        del similarity
        targets = signs(Y)
        weighed = sample_costs(targets, self.C_, self.class_weight)
        solution = problem.solve(targets, weighed, self.tol, self.max_iter, start)
        self.n_iter_ = solution.steps
        late = np.flatnonzero(solution.violations > self.tol)
        if len(late):
            warnings.warn(
                f"kernel SVM: {len(late)} concepts (the first is {late[0]}) have not converged "
                f"after {self.max_iter} epochs: lower C or raise max_iter",
                ConvergenceWarning,
                stacklevel=2,
            )
        self.intercept_ = solution.state.sum(axis=0, dtype=np.float64).astype(np.float32)
        support = np.flatnonzero(solution.state.any(axis=1))
        self.support_rows_ = F[support]
        self.dual_coef_ = solution.state[support]
        self.n_features_in_ = F.shape[1]
        return self

    def decision_function(self, F: np.ndarray) -> np.ndarray:
        """Score rows, some hundreds at a time.

        Parameters
        ----------
        F : ndarray of shape (n, d)
            Rows, taken as float32.

        Returns
        -------
        ndarray of shape (n, n_concepts), float32
            Signed distance in units of the margin; higher is likelier.
        """
        check_is_fitted(self, "dual_coef_")
        F = check_kernel_rows(self.kernel, F, self.n_features_in_)
        scores = np.empty((len(F), len(self.intercept_)), np.float32)
        for start in range(0, len(F), CHUNK):
            part = similarities(self.kernel, F[start : start + CHUNK], self.support_rows_)
            K = kernel_values(part, self.gamma_)
            scores[start : start + CHUNK] = K @ self.dual_coef_ + self.intercept_
        return scores

    def _choose(
        self,
        similarity: np.ndarray,
        Y: np.ndarray,
        groups: np.ndarray | None,
        widths: list[float | None],
        costs: list[float],
    ) -> np.ndarray:
        """Choose width and cost; return a start for the last training."""
        fold = assign_folds(Y, groups, self.folds)
        steps: list[Step] = []
        for gamma in widths:
            problem = DualProblem(kernel_values(similarity, gamma))
            steps += cost_path(problem, Y, fold, costs, self.class_weight, self.tol, self.max_iter)
        selection = choose([step.scores for step in steps], Y, fold)
        tried = np.array([np.nan if gamma is None else gamma for gamma in widths])
        grid = {"gamma": np.repeat(tried, len(costs)), "C": np.tile(costs, len(widths))}
        self.cv_results_ = table(grid, selection)
        at_width = int(selection.best[0]) // len(costs)
        self.gamma_ = widths[at_width]
        steps = steps[at_width * len(costs) : (at_width + 1) * len(costs)]
        best = selection.best % len(costs)
        self.C_ = costs[best[0]]
        if self.per_concept:
            best = choose([step.scores for step in steps], Y, fold, per_concept=True).best
            self.C_ = np.array(costs)[best]
        return np.column_stack([steps[b].start[:, c] for c, b in enumerate(best)])
