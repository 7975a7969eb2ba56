"""Late fusion: a weighted mean of the systems' normalised scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engineered.parameters import check_choice, check_flag, check_number
from fusion.average_precision import average_precision, can_be_ranked
from fusion.member_weights import likelihood_weights, precision_weights
from fusion.normalization import normalization
from fusion.scores import Scores, check_annotations
from fusion.weight_search import Weights, climb, draw_back, mix
from fusion.weighted_sum import WeightedSum

WEIGHTS = ("search", "mean", "ap", "likelihood")


class LateFusion(WeightedSum):
    """Weighted mean of normalised scores, normalisation and weights fitted on validation.

    Parameters
    ----------
    normalization : {"z-score", "min-max", "rank", "logistic", "log-odds", "isotonic"}
        How members' scores are brought to one scale.
    weights : {"search", "mean", "ap", "likelihood"}
        "mean": equal. "ap": in proportion to each member's average precision on validation.
        "likelihood": in proportion to the coefficients, none negative, of a logistic regression
        on the members' scores, which are drawn to equal ones (see
        `fusion.member_weights.likelihood_weights`).
        "search": those of the highest mean average precision on validation, found by moving
        weight from one member to another in steps that shrink from 0.2 to 0.05 (two members: a
        grid of step 0.05), then drawn back towards equal weights: of the points between equal
        and found weights, the one nearest to equal that loses at most `tolerance` and is no worse
        than the best single member. A small validation set overrates extreme weights.
    per_concept : bool
        Whether each concept has weights of its own; not read with "mean". With "likelihood" they
        are drawn to the shared ones, the more the fewer positives a concept has. With "search"
        they are shrunk towards the shared ones by p / (p + shrinkage), p being the concept's
        validation positives, and given up where they then do not help on validation. A concept
        without positives or without judged negatives on validation uses the shared weights.
    tolerance : float
        Average precision that "search" gives up on validation for weights nearer to equal.
    shrinkage : float
        Validation positives at which a concept's own weights count half in "search".

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

    def check(self, members: Sequence[str] = ()) -> None:
        """Raise ValueError for an option out of its range, before scores are read."""
        normalization(self.normalization)
        check_choice("weights", self.weights, WEIGHTS)
        check_flag("per_concept", self.per_concept)
        check_number("tolerance", self.tolerance, least=0)
        check_number("shrinkage", self.shrinkage, least=0)

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
        self.check()
        annotations = check_annotations(S, Y)
        self.normalization_ = normalization(self.normalization).fit(S.values, annotations)
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
        known = annotations[:, ranked]
        if self.weights == "search":
            self._search(values, known, ranked)
            return self
        weigh = precision_weights if self.weights == "ap" else likelihood_weights
        self.weights_[:] = weigh(values, known)[:, :1]
        if self.per_concept:
            self.weights_[:, ranked] = weigh(values, known, per_concept=True)
        return self

    def _search(
        self, values: NDArray[np.float32], Y: NDArray[np.int8], ranked: NDArray[np.intp]
    ) -> None:
        m = values.shape[1]
        equal = np.full(m, 1.0 / m)

        def shared(candidates: Weights) -> NDArray[np.float64]:
            return average_precision(mix(values, candidates), Y).mean(axis=0)

        common = draw_back(climb(shared, m), equal, shared, self.tolerance)
        self.weights_[:] = common[:, None]
        if not self.per_concept:
            return
        for column, concept in enumerate(ranked):
            part, y = values[:, :, column : column + 1], Y[:, column : column + 1]

            def own(candidates: Weights, part=part, y=y) -> NDArray[np.float64]:  # type: ignore[no-untyped-def]
                return average_precision(mix(part, candidates), y)[0]

            positives = int((y == 1).sum())
            trust = positives / (positives + self.shrinkage)
            found = common + trust * (climb(own, m) - common)
            at_common, at_found = own(np.stack([common, found]))
            if at_found > at_common + self.tolerance:
                self.weights_[:, concept] = found
