"""Maximum of the members' scores: a sample is as likely as the member that believes most in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from fusion.normalization import normalization
from fusion.scores import Scores, check_annotations, check_like_fitted


class MaxFusion(BaseEstimator):  # type: ignore[misc]
    """Maximum of normalised scores ("CombMAX"), normalisation fitted on validation.

    It suits members that each see a part of the positives, and is led astray by the noisiest. With
    calibrated scores ("log-odds", "logistic") a member that knows little says little, whatever its
    scale: others drown the rest.

    Parameters
    ----------
    normalization : {"log-odds", "logistic", "isotonic", "z-score", "min-max", "rank"}
        How members' scores are brought to one scale.

    Attributes
    ----------
    normalization_ : fitted normalisation
    shape_ : tuple (m, c)

    References
    ----------
    E. Fox, J. Shaw: Combination of multiple searches. TREC-2, 1994.
    """

    def __init__(self, normalization: str = "log-odds") -> None:
        self.normalization = normalization

    def check(self, members: Sequence[str] = ()) -> None:
        """Raise ValueError for an option out of its range, before scores are read."""
        normalization(self.normalization)

    def fit(self, S: Scores, Y: ArrayLike) -> MaxFusion:
        """Fit the normalisation on validation.

        Parameters
        ----------
        S : Scores
            n validation samples, m members, c concepts.
        Y : array of shape (n, c)
            1, 0, or -1 for ignored.

        Returns
        -------
        MaxFusion

        Raises
        ------
        ValueError
            For an unknown normalisation or annotations that do not belong to the scores.
        """
        self.check()
        annotations = check_annotations(S, Y)
        self.normalization_ = normalization(self.normalization).fit(S.values, annotations)
        self.shape_ = (S.n_members, S.n_concepts)
        return self

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
        check_is_fitted(self, "shape_")
        check_like_fitted(S, self.shape_)
        return self.normalization_.transform(S.values).max(axis=1)

    def unsupported(self, task: object) -> str | None:
        """None: it applies to every task."""
        return None
