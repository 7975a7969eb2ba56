"""The linear module."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from learned.explicit.initialization import scaled_normal
from learned.explicit.module import Module


class Linear(Module):
    """Every output a weighted sum of all the inputs, ``Y = W X``; biases are the next module's.

    A sample is a column ``X`` here and a row in the arrays. From ``G = dE/dY`` and
    ``H = d2E/dY2`` (its diagonal):

    - ``dE/dX = W' G``, ``dE/dW = sum_n G X'``
    - ``d2E/dX2 = (W * W)' H``, ``d2E/dW2 = sum_n H (X * X)'``, with ``*`` by element

    A weight acts on one output, so that its second derivative is as exact as ``H``. An
    input acts on all: its own lacks the off-diagonal terms of ``d2E/dY2``.

    Parameters
    ----------
    inputs, outputs : int
    generator : numpy.random.Generator
        Draws the weights.
    gain : float
        `Activation.gain` of the function that follows.
    dtype : float32 or float64
        Of the weights, which have the shape (outputs, inputs).
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        generator: np.random.Generator,
        gain: float = 1.0,
        dtype: DTypeLike = np.float64,
    ) -> None:
        super().__init__(weights=scaled_normal((outputs, inputs), inputs, gain, generator, dtype))

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(n, inputs) -> (n, outputs)."""
        weights = self.parameters["weights"]
        if x.ndim != 2 or x.shape[1] != weights.shape[1]:
            raise ValueError(f"the linear module takes (n, {weights.shape[1]}), got {x.shape}")
        self._remember(x)
        return x @ weights.T

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """(n, outputs) -> (n, inputs)."""
        (x,) = self._recall()
        self.gradients["weights"] += gradient.T @ x
        return gradient @ self.parameters["weights"]

    def backward_second(self, second: np.ndarray, gauss_newton: bool = True) -> np.ndarray:
        """(n, outputs) -> (n, inputs)."""
        (x,) = self._recall()
        self.second_derivatives["weights"] += second.T @ x**2
        return second @ self.parameters["weights"] ** 2
