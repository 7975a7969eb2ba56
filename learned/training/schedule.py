"""The learning rate as a function of time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


def flat(time: float, end: float) -> float:
    """Stay at 1."""
    return 1.0


def straight(time: float, end: float) -> float:
    """Fall from 1 to zero at the end in a straight line."""
    return 1.0 - time / end


def half_cosine(time: float, end: float) -> float:
    """Fall from 1 to zero at the end by half a cosine: slowly, fast, slowly."""
    return 0.5 * (1.0 + math.cos(math.pi * time / end))


#: How the rate falls once it has risen, and the share of the steps that the rise takes by default.
SCHEDULES: dict[str, tuple[Callable[[float, float], float], float]] = {
    "one-cycle": (half_cosine, 0.2),
    "cosine": (half_cosine, 0.05),
    "linear": (straight, 0.2),
    "constant": (flat, 0.0),
}


@dataclass(frozen=True)
class Schedule:
    """A linear rise to the peak, then a fall.

    Parameters
    ----------
    name : {"one-cycle", "cosine", "linear", "constant"}
        The fall: half a cosine, half a cosine after a short rise, a straight
        line, or none.
    steps : int
        Steps of the whole training.
    warm_up : float, optional
        Share of the steps spent rising, in [0, 1); by default 0.2, 0.05, 0.2 and 0.

    References
    ----------
    L. Smith, N. Topin, "Super-convergence: very fast training of neural
    networks using large learning rates", 2017; I. Loshchilov, F. Hutter, "SGDR:
    stochastic gradient descent with warm restarts", ICLR 2017.
    """

    name: str
    steps: int
    warm_up: float | None = None

    def __call__(self, step: int) -> float:
        """Share of the peak learning rate to use at a step.

        Parameters
        ----------
        step : int
            From 0 to ``steps - 1``.

        Returns
        -------
        float
            In (0, 1].
        """
        fall, usual = SCHEDULES[self.name]
        warm_up = usual if self.warm_up is None else self.warm_up
        # Half a step in: the first update is not wasted on a rate of zero, nor the last.
        time = (step + 0.5) / self.steps
        if time < warm_up:
            return time / warm_up
        return fall(time - warm_up, 1.0 - warm_up)
