"""Mixture of Gaussians with diagonal covariances, fitted by expectation maximisation."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from engineered.aggregation.fisher_kernel import CHUNK, accumulate
from engineered.aggregation.kmeans import KMeans
from engineered.parallel import by_parts

# Vectors that a thread takes at once.
PART = 32 * CHUNK
# Iterations of the k-means that the mixture starts from.
START_ITERATIONS = 10
# A Gaussian never explains less than this many vectors' worth of the sample.
LEAST_COUNT = 1.0


class DiagonalGaussianMixture(BaseEstimator):
    """The generative vocabulary of Fisher vectors.

    Starts from k-means; variances are kept above a share of the sample's own,
    so that no Gaussian collapses onto repeated vectors.

    Parameters
    ----------
    n_components : int, default=256
        Number of Gaussians.
    max_iter : int, default=20
        Largest number of iterations.
    tol : float, default=1e-3
        Stop when the mean log-likelihood rises by less than this.
    variance_floor : float, default=1e-3
        Smallest variance, as a share of the sample's variance in that dimension.
    random_state : int, RandomState or None, default=None
        Seed of k-means.

    Attributes
    ----------
    weights_ : ndarray of shape (n_components,), float64
        Sum to 1.
    means_, variances_ : ndarray of shape (n_components, d), float64
        Of each Gaussian.
    log_likelihood_ : float
        Mean over the sample, in the last iteration.
    n_iter_ : int
        Number of iterations run.

    References
    ----------
    C. Bishop: Pattern recognition and machine learning, section 9.2. 2006.
    """

    def __init__(
        self,
        n_components: int = 256,
        max_iter: int = 20,
        tol: float = 1e-3,
        variance_floor: float = 1e-3,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.max_iter = max_iter
        self.tol = tol
        self.variance_floor = variance_floor
        self.random_state = random_state

    def fit(self, X: np.ndarray, y: None = None) -> DiagonalGaussianMixture:
        """Fit the mixture.

        Parameters
        ----------
        X : ndarray of shape (m, d), float32
            A sample of local vectors, best decorrelated by a PCA.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For fewer vectors than Gaussians.
        """
        X = np.ascontiguousarray(X, dtype=np.float32)
        if len(X) < self.n_components:
            raise ValueError(
                f"a mixture of {self.n_components} Gaussians needs at least as many local "
                f"vectors, got {len(X)}: ask for fewer, or give more or larger training images"
            )
        floor = self.variance_floor * np.maximum(X.var(axis=0, dtype=np.float64), 1e-12)
        kmeans = KMeans(
            self.n_components, max_iter=START_ITERATIONS, random_state=self.random_state
        ).fit(X)
        labels = kmeans.predict(X)
        counts = np.bincount(labels, minlength=self.n_components).astype(np.float64)
        # A cluster of few vectors has no variance of its own to speak of: it takes the mean one.
        within = np.maximum((X - kmeans.cluster_centers_[labels]).var(axis=0), floor)
        self.weights_ = np.maximum(counts, LEAST_COUNT) / np.maximum(counts, LEAST_COUNT).sum()
        self.means_ = kmeans.cluster_centers_.astype(np.float64)
        self.variances_ = np.tile(within, (self.n_components, 1))

        previous = -np.inf
        self.n_iter_ = 0
        for iteration in range(self.max_iter):
            counts32, sums, total = moments(self, X)
            self.log_likelihood_ = total / len(X)
            self._maximise(counts32[0].astype(np.float64), sums[0].astype(np.float64), floor)
            self.n_iter_ = iteration + 1
            if self.log_likelihood_ - previous < self.tol:
                break
            previous = self.log_likelihood_
        return self

    def _maximise(self, counts: np.ndarray, sums: np.ndarray, floor: np.ndarray) -> None:
        alive = counts > LEAST_COUNT
        n = counts[alive, None]
        moved = sums[0, alive] / n
        # One that explains nothing stays where it is. Moments are about the old means.
        self.means_[alive] += moved
        self.variances_[alive] = np.maximum(sums[1, alive] / n - moved**2, floor)
        counts = np.maximum(counts, LEAST_COUNT)
        self.weights_ = counts / counts.sum()

    def linear_form(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the log of weight times density as a linear function of (x, x^2).

        Returns
        -------
        slopes : ndarray of shape (2 d, n_components), float32
            Coefficients of (x, x^2).
        offsets : ndarray of shape (n_components,), float32
            What is added.
        """
        check_is_fitted(self, "weights_")
        slopes = np.concatenate([self.means_ / self.variances_, -0.5 / self.variances_], axis=1)
        offsets = np.log(self.weights_) - 0.5 * np.sum(
            self.means_**2 / self.variances_ + np.log(2 * np.pi * self.variances_), axis=1
        )
        return np.ascontiguousarray(slopes.T, dtype=np.float32), offsets.astype(np.float32)


