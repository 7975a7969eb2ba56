"""Gradient descent with momentum."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from learned.explicit.module import Module


class Descent:
    """Steps down the gradient that remember the step before.

    ``step(t) = momentum step(t-1) - rate dE/dW``, ``W = W + step(t)``. Directions in which the
    gradient keeps its sign add up, by ``1 / (1 - momentum)`` in the end; those in which it
    changes cancel out.

    Parameters
    ----------
    module : Module
        Whose parameters are changed, in place.
    momentum : float
        In [0, 1).

    References
    ----------
    D. Rumelhart, G. Hinton, R. Williams, "Learning representations by
    back-propagating errors", Nature, 1986.
    """

    def __init__(self, module: Module, momentum: float = 0.0) -> None:
        self.module = module
        self.momentum = momentum
        self._steps = {name: np.zeros_like(w) for name, w in module.parameters.items()}

    def step(self, rate: float, curvature: Mapping[str, np.ndarray] | None = None) -> None:
        """Change the parameters once, by the gradients as they stand.

        Parameters
        ----------
        rate : float
            Above 0.
        curvature : mapping of str to ndarray, optional
            For each parameter, what its rate is divided by: above 0.
        """
        for name, parameter in self.module.parameters.items():
            gradient = self.module.gradients[name]
            step = self._steps[name]
            step *= self.momentum
            if curvature is None:
                step -= rate * gradient
            else:
                step -= rate * gradient / curvature[name]
            parameter += step
