"""Normalisation: the scores of different systems brought to one scale, fitted on validation.

Each works column by column (a member and a concept) and never decreases in the score. Scalings
("min-max", "z-score", "rank") look at scores alone, calibrations ("logistic", "log-odds",
"isotonic") at what is annotated, too.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engineered.parameters import check_choice
from fusion.calibration import Isotonic, Logistic, LogOdds
from fusion.scaling import MinMax, Rank, ZScore

__all__ = [
    "NORMALIZATIONS",
    "Isotonic",
    "LogOdds",
    "Logistic",
    "MinMax",
    "Normalization",
    "Rank",
    "ZScore",
    "normalization",
]


class Normalization(Protocol):
    """What a fusion needs of a normalisation: scores (n, m, c), annotations (n, c)."""

    def fit(self, values: ArrayLike, y: ArrayLike | None = None) -> Normalization: ...

    def transform(self, values: ArrayLike) -> NDArray[np.float32]: ...


NORMALIZATIONS: dict[str, type[Normalization]] = {
    "min-max": MinMax,
    "z-score": ZScore,
    "rank": Rank,
    "logistic": Logistic,
    "log-odds": LogOdds,
    "isotonic": Isotonic,
}


def normalization(name: str) -> Normalization:
    """Make a normalisation by its name; ValueError for another name than those above."""
    check_choice("normalization", name, NORMALIZATIONS)
    return NORMALIZATIONS[name]()
