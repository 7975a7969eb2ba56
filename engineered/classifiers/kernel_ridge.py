"""Kernel ridge regression of the concepts, in closed form."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from engineered.classifiers.folds import check_groups
from engineered.classifiers.judged import POSITIVE, UNJUDGED, check_annotations
from engineered.classifiers.ridge_solution import RidgeSolution
from engineered.classifiers.selection import (
    Selection,
    average_precision,
    best_of,
    candidates,
    table,
)
from engineered.classifiers.similarities import (
    BY_DISTANCE,
    OF_HISTOGRAMS,
    check_kernel,
    check_kernel_rows,
    kernel_values,
    similarities,
)
from engineered.classifiers.widths import MEAN_DISTANCE, check_widths, mean_off_diagonal, width
from engineered.parameters import check_flag

# Rows scored at once: bounds memory at this times the number of training rows.
CHUNK = 512
KERNELS = ("linear", "chi2", "intersection", "rbf")


class KernelRidge(BaseEstimator):
    """Regularised least squares on 1 for positives and 0 for negatives, a concept each.

    The bias is free, so that targets of another pair of values, such as the balanced
    ones of spectral regression kernel discriminant analysis, give the same ranking.
    Concepts with the same judged rows share one inverse of the kernel matrix, in
    time n^3; many different sets of judged rows are costly. Several ridges are
    compared by their predictions for rows left out, which the inverse gives at
    once: one by one, or video by video.

    Parameters
    ----------
    kernel : {"linear", "chi2", "intersection", "rbf"}, default="linear"
        Inner products, ``exp(-gamma * chi2 distance)``, the sum of minima, or
        ``exp(-gamma * squared Euclidean distance)``. "chi2" and "intersection" take
        histograms: values that are not negative.
    ridge : float or list of float, default=0.1
        Strength of the regularisation, above 0, in units of the mean of the kernel's
        diagonal. Of several, the one of highest mean average precision is taken.
    gamma : float or str, default="mean-distance"
        Width; "mean-distance" is one over the mean distance between different
        training rows, "2/mean-distance" is twice that. Read by "chi2" and "rbf".
    per_concept : bool, default=False
        Whether each concept has a ridge of its own.

    Attributes
    ----------
    ridge_ : float or ndarray of shape (n_concepts,), float64
        The ridge used, in the same units; an array with `per_concept`.
    gamma_ : float or None
        The width used.
    cv_results_ : dict of ndarray
        With several ridges: ``ridge`` and ``mean_average_precision`` of shape
        (n_candidates,), ``average_precision`` of shape (n_candidates, n_concepts).
    coef_ : ndarray of shape (d, n_concepts), float32
        Weights, of the linear kernel.
    rows_ : ndarray of shape (n, d), float32
        Training rows, of other kernels.
    dual_coef_ : ndarray of shape (n, n_concepts), float32
        Their weights.
    intercept_ : ndarray of shape (n_concepts,), float32
        Biases.

    References
    ----------
    D. Cai, X. He, J. Han: Efficient kernel discriminant analysis via spectral
    regression. ICDM 2007.
    G. Cawley: Leave-one-out cross-validation based model selection criteria for
    weighted LS-SVMs. IJCNN 2006.
    """

    def __init__(
        self,
        kernel: str = "linear",
        ridge: float | Sequence[float] = 0.1,
        gamma: float | str = MEAN_DISTANCE,
        per_concept: bool = False,
    ) -> None:
        self.kernel = kernel
        self.ridge = ridge
        self.gamma = gamma
        self.per_concept = per_concept

    @property
    def inner_products_only(self) -> bool:
        """Whether rows matter by their inner products only."""
        return self.kernel in ("linear", "rbf")

    @property
    def needs_histograms(self) -> bool:
        """Whether rows must not be negative."""
        return self.kernel in OF_HISTOGRAMS

    def warm_up(self) -> None:
        """Load or compile the kernels, so that no training time includes it."""
        rows = np.eye(2, dtype=np.float32)
        similarities(self.kernel, rows, rows)

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        check_kernel(self.kernel, KERNELS)
        candidates("ridge", self.ridge)
        if len(check_widths(self.gamma)) > 1:
            raise ValueError(f"gamma must be a single width here, got {self.gamma!r}")
        check_flag("per_concept", self.per_concept)

    def fit(self, F: np.ndarray, Y: np.ndarray, groups: np.ndarray | None = None) -> KernelRidge:
        """Train on rows.

        Parameters
        ----------
        F : ndarray of shape (n, d)
            Rows, taken as float32.
        Y : ndarray of shape (n, n_concepts)
            1 positive, 0 negative, -1 unjudged.
        groups : ndarray of shape (n,), optional
            Videos: rows of equal value are left out together.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For a concept without judged positives or negatives, values that are
            not finite or negative in a histogram, or parameters out of range.
        """
        self.check()
        ridges, given = candidates("ridge", self.ridge), check_widths(self.gamma)
        F = check_kernel_rows(self.kernel, F)
        Y = check_annotations(Y, len(F))
        groups = None if groups is None else check_groups(groups, len(F))
        self.gamma_ = None
        K = similarities(self.kernel, F, F)
        if self.kernel in BY_DISTANCE:
            self.gamma_ = width(given[0], mean_off_diagonal(K))
            K = kernel_values(K, self.gamma_)
        # Rows of zeros only have nothing to be scaled by; their bias is all there is.
        scale = float(K.diagonal().mean(dtype=np.float64)) or 1.0

        duals = np.zeros((len(ridges), *Y.shape), np.float32)
        biases = np.zeros((len(ridges), Y.shape[1]))
        left_out = np.zeros((len(ridges), *Y.shape), np.float32)
        masks, which = np.unique(Y != UNJUDGED, axis=1, return_inverse=True)
        for m in range(masks.shape[1]):
            judged = np.flatnonzero(masks[:, m])
            concepts = np.flatnonzero(which == m)
            place = np.ix_(judged, concepts)
            targets = (Y[place] == POSITIVE).astype(np.float64)
            mine = K[np.ix_(judged, judged)].astype(np.float64)
            videos = None if groups is None else groups[judged]
            for i, ridge in enumerate(ridges):
                solution = RidgeSolution(mine, ridge * scale, targets)
                duals[i][place], biases[i, concepts] = solution.duals, solution.bias
                if len(ridges) > 1:
                    left_out[i][place] = solution.left_out(videos)
        best = np.zeros(Y.shape[1], np.intp)
        self.ridge_: float | np.ndarray = ridges[0]
        if len(ridges) > 1:
            selection = self._choose(left_out, Y, groups)
            self.cv_results_ = table({"ridge": ridges}, selection)
            best = selection.best
            self.ridge_ = np.array(ridges)[best] if self.per_concept else ridges[best[0]]
        columns = np.arange(Y.shape[1])
        chosen = duals[best, :, columns].T
        self.intercept_ = biases[best, columns].astype(np.float32)
        if self.kernel == "linear":
            self.coef_ = F.T @ chosen
        else:
            # A copy: the caller may change the rows before the scoring.
            self.rows_, self.dual_coef_ = np.array(F), np.ascontiguousarray(chosen)
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
            Estimates of the probability, not confined to 0 to 1.
        """
        check_is_fitted(self, "intercept_")
        F = check_kernel_rows(self.kernel, F, self.n_features_in_)
        if self.kernel == "linear":
            return F @ self.coef_ + self.intercept_
        scores = np.empty((len(F), len(self.intercept_)), np.float32)
        for start in range(0, len(F), CHUNK):
            part = slice(start, start + CHUNK)
            K = kernel_values(similarities(self.kernel, F[part], self.rows_), self.gamma_)
            scores[part] = K @ self.dual_coef_ + self.intercept_
        return scores

    def _choose(self, left_out: np.ndarray, Y: np.ndarray, groups: np.ndarray | None) -> Selection:
        """Choose by the ranking of what was left out; one positive group tells nothing."""
        measured = np.array([average_precision(scores, Y) for scores in left_out])
        groups = np.arange(len(Y)) if groups is None else groups
        for concept in range(Y.shape[1]):
            for value in (0, 1):
                if len(np.unique(groups[Y[:, concept] == value])) < 2:
                    measured[:, concept] = np.nan
        return Selection(best_of(measured, self.per_concept), measured)
