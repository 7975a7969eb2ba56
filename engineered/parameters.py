"""Checks of parameters' values: an error names the parameter and what it may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from numbers import Real
from typing import Any

import numpy as np


def check_choice(name: str, value: Any, known: Iterable[Any]) -> None:
    """Raise ValueError, with the nearest right one, for what is none of the values known.

    Parameters
    ----------
    name : str
        Of the parameter.
    value : object
        As given.
    known : iterable of str or None
        What it may be.
    """
    known = list(known)
    if not any(type(value) is type(other) and value == other for other in known):
        hint = did_you_mean(value, known)
        raise ValueError(f"{name} must be one of {listed(known)}, got {value!r}{hint}")


def listed(values: Iterable[Any]) -> str:
    """Return values in a row, strings as they are."""
    return ", ".join(str(value) for value in values)


def did_you_mean(value: Any, known: Iterable[Any]) -> str:
    """Return ``"; did you mean 'x'?"``, or "" where nothing is like the value."""
    names = [other for other in known if isinstance(other, str)]
    close = get_close_matches(str(value), names, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def check_whole(
    name: str, value: Any, least: int = 1, most: int | None = None, or_none: bool = False
) -> None:
    """Raise ValueError for what is not a whole number in a range.

    Parameters
    ----------
    name : str
        Of the parameter.
    value : object
        As given.
    least, most : int or None
        The range; None is no bound.
    or_none : bool
        Whether None will do, too.
    """
    if value is None and or_none:
        return
    if not is_whole(value) or value < least or (most is not None and value > most):
        span = f"from {least}" + ("" if most is None else f" to {most}")
        kind = f"a whole number {span}" + (" or None" if or_none else "")
        raise ValueError(f"{name} must be {kind}, got {value!r}")


def check_number(
    name: str,
    value: Any,
    *,
    above: float | None = None,
    least: float | None = None,
    below: float | None = None,
    most: float | None = None,
) -> None:
    """Raise ValueError for what is not a finite number in a range.

    Parameters
    ----------
    name : str
        Of the parameter.
    value : object
        As given.
    above, below : float or None
        Bounds that it must not reach.
    least, most : float or None
        Bounds that it must not pass.
    """
    good = (
        _is_real(value)
        and np.isfinite(value)
        and (above is None or value > above)
        and (least is None or value >= least)
        and (below is None or value < below)
        and (most is None or value <= most)
    )
    if not good:
        bounds = {"above": above, "of at least": least, "below": below, "at most": most}
        said = [f"{word} {bound:g}" for word, bound in bounds.items() if bound is not None]
        kind = " ".join(["a finite number", " and ".join(said)]).strip()
        raise ValueError(f"{name} must be {kind}, got {value!r}")


def check_flag(name: str, value: Any) -> None:
    """Raise ValueError for what is neither true nor false."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be true or false, got {value!r}")


def check_list(name: str, value: Any, empty: bool = False) -> None:
    """Raise ValueError for what is not a list, or is an empty one where that will not do."""
    if isinstance(value, str) or not isinstance(value, (Sequence, np.ndarray)):
        raise ValueError(f"{name} must be a list, got {value!r}")
    if not (len(value) or empty):
        raise ValueError(f"{name} must be a list of at least one value, got {value!r}")


def is_whole(value: Any) -> bool:
    """Whether it is a number without a fraction, such as 4 or 4.0."""
    return _is_real(value) and bool(np.isfinite(value)) and int(value) == value


def _is_real(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, (bool, np.bool_))
