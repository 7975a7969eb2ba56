"""A kernel SVM a concept, all on one kernel matrix."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.svm import SVC
from sklearn.utils.validation import check_is_fitted

from engineered.classifiers.judged import UNJUDGED, check_annotations
from engineered.classifiers.kernels import chi2_distances, intersection, squared_distances
from engineered.classifiers.rows import check_rows

# Rows scored at once: bounds memory at this times the number of support vectors.
CHUNK = 512
MEAN_DISTANCE = "mean-distance"


class KernelSVM(BaseEstimator):
    """SVM a concept with a kernel for histograms, over the judged samples of each.

    Parameters
    ----------
    kernel : {"chi2", "intersection", "rbf"}, default="chi2"
        ``exp(-gamma * chi2 distance)``, the sum of minima, or
        ``exp(-gamma * squared Euclidean distance)``. The first two take
        histograms: values that are not negative.
    C : float, default=10.0
        Cost of a violated margin, above 0.
    gamma : float or "mean-distance", default="mean-distance"
        Width; "mean-distance" is one over the mean distance between different
        training rows. Not used by "intersection".
    class_weight : {None, "balanced"}, default=None
        "balanced" weighs the positives and the negatives of each concept so that
        both sums are half its judged samples.
    cache_mb : float, default=100.0
        Memory that libsvm keeps rows of the kernel matrix in, in MiB.

    Attributes
    ----------
    gamma_ : float or None
        The width used.
    support_rows_ : ndarray of shape (m, d), float32
        Training rows that support any concept.
    dual_coef_ : ndarray of shape (m, n_concepts), float32
        Their weights.
    intercept_ : ndarray of shape (n_concepts,), float32
        Biases.

    References
    ----------
    J. Zhang, M. Marszałek, S. Lazebnik, C. Schmid: Local features and kernels for
    classification of texture and object categories. IJCV 2007.
    """

    def __init__(
        self,
        kernel: str = "chi2",
        C: float = 10.0,
        gamma: float | str = MEAN_DISTANCE,
        class_weight: str | None = None,
        cache_mb: float = 100.0,
    ) -> None:
        self.kernel = kernel
        self.C = C
        self.gamma = gamma
        self.class_weight = class_weight
        self.cache_mb = cache_mb

    def warm_up(self) -> None:
        """Load or compile the kernel, so that no training time includes it."""
        KernelSVM(self.kernel).fit(np.eye(2, dtype=np.float32), np.array([[1], [0]]))

    def fit(self, F: np.ndarray, Y: np.ndarray) -> KernelSVM:
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
            not finite or negative in a histogram, or parameters out of range.
        """
        self._check_parameters()
        F = self._check_rows(F)
        Y = check_annotations(Y, len(F))
        self.gamma_ = None
        K = self._similarity(F, F)
        if self.kernel != "intersection":
            self.gamma_ = self._width(K)
            K *= -self.gamma_
            np.exp(K, out=K)

        n, c = Y.shape
        # libsvm computes in float64: convert once, not once a concept.
        K64 = K.astype(np.float64)
        del K
        coefficients = np.zeros((n, c), np.float32)
        self.intercept_ = np.empty(c, np.float32)
        for concept in range(c):
            judged = np.flatnonzero(Y[:, concept] != UNJUDGED)
            mine = K64 if len(judged) == n else K64[np.ix_(judged, judged)]
            svm = SVC(
                kernel="precomputed",
                C=self.C,
                class_weight=self.class_weight,
                cache_size=self.cache_mb,
            )
            svm.fit(mine, Y[judged, concept])
            coefficients[judged[svm.support_], concept] = svm.dual_coef_[0]
            self.intercept_[concept] = svm.intercept_[0]
        support = np.flatnonzero(coefficients.any(axis=1))
        self.support_rows_ = F[support].copy()
        self.dual_coef_ = coefficients[support]
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
        F = self._check_rows(F, self.n_features_in_)
        scores = np.empty((len(F), len(self.intercept_)), np.float32)
        for start in range(0, len(F), CHUNK):
            K = self._similarity(F[start : start + CHUNK], self.support_rows_)
            if self.gamma_ is not None:
                K *= -self.gamma_
                np.exp(K, out=K)
            scores[start : start + CHUNK] = K @ self.dual_coef_ + self.intercept_
        return scores

    def _similarity(self, A: np.ndarray, B: np.ndarray) -> np.ndarray:
        """Return the intersection itself, or the distances of the other kernels."""
        if self.kernel == "intersection":
            return intersection(A, B)
        return chi2_distances(A, B) if self.kernel == "chi2" else squared_distances(A, B)

    def _width(self, distances: np.ndarray) -> float:
        if not isinstance(self.gamma, str):
            return float(self.gamma)
        n = len(distances)
        mean = distances.sum(dtype=np.float64) / max(n * (n - 1), 1)
        if mean <= 0:
            raise ValueError(
                "all training rows are equal, so there is no mean distance: "
                "give gamma as a number or check the descriptor"
            )
        return float(1 / mean)

    def _check_parameters(self) -> None:
        if self.kernel not in ("chi2", "intersection", "rbf"):
            raise ValueError(f'kernel must be "chi2", "intersection" or "rbf", got {self.kernel!r}')
        if not (np.isfinite(self.C) and self.C > 0):
            raise ValueError(f"C must be a finite number above 0, got {self.C}")
        if isinstance(self.gamma, str):
            wrong = self.gamma != MEAN_DISTANCE
        else:
            wrong = not (np.isfinite(self.gamma) and self.gamma > 0)
        if wrong:
            raise ValueError(
                f'gamma must be a number above 0 or "{MEAN_DISTANCE}", got {self.gamma!r}'
            )
        if self.class_weight not in (None, "balanced"):
            raise ValueError(f'class_weight must be None or "balanced", got {self.class_weight!r}')

    def _check_rows(self, F: np.ndarray, n_features: int | None = None) -> np.ndarray:
        F = check_rows(F, n_features)
        if self.kernel != "rbf" and len(F) and F.min() < 0:
            raise ValueError(
                f"the {self.kernel} kernel compares histograms, but the rows hold negative "
                'values: take kernel="rbf" or another descriptor'
            )
        return F
