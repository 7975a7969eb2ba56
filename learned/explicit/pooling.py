"""Pooling: each map made smaller, window by window."""

from __future__ import annotations

import numpy as np

from learned.explicit.module import Module
from learned.explicit.windows import gather, scatter


class MaxPooling(Module):
    """The largest value of each window; of equal ones, the first in reading order.

    The derivative at a pixel is the sum over the windows whose largest value it is, first
    and second alike. Where windows overlap, the second lacks the off-diagonal terms
    between the windows that share a pixel.

    Parameters
    ----------
    size : int
        Side of the window in pixels.
    stride : int, optional
        Pixels from one window to the next; ``size`` if not given. Rows and columns that
        are left over are not seen.
    """

    def __init__(self, size: int, stride: int | None = None) -> None:
        super().__init__()
        self.size = size
        self.stride = size if stride is None else stride

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(n, maps, h, w) -> (n, maps, h', w')."""
        windows = gather(_maps(x), self.size, self.stride)
        places = [windows[:, i, j] for i in range(self.size) for j in range(self.size)]
        largest = places[0]
        chosen = np.zeros(largest.shape, np.intp)
        for place, values in enumerate(places[1:], start=1):
            chosen[values > largest] = place
            largest = np.maximum(largest, values)
        self._remember(x.shape, chosen)
        return largest.swapaxes(0, 1)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """(n, maps, h', w') -> (n, maps, h, w)."""
        return self._to_the_largest(gradient)

    def backward_second(self, second: np.ndarray, gauss_newton: bool = True) -> np.ndarray:
        """(n, maps, h', w') -> (n, maps, h, w)."""
        return self._to_the_largest(second)

    def _to_the_largest(self, values: np.ndarray) -> np.ndarray:
        shape, chosen = self._recall()
        values = values.swapaxes(0, 1)
        maps, *rest = values.shape
        windows = np.empty((maps, self.size, self.size, *rest), values.dtype)
        for place in range(self.size**2):
            windows[:, place // self.size, place % self.size] = values * (chosen == place)
        return scatter(windows, shape, self.stride)


class AveragePooling(Module):
    """The mean of each window, ``y = sum x / size^2``.

    A pixel gets ``dE/dy / size^2`` from each window that contains it, and
    ``d2E/dy2 / size^4``. Where windows overlap, the second derivative lacks the
    off-diagonal terms between the windows that share a pixel.

    Parameters
    ----------
    size, stride
        As for `MaxPooling`.
    """

    def __init__(self, size: int, stride: int | None = None) -> None:
        super().__init__()
        self.size = size
        self.stride = size if stride is None else stride

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(n, maps, h, w) -> (n, maps, h', w')."""
        windows = gather(_maps(x), self.size, self.stride)
        self._remember(x.shape)
        return windows.mean(axis=(1, 2)).swapaxes(0, 1)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """(n, maps, h', w') -> (n, maps, h, w)."""
        return self._to_all(gradient / self.size**2)

    def backward_second(self, second: np.ndarray, gauss_newton: bool = True) -> np.ndarray:
        """(n, maps, h', w') -> (n, maps, h, w)."""
        return self._to_all(second / self.size**4)

    def _to_all(self, values: np.ndarray) -> np.ndarray:
        (shape,) = self._recall()
        values = values.swapaxes(0, 1)[:, None, None]
        maps, _, _, *rest = values.shape
        windows = np.broadcast_to(values, (maps, self.size, self.size, *rest))
        return scatter(windows, shape, self.stride)


def _maps(x: np.ndarray) -> np.ndarray:
    if x.ndim != 4:
        raise ValueError(f"pooling takes (n, maps, h, w), got {x.shape}")
    return x
