"""The interface of a layer module: forward, and derivatives by a recurrence over modules."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np


class Module(ABC):
    """A function ``Y = F(X, W)`` that knows its own derivatives.

    A network is a chain ``X(0) -> X(1) -> ... -> X(L) -> E`` with
    ``X(l) = F(l)(X(l-1), W(l))``. A module needs to know nothing of the others: given
    what the error does at its output, it says what the error does at its input, and
    that is what the module before it is given. So both derivatives go backwards
    through the chain, one module after the other:

    - ``backward``: ``dE/dX = dE/dY . dY/dX``, and on the way
      ``dE/dW = dE/dY . dY/dW``, added to `gradients`. This is exact.
    - ``backward_second``: the same for ``d2E/dX2``, and for ``d2E/dW2``, added to
      `second_derivatives`. Only diagonals are kept: from ``h_j = d2E/dy_j2`` the
      recurrence makes

          d2E/dx_i2 = sum_j h_j (dy_j/dx_i)^2  [+ sum_j dE/dy_j d2y_j/dx_i2]

      and likewise for a parameter in the place of ``x_i``. Two things may be missing:

      1. **Off-diagonal terms**, always. What is left out is
         ``sum_{j != k} d2E/dy_j dy_k dy_j/dx_i dy_k/dx_i``. It is zero, and the result exact,
         if the second derivatives at the output are diagonal, or if ``x_i`` acts on one
         output only, as a weight of a linear module and a value before a pointwise function do.
      2. **The term in brackets**, unless ``gauss_newton=False``. Without it (the
         Gauss-Newton approximation) nothing can become negative that is not negative at
         the output, so that a rate can be divided by it. It is zero for modules that are linear
         in ``x_i``.

      So for the last linear module under any of `learned.explicit.losses`, the parameters'
      second derivatives are exact. With ``gauss_newton=False`` they are exact in a network of
      one hidden layer under an error that is a sum over outputs, too, which is all but the
      softmax. Further down, off-diagonal terms are lost.

    Arrays have samples along the first axis; errors are sums over samples, so
    parameters' derivatives are summed over it. `forward` keeps references, no
    copies: between it and the last backward call, leave its input as it is.

    Parameters
    ----------
    **parameters : ndarray
        ``W``, by name; empty for a module that does not learn.

    Attributes
    ----------
    parameters : dict of str to ndarray
        Changed in place only.
    gradients, second_derivatives : dict of str to ndarray
        ``dE/dW`` and the diagonal of ``d2E/dW2``: sums of all backward calls since the last
        clearing, with the names, shapes and dtypes of `parameters`.

    References
    ----------
    D. Rumelhart, G. Hinton, R. Williams, "Learning representations by
    back-propagating errors", Nature, 1986; L. Bottou, P. Gallinari, "A framework
    for the cooperation of learning algorithms", NIPS 1990; Y. LeCun, L. Bottou,
    G. Orr, K.-R. Mueller, "Efficient BackProp", in Neural networks: tricks of the
    trade, 1998, sections 7 and 9.
    """

    def __init__(self, **parameters: np.ndarray) -> None:
        self.parameters: dict[str, np.ndarray] = parameters
        self._memory: Any = None
        self._gradient: np.ndarray | None = None
        self._allocate()

    @abstractmethod
    def forward(self, x: np.ndarray) -> np.ndarray:
        """Compute ``Y = F(X, W)`` and remember what the derivatives need.

        Parameters
        ----------
        x : (n, ...) float32 or float64

        Returns
        -------
        (n, ...) float32 or float64
        """

    @abstractmethod
    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """Take ``dE/dY``, add ``dE/dW`` to `gradients`, return ``dE/dX``.

        Parameters
        ----------
        gradient : array of the shape of the last output

        Returns
        -------
        array of the shape of the last input

        Raises
        ------
        RuntimeError
            There was no `forward` before.
        """

    @abstractmethod
    def backward_second(self, second: np.ndarray, gauss_newton: bool = True) -> np.ndarray:
        """Take the diagonal of ``d2E/dY2``, add that of ``d2E/dW2``, return that of ``d2E/dX2``.

        Parameters
        ----------
        second : array of the shape of the last output
        gauss_newton : bool
            Whether to drop the module's own second derivative; without effect in
            linear modules, which have none.

        Returns
        -------
        array of the shape of the last input

        Raises
        ------
        RuntimeError
            There was no `forward` before; or ``gauss_newton=False`` and no `backward`
            since, which gives the ``dE/dY`` that this takes.
        """

    def clear_gradients(self) -> None:
        """Set the sums of `gradients` to zero."""
        for value in self.gradients.values():
            value.fill(0)

    def clear_second_derivatives(self) -> None:
        """Set the sums of `second_derivatives` to zero."""
        for value in self.second_derivatives.values():
            value.fill(0)

    def _remember(self, *memory: Any) -> None:
        """Keep what the backward calls need; what an earlier sample left is void."""
        self._memory = memory
        self._gradient = None

    def _recall(self) -> Any:
        if self._memory is None:
            raise RuntimeError(f"{type(self).__name__}: call forward before going backward")
        return self._memory

    def _recall_gradient(self) -> np.ndarray:
        if self._gradient is None:
            raise RuntimeError(
                f"{type(self).__name__}: without the Gauss-Newton approximation, "
                "call backward before backward_second"
            )
        return self._gradient

    def _allocate(self) -> None:
        self.gradients = {name: np.zeros_like(w) for name, w in self.parameters.items()}
        self.second_derivatives = {name: np.zeros_like(w) for name, w in self.parameters.items()}

    def __getstate__(self) -> dict[str, Any]:
        # A pickled module is its parameters, not what training left lying about.
        left = ("gradients", "second_derivatives", "_memory", "_gradient")
        return {name: value for name, value in vars(self).items() if name not in left}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _memory=None, _gradient=None)
        self._allocate()
