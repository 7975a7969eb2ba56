"""k-means by Lloyd's algorithm, on parts of the rows until the last iterations."""

from __future__ import annotations

import warnings

import numba
import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from engineered.aggregation.nearest import nearest_centres

# Seeding looks at this many rows a centre; more changes the outcome little and
# costs one pass over all rows a centre.
SEEDING_ROWS = 20
# Candidates for each initial centre: more gain little.
CANDIDATES = 3
# The part of the rows doubles from stage to stage.
STAGES = 4


class KMeans(ClusterMixin, BaseEstimator):
    """Fast single-run k-means for vocabularies.

    Seeded by greedy k-means++ on a random part of the rows, then Lloyd iterations.
    A cluster that loses its last row restarts at the row that is farthest from
    its own centre. Two runs with one seed on one machine give the same centres.

    With more than `rows_per_cluster` rows a centre, the iterations see a random
    part of them: an eighth of ``rows_per_cluster * n_clusters`` rows, then a
    quarter, a half and all of these, and in the last `full_passes` iterations all
    rows there are. A centre that is the mean of m rows of its cluster costs about
    1/m more inertia than the mean of all, so that a few passes make up for it.
    With fewer rows this is Lloyd's algorithm as it stands.

    Parameters
    ----------
    n_clusters : int, default=512
        Number of centres.
    max_iter : int, default=30
        Largest number of Lloyd iterations in all. Vocabularies rarely gain from more.
    tol : float, default=1e-4
        Stop, or go on to more rows, when an iteration lowers the inertia by less than
        this share.
    rows_per_cluster : int or None, default=256
        Rows a centre that most iterations see at most; None is all rows always.
    full_passes : int, default=2
        Iterations over all rows at the end, where most see a part.
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
        rows_per_cluster: int | None = 256,
        full_passes: int = 2,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.max_iter = max_iter
        self.tol = tol
        self.rows_per_cluster = rows_per_cluster
        self.full_passes = full_passes
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
            For fewer rows than centres, values that are not finite, or parameters
            out of range.
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
        if self.rows_per_cluster is not None and self.rows_per_cluster < 1:
            raise ValueError(
                "rows_per_cluster must be above 0, or None for all rows; "
                f"got {self.rows_per_cluster}"
            )
        if self.full_passes < 0:
            raise ValueError(f"full_passes must be 0 or more, got {self.full_passes}")
        if not np.isfinite(X).all():
            raise ValueError("k-means needs finite values, got NaN or infinity")
        random = check_random_state(self.random_state)

        # Products lose precision far from the origin, so work around the mean.
        mean = X.mean(axis=0, dtype=np.float64).astype(np.float32)
        X = X - mean
        stages = self._stages(X, random)
        centres = _seed(stages[0][0], self.n_clusters, random)
        self.n_iter_ = 0
        for rows, iterations in stages:
            centres = self._lloyd(rows, centres, iterations)
        _, distances = nearest_centres(X, centres)
        self.inertia_ = float(distances.sum(dtype=np.float64))
        self.cluster_centers_ = centres + mean
        self.n_features_in_ = X.shape[1]
        return self

    def _stages(self, X: np.ndarray, random: np.random.RandomState) -> list[tuple[np.ndarray, int]]:
        """Return the rows of each stage and its largest number of iterations."""
        if self.rows_per_cluster is None or len(X) <= self.rows_per_cluster * self.n_clusters:
            return [(X, self.max_iter)]
        last = min(self.full_passes, self.max_iter)
        largest = self.rows_per_cluster * self.n_clusters
        part = X[random.choice(len(X), largest, replace=False)]
        stages = []
        for i in range(STAGES):
            # One row a centre at least; iterations that add up to all there are.
            size = max(largest >> (STAGES - 1 - i), self.n_clusters)
            first, after = ((self.max_iter - last) * j // STAGES for j in (i, i + 1))
            stages.append((part[:size], after - first))
        return [*stages, (X, last)]

    def _lloyd(self, X: np.ndarray, centres: np.ndarray, iterations: int) -> np.ndarray:
        previous = np.inf
        for _ in range(iterations):
            labels, distances = nearest_centres(X, centres)
            inertia = float(distances.sum(dtype=np.float64))
            if previous - inertia <= self.tol * inertia:
                break
            previous = inertia
            centres = _means(X, labels, distances, centres)
            self.n_iter_ += 1
        return centres

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
    """Return k initial centres.

    Candidates are drawn in proportion to their squared distance from the centres so far;
    the one that leaves the smallest inertia is taken.
    """
    if len(X) > SEEDING_ROWS * k:
        X = X[np.sort(random.choice(len(X), SEEDING_ROWS * k, replace=False))]
    squares = np.einsum("ij,ij->i", X, X)
    chosen = np.empty(k, np.intp)
    chosen[0] = random.randint(len(X))
    distances = _distances_to(X, squares, chosen[0])
    for i in range(1, k):
        cumulated = np.cumsum(distances, dtype=np.float64)
        if cumulated[-1] <= 0:
            warnings.warn(
                f"k-means: only {i} distinct vectors for {k} clusters; some centres coincide",
                ConvergenceWarning,
                stacklevel=3,
            )
            chosen[i:] = random.randint(len(X), size=k - i)
            break
        drawn = random.uniform(size=CANDIDATES) * cumulated[-1]
        candidates = np.searchsorted(cumulated, drawn, side="right")
        best = np.inf
        for candidate in np.minimum(candidates, len(X) - 1):
            after = np.minimum(distances, _distances_to(X, squares, candidate))
            inertia = float(after.sum(dtype=np.float64))
            if inertia < best:
                best, chosen[i], kept = inertia, candidate, after
        distances = kept
    return X[chosen].copy()


def _distances_to(X: np.ndarray, squares: np.ndarray, row: int) -> np.ndarray:
    # One product with a vector each: a product with few columns is slower than several of these.
    distances = X @ X[row]
    distances *= -2
    distances += squares + squares[row]
    np.maximum(distances, 0, out=distances)
    # Rounding must not make a chosen row likely again.
    distances[row] = 0
    return distances


def _means(
    X: np.ndarray, labels: np.ndarray, distances: np.ndarray, centres: np.ndarray
) -> np.ndarray:
    """Return the mean of each cluster; empty ones move to the rows farthest from any centre."""
    sums = np.zeros(centres.shape, np.float64)
    counts = np.zeros(len(centres), np.int64)
    _add_rows(X, labels, sums, counts)
    means = (sums / np.maximum(counts, 1)[:, None]).astype(np.float32)
    empty = np.flatnonzero(counts == 0)
    if len(empty):
        means[empty] = X[np.argsort(-distances, kind="stable")[: len(empty)]]
    return means


def warm_up() -> None:
    """Load or compile the kernels of the iterations."""
    few = np.zeros((1, 1), np.float32)
    _means(few, *nearest_centres(few, few), few)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _add_rows(X, labels, sums, counts):
    for i in range(len(X)):
        row, total = X[i], sums[labels[i]]
        counts[labels[i]] += 1
        for j in range(len(row)):
            total[j] += row[j]
