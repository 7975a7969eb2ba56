"""A learning rate for each parameter, from the second derivative of the error."""

from __future__ import annotations

import numpy as np

from learned.explicit.losses import Loss
from learned.explicit.module import Module


class Curvature:
    """The stochastic diagonal Levenberg-Marquardt method: rates ``eta / (mu + h_k)``.

    Along an axis where the error is ``h/2 (w - w*)^2``, a step of ``1 / h`` times the gradient
    reaches the bottom at once: flat directions deserve long steps, steep ones short steps.
    ``h_k`` is a running mean of the diagonal second derivative over samples,

        h_k = (1 - memory) h_k + memory d2E/dw_k2

    for each mini-batch; the first ``1 / memory`` ones count alike. It is the Gauss-Newton
    estimate of `Module.backward_second`, so never negative; ``mu`` bounds the rate where it is
    small or estimated badly. Off-diagonal terms are unknown: parameters that work together, as the
    weights of similar pixels do, still need a small ``eta``.

    Parameters
    ----------
    module : Module
    mu : float
        Above 0, in units of the second derivative.
    memory : float
        In (0, 1].

    Attributes
    ----------
    h : dict of str to ndarray
        The running means, of the parameters' names and shapes.

    References
    ----------
    Y. LeCun, L. Bottou, G. Orr, K.-R. Mueller, "Efficient BackProp", 1998, section 9.1; Y.
    LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE, 1998, appendix C, whence ``mu = 0.02``.
    """

    def __init__(self, module: Module, mu: float = 0.02, memory: float = 0.1) -> None:
        self.module = module
        self.mu = mu
        self.memory = memory
        self.h = {name: np.zeros_like(w) for name, w in module.parameters.items()}
        self._batches = 0

    def observe(self, loss: Loss, x: np.ndarray, targets: np.ndarray) -> None:
        """Take one mini-batch into the running means.

        Parameters
        ----------
        loss : Loss
        x : (n, ...)
            Inputs of the module.
        targets : (n, c) int8
        """
        self.module.clear_second_derivatives()
        y = self.module.forward(x)
        self.module.backward_second(loss.second_derivative(y, targets))
        self._batches += 1
        weight = max(self.memory, 1 / self._batches)
        for name, h in self.h.items():
            h += weight * (self.module.second_derivatives[name] - h)

    def divisors(self) -> dict[str, np.ndarray]:
        """``mu + h_k`` for each parameter, for `Descent.step`."""
        return {name: self.mu + h for name, h in self.h.items()}
