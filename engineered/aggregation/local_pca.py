"""Principal components of local vectors."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

# Keeps whitening from blowing up directions in which nothing varies.
RIDGE = 1e-6


class LocalPCA(BaseEstimator):
    """Rotate local vectors onto their directions of largest variance and drop the others.

    ``z = (x - m) U``, U being the leading eigenvectors of the covariance; divided
    by the square root of the eigenvalues if whitened. Gaussians with diagonal
    covariances fit decorrelated values far better than raw ones.

    Parameters
    ----------
    n_components : int
        Number of values kept; at most the dimension of the vectors.
    whiten : bool, default=False
        Scale every value to unit variance.

    Attributes
    ----------
    mean_ : ndarray of shape (d,), float32
        Mean of the vectors.
    projection_ : ndarray of shape (d, n_components), float32
        Columns are directions, of deterministic sign.
    explained_ : ndarray of shape (n_components,), float32
        Variance along each.

    References
    ----------
    F. Perronnin, J. Sánchez, T. Mensink: Improving the Fisher kernel for
    large-scale image classification. ECCV 2010.
    """

    def __init__(self, n_components: int, whiten: bool = False) -> None:
        self.n_components = n_components
        self.whiten = whiten

    def fit(self, vectors: np.ndarray, y: None = None) -> LocalPCA:
        """Find the directions.

        Parameters
        ----------
        vectors : ndarray of shape (m, d), float32
            A sample of local vectors.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If there are fewer than two vectors, or more components than dimensions.
        """
        vectors = np.asarray(vectors, dtype=np.float32)
        m, d = vectors.shape
        if not 1 <= self.n_components <= d:
            raise ValueError(
                f"the local vectors have {d} dimensions: a PCA of them keeps 1 to {d}, "
                f"not {self.n_components}"
            )
        if m < 2:
            raise ValueError(f"a PCA of local vectors needs two at least, got {m}")
        self.mean_ = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
        centred = vectors - self.mean_
        covariance = (centred.T @ centred).astype(np.float64) / m
        values, directions = np.linalg.eigh(covariance)
        order = np.argsort(-values, kind="stable")[: self.n_components]
        values, directions = np.maximum(values[order], 0), directions[:, order]
        # An eigenvector's sign is arbitrary: its largest entry is made positive.
        largest = np.abs(directions).argmax(axis=0)
        directions = directions * np.sign(directions[largest, np.arange(len(order))])
        if self.whiten:
            directions = directions / np.sqrt(values + RIDGE * max(float(values[0]), RIDGE))
        self.projection_ = np.ascontiguousarray(directions, dtype=np.float32)
        self.explained_ = values.astype(np.float32)
        return self

    def transform(self, vectors: np.ndarray) -> np.ndarray:
        """Project vectors.

        Parameters
        ----------
        vectors : ndarray of shape (m, d), float32
            Local vectors; m may be 0.

        Returns
        -------
        ndarray of shape (m, n_components), float32
            Their principal components.
        """
        check_is_fitted(self, "projection_")
        return vectors @ self.projection_ - self.mean_ @ self.projection_
