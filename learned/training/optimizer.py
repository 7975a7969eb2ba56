"""The optimisers."""

from __future__ import annotations

import torch
from torch import nn

OPTIMIZERS = ("adamw", "sgd")


def make_optimizer(
    network: nn.Module, name: str, learning_rate: float, weight_decay: float
) -> torch.optim.Optimizer:
    """Build an optimiser of what is to be trained in a network.

    Parameters
    ----------
    network : torch.nn.Module
        Parameters that need no gradient are left out.
    name : {"adamw", "sgd"}
        Adam with decoupled weight decay, or stochastic gradient descent with
        Nesterov momentum 0.9.
    learning_rate : float
    weight_decay : float
        On matrices and kernels only: to shrink a bias or the scale of a
        normalisation does not make the function smoother.

    Returns
    -------
    torch.optim.Optimizer

    Raises
    ------
    ValueError
        Nothing is to be trained, or there is no such optimiser.

    References
    ----------
    Y. Nesterov, "A method of solving a convex programming problem with
    convergence rate O(1/k^2)", 1983; I. Loshchilov, F. Hutter, "Decoupled
    weight decay regularization", ICLR 2019.
    """
    parameters = [p for p in network.parameters() if p.requires_grad]
    if not parameters:
        raise ValueError("the network has no parameter to train")
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    # Fused: one pass over a parameter in place of a dozen, on the CPU too.
    if name == "adamw":
        return torch.optim.AdamW(groups, lr=learning_rate, fused=True)
    if name == "sgd":
        return torch.optim.SGD(groups, lr=learning_rate, momentum=0.9, nesterov=True, fused=True)
    raise ValueError(f"optimizer must be one of {', '.join(OPTIMIZERS)}, got {name!r}")
