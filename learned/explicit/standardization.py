"""Bytes to inputs that are fit to learn from."""

from __future__ import annotations

import numpy as np

from learned.explicit.module import Module


class Standardization(Module):
    """Each channel to zero mean and unit deviation, ``y = (x - mean) / deviation``, channels first.

    Inputs of equal spread about zero give the error a rounder bottom, which steps of equal
    size descend faster. Nothing here is learned by descent.

    Parameters
    ----------
    mean, deviation : (channels,) float32 or float64
        Of the training pixels; their dtype is that of the result.

    References
    ----------
    Y. LeCun, L. Bottou, G. Orr, K.-R. Mueller, "Efficient BackProp", 1998, section 4.3.
    """

    def __init__(self, mean: np.ndarray, deviation: np.ndarray) -> None:
        super().__init__()
        self.mean = mean
        self.deviation = deviation

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(n, h, w, channels), bytes as a rule -> (n, channels, h, w)."""
        if x.ndim != 4 or x.shape[3] != len(self.mean):
            raise ValueError(f"standardisation takes (n, h, w, {len(self.mean)}), got {x.shape}")
        self._remember()
        return ((x - self.mean) / self.deviation).transpose(0, 3, 1, 2)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """(n, channels, h, w) -> (n, h, w, channels)."""
        self._recall()
        return gradient.transpose(0, 2, 3, 1) / self.deviation

    def backward_second(self, second: np.ndarray, gauss_newton: bool = True) -> np.ndarray:
        """(n, channels, h, w) -> (n, h, w, channels)."""
        self._recall()
        return second.transpose(0, 2, 3, 1) / self.deviation**2
