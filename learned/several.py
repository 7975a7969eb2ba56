"""Several networks as one: of a concept each, or of the same concepts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import nn


class _Several(nn.Module):
    """Independent networks that are shown the same images.

    Parameters
    ----------
    networks : iterable of torch.nn.Module
    """

    def __init__(self, networks: Iterable[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def logits(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Return the logits of each network, for (b, 3, size, size) float32."""
        # Each gets the same tensor: a first layer that works in place would change it.
        return [network(x.clone()) for network in self.networks]

    @staticmethod
    def state(states: Sequence[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
        """Return the ``state_dict`` made of those of the networks."""
        return {
            f"networks.{i}.{name}": tensor
            for i, state in enumerate(states)
            for name, tensor in state.items()
        }


class SideBySide(_Several):
    """Networks of one concept each, whose logits stand side by side."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(b, 3, size, size) float32 -> (b, networks) logits."""
        return torch.cat(self.logits(x), dim=1)


class Ensemble(_Several):
    """Networks of the same concepts, whose logits are averaged.

    For exclusive concepts the mean of logits is the geometric mean of the networks'
    probabilities, rescaled to sum to 1; for others that of their odds.

    References
    ----------
    L. Hansen, P. Salamon, "Neural network ensembles", IEEE Transactions on Pattern Analysis
    and Machine Intelligence, 1990; B. Lakshminarayanan, A. Pritzel, C. Blundell, "Simple and
    scalable predictive uncertainty estimation using deep ensembles", NIPS 2017.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(b, 3, size, size) float32 -> (b, c) logits."""
        return torch.stack(self.logits(x)).mean(dim=0)
