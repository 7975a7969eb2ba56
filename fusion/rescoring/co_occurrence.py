"""Which concepts are annotated together, and which exclude each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def co_occurrence(Y: NDArray[np.int8], shrinkage: float = 0.0) -> NDArray[np.float64]:
    """Correlation of annotations between concepts, on samples where both are judged.

    For concepts a and b it is the phi coefficient, Pearson's correlation of two binary variables,
    ``(N N_ab - N_a N_b) / sqrt(N_a (N - N_a) N_b (N - N_b))``: N samples are judged for both,
    N_a and N_b of them positive for one, N_ab for both. It is drawn to 0 by
    ``p / (p + shrinkage)``, p being the smaller of N_a and N_b.

    Parameters
    ----------
    Y : array of shape (n, c)
        1, 0, or -1 for unjudged.
    shrinkage : float, at least 0
        Positives at which a correlation counts half.

    Returns
    -------
    array of shape (c, c), float64
        In [-1, 1], symmetric, 0 on the diagonal and where one of the two never varies.
    """
    positive, judged = (Y == 1).astype(np.float64), (Y >= 0).astype(np.float64)
    n, both = judged.T @ judged, positive.T @ positive
    first = positive.T @ judged
    second = first.T
    spread = np.sqrt(first * (n - first) * second * (n - second))
    phi = np.zeros_like(n)
    np.divide(n * both - first * second, spread, out=phi, where=spread > 0)
    fewer = np.minimum(first, second)
    shrunk: NDArray[np.float64] = phi * fewer / np.maximum(fewer + shrinkage, 1e-300)
    np.fill_diagonal(shrunk, 0.0)
    return shrunk


def most_related(correlations: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """The other concepts that each is most correlated with, of either sign.

    Parameters
    ----------
    correlations : array of shape (c, c)
        As from `co_occurrence`.
    count : int
        At most c - 1 are returned.

    Returns
    -------
    array of shape (c, count), intp
        The strongest first; of equals the earlier.
    """
    strength = np.abs(correlations)
    np.fill_diagonal(strength, -1.0)
    order = np.argsort(-strength, axis=1, kind="stable")
    return order[:, : min(count, len(correlations) - 1)]
