"""Maps to a vector."""

from __future__ import annotations

import numpy as np

from learned.explicit.module import Module


class Flatten(Module):
    """A sample's values in one row, in reading order; derivatives go back to where they belong."""

    def __init__(self) -> None:
        super().__init__()

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(n, ...) -> (n, product of the others)."""
        self._remember(x.shape)
        return x.reshape(len(x), -1)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """(n, d) -> (n, ...)."""
        (shape,) = self._recall()
        return gradient.reshape(shape)

    def backward_second(self, second: np.ndarray, gauss_newton: bool = True) -> np.ndarray:
        """(n, d) -> (n, ...)."""
        (shape,) = self._recall()
        return second.reshape(shape)
