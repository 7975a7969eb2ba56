"""Nearest neighbours: a concept is as likely as it is frequent around a sample."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from engineered.classifiers.folds import assign_folds, without
from engineered.classifiers.judged import POSITIVE, UNJUDGED, check_annotations
from engineered.classifiers.kernels import chi2_distances, squared_distances
from engineered.classifiers.rows import check_rows
from engineered.classifiers.selection import choose, table
from engineered.parameters import check_choice, check_flag, check_whole

# Rows scored at once: bounds memory at this times the number of training rows.
CHUNK = 256
METRICS = ("euclidean", "cosine", "chi2")


class KNN(BaseEstimator):
    """Weighted share of positives among the k nearest judged training rows of each concept.

    Plain shares tie: most rows have no neighbour that shows a rare concept. With
    d_k the distance of the k-th neighbour and d+ that of the nearest positive,
    beyond it, such a row scores ``d_k / d+ - 1``, from -1 to 0; a row whose
    neighbours are all positive scores ``2 - d_k / d-``, from 1 to 2, with d- the
    distance of the nearest negative. The others score their share, from 0 to 1.

    Parameters
    ----------
    k : int or list of int, default=10
        Number of neighbours, at least 1; all judged rows where there are fewer.
        Of several, the one of highest mean average precision on held-out rows is taken.
    metric : {"euclidean", "cosine", "chi2"}, default="euclidean"
        Euclidean distance, one minus the cosine, or the chi2 distance of
        histograms. A zero row has the cosine 0 with every row.
    weights : {"distance", "uniform"}, default="distance"
        A neighbour counts one over its distance, or one. Where there are
        neighbours at distance zero, only these count.
    folds : int, default=3
        Parts that take turns to be held out, at least 2; read for several k only.
    per_concept : bool, default=False
        Whether each concept has a k of its own.

    Attributes
    ----------
    k_ : int or ndarray of shape (n_concepts,), intp
        The number of neighbours used; an array with `per_concept`.
    cv_results_ : dict of ndarray
        With several k: ``k`` and ``mean_average_precision`` of shape
        (n_candidates,), ``average_precision`` of shape (n_candidates, n_concepts).
    rows_ : ndarray of shape (n, d), float32
        Training rows.
    annotations_ : ndarray of shape (n, n_concepts), int8
        Their annotations.

    References
    ----------
    S. Dudani: The distance-weighted k-nearest-neighbor rule. IEEE SMC 1976.
    """

    def __init__(
        self,
        k: int | Sequence[int] = 10,
        metric: str = "euclidean",
        weights: str = "distance",
        folds: int = 3,
        per_concept: bool = False,
    ) -> None:
        self.k = k
        self.metric = metric
        self.weights = weights
        self.folds = folds
        self.per_concept = per_concept

    @property
    def inner_products_only(self) -> bool:
        """Whether rows matter by their inner products only: true of all but "chi2"."""
        return self.metric != "chi2"

    @property
    def needs_histograms(self) -> bool:
        """Whether rows must not be negative: true of "chi2"."""
        return self.metric == "chi2"

    def warm_up(self) -> None:
        """Load or compile the kernels, so that no scoring time includes it."""
        rows = np.eye(2, dtype=np.float32)
        KNN(1, metric=self.metric).fit(rows, np.array([[1], [0]])).decision_function(rows)

    def check(self) -> None:
        """Raise ValueError for a parameter out of range."""
        self._numbers()
        check_choice("metric", self.metric, METRICS)
        check_choice("weights", self.weights, ("distance", "uniform"))
        check_whole("folds", self.folds, least=2)
        check_flag("per_concept", self.per_concept)

    def fit(self, F: np.ndarray, Y: np.ndarray, groups: np.ndarray | None = None) -> KNN:
        """Keep the rows, and choose k where there is a choice.

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
        """
        self.check()
        ks = self._numbers()
        F = self._check_rows(F)
        Y = check_annotations(Y, len(F))
        self.n_features_in_ = F.shape[1]
        # A copy: the caller may change the rows before the scoring.
        self.rows_ = np.array(F)
        self.annotations_ = Y
        self.k_: int | np.ndarray = ks[0]
        if len(ks) > 1:
            fold = assign_folds(Y, groups, self.folds)
            held_out = np.zeros((len(ks), *Y.shape), np.float32)
            for f in range(int(fold.max()) + 1):
                inside = np.flatnonzero(fold == f)
                left = without(Y, fold, f)
                known = np.flatnonzero(fold != f)
                if len(known):
                    held_out[:, inside] = self._scores(F[inside], F[known], left[known], ks)
            selection = choose(held_out, Y, fold, self.per_concept)
            self.cv_results_ = table({"k": ks}, selection)
            chosen = np.array(ks, np.intp)[selection.best]
            self.k_ = chosen if self.per_concept else int(chosen[0])
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
            Higher is likelier; from -1 to 2.
        """
        check_is_fitted(self, "rows_")
        F = self._check_rows(F, self.n_features_in_)
        ks, which = np.unique(self.k_, return_inverse=True)
        scores = self._scores(F, self.rows_, self.annotations_, ks.tolist())
        return scores[0] if len(ks) == 1 else scores[which, :, np.arange(len(which))].T

    def _scores(self, F: np.ndarray, rows: np.ndarray, Y: np.ndarray, ks: list[int]) -> np.ndarray:
        """Return the scores for each k, (len(ks), n, n_concepts)."""
        scores = np.zeros((len(ks), len(F), Y.shape[1]), np.float32)
        # Concepts with the same judged rows have the same neighbours.
        masks, which = np.unique(Y != UNJUDGED, axis=1, return_inverse=True)
        sharing = [
            (np.flatnonzero(masks[:, m]), np.flatnonzero(which == m)) for m in range(masks.shape[1])
        ]
        for start in range(0, len(F), CHUNK):
            distances = self._distances(F[start : start + CHUNK], rows)
            for judged, concepts in sharing:
                if len(judged) == 0:
                    continue
                mine = distances if len(judged) == len(rows) else distances[:, judged]
                positive = Y[np.ix_(judged, concepts)] == POSITIVE
                scores[:, start : start + CHUNK, concepts] = self._shares(mine, positive, ks)
        return scores

    def _shares(self, distances: np.ndarray, positive: np.ndarray, ks: list[int]) -> np.ndarray:
        b, n = distances.shape
        largest = min(max(ks), n)
        nearest = np.argpartition(distances, largest - 1, axis=1)[:, :largest]
        near = np.take_along_axis(distances, nearest, axis=1)
        order = np.argsort(near, axis=1, kind="stable")
        near = np.take_along_axis(near, order, axis=1).astype(np.float64)
        found = positive[np.take_along_axis(nearest, order, axis=1)]
        scores = np.empty((len(ks), b, positive.shape[1]), np.float32)
        weights = _weights(near, self.weights)
        for i, k in enumerate(ks):
            k = min(k, n)
            mine = weights[:, :k]
            shares = np.matmul(mine[:, None], found[:, :k].astype(np.float64))[:, 0]
            shares /= mine.sum(axis=1)[:, None]
            hits = np.count_nonzero(found[:, :k], axis=1)
            beyond = near[:, k - 1]
            for concept in range(positive.shape[1]):
                none = np.flatnonzero(hits[:, concept] == 0)
                every = np.flatnonzero(hits[:, concept] == k)
                for tied, others, level, sign in (
                    (none, positive[:, concept], 0, 1),
                    (every, ~positive[:, concept], 1, -1),
                ):
                    if len(tied) and others.any():
                        nearest_other = distances[np.ix_(tied, others)].min(axis=1)
                        ratio = _ratio(beyond[tied], nearest_other)
                        shares[tied, concept] = level + sign * (ratio - 1)
            scores[i] = shares
        return scores

    def _distances(self, A: np.ndarray, B: np.ndarray) -> np.ndarray:
        if self.metric == "chi2":
            return chi2_distances(A, B)
        if self.metric == "euclidean":
            return np.sqrt(squared_distances(A, B))
        lengths = [np.sqrt(np.einsum("ij,ij->i", rows, rows)) for rows in (A, B)]
        cosines = A @ B.T
        for axis, length in enumerate(lengths):
            cosines /= np.expand_dims(np.where(length > 0, length, 1), 1 - axis)
        return np.maximum(1 - cosines, 0)

    def _numbers(self) -> list[int]:
        """Return the numbers of neighbours to choose from, ascending."""
        several = isinstance(self.k, (Sequence, np.ndarray)) and not isinstance(self.k, str)
        ks: list[Any] = list(self.k) if several else [self.k]  # type: ignore[arg-type]
        if not ks or any(not isinstance(k, Integral) or k < 1 for k in ks):
            raise ValueError(
                f"k must be a whole number of at least 1 or a list of these, got {self.k!r}"
            )
        return sorted({int(k) for k in ks})

    def _check_rows(self, F: np.ndarray, n_features: int | None = None) -> np.ndarray:
        F = check_rows(F, n_features)
        if self.metric == "chi2" and len(F) and F.min() < 0:
            raise ValueError(
                "the chi2 distance compares histograms, but the rows hold negative values: "
                'take metric="euclidean" or another descriptor'
            )
        return F


def _weights(near: np.ndarray, weights: str) -> np.ndarray:
    """Return the weights of neighbours at ascending distances, each row from 0 to 1."""
    if weights == "uniform":
        return np.ones_like(near)
    # Relative to the nearest: the weights neither overflow nor depend on the unit.
    first = near[:, :1]
    relative = np.divide(first, near, out=np.ones_like(near), where=near > 0)
    return np.where(first > 0, relative, near == 0)


def _ratio(near: np.ndarray, far: np.ndarray) -> np.ndarray:
    """Return near / far, 1 for two zeros."""
    return np.divide(near, far, out=np.ones_like(near), where=far > 0)
