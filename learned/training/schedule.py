"""The learning rate as a function of time."""

from __future__ import annotations

import math


def one_cycle(step: int, steps: int, warm_up: float = 0.2) -> float:
    """Share of the peak learning rate to use at a step: a linear rise, then half a cosine to zero.

    Parameters
    ----------
    step : int
        From 0 to ``steps - 1``.
    steps : int
        Steps of the whole training.
    warm_up : float
        Share of the steps spent rising, in [0, 1).

    Returns
    -------
    float
        In (0, 1].

    References
    ----------
    L. Smith, N. Topin, "Super-convergence: very fast training of neural
    networks using large learning rates", 2017.
    """
    # Half a step in: the first update is not wasted on a rate of zero, nor the last.
    time = (step + 0.5) / steps
    if time < warm_up:
        return time / warm_up
    return 0.5 * (1.0 + math.cos(math.pi * (time - warm_up) / (1.0 - warm_up)))
