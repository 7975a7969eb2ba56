"""The learning rate as a function of time."""

from __future__ import annotations

from collections.abc import Callable

# From a time in [0, 1), the share of the training that is done, to a share of the first rate.
Schedule = Callable[[float], float]


def constant(time: float) -> float:
    """1, always."""
    return 1.0


def inverse(time: float) -> float:
    """``1 / (1 + 9 time)``: fast at first, a tenth at the end.

    The form ``1 / t`` is what makes stochastic descent converge (H. Robbins, S. Monro, "A
    stochastic approximation method", 1951).
    """
    return 1.0 / (1.0 + 9.0 * time)


def steps(time: float) -> float:
    """1, and a tenth of what it was at one half and at three quarters of the time."""
    return 1.0 if time < 0.5 else 0.1 if time < 0.75 else 0.01


def linear(time: float) -> float:
    """``1 - time``: to zero at the end."""
    return 1.0 - time


SCHEDULES: dict[str, Schedule] = {
    "constant": constant,
    "inverse": inverse,
    "steps": steps,
    "linear": linear,
}
