"""What a test set could have shown."""

from __future__ import annotations

import math

from scipy.special import ndtri


def smallest_difference(standard_error: float, level: float = 0.05, power: float = 0.8) -> float:
    """Return the smallest true difference that would have been found with the given chance.

    It is::

        (z(1 - level / 2) + z(power)) * standard_error

    2.80 standard errors for a two-sided test at 5 % with a power of 80 %. It says how fine the
    test set is, whatever the difference that was observed on it.

    Parameters
    ----------
    standard_error : float
        Of the difference, from `BootstrapResult.standard_error`; at least 0, or NaN.
    level, power : float
        In (0, 1).

    Returns
    -------
    float
        In the metric's unit.

    Raises
    ------
    ValueError
        For a value out of range.

    References
    ----------
    Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd edition 1988; Card et al.,
    "With little power comes great responsibility", EMNLP 2020.
    """
    if standard_error < 0:
        raise ValueError(f"a standard error is at least 0, got {standard_error}")
    for name, value in (("level", level), ("power", power)):
        if not 0 < value < 1:
            raise ValueError(f"the {name} must lie in (0, 1), got {value}")
    return float((ndtri(1 - level / 2) + ndtri(power)) * standard_error)


def least_concepts(level: float = 0.05, comparisons: int = 1) -> int:
    """Return how many concepts a sign-flip test needs before it can reject at all.

    With k concepts that differ, the smallest p-value is 2 / 2**k: all differences of one sign.
    Holm's correction multiplies the smallest of m p-values by m.

    Parameters
    ----------
    level : float
        In (0, 1); a p-value below it rejects.
    comparisons : int
        m, at least 1.

    Returns
    -------
    int
        The smallest k with m 2 / 2**k < level: 6 for 5 % and one comparison.

    Raises
    ------
    ValueError
        For a value out of range.
    """
    if not 0 < level < 1 or comparisons < 1:
        raise ValueError(
            f"level ({level}) must lie in (0, 1) and comparisons ({comparisons}) be at least 1"
        )
    return math.floor(math.log2(2 * comparisons / level)) + 1
