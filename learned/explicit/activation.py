"""Functions of one variable between the layers, with their derivatives."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np


class Activation(ABC):
    """A function ``y = f(a)`` whose derivatives are told by its value ``y``.

    So that a module need not keep ``a``.
    """

    #: Standard deviation of initial weights that keeps signals at their size, times the
    #: square root of the number of inputs.
    gain = 1.0

    @abstractmethod
    def value(self, a: np.ndarray) -> np.ndarray:
        """``f(a)``, of the shape and dtype of ``a``."""

    @abstractmethod
    def derivative(self, y: np.ndarray) -> np.ndarray:
        """``f'(a)`` where ``y = f(a)``."""

    @abstractmethod
    def second_derivative(self, y: np.ndarray) -> np.ndarray:
        """``f''(a)`` where ``y = f(a)``."""


class Identity(Activation):
    """``f(a) = a``: for outputs that are scores as they are."""

    def value(self, a: np.ndarray) -> np.ndarray:
        return a

    def derivative(self, y: np.ndarray) -> np.ndarray:
        return np.ones_like(y)

    def second_derivative(self, y: np.ndarray) -> np.ndarray:
        return np.zeros_like(y)


class Sigmoid(Activation):
    """``f(a) = 1 / (1 + e^-a)``, from 0 to 1; ``f' = y (1 - y)``, ``f'' = f' (1 - 2 y)``.

    The lecture prints ``1 / (1 + e^a)``, which falls; the rising function is meant, and
    this is it. It never overflows: the exponential is always of ``-|a|``.
    """

    def value(self, a: np.ndarray) -> np.ndarray:
        small = np.exp(-np.abs(a))
        return np.where(a >= 0, 1, small) / (1 + small)

    def derivative(self, y: np.ndarray) -> np.ndarray:
        return y * (1 - y)

    def second_derivative(self, y: np.ndarray) -> np.ndarray:
        return y * (1 - y) * (1 - 2 * y)


class Tanh(Activation):
    """``f(a) = tanh a``, from -1 to 1; ``f' = 1 - y^2``, ``f'' = -2 y f'``."""

    def value(self, a: np.ndarray) -> np.ndarray:
        return np.tanh(a)

    def derivative(self, y: np.ndarray) -> np.ndarray:
        return 1 - y * y

    def second_derivative(self, y: np.ndarray) -> np.ndarray:
        return -2 * y * (1 - y * y)


class ReLU(Activation):
    """``f(a) = max(0, a)``; ``f'`` is 1 above 0 and else 0 (at 0, too), ``f'' = 0``.

    References
    ----------
    V. Nair, G. Hinton, "Rectified linear units improve restricted Boltzmann
    machines", ICML 2010; for the gain K. He, X. Zhang, S. Ren, J. Sun, "Delving deep
    into rectifiers", ICCV 2015.
    """

    # Half of the signal is cut off.
    gain = 2.0**0.5

    def value(self, a: np.ndarray) -> np.ndarray:
        return np.maximum(a, 0)

    def derivative(self, y: np.ndarray) -> np.ndarray:
        return (y > 0).astype(y.dtype)

    def second_derivative(self, y: np.ndarray) -> np.ndarray:
        return np.zeros_like(y)


ACTIVATIONS: dict[str, Activation] = {"relu": ReLU(), "tanh": Tanh(), "sigmoid": Sigmoid()}
