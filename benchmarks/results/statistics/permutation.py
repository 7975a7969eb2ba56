"""Paired permutation test: could the difference be a matter of which system is which?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Up to so many pairs all 2**k assignments of signs are looked at.
EXACT_PAIRS = 14
# Assignments that are evaluated together.
BATCH = 4096


class SignFlipResult(NamedTuple):
    """Outcome of a sign-flip test.

    Attributes
    ----------
    difference : float
        Mean of the differences.
    p_value : float
        Two-sided, in (0, 1]; NaN where there is no pair.
    pairs : int
        Differences that were numbers.
    exact : bool
        Whether every assignment of signs was looked at.
    """

    difference: float
    p_value: float
    pairs: int
    exact: bool


def sign_flip_test(differences: ArrayLike, resamples: int = 9999, seed: int = 0) -> SignFlipResult:
    """Test whether paired differences are centred on zero, by flipping their signs.

    If the two systems were exchangeable, each pair's difference could as well have had the other
    sign. The p-value is the share of all assignments of signs whose mean is at least as far from
    zero as the observed one: over all of them up to 14 pairs that differ, else over a random
    sample of them with the observed one counted in, which keeps the test valid.

    Parameters
    ----------
    differences : array of shape (k,) or (s, k)
        Metric of one system minus that of the other, a concept; NaN where it is undefined.
        With several seeds, one row a seed: a concept's differences are averaged over seeds first,
        since the seeds of one concept are not independent pairs.
    resamples : int
        Random assignments where there are too many for all.
    seed : int
        Of the random assignments.

    Returns
    -------
    SignFlipResult

    Raises
    ------
    ValueError
        For another number of axes, an infinite difference, or fewer than one resample.

    References
    ----------
    Smucker, Allan and Carterette, "A comparison of statistical significance tests for information
    retrieval evaluation", CIKM 2007. Phipson and Smyth, "Permutation p-values should never be
    zero", Statistical Applications in Genetics and Molecular Biology 2010.
    """
    values = np.asarray(differences, dtype=np.float64)
    if values.ndim not in (1, 2):
        raise ValueError(f"differences must have one or two axes, got shape {values.shape}")
    if np.isinf(values).any():
        raise ValueError("a difference is infinite")
    if resamples < 1:
        raise ValueError(f"resamples must be at least 1, got {resamples}")
    if values.ndim == 2:
        values = mean_over_seeds(values)
    values = values[~np.isnan(values)]
    if not values.size:
        return SignFlipResult(float("nan"), float("nan"), 0, True)
    difference = float(values.mean())
    # Zeros weigh the same with either sign: leaving them out changes no p-value.
    magnitudes = np.abs(values[values != 0])
    if not magnitudes.size:
        return SignFlipResult(0.0, 1.0, len(values), True)
    exact = len(magnitudes) <= EXACT_PAIRS
    # Sums that are equal on paper may differ by rounding.
    threshold = abs(float(values.sum())) - 1e-12 * float(magnitudes.sum())
    if exact:
        assignments = np.arange(2 ** len(magnitudes))
        bits = (assignments[:, None] >> np.arange(len(magnitudes))) & 1
        p_value = float(np.mean(np.abs((1 - 2 * bits) @ magnitudes) >= threshold))
    else:
        rng = np.random.default_rng(seed)
        extreme = 0
        for first in range(0, resamples, BATCH):
            shape = (min(BATCH, resamples - first), len(magnitudes))
            signs = 1 - 2 * rng.integers(0, 2, size=shape, dtype=np.int8)
            extreme += int(np.sum(np.abs(signs @ magnitudes) >= threshold))
        p_value = (extreme + 1) / (resamples + 1)
    return SignFlipResult(difference, p_value, len(values), exact)


def mean_over_seeds(values: NDArray[np.float64]) -> NDArray[np.float64]:
    defined = ~np.isnan(values)
    counts = defined.sum(axis=0)
    sums = np.where(defined, values, 0.0).sum(axis=0)
    return np.divide(sums, counts, out=np.full(values.shape[1], np.nan), where=counts > 0)
