"""What fusions by a weight a member and concept have in common: the sum."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from fusion.scores import Scores, check_like_fitted


class WeightedSum(BaseEstimator):  # type: ignore[misc]
    """The sum of normalised scores by weights that a subclass fits.

    Attributes
    ----------
    normalization_ : transformer
        Fitted; of scores (n, m, c).
    weights_ : array of shape (m, c), float64
    """

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
        check_like_fitted(S, self.weights_.shape)
        values = self.normalization_.transform(S.values)
        return np.einsum("nmc,mc->nc", values, self.weights_).astype(np.float32)

    def unsupported(self, task: object) -> str | None:
        """None: a weighted sum applies to every task."""
        return None
