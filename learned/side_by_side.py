"""Networks of one concept each, as one network of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import nn


class SideBySide(nn.Module):
    """Independent networks whose logits stand side by side.

    Parameters
    ----------
    networks : iterable of torch.nn.Module
        Each (b, 3, size, size) -> (b, 1).
    """

    def __init__(self, networks: Iterable[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(b, 3, size, size) float32 -> (b, networks) logits."""
        # Each gets the same tensor: a first layer that works in place would change it.
        return torch.cat([network(x.clone()) for network in self.networks], dim=1)

    @staticmethod
    def state(states: Sequence[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
        """Return the ``state_dict`` made of those of the networks."""
        return {
            f"networks.{i}.{name}": tensor
            for i, state in enumerate(states)
            for name, tensor in state.items()
        }
