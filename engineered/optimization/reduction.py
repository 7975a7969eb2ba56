"""What follows the projection on principal components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engineered.optimization.power_law import normalise, power_law


class Candidate(NamedTuple):
    """One combination that a descriptor can be optimised with.

    Attributes
    ----------
    power : float
        Exponent before PCA.
    pca : int or None
        Number of components, at most; None without PCA.
    post_power : float
        Exponent after PCA.
    """

    power: float
    pca: int | None
    post_power: float


@dataclass(frozen=True)
class Reduction:
    """Whitening, the second power law and the norm.

    Attributes
    ----------
    norm : {"l2", "l1", "none"}
        Norm of every row, before PCA and at the end.
    whiten : float
        Exponent of the whitening, from 0 (none) to 1 (equal variances).
    regularization : float
        Share of the mean variance that whitening adds to each variance.
    """

    norm: str
    whiten: float
    regularization: float

    def finish(
        self, coordinates: np.ndarray, variances: np.ndarray, post_power: float
    ) -> np.ndarray:
        """Return rows from coordinates.

        Parameters
        ----------
        coordinates : ndarray of shape (n, k), float32
            Coordinates on the leading components; left as they are.
        variances : ndarray of shape (k,), float64
            Variances of the training rows along them.
        post_power : float
            Exponent.

        Returns
        -------
        ndarray of shape (n, k), float32
            New rows.
        """
        if self.whiten:
            floor = self.regularization * variances.mean()
            coordinates = coordinates * ((variances + floor) ** (-self.whiten / 2)).astype(
                np.float32
            )
        return normalise(power_law(coordinates, post_power), self.norm)
