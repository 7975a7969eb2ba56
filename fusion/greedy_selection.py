"""Greedy selection: members are added to the mean one by one, some several times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engineered.parameters import check_choice, check_flag, check_number, check_whole
from fusion.average_precision import average_precision, can_be_ranked
from fusion.normalization import normalization
from fusion.scores import Scores, check_annotations
from fusion.weighted_sum import WeightedSum

BAGGING = ("videos", "members", "none")


class GreedySelection(WeightedSum):
    """Mean of members chosen with replacement, each time the one that helps most on validation.

    The `initial` best members come first; then, `rounds` in all, the member with which the mean of
    all chosen so far has the highest average precision is added, again if need be. The round of
    the highest precision is kept, and a member's weight is the share of its choices.

    Parameters
    ----------
    normalization : {"z-score", "min-max", "rank", "logistic", "log-odds", "isotonic"}
        How members' scores are brought to one scale.
    rounds : int, at least 1
        Choices made.
    initial : int, from 1 to `rounds`
        Best members to begin with; more of them overfit less. At most all members.
    bagging : {"videos", "members", "none"}
        What weights are averaged over, `bags` times: choices on whole videos drawn with replacement
        (samples, where there are no videos), which few members and small validation sets ask for;
        or choices among a random `bag_share` of the members, as the paper does for libraries of
        thousands.
    bags : int, at least 1
        Read with bagging only.
    bag_share : float in (0, 1]
        Read for bags of members only; a bag has one member at least.
    per_concept : bool
        Whether each concept has weights of its own, shrunk towards the shared ones by
        p / (p + shrinkage), p being the concept's validation positives.
    shrinkage : float, at least 0
        Validation positives at which a concept's own weights count half.
    random_state : int
        Seed of the bags.

    Attributes
    ----------
    weights_ : array of shape (m, c), float64
        Non-negative, each column sums to 1. A concept without positives or without judged
        negatives on validation has the shared ones.
    normalization_ : fitted normalisation

    References
    ----------
    R. Caruana, A. Niculescu-Mizil, G. Crew, A. Ksikes: Ensemble selection from libraries of models.
    ICML 2004.
    """

    def __init__(
        self,
        normalization: str = "z-score",
        rounds: int = 30,
        initial: int = 1,
        bagging: str = "videos",
        bags: int = 20,
        bag_share: float = 0.5,
        per_concept: bool = False,
        shrinkage: float = 20.0,
        random_state: int = 0,
    ) -> None:
        self.normalization = normalization
        self.rounds = rounds
        self.initial = initial
        self.bagging = bagging
        self.bags = bags
        self.bag_share = bag_share
        self.per_concept = per_concept
        self.shrinkage = shrinkage
        self.random_state = random_state

    def fit(self, S: Scores, Y: ArrayLike) -> GreedySelection:
        """Fit normalisation and choices on validation.

        Parameters
        ----------
        S : Scores
            n validation samples, m members, c concepts.
        Y : array of shape (n, c)
            1, 0, or -1 for ignored.

        Returns
        -------
        GreedySelection

        Raises
        ------
        ValueError
            For an option out of its range, annotations that do not belong to the scores, or a
            validation set on which no concept can be ranked.
        """
        self.check()
        annotations = check_annotations(S, Y)
        ranked = np.flatnonzero(can_be_ranked(annotations))
        if not ranked.size:
            raise ValueError(
                "no concept has both a positive and a judged negative on validation: members "
                "cannot be chosen; use a larger validation set"
            )
        self.normalization_ = normalization(self.normalization).fit(S.values, annotations)
        values = self.normalization_.transform(S.values)[:, :, ranked].astype(np.float64)
        known = annotations[:, ranked]
        m, c = S.n_members, S.n_concepts
        shared, own = np.zeros(m), np.zeros((m, len(ranked)))
        for rows, members in self._draw(S):
            part, there = values[rows][:, members], known[rows]
            usable = np.flatnonzero(can_be_ranked(there))
            if not usable.size:
                continue
            part, there = part[:, :, usable], there[:, usable]
            shared[members] += self._choose(part, there, together=True)[:, 0]
            if self.per_concept:
                own[np.ix_(members, usable)] += self._choose(part, there, together=False)
        common = shared / shared.sum()
        self.weights_ = np.repeat(common[:, None], c, axis=1)
        if self.per_concept:
            total = own.sum(axis=0)
            found = np.divide(own, total, out=self.weights_[:, ranked].copy(), where=total > 0)
            positives = (known == 1).sum(axis=0)
            trust = positives / (positives + self.shrinkage)
            self.weights_[:, ranked] += trust * (found - self.weights_[:, ranked])
        return self

    def check(self, members: Sequence[str] = ()) -> None:
        """Raise ValueError for an option out of its range, before scores are read."""
        normalization(self.normalization)
        check_whole("rounds", self.rounds)
        check_whole("initial", self.initial, most=self.rounds)
        check_choice("bagging", self.bagging, BAGGING)
        check_whole("bags", self.bags)
        check_number("bag_share", self.bag_share, above=0, most=1)
        check_flag("per_concept", self.per_concept)
        check_number("shrinkage", self.shrinkage, least=0)

    def _draw(self, S: Scores) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Samples and members of each bag."""
        everything, all_members = np.arange(len(S)), np.arange(S.n_members)
        if self.bagging == "none":
            return [(everything, all_members)]
        rng = np.random.default_rng(self.random_state)
        if self.bagging == "members":
            size = max(1, round(self.bag_share * S.n_members))
            return [
                (everything, np.sort(rng.choice(S.n_members, size, replace=False)))
                for _ in range(self.bags)
            ]
        video = everything if S.video is None else np.unique(S.video, return_inverse=True)[1]
        count = int(video.max()) + 1
        # A video drawn twice weighs twice, whatever the length of the others.
        bags = []
        for _ in range(self.bags):
            times = np.bincount(rng.integers(count, size=count), minlength=count)
            bags.append((np.repeat(everything, times[video]), all_members))
        return bags

    def _choose(
        self, values: NDArray[np.float64], Y: NDArray[np.int8], together: bool
    ) -> NDArray[np.float64]:
        """Weights (m, c) of the best round; with `together`, chosen by the mean over concepts."""
        m, c = values.shape[1:]
        candidates = values.transpose(0, 2, 1)
        concepts = np.arange(c)

        def precision(summed: NDArray[np.float64]) -> NDArray[np.float64]:
            found = average_precision(summed.astype(np.float32), Y)
            if together:
                found = np.repeat(found.mean(axis=0, keepdims=True), c, axis=0)
            return found

        alone = precision(candidates)
        counts, summed = np.zeros((m, c)), np.zeros(values.shape[::2])
        best, kept = np.full(c, -np.inf), np.zeros((m, c))
        start = np.argsort(-alone, axis=1, kind="stable")[:, : min(self.initial, m)]
        for place in range(start.shape[1]):
            counts[start[:, place], concepts] += 1
            summed += candidates[:, concepts, start[:, place]]
        reached = precision(summed[:, :, None])[:, 0]
        for _ in range(int(self.rounds) - start.shape[1] + 1):
            better = reached > best + 1e-9
            best = np.where(better, reached, best)
            kept[:, better] = counts[:, better]
            with_each = precision(summed[:, :, None] + candidates)
            chosen = with_each.argmax(axis=1)
            reached = with_each[concepts, chosen]
            counts[chosen, concepts] += 1
            summed += candidates[:, concepts, chosen]
        weights: NDArray[np.float64] = kept / kept.sum(axis=0)
        return weights
