"""Times of two contestants as a ratio, with its range over rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Ratio:
    """How many times as long one took as the other.

    Attributes
    ----------
    median : float
        Ratio of the two medians.
    low, high : float
        Smallest and largest ratio within a round.
    """

    median: float
    low: float
    high: float


def paired_ratio(theirs: Sequence[float], ours: Sequence[float]) -> Ratio:
    """Compare times that were taken in the same rounds.

    Both of a round met the same state of the machine, so that the range over
    rounds shows what the noise did to the ratio, not to the times.

    Parameters
    ----------
    theirs, ours : sequence of float
        Seconds, a value a round, in the same order; above 0.

    Returns
    -------
    Ratio
        Above 1 where ours was faster.

    Raises
    ------
    ValueError
        For no rounds, different numbers of them, or times that are not above 0.
    """
    if len(theirs) != len(ours) or len(ours) == 0:
        raise ValueError(
            f"a ratio needs the same rounds of both, got {len(theirs)} and {len(ours)}"
        )
    a, b = np.asarray(theirs, float), np.asarray(ours, float)
    if not ((a > 0).all() and (b > 0).all()):
        raise ValueError("times must be above 0")
    rounds = a / b
    return Ratio(float(np.median(a) / np.median(b)), float(rounds.min()), float(rounds.max()))
