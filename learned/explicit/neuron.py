"""The formal neuron."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from learned.explicit.activation import Activation
from learned.explicit.initialization import scaled_normal
from learned.explicit.module import Module


class FormalNeuron(Module):
    """One neuron: a weighted sum, a bias, an activation, ``y = f(w . x + b)``.

    With ``a = w . x + b``, ``g = dE/dy f'(a)`` and ``h = d2E/dy2 f'(a)^2 + [dE/dy f''(a)]``:

    - ``dE/dx = g w``, ``dE/dw = sum_n g x``, ``dE/db = sum_n g``
    - ``d2E/dx2 = h w^2``, ``d2E/dw2 = sum_n h x^2``, ``d2E/db2 = sum_n h``

    One output has no off-diagonal terms: with the term in brackets
    (``gauss_newton=False``) the second derivatives are exact.

    Parameters
    ----------
    inputs : int
        Number of inputs.
    activation : Activation
        ``f``.
    generator : numpy.random.Generator
        Draws the weights; the bias starts at 0.
    dtype : float32 or float64
        Of the parameters.

    References
    ----------
    W. McCulloch, W. Pitts, "A logical calculus of the ideas immanent in nervous
    activity", 1943; F. Rosenblatt, "The perceptron", Psychological Review, 1958.
    """

    def __init__(
        self,
        inputs: int,
        activation: Activation,
        generator: np.random.Generator,
        dtype: DTypeLike = np.float64,
    ) -> None:
        super().__init__(
            weights=scaled_normal((inputs,), inputs, activation.gain, generator, dtype),
            bias=np.zeros(1, dtype),
        )
        self.activation = activation

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(n, inputs) -> (n, 1)."""
        weights = self.parameters["weights"]
        if x.ndim != 2 or x.shape[1] != len(weights):
            raise ValueError(f"the neuron takes (n, {len(weights)}), got {x.shape}")
        y = self.activation.value(x @ weights + self.parameters["bias"])
        self._remember(x, y)
        return y[:, None]

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """(n, 1) -> (n, inputs)."""
        x, y = self._recall()
        self._gradient = gradient
        g = gradient[:, 0] * self.activation.derivative(y)
        self.gradients["weights"] += g @ x
        self.gradients["bias"] += g.sum()
        return np.outer(g, self.parameters["weights"])

    def backward_second(self, second: np.ndarray, gauss_newton: bool = True) -> np.ndarray:
        """(n, 1) -> (n, inputs)."""
        x, y = self._recall()
        h = second[:, 0] * self.activation.derivative(y) ** 2
        if not gauss_newton:
            h += self._recall_gradient()[:, 0] * self.activation.second_derivative(y)
        self.second_derivatives["weights"] += h @ x**2
        self.second_derivatives["bias"] += h.sum()
        return np.outer(h, self.parameters["weights"] ** 2)
