"""The pointwise module."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from learned.explicit.activation import Activation
from learned.explicit.module import Module


class Pointwise(Module):
    """A function of each value on its own, with an input bias, ``y = f(x + b)``.

    The values of one unit, or of one map at all its positions, share a bias. From
    ``g = dE/dy`` and ``h = d2E/dy2``:

    - ``dE/dx = g f'``, ``dE/db = sum g f'`` over samples and positions
    - ``d2E/dx2 = h f'^2 + [g f'']``, ``d2E/db2 = sum h f'^2 + [g f'']``

    With the terms in brackets (``gauss_newton=False``), ``d2E/dx2`` is as exact as ``h``, and so
    is ``d2E/db2`` of a unit. That of a map lacks the off-diagonal terms between its positions.

    Parameters
    ----------
    activation : Activation
        ``f``.
    biases : int, optional
        Number of units or maps, the length of the second axis; none for ``y = f(x)``.
    dtype : float32 or float64
        Of the biases, which start at 0.
    """

    def __init__(
        self, activation: Activation, biases: int | None = None, dtype: DTypeLike = np.float64
    ) -> None:
        if biases is None:
            super().__init__()
        else:
            super().__init__(bias=np.zeros(biases, dtype))
        self.activation = activation

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(n, units) or (n, maps, h, w) -> the same shape."""
        if self.parameters:
            bias = self.parameters["bias"]
            if x.ndim < 2 or x.shape[1] != len(bias):
                raise ValueError(f"the pointwise module takes (n, {len(bias)}, ...), got {x.shape}")
            x = x + bias.reshape(-1, *(1,) * (x.ndim - 2))
        y = self.activation.value(x)
        self._remember(y)
        return y

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """``dE/dy`` -> ``dE/dx``, of the same shape."""
        (y,) = self._recall()
        self._gradient = gradient
        g = gradient * self.activation.derivative(y)
        if self.parameters:
            self.gradients["bias"] += _over_all_but_units(g)
        return g

    def backward_second(self, second: np.ndarray, gauss_newton: bool = True) -> np.ndarray:
        """``d2E/dy2`` -> ``d2E/dx2``, of the same shape."""
        (y,) = self._recall()
        h = second * self.activation.derivative(y) ** 2
        if not gauss_newton:
            h += self._recall_gradient() * self.activation.second_derivative(y)
        if self.parameters:
            self.second_derivatives["bias"] += _over_all_but_units(h)
        return h


def _over_all_but_units(values: np.ndarray) -> np.ndarray:
    return values.sum(axis=(0, *range(2, values.ndim)))
