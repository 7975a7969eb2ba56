"""Widths of kernels: numbers, or fractions of the mean distance between the rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

MEAN_DISTANCE = "mean-distance"
_FRACTION = re.compile(r"(?:(?P<factor>[^/]+)/)?" + re.escape(MEAN_DISTANCE))


def check_widths(gamma: Any) -> list[float | str]:
    """Return the candidates for a width, or say which is wrong.

    Parameters
    ----------
    gamma : float, str or sequence of these
        Numbers above 0, "mean-distance" or "factor/mean-distance".

    Returns
    -------
    list of float or str
        The candidates as given.

    Raises
    ------
    ValueError
        For anything else.
    """
    given = list(gamma) if isinstance(gamma, (Sequence, np.ndarray)) else [gamma]
    if isinstance(gamma, str):
        given = [gamma]
    if not given:
        raise ValueError("gamma has no candidate: give a number or a list of numbers")
    for value in given:
        factor: Any = _factor(value) if isinstance(value, str) else value
        if not (isinstance(factor, Real) and 0 < float(factor) < np.inf):
            raise ValueError(
                f'gamma must be a number above 0, "{MEAN_DISTANCE}" or such as '
                f'"0.5/{MEAN_DISTANCE}", got {value!r}'
            )
    return given


def width(gamma: float | str, mean_distance: float) -> float:
    """Return a width as a number.

    Parameters
    ----------
    gamma : float or str
        A candidate that `check_widths` has let pass.
    mean_distance : float
        Mean distance between different training rows.

    Returns
    -------
    float
        The width.

    Raises
    ------
    ValueError
        If the mean distance is needed and not above 0.
    """
    if not isinstance(gamma, str):
        return float(gamma)
    if mean_distance <= 0:
        raise ValueError(
            "all training rows are equal, so there is no mean distance: "
            "give gamma as a number or check the descriptor"
        )
    factor = _factor(gamma)
    assert factor is not None
    return factor / mean_distance


def mean_off_diagonal(distances: np.ndarray) -> float:
    """Return the mean distance between different rows.

    Parameters
    ----------
    distances : ndarray of shape (n, n), float32
        Distances, zero on the diagonal.

    Returns
    -------
    float
        The mean; 0 for a single row.
    """
    n = len(distances)
    return float(distances.sum(dtype=np.float64) / max(n * (n - 1), 1))


def _factor(text: str) -> float | None:
    found = _FRACTION.fullmatch(text.replace(" ", ""))
    if found is None:
        return None
    try:
        return float(found["factor"] or 1)
    except ValueError:
        return None
