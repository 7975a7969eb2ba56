"""Fusion of ranks: what counts is how many samples a member puts before another, not its scores.

A rank among the samples to be decided on would make the score of each depend on the others, and
on how they come in batches. The list that ranks refer to is therefore the validation set: a
sample's rank is the place that its score would take there, interpolated between the scores of
validation (`fusion.scaling.Rank`): 1 for the score of validation's best sample, n for its worst,
and down to 1/2 and up to n + 1/2 beyond them, so that no two different scores share a rank.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from engineered.parameters import check_choice, check_flag, check_number
from fusion.average_precision import can_be_ranked
from fusion.member_weights import precision_weights
from fusion.scaling import Rank
from fusion.scores import Scores, check_annotations, check_like_fitted

WEIGHTS = ("mean", "ap")


class _RankFusion(BaseEstimator, ABC):  # type: ignore[misc]
    """A weighted mean of what members' ranks are worth."""

    weights: str
    per_concept: bool

    def fit(self, S: Scores, Y: ArrayLike) -> Self:
        """Learn validation's lists and, with "ap", weights.

        Parameters
        ----------
        S : Scores
            n validation samples, m members, c concepts.
        Y : array of shape (n, c)
            1, 0, or -1 for ignored.

        Returns
        -------
        The fusion itself

        Raises
        ------
        ValueError
            For an option out of its range, annotations that do not belong to the scores, or, with
            "ap", a validation set on which no concept can be ranked.
        """
        self.check()
        annotations = check_annotations(S, Y)
        self.rank_ = Rank().fit(S.values)
        self.length_ = len(S)
        self.weights_ = np.full((S.n_members, S.n_concepts), 1.0 / S.n_members)
        if self.weights == "mean":
            return self
        ranked = np.flatnonzero(can_be_ranked(annotations))
        if not ranked.size:
            raise ValueError(
                "no concept has both a positive and a judged negative on validation: "
                "weights cannot be fitted; use weights='mean' or a larger validation set"
            )
        values, known = S.values[:, :, ranked], annotations[:, ranked]
        self.weights_[:] = precision_weights(values, known)[:, :1]
        if self.per_concept:
            self.weights_[:, ranked] = precision_weights(values, known, per_concept=True)
        return self

    def check(self, members: Sequence[str] = ()) -> None:
        """Raise ValueError for an option out of its range, before scores are read."""
        check_choice("weights", self.weights, WEIGHTS)
        check_flag("per_concept", self.per_concept)

    @abstractmethod
    def _worth(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        """What it is worth to stand above a share of validation; increasing."""

    def decision_function(self, S: Scores) -> NDArray[np.float32]:
        """Fuse scores.

        Parameters
        ----------
        S : Scores
            Members and concepts of `fit`.

        Returns
        -------
        array of shape (n, c), float32
            Above 0.

        Raises
        ------
        ValueError
            For another number of members or concepts.
        """
        check_is_fitted(self, "weights_")
        check_like_fitted(S, self.weights_.shape)
        share = self.rank_.transform(S.values).astype(np.float64)
        return np.einsum("nmc,mc->nc", self._worth(share), self.weights_).astype(np.float32)

    def unsupported(self, task: object) -> str | None:
        """None: it applies to every task."""
        return None


class ReciprocalRankFusion(_RankFusion):
    """Mean of ``1 / (k + rank)``: the first places of any member count most.

    Ranks are places in validation's list (see the module), weights those of a mean. The larger
    k is beside the number n of validation samples, the closer this comes to Borda's count.

    Parameters
    ----------
    k : float, at least 0
        Places by which all ranks are lowered, so that no single first place decides.
    weights : {"mean", "ap"}
        "ap": in proportion to average precision on validation.
    per_concept : bool
        With "ap", whether each concept has weights of its own.

    Attributes
    ----------
    weights_ : array of shape (m, c), float64
        Each column sums to 1.
    length_ : int
        Validation samples, the length of the list.

    References
    ----------
    G. Cormack, C. Clarke, S. Büttcher: Reciprocal rank fusion outperforms Condorcet and
    individual rank learning methods. SIGIR 2009; k = 60 is theirs.
    """

    def __init__(self, k: float = 60.0, weights: str = "mean", per_concept: bool = False) -> None:
        self.k = k
        self.weights = weights
        self.per_concept = per_concept

    def check(self, members: Sequence[str] = ()) -> None:
        """Raise ValueError for an option out of its range, before scores are read."""
        super().check(members)
        check_number("k", self.k, least=0)

    def _worth(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        return 1.0 / (self.k + 0.5 + self.length_ * (1.0 - share))


class BordaFusion(_RankFusion):
    """Mean of Borda's counts: the share of validation samples that each member puts below.

    Borda gives a sample as many points as there are samples below it in a member's list; here
    they are divided by the length n of the list, which is validation's (see the module).

    Parameters
    ----------
    weights : {"mean", "ap"}
        "ap": in proportion to average precision on validation ("weighted Borda").
    per_concept : bool
        With "ap", whether each concept has weights of its own.

    Attributes
    ----------
    weights_ : array of shape (m, c), float64
        Each column sums to 1.
    length_ : int
        Validation samples, the length of the list.

    References
    ----------
    J. Aslam, M. Montague: Models for metasearch. SIGIR 2001.
    """

    def __init__(self, weights: str = "mean", per_concept: bool = False) -> None:
        self.weights = weights
        self.per_concept = per_concept

    def _worth(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        return share
