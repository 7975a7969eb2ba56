"""Where two learning curves cross: inside what was measured, beyond it, or not to be said.

A gap is how much better the second curve is than the first, so that it is below zero where the
second trails. Gaps of several sizes come from the same test samples, so that their errors go
together to an unknown degree: ranges hold for errors that are independent and for errors that are
one and the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

DRAWS = 4000
#: An extrapolation is withheld beyond so many times the largest size.
REACH = 10.0
#: And where two ways of extrapolating are further apart than this factor.
AGREEMENT = 2.0
#: And where points lie off the line by more than chance explains, at this level.
POOR = 0.05
_NORMAL = 1.959963984540054


@dataclass(frozen=True)
class Crossing:
    """Where the gap is zero.

    Attributes
    ----------
    at, low, high : float
        Size, and the ends of the 95 % range; `high` is infinite where the range is open above.
    line : (float, float)
        Gap at a size of 1, and gain of gap by a tenfold size, of the straight line; NaN where
        none was fitted.
    """

    at: float
    low: float
    high: float
    line: tuple[float, float] = (float("nan"), float("nan"))


@dataclass(frozen=True)
class Withheld:
    """No crossing is named, and why: a clause in plain words."""

    reason: str


def interpolated(
    sizes: Sequence[float], gaps: Sequence[float], errors: Sequence[float]
) -> Crossing:
    """Return where the gap passes zero between measured sizes, by straight lines in log size.

    Parameters
    ----------
    sizes : sequence of float, shape (k,)
        Ascending, k >= 2.
    gaps, errors : sequence of float, shape (k,)
        Gaps, below zero first and above zero last, and their standard errors.

    Returns
    -------
    Crossing
        Of the last time that the gap rises through zero.
    """
    x = np.log10(np.asarray(sizes, dtype=float))
    y = np.asarray(gaps, dtype=float)
    at = _last_rise(x, y[None])[0]
    low, high = _range([_last_rise(x, drawn) for drawn in _drawn(y, errors)])
    return Crossing(float(10**at), float(10**low), float(10**high))


def _range(drawn: Sequence[NDArray[np.float64]]) -> tuple[float, float]:
    """Return what holds 95 % of each of several sets of draws."""
    ends = [np.quantile(found, (0.025, 0.975), method="nearest") for found in drawn]
    return float(min(low for low, _ in ends)), float(max(high for _, high in ends))


def _last_rise(x: NDArray[np.float64], curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log size at which each curve last rises through zero.

    A curve that never does counts as crossing before the first size, or after the last one.
    """
    up = (curves[:, :-1] < 0) & (curves[:, 1:] >= 0)
    last = up.shape[1] - 1 - np.argmax(up[:, ::-1], axis=1)
    rows = np.arange(len(curves))
    a, b = curves[rows, last], curves[rows, last + 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = x[last] - a * (x[last + 1] - x[last]) / (b - a)
    never = ~up.any(axis=1)
    found[never] = np.where(curves[never, -1] < 0, np.inf, x[0])
    return found


def extrapolated(
    sizes: Sequence[float],
    gaps: Sequence[float],
    errors: Sequence[float],
    losses: tuple[Sequence[float], Sequence[float]] | None = None,
) -> Crossing | Withheld:
    """Return where a gap that narrows will be closed, if that can be said honestly.

    A straight line of the gap over the logarithm of the size is carried on. It is withheld with
    fewer than three sizes, where the points lie off the line by more than chance explains, where
    the line does not rise beyond chance, where it reaches zero beyond `REACH` times the largest
    size, and where power laws of both curves' losses, the usual other model of learning curves,
    disagree by more than a factor of `AGREEMENT`.

    Parameters
    ----------
    sizes : sequence of float, shape (k,)
        Ascending.
    gaps, errors : sequence of float, shape (k,)
        Gaps, the last one below zero, and their standard errors.
    losses : two sequences of float, shape (k,), optional
        What each curve lacks to perfection, the trailing one's second; both above zero.

    Returns
    -------
    Crossing or Withheld

    References
    ----------
    C. Cortes, L. Jackel, S. Solla, V. Vapnik, J. Denker, "Learning curves: asymptotic values and
    rate of convergence", NeurIPS 1993 (power laws).
    """
    if len(sizes) < 3:
        return Withheld(f"{len(sizes)} sizes are no trend, three are the least")
    x = np.log10(np.asarray(sizes, dtype=float))
    y = np.asarray(gaps, dtype=float)
    se = np.asarray(errors, dtype=float)
    if not (np.isfinite(y).all() and np.isfinite(se).all() and (se > 0).all()):
        return Withheld("not every size has an interval")
    start, rise, rise_error = _line(x, y[None], se)
    a, b = float(start[0]), float(rise[0])
    off = (y - a - b * x) / se
    if chi2.sf(float(off @ off), len(x) - 2) < POOR:
        return Withheld(
            "the gap does not follow a straight line over the logarithm of the size: it lies off "
            "by more than chance explains"
        )
    if b - _NORMAL * rise_error <= 0:
        return Withheld("the gap does not narrow by more than chance explains")
    last = float(x[-1])
    # What would have met before the largest size was not met there: it is at the size at least.
    at = max(-a / b, last)
    if at > last + np.log10(REACH):
        return Withheld(f"the curves do not meet within {REACH:.0f} times the largest size")
    met = []
    for drawn in _drawn(y, se):
        starts, rises, _ = _line(x, drawn, se)
        with np.errstate(divide="ignore", invalid="ignore"):
            met.append(np.maximum(np.where(rises > 0, -starts / rises, np.inf), last))
    low, high = _range(met)
    if losses is not None:
        other = _power_laws(x, losses)
        if not other - at <= np.log10(AGREEMENT) or not at - other <= np.log10(AGREEMENT):
            return Withheld(
                "two ways to carry the curves on, a straight line and power laws, disagree by more "
                f"than a factor of {AGREEMENT:.0f} on where they meet"
            )
        low, high = min(low, max(other, last)), max(high, other)
    with np.errstate(over="ignore"):
        at, low, high = (float(np.power(10.0, end)) for end in (at, low, high))
    return Crossing(at, low, high, (a, b))


def _line(
    x: NDArray[np.float64], curves: NDArray[np.float64], se: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Fit weighted straight lines; starts (m,), rises (m,), and a rise's standard error."""
    weights = 1 / se**2
    centre = float(weights @ x / weights.sum())
    spread = float(weights @ (x - centre) ** 2)
    rises = curves @ (weights * (x - centre)) / spread
    starts = curves @ weights / weights.sum() - rises * centre
    return starts, rises, spread**-0.5


def _power_laws(x: NDArray[np.float64], losses: tuple[Sequence[float], Sequence[float]]) -> float:
    """Return the log size at which two power laws meet; infinite where they part."""
    fits = []
    for loss in losses:
        values = np.asarray(loss, dtype=float)
        if not (values > 0).all():
            return float("inf")
        fits.append(np.polyfit(x, np.log10(values), 1))
    (slope_a, a), (slope_b, b) = fits
    # The trailing curve's loss has to fall faster.
    return float((b - a) / (slope_a - slope_b)) if slope_a > slope_b else float("inf")


def _drawn(gaps: NDArray[np.float64], errors: ArrayLike) -> list[NDArray[np.float64]]:
    """Draw curves of gaps, twice (DRAWS, k): errors apart, and as one; the same for the same."""
    noise = np.random.default_rng(0).standard_normal((DRAWS, len(gaps)))
    se = np.asarray(errors, dtype=float)
    return [gaps + noise * se, gaps + noise[:, :1] * se]
