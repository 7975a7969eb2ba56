"""Late fusion: a weighted mean of the systems' normalised scores."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from fusion.average_precision import average_precision, can_be_ranked
from fusion.normalization import NORMALIZATIONS
from fusion.scores import Scores, check_annotations

WEIGHTS = ("search", "mean", "ap")

Weights = NDArray[np.float64]
Criterion = Callable[[Weights], NDArray[np.float64]]


class LateFusion(BaseEstimator):  # type: ignore[misc]
    """Weighted mean of normalised scores, normalisation and weights fitted on validation.

    Parameters
    ----------
    normalization : {"z-score", "min-max", "rank"}
        How members' scores are brought to one scale.
    weights : {"search", "mean", "ap"}
        "mean": equal. "ap": in proportion to each member's average precision on validation.
        "search": those of the highest mean average precision on validation, found by moving
        weight from one member to another in steps that shrink from 0.2 to 0.05 (two members: a
        grid of step 0.05), then drawn back towards equal weights: of the points between equal
        and found weights, the one nearest to equal that loses at most `tolerance` and is no worse
        than the best single member. A small validation set overrates extreme weights.
    per_concept : bool
        Whether each concept has weights of its own. With "search" they are shrunk towards the
        shared ones by p / (p + shrinkage), p being the concept's validation positives, and given
        up where they then do not help on validation. A concept without positives or without
        judged negatives on validation uses the shared weights.
    tolerance : float
        Average precision that "search" gives up on validation for weights nearer to equal.
    shrinkage : float
        Validation positives at which a concept's own weights count half.

    Attributes
    ----------
    weights_ : array of shape (m, c), float64
        Non-negative, each column sums to 1.
    normalization_ : fitted normalisation

    References
    ----------
    Snoek, Worring and Smeulders, "Early versus late fusion in semantic video analysis", ACM
    Multimedia 2005. Strat, Benoit, Bredin, Quénot and Lambert, "Hierarchical late fusion for
    concept detection in videos", ECCV workshops 2012, for weights by average precision.
    """

    def __init__(
        self,
        normalization: str = "z-score",
        weights: str = "search",
        per_concept: bool = False,
        tolerance: float = 0.002,
        shrinkage: float = 20.0,
    ) -> None:
        self.normalization = normalization
        self.weights = weights
        self.per_concept = per_concept
        self.tolerance = tolerance
        self.shrinkage = shrinkage

    def fit(self, S: Scores, Y: ArrayLike) -> LateFusion:
        """Fit normalisation and weights on validation.

        Parameters
        ----------
        S : Scores
            n validation samples, m members, c concepts.
        Y : array of shape (n, c)
            1, 0, or -1 for ignored.

        Returns
        -------
        LateFusion

        Raises
        ------
        ValueError
            For an unknown option, annotations that do not belong to the scores, or, where weights
            depend on annotations, a validation set on which no concept can be ranked.
        """
        if self.normalization not in NORMALIZATIONS:
            raise ValueError(
                f"normalization must be one of {', '.join(NORMALIZATIONS)}, "
                f"got {self.normalization!r}"
            )
        if self.weights not in WEIGHTS:
            raise ValueError(f"weights must be one of {', '.join(WEIGHTS)}, got {self.weights!r}")
        annotations = check_annotations(S, Y)
        self.normalization_ = NORMALIZATIONS[self.normalization]().fit(S.values)
        m, c = S.n_members, S.n_concepts
        self.weights_ = np.full((m, c), 1.0 / m)
        if self.weights == "mean" or m == 1:
            return self
        ranked = np.flatnonzero(can_be_ranked(annotations))
        if not ranked.size:
            raise ValueError(
                "no concept has both a positive and a judged negative on validation: "
                "weights cannot be fitted; use weights='mean' or a larger validation set"
            )
        values = self.normalization_.transform(S.values)[:, :, ranked]
        if self.weights == "ap":
            self._weigh_by_precision(values, annotations[:, ranked], ranked)
        else:
            self._search(values, annotations[:, ranked], ranked)
        return self

    def _weigh_by_precision(
        self, values: NDArray[np.float32], Y: NDArray[np.int8], ranked: NDArray[np.intp]
    ) -> None:
        # Average precision is above 0 wherever there is a positive: the sums are, too.
        precision = average_precision(values.transpose(0, 2, 1), Y)
        mean = precision.mean(axis=0)
        self.weights_[:] = (mean / mean.sum())[:, None]
        if self.per_concept:
            self.weights_[:, ranked] = (precision / precision.sum(axis=1, keepdims=True)).T

    def _search(
        self, values: NDArray[np.float32], Y: NDArray[np.int8], ranked: NDArray[np.intp]
    ) -> None:
        m = values.shape[1]
        equal = np.full(m, 1.0 / m)

        def shared(candidates: Weights) -> NDArray[np.float64]:
            return average_precision(_mix(values, candidates), Y).mean(axis=0)

        common = _draw_back(_climb(shared, m), equal, shared, self.tolerance)
        self.weights_[:] = common[:, None]
        if not self.per_concept:
            return
        for column, concept in enumerate(ranked):
            part, y = values[:, :, column : column + 1], Y[:, column : column + 1]

            def own(candidates: Weights, part=part, y=y) -> NDArray[np.float64]:  # type: ignore[no-untyped-def]
                return average_precision(_mix(part, candidates), y)[0]

            positives = int((y == 1).sum())
            trust = positives / (positives + self.shrinkage)
            found = common + trust * (_climb(own, m) - common)
            at_common, at_found = own(np.stack([common, found]))
            if at_found > at_common + self.tolerance:
                self.weights_[:, concept] = found

    def decision_function(self, S: Scores) -> NDArray[np.float32]:
        """Fuse scores.

        Parameters
        ----------
        S : Scores
            Members and concepts of `fit`.

        Returns
        -------
        array of shape (n, c), float32

        Raises
        ------
        ValueError
            For another number of members or concepts.
        """
        check_is_fitted(self, "weights_")
        if S.values.shape[1:] != self.weights_.shape:
            raise ValueError(
                f"fitted on (members, concepts) {self.weights_.shape}, got {S.values.shape[1:]}"
            )
        values = self.normalization_.transform(S.values)
        return np.einsum("nmc,mc->nc", values, self.weights_).astype(np.float32)

    def unsupported(self, task: object) -> str | None:
        """None: late fusion applies to every task."""
        return None


def _mix(values: NDArray[np.float32], candidates: Weights) -> NDArray[np.float32]:
    """Fused scores (n, c, k) of (n, m, c) members under k candidate weights (k, m).

    In the precision that `decision_function` answers in: ties must be the same in both.
    """
    mixed: NDArray[np.float32] = np.einsum("nmc,km->nck", values, candidates).astype(np.float32)
    return mixed


def _climb(criterion: Criterion, m: int) -> Weights:
    """Weights on the simplex of highest criterion; equal ones where nothing is better."""
    equal = np.full(m, 1.0 / m)
    if m == 2:
        first = np.linspace(0.0, 1.0, 21)
        return _best(criterion, np.stack([first, 1.0 - first], axis=1), equal)
    best = _best(criterion, np.vstack([equal, np.eye(m)]), equal)
    reached = float(criterion(best[None])[0])
    for step in (0.2, 0.1, 0.05):
        while True:
            moves = [_move(best, i, j, step) for i, j in permutations(range(m), 2) if best[i] > 0]
            candidate = _best(criterion, np.stack(moves), equal)
            value = float(criterion(candidate[None])[0])
            # A gain below this is rounding, on which the climb might go round in circles.
            if value <= reached + 1e-9:
                break
            best, reached = candidate, value
    return best


def _move(weights: Weights, giver: int, taker: int, step: float) -> Weights:
    moved = weights.copy()
    amount = min(step, moved[giver])
    moved[giver] -= amount
    moved[taker] += amount
    return moved


def _best(criterion: Criterion, candidates: Weights, equal: Weights) -> Weights:
    """The best candidate; of equally good ones that nearest to equal weights."""
    values = criterion(candidates)
    distance = np.linalg.norm(candidates - equal, axis=1)
    best = np.flatnonzero(values >= values.max() - 1e-9)
    chosen: Weights = candidates[best[np.argmin(distance[best])]]
    return chosen


def _draw_back(found: Weights, equal: Weights, criterion: Criterion, tolerance: float) -> Weights:
    """The point nearest to equal weights that is nearly as good as `found`, and as any member."""
    share = np.linspace(0.0, 1.0, 21)[:, None]
    path = equal + share * (found - equal)
    values = criterion(path)
    singles = criterion(np.eye(len(equal)))
    enough = max(values[-1] - tolerance, min(float(singles.max()), values[-1]))
    chosen: Weights = path[np.flatnonzero(values >= enough)[0]]
    return chosen
