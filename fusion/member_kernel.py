"""The kernel between images that a member of an early fusion stands for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engineered.classifiers.kernel_svm import KernelSVM
from engineered.classifiers.kernels import chi2_distances, intersection, squared_distances
from engineered.classifiers.widths import MEAN_DISTANCE, check_widths, mean_off_diagonal, width

Matrix = NDArray[np.float32]
# Kernels between rows are evaluated so many rows at a time.
CHUNK = 512


class MemberKernel:
    """A kernel of unit variance over the training images.

    A member whose classifier is a `KernelSVM` brings that kernel, any other one the inner
    product of its rows. Divided by the mean squared distance of the training images to
    their mean in the kernel's space, kernels of different members count equally
    ("multiplicative normalisation").

    Parameters
    ----------
    classifier : estimator
        The member's.

    Attributes
    ----------
    gamma_ : float or None
        Width of an exponential kernel. Of several candidates the first is taken:
        choosing is the classifier's business.
    scale_ : float
        What kernel values are divided by.

    References
    ----------
    M. Kloft, U. Brefeld, S. Sonnenburg, A. Zien: lp-norm multiple kernel learning. JMLR 2011.
    """

    def __init__(self, classifier: Any) -> None:
        self.kernel = classifier.kernel if isinstance(classifier, KernelSVM) else "linear"
        self._width = getattr(classifier, "gamma", MEAN_DISTANCE)

    def fit(self, rows: Matrix) -> Matrix:
        """Return the kernel between the training images.

        Parameters
        ----------
        rows : array of shape (n, d), float32
            Their rows.

        Returns
        -------
        array of shape (n, n), float32
        """
        self.rows_ = rows
        self.gamma_: float | None = None
        self.scale_ = 1.0
        K = self._similarity(rows)
        if self.kernel in ("chi2", "rbf"):
            self.gamma_ = width(check_widths(self._width)[0], mean_off_diagonal(K))
            K = np.exp(K * np.float32(-self.gamma_))
        variance = float(np.trace(K, dtype=np.float64)) / len(K) - float(K.mean(dtype=np.float64))
        # A member to which all images are alike has nothing to say, and says nothing.
        self.scale_ = variance if variance > 1e-12 else np.inf
        return K / np.float32(self.scale_)

    def between(self, rows: Matrix) -> Matrix:
        """Return the kernel between m other images and the training images, (m, n) float32."""
        K = self._similarity(rows)
        if self.gamma_ is not None:
            K = np.exp(K * np.float32(-self.gamma_))
        return K / np.float32(self.scale_)

    def itself(self, rows: Matrix) -> Matrix:
        """Return the kernel between m images and themselves, (m,) float32."""
        if self.gamma_ is not None:
            own = np.ones(len(rows), np.float32)
        elif self.kernel == "linear":
            own = np.einsum("ij,ij->i", rows, rows)
        else:
            own = rows.sum(axis=1)
        return own / np.float32(self.scale_)

    def _similarity(self, rows: Matrix) -> Matrix:
        if self.kernel == "linear":
            return rows @ self.rows_.T
        function = {"chi2": chi2_distances, "rbf": squared_distances}.get(self.kernel, intersection)
        K = np.empty((len(rows), len(self.rows_)), np.float32)
        for start in range(0, len(rows), CHUNK):
            K[start : start + CHUNK] = function(rows[start : start + CHUNK], self.rows_)
        return K
