"""Principal components of rows that need never be held whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg

from engineered.optimization.power_law import PoweredRows

# Smaller sides than this are solved exactly, whatever the number of components.
EXACT_SIDE = 5000
# A component needs these shares of the first one's variance and of the squared mean:
# below, there is rounding only.
RANK_SHARE = 1e-11
MEAN_SHARE = 1e-13
# Random directions beside those asked for, and passes that sharpen them.
OVERSAMPLING = 16
PASSES = 7


@dataclass(frozen=True)
class PrincipalComponents:
    """Directions of largest variance, orthonormal, the largest first.

    Attributes
    ----------
    mean : ndarray of shape (d,), float32
        Mean of the rows.
    directions : ndarray of shape (k, d), float32
        Unit vectors. The sign of each makes its largest entry positive.
    variances : ndarray of shape (k,), float64
        Variance along each, over ``n - 1``.
    """

    mean: np.ndarray
    directions: np.ndarray
    variances: np.ndarray

    def project(self, rows: np.ndarray) -> np.ndarray:
        """Return coordinates of rows; the rows given are overwritten.

        Parameters
        ----------
        rows : ndarray of shape (n, d), float32
            Rows; changed.

        Returns
        -------
        ndarray of shape (n, k), float32
            Coordinates.
        """
        rows -= self.mean
        return rows @ self.directions.T


def principal_components(rows: PoweredRows, count: int) -> PrincipalComponents:
    """Find the leading principal components.

    The smaller side is solved: the covariance of the columns, or the Gram matrix
    of the centred rows, whose eigenvectors ``u`` give the directions ``X' u / s``.
    Where that side is above 5,000 and at most a quarter of the components are
    asked for, randomised subspace iteration from a fixed seed stands in for the
    exact solution.

    Parameters
    ----------
    rows : PoweredRows
        n rows of d columns.
    count : int
        How many components, at most.

    Returns
    -------
    PrincipalComponents
        `count` components; fewer where the centred rows span fewer dimensions.

    Raises
    ------
    ValueError
        If the rows are all equal, so that there is no component.

    References
    ----------
    N. Halko, P.-G. Martinsson, J. Tropp: Finding structure with randomness.
    SIAM Review 2011.
    """
    n, d = rows.shape
    side = min(n, d)
    if side > EXACT_SIDE and 4 * count <= side:
        mean, directions, variances = _randomised(rows, count)
    elif n < d:
        mean, directions, variances = _from_gram(rows, count)
    else:
        mean, directions, variances = _from_covariance(rows, count)
    if len(variances) == 0:
        raise ValueError(
            f"PCA found no component: the {n} training rows are all equal; give more samples, "
            "or leave pca out"
        )
    largest = np.abs(directions).argmax(axis=1)
    flips = np.sign(directions[np.arange(len(directions)), largest])
    return PrincipalComponents(
        mean.astype(np.float32),
        (directions * flips[:, None]).astype(np.float32),
        variances / (n - 1),
    )


def _from_gram(rows: PoweredRows, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n, d = rows.shape
    mean = np.empty(d)
    gram = np.zeros((n, n))
    for columns, values in rows.columns():
        mean[columns] = values.mean(axis=0)
        values -= mean[columns]
        gram += values @ values.T
    scatter, vectors = _leading(gram, count, n * mean @ mean)
    back = (vectors / np.sqrt(scatter)).T
    # The directions are the large thing here, and float32 in the end.
    directions = np.empty((len(scatter), d), np.float32)
    for columns, values in rows.columns():
        values -= mean[columns]
        directions[:, columns] = back @ values
    return mean, directions, scatter


def _from_covariance(rows: PoweredRows, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    mean = _mean(rows)
    scatter_matrix = np.zeros((rows.shape[1], rows.shape[1]))
    for _, values in rows.chunks():
        centred = values - mean
        scatter_matrix += centred.T @ centred
    scatter, vectors = _leading(scatter_matrix, count, rows.shape[0] * mean @ mean)
    return mean, vectors.T, scatter


def _randomised(rows: PoweredRows, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    d = rows.shape[1]
    mean = _mean(rows)
    near = mean.astype(np.float32)
    width = count + OVERSAMPLING
    basis = np.random.default_rng(0).standard_normal((d, width), dtype=np.float32)
    for _ in range(PASSES):
        image = np.zeros((d, width), np.float32)
        for _, values in rows.chunks():
            values -= near
            image += values.T @ (values @ basis)
        basis = scipy.linalg.qr(image, mode="economic", overwrite_a=True, check_finite=False)[0]
    inner = np.zeros((width, width))
    for _, values in rows.chunks():
        values -= near
        projected = (values @ basis).astype(np.float64)
        inner += projected.T @ projected
    scatter, vectors = _leading(inner, count, rows.shape[0] * mean @ mean)
    return mean, vectors.T.astype(np.float32) @ basis.T, scatter


def _mean(rows: PoweredRows) -> np.ndarray:
    n, d = rows.shape
    total = np.zeros(d)
    for _, values in rows.chunks():
        total += values.sum(axis=0, dtype=np.float64)
    return total / n


def _leading(matrix: np.ndarray, count: int, mean_energy: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest eigenvalues that are not rounding, and their vectors in columns."""
    side = len(matrix)
    last = (max(0, side - count), side - 1)
    values, vectors = scipy.linalg.eigh(
        matrix, subset_by_index=last, overwrite_a=True, check_finite=False
    )
    values, vectors = values[::-1], vectors[:, ::-1]
    kept = values > max(values[0] * RANK_SHARE, mean_energy * MEAN_SHARE, 0)
    return values[kept], vectors[:, kept]
