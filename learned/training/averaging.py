"""Averages of the weights along the training, which generalise better than the last ones."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

AVERAGES = ("exponential", "last")


class AveragedWeights:
    """An average of a network's weights, kept up step by step.

    Parameters
    ----------
    network : torch.nn.Module
        What is trained.
    kind : {"exponential", "last"}
        ``"last"`` is the mean over the last ``share`` of the steps.
        ``"exponential"`` weighs a step ``k`` steps ago by ``r**k`` with
        ``r = 1 - 1 / (share * steps)``, and divides by the sum of these weights,
        so that the initial weights play no part.
    share : float
        In (0, 1], of the training's steps.
    steps : int
        Steps of the whole training.

    References
    ----------
    B. Polyak, A. Juditsky, "Acceleration of stochastic approximation by
    averaging", 1992; P. Izmailov et al., "Averaging weights leads to wider optima
    and better generalization", UAI 2018.
    """

    def __init__(self, network: nn.Module, kind: str, share: float, steps: int) -> None:
        self.network = network
        self.count = 0
        self._average = copy.deepcopy(network).requires_grad_(False).eval()
        self._decay = 1.0 - 1.0 / max(1.0, share * steps) if kind == "exponential" else None
        self._first = 0 if kind == "exponential" else min(steps - 1, round(steps * (1.0 - share)))

    def update(self, step: int) -> None:
        """Take the weights after a step (from 0) into the average."""
        if step < self._first:
            return
        self.count += 1
        if self._decay is None:
            share = 1.0 / self.count
        else:
            share = (1.0 - self._decay) / (1.0 - self._decay**self.count)
        with torch.no_grad():
            for mean, weight in zip(self._average.parameters(), self.network.parameters()):
                if weight.requires_grad:
                    mean.lerp_(weight, share)

    def averaged(self, batches: Iterable[torch.Tensor]) -> nn.Module:
        """Return the network with averaged weights, as it would score.

        Statistics of batch normalisation belong to weights: those of the average
        are estimated anew. Other buffers are the network's latest.

        Parameters
        ----------
        batches : iterable of (b, 3, size, size) float32
            Training images, without augmentation, which the scored ones will be without.

        Returns
        -------
        torch.nn.Module
            In evaluation mode; the network itself, so set, before the average has begun.
        """
        if not self.count:
            return self.network.eval()
        for mine, theirs in zip(self._average.buffers(), self.network.buffers()):
            mine.copy_(theirs)
        # Normalisations that are frozen, hence not in training mode, keep what they have.
        norms = [
            mine
            for mine, theirs in zip(self._average.modules(), self.network.modules())
            if isinstance(mine, _BatchNorm) and mine.track_running_stats and theirs.training
        ]
        if norms:
            momenta = [norm.momentum for norm in norms]
            for norm in norms:
                norm.reset_running_stats()
                norm.train()
                norm.momentum = None  # the mean over the batches
            with torch.no_grad():
                for batch in batches:
                    self._average(batch)
            for norm, momentum in zip(norms, momenta):
                norm.momentum = momentum
        return self._average.eval()

    def state_dict(self) -> dict[str, Any]:
        """Return what `load_state_dict` goes on from."""
        return {"count": self.count, "average": self._average.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.count = state["count"]
        self._average.load_state_dict(state["average"])
