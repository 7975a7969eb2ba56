"""k-means by Lloyd's algorithm, with the distances as matrix products."""

from __future__ import annotations

import warnings

import numpy as np
import scipy.sparse
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

# Rows a chunk: the similarities of one chunk to a thousand centres stay in cache.
CHUNK = 2048
# Seeding looks at this many rows a centre; more changes the outcome little and
# costs one pass over all rows a centre.
SEEDING_ROWS = 20


def nearest_centres(X: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Assign each row to its nearest centre.

    Parameters
    ----------
    X : ndarray of shape (n, d), float32
        Rows.
    centres : ndarray of shape (k, d), float32
        Centres.

    Returns
    -------
    labels : ndarray of shape (n,), intp
        Index of the nearest centre, the first one among equals.
    distances : ndarray of shape (n,), float32
        Squared Euclidean distance to it.
    """
    labels = np.empty(len(X), np.intp)
    distances = np.empty(len(X), np.float32)
    transposed = np.ascontiguousarray(centres.T)
    half_norms = np.einsum("ij,ij->i", centres, centres) / 2
    similarities = np.empty((min(CHUNK, len(X)), len(centres)), np.float32)
    for start in range(0, len(X), CHUNK):
        chunk = X[start : start + CHUNK]
        # |x - c|^2 = |x|^2 - 2 (x.c - |c|^2 / 2): the largest bracket is the nearest centre.
        s = np.matmul(chunk, transposed, out=similarities[: len(chunk)])
        s -= half_norms
        nearest = s.argmax(axis=1)
        best = s[np.arange(len(chunk)), nearest]
        labels[start : start + CHUNK] = nearest
        squares = np.einsum("ij,ij->i", chunk, chunk)
        distances[start : start + CHUNK] = np.maximum(squares - 2 * best, 0)
    return labels, distances


class KMeans(ClusterMixin, BaseEstimator):
    """Fast single-run k-means for vocabularies.

    Seeded by k-means++ on a random part of the rows, then Lloyd iterations.
    A cluster that loses its last row restarts at the row that is farthest from
    its own centre. Two runs with one seed on one machine give the same centres.

    Parameters
    ----------
    n_clusters : int, default=512
        Number of centres.
    max_iter : int, default=30
        Largest number of Lloyd iterations. Vocabularies rarely gain from more.
    tol : float, default=1e-4
        Stop when an iteration lowers the inertia by less than this share.
    random_state : int, RandomState or None, default=None
        Seed of the initial centres.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, d), float32
        The centres.
    inertia_ : float
        Sum of squared distances of the rows to their nearest centres.
    n_iter_ : int
        Number of iterations run.

    References
    ----------
    D. Arthur, S. Vassilvitskii: k-means++: the advantages of careful seeding. SODA 2007.
    """

    def __init__(
        self,
        n_clusters: int = 512,
        max_iter: int = 30,
        tol: float = 1e-4,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: np.ndarray, y: None = None) -> KMeans:
        """Find the centres.

        Parameters
        ----------
        X : ndarray of shape (n, d)
            Rows, taken as float32.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For fewer rows than centres, or values that are not finite.
        """
        X = np.ascontiguousarray(X, dtype=np.float32)
        if X.ndim != 2:
            raise ValueError(f"k-means needs rows of shape (n, d), got shape {X.shape}")
        if self.n_clusters < 1:
            raise ValueError(f"n_clusters must be above 0, got {self.n_clusters}")
        if len(X) < self.n_clusters:
            raise ValueError(
                f"k-means cannot find {self.n_clusters} clusters among {len(X)} vectors: "
                "give more images or ask for fewer clusters"
            )
        if not np.isfinite(X).all():
            raise ValueError("k-means needs finite values, got NaN or infinity")
        random = check_random_state(self.random_state)

        # Products lose precision far from the origin, so work around the mean.
        mean = X.mean(axis=0, dtype=np.float64).astype(np.float32)
        X = X - mean
        centres = _seed(X, self.n_clusters, random)
        previous = np.inf
        self.n_iter_ = 0
        for iteration in range(self.max_iter):
            labels, distances = nearest_centres(X, centres)
            inertia = float(distances.sum(dtype=np.float64))
            if previous - inertia <= self.tol * inertia:
                break
            previous = inertia
            centres = _means(X, labels, distances, self.n_clusters)
            self.n_iter_ = iteration + 1
        _, distances = nearest_centres(X, centres)
        self.inertia_ = float(distances.sum(dtype=np.float64))
        self.cluster_centers_ = centres + mean
        self.n_features_in_ = X.shape[1]
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the index of the nearest centre of each row.

        Parameters
        ----------
        X : ndarray of shape (n, d)
            Rows, taken as float32.

        Returns
        -------
        ndarray of shape (n,), intp
            0 to n_clusters - 1.
        """
        X = np.ascontiguousarray(X, dtype=np.float32)
        return nearest_centres(X, self.cluster_centers_)[0]


def _seed(X: np.ndarray, k: int, random: np.random.RandomState) -> np.ndarray:
    """Return k initial centres, each drawn in proportion to its squared distance so far."""
    if len(X) > SEEDING_ROWS * k:
        X = X[np.sort(random.choice(len(X), SEEDING_ROWS * k, replace=False))]
    squares = np.einsum("ij,ij->i", X, X)
    chosen = np.empty(k, np.intp)
    chosen[0] = random.randint(len(X))
    distances = np.full(len(X), np.inf, np.float32)
    for i in range(1, k):
        last = chosen[i - 1]
        to_last = squares - 2 * (X @ X[last]) + squares[last]
        # Rounding must not make a chosen row likely again.
        to_last[last] = 0
        np.minimum(distances, np.maximum(to_last, 0), out=distances)
        cumulated = np.cumsum(distances, dtype=np.float64)
        if cumulated[-1] > 0:
            chosen[i] = np.searchsorted(cumulated, random.uniform() * cumulated[-1], side="right")
        else:
            warnings.warn(
                f"k-means: only {i} distinct vectors for {k} clusters; some centres coincide",
                ConvergenceWarning,
                stacklevel=3,
            )
            chosen[i:] = random.randint(len(X), size=k - i)
            break
    return X[np.minimum(chosen, len(X) - 1)].copy()


def _means(X: np.ndarray, labels: np.ndarray, distances: np.ndarray, k: int) -> np.ndarray:
    """Return the mean of each cluster; empty ones move to the rows farthest from any centre."""
    n = len(X)
    members = scipy.sparse.csr_matrix(
        (np.ones(n, np.float32), np.argsort(labels, kind="stable"), _offsets(labels, k)),
        shape=(k, n),
    )
    counts = np.diff(members.indptr)
    centres = np.asarray(members @ X) / np.maximum(counts, 1)[:, None].astype(np.float32)
    empty = np.flatnonzero(counts == 0)
    if len(empty):
        centres[empty] = X[np.argsort(-distances, kind="stable")[: len(empty)]]
    return centres


def _offsets(labels: np.ndarray, k: int) -> np.ndarray:
    """Return where each cluster starts in the rows sorted by cluster."""
    return np.concatenate([[0], np.cumsum(np.bincount(labels, minlength=k))])
