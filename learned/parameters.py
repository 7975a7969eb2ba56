"""Checks of parameters' values: an error names the parameter and what it may be."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import numpy as np


def check_count(name: str, value: object) -> None:
    """Raise ValueError unless a parameter is a whole number from 1 up."""
    if not _is_count(value):
        raise ValueError(f"{name} must be a whole number from 1 up, got {value!r}")


def check_counts(name: str, values: object) -> None:
    """Raise ValueError unless all are whole numbers from 1 up."""
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise ValueError(f"{name} must be a list of whole numbers from 1 up, got {values!r}")
    for value in values:
        if not _is_count(value):
            raise ValueError(f"{name} must be whole numbers from 1 up, got {value!r}")


def check_between(
    name: str, value: object, low: float, high: float = math.inf, *, above: bool = False
) -> None:
    """Raise ValueError unless a parameter is a number in a range.

    Parameters
    ----------
    name : str
        Of the parameter.
    value : object
        As given.
    low, high : float
        The number is below `high`.
    above : bool
        Whether it is above `low`, too; otherwise it may be `low`.
    """
    if _is_number(value) and (low < value if above else low <= value) and value < high:  # type: ignore[operator]
        return
    least = f"above {low:g}" if above else f"from {low:g} up"
    most = "" if high == math.inf else f", below {high:g}"
    raise ValueError(f"{name} must be a number {least}{most}, got {value!r}")


def check_number(name: str, value: object) -> None:
    """Raise ValueError for what is no number, or no finite one."""
    if not _is_number(value) or not math.isfinite(value):  # type: ignore[arg-type]
        raise ValueError(f"{name} must be a finite number, got {value!r}")


def check_flag(name: str, value: object) -> None:
    """Raise ValueError for what is neither true nor false."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false, got {value!r}")


def check_name(name: str, value: object, known: Iterable[str]) -> None:
    """Raise ValueError, with the nearest right one, for what is none of the values known."""
    known = list(known)
    if value not in known:
        close = get_close_matches(str(value), known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}{hint}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _is_count(value: object) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return whole and value >= 1  # type: ignore[operator]
