"""The feed-forward network: a module made of modules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from learned.explicit.module import Module


class FeedForward(Module):
    """Modules one after the other, each given what the one before it returns.

    Forward goes through them from first to last, derivatives from last to first. What comes
    out is a module again.

    Parameters
    ----------
    modules : sequence of Module
        Each in one place only: a module remembers its last input.

    Attributes
    ----------
    parameters, gradients, second_derivatives : dict of str to ndarray
        Those of all modules, the very same arrays, under ``"<position>.<name>"``.
    """

    def __init__(self, modules: Sequence[Module]) -> None:
        self.modules = list(modules)
        super().__init__()

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(n, ...) -> (n, ...), as the first and the last module have it."""
        for module in self.modules:
            x = module.forward(x)
        return x

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """``dE/dY`` of the last module -> ``dE/dX`` of the first."""
        for module in reversed(self.modules):
            gradient = module.backward(gradient)
        return gradient

    def backward_second(self, second: np.ndarray, gauss_newton: bool = True) -> np.ndarray:
        """``d2E/dY2`` of the last module -> ``d2E/dX2`` of the first."""
        for module in reversed(self.modules):
            second = module.backward_second(second, gauss_newton)
        return second

    def _allocate(self) -> None:
        self.parameters = _merged([module.parameters for module in self.modules])
        self.gradients = _merged([module.gradients for module in self.modules])
        self.second_derivatives = _merged([module.second_derivatives for module in self.modules])


def _merged(of_modules: Sequence[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {
        f"{position}.{name}": array
        for position, arrays in enumerate(of_modules)
        for name, array in arrays.items()
    }