def moments(
    mixture: DiagonalGaussianMixture,
    X: np.ndarray,
    cells: np.ndarray | None = None,
    n_cells: int = 1,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Sum posteriors, and posteriors times x - m and (x - m)^2, over the vectors of each cell.

    Parameters
    ----------
    mixture : DiagonalGaussianMixture
        Fitted, or with its three arrays set.
    X : ndarray of shape (m, d), float32
        Vectors.
    cells : ndarray of shape (m,), intp, optional
        Cell of each vector; None for one cell.
    n_cells : int, default=1
        Number of cells.

    Returns
    -------
    counts : ndarray of shape (n_cells, k), float32
        Sums of posteriors.
    sums : ndarray of shape (n_cells, 2, k, d), float32
        Sums of posteriors times x - m, and times (x - m)^2, m being the Gaussians' means.
    log_likelihood : float
        Sum over all vectors.

    Raises
    ------
    ValueError
        If a vector holds NaN or infinite values.
    """
    slopes, offsets = mixture.linear_form()
    means = mixture.means_.astype(np.float32)
    if cells is None:
        cells = np.zeros(len(X), np.intp)

    def part_of(part: slice) -> tuple[np.ndarray, np.ndarray, float]:
        return _moments(X[part], cells[part], n_cells, means, slopes, offsets)

    if len(X) <= PART:
        counts, sums, total = part_of(slice(0, len(X)))
    else:
        # Long float32 sums lose their last digits: parts are added in double precision.
        parts = by_parts(part_of, len(X), PART)
        counts = np.stack([part[0] for part in parts]).sum(axis=0, dtype=np.float64)
        sums = np.stack([part[1] for part in parts]).sum(axis=0, dtype=np.float64)
        counts, sums = counts.astype(np.float32), sums.astype(np.float32)
        total = float(sum(part[2] for part in parts))
    if not np.isfinite(total):
        raise ValueError("local vectors hold NaN or infinite values: check the descriptor")
    return counts, sums, total


def _moments(
    X: np.ndarray,
    cells: np.ndarray,
    n_cells: int,
    means: np.ndarray,
    slopes: np.ndarray,
    offsets: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, float]:
    k, d = means.shape
    counts = np.zeros((n_cells, k), np.float32)
    sums = np.zeros((n_cells, 2, k, d), np.float32)
    squares = np.empty((CHUNK, 2 * d), np.float32)
    likelihoods = np.empty((CHUNK, k), np.float32)
    total = 0.0
    for start in range(0, len(X), CHUNK):
        chunk = X[start : start + CHUNK]
        m = len(chunk)
        squares[:m, :d] = chunk
        np.square(chunk, out=squares[:m, d:])
        products = np.matmul(squares[:m], slopes, out=likelihoods[:m])
        mine = cells[start : start + m]
        total += accumulate(products, offsets, squares[:m], means, mine, counts, sums)
    return counts, sums, total
