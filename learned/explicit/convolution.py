"""The convolution."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from learned.explicit.initialization import scaled_normal
from learned.explicit.module import Module
from learned.explicit.windows import gather, scatter


class Convolution(Module):
    """Small windows over a stack of maps: a linear module whose weights are shared by all places.

    "3D to 3D": every output map looks at all the input maps,

        y[o, p, q] = sum_{c, i, j} W[o, c, i, j] x[c, s p + i - padding, s q + j - padding]

    with ``s`` the stride and zeros outside of the image. The kernel is not mirrored, as in all
    networks. Gathered as columns ``P``, windows make it the one product ``Y = W P``, so the
    formulas are those of `Linear`, with ``P`` for ``X``; and the derivative at a pixel is the sum
    over the windows that contain it (`learned.explicit.windows.scatter`).

    A weight acts on all the places of a map. Its second derivative is exact if that of the error
    is diagonal at the output, and else lacks the off-diagonal terms between places, as in LeCun
    1998 ("Gradient-based learning", appendix C). The same holds for inputs.

    Parameters
    ----------
    maps_in, maps_out : int
    size : int
        Side of the window in pixels.
    generator : numpy.random.Generator
        Draws the weights.
    stride : int
        Pixels from one window to the next, in both directions.
    padding : int
        Zeros around the image, in pixels.
    gain : float
        `Activation.gain` of the function that follows.
    dtype : float32 or float64
        Of the weights, which have the shape (maps_out, maps_in, size, size).

    References
    ----------
    K. Fukushima, "Neocognitron", 1980; Y. LeCun et al., "Backpropagation applied to
    handwritten zip code recognition", Neural Computation, 1989.
    """

    def __init__(
        self,
        maps_in: int,
        maps_out: int,
        size: int,
        generator: np.random.Generator,
        stride: int = 1,
        padding: int = 0,
        gain: float = 1.0,
        dtype: DTypeLike = np.float64,
    ) -> None:
        shape = (maps_out, maps_in, size, size)
        super().__init__(
            weights=scaled_normal(shape, maps_in * size**2, gain, generator, dtype),
        )
        self.stride = stride
        self.padding = padding

    def forward(self, x: np.ndarray) -> np.ndarray:
        """(n, maps in, h, w) -> (n, maps out, h', w')."""
        weights = self.parameters["weights"]
        maps_out, maps_in, size, _ = weights.shape
        if x.ndim != 4 or x.shape[1] != maps_in:
            raise ValueError(f"the convolution takes (n, {maps_in}, h, w), got {x.shape}")
        windows = gather(x, size, self.stride, self.padding)
        columns = windows.reshape(maps_in * size**2, -1)
        self._remember(x.shape, windows.shape, columns)
        y = weights.reshape(maps_out, -1) @ columns
        # A view: the maps stay outermost in memory, as the next gather likes them.
        return y.reshape(maps_out, *windows.shape[3:]).swapaxes(0, 1)

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """(n, maps out, h', w') -> (n, maps in, h, w)."""
        columns = self._recall()[2]
        return self._backward(gradient, columns, self.parameters["weights"], self.gradients)

    def backward_second(self, second: np.ndarray, gauss_newton: bool = True) -> np.ndarray:
        """(n, maps out, h', w') -> (n, maps in, h, w)."""
        columns, weights = self._recall()[2], self.parameters["weights"]
        return self._backward(second, columns**2, weights**2, self.second_derivatives)

    def _backward(
        self,
        at_output: np.ndarray,
        columns: np.ndarray,
        weights: np.ndarray,
        sums: dict[str, np.ndarray],
    ) -> np.ndarray:
        shape, windows, _ = self._recall()
        maps_out = len(weights)
        at_output = at_output.swapaxes(0, 1).reshape(maps_out, -1)
        sums["weights"] += (at_output @ columns.T).reshape(weights.shape)
        at_windows = weights.reshape(maps_out, -1).T @ at_output
        return scatter(at_windows.reshape(windows), shape, self.stride, self.padding)
