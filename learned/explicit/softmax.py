"""The softmax module."""

from __future__ import annotations

import numpy as np

from learned.explicit.module import Module


class Softmax(Module):
    """Scores to probabilities that sum to 1, ``y_i = e^x_i / sum_j e^x_j``.

    ``dy_j/dx_i = y_j (d_ij - y_i)`` with ``d_ij`` 1 where ``i = j`` and else 0, so from
    ``g = dE/dy`` and ``h = d2E/dy2``:

    - ``dE/dx_i = y_i (g_i - sum_j g_j y_j)``
    - ``d2E/dx_i2 = y_i^2 (h_i (1 - 2 y_i) + sum_j h_j y_j^2) + [(1 - 2 y_i) dE/dx_i]``

    All inputs act on all outputs: this is exact only with the term in brackets
    (``gauss_newton=False``) and if the error's second derivatives are diagonal at ``y``. They
    are not diagonal at ``x``, whatever they are at ``y``. `SoftmaxCrossEntropy`
    takes the scores themselves, and is the better way to that error.
    """

    def __init__(self) -> None:
        super().__init__()

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(n, c) -> (n, c)."""
        if x.ndim != 2:
            raise ValueError(f"softmax takes (n, c), got {x.shape}")
        # Probabilities do not change with a constant; without it, exponentials overflow.
        y = np.exp(x - x.max(axis=1, keepdims=True))
        y /= y.sum(axis=1, keepdims=True)
        self._remember(y)
        return y

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """(n, c) -> (n, c)."""
        (y,) = self._recall()
        self._gradient = gradient
        return y * (gradient - (gradient * y).sum(axis=1, keepdims=True))

    def backward_second(self, second: np.ndarray, gauss_newton: bool = True) -> np.ndarray:
        """(n, c) -> (n, c)."""
        (y,) = self._recall()
        h = y**2 * (second * (1 - 2 * y) + (second * y**2).sum(axis=1, keepdims=True))
        if not gauss_newton:
            gradient = self._recall_gradient()
            at_input = y * (gradient - (gradient * y).sum(axis=1, keepdims=True))
            h += (1 - 2 * y) * at_input
        return h
