"""The state of a training, whole: what an interrupted one goes on from, to the same bits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from learned.training.ranks import Ranks


@dataclass
class History:
    """What happened so far.

    Attributes
    ----------
    curve : list of float
        Mean training loss of each epoch.
    validation_curve : list of float
        Metric on the held-out samples after each epoch, where there are any.
    best_epoch : int or None
        From 1: whose weights were kept.
    accumulation : int
        Parts that a batch is cut into, because it did not fit in the GPU's memory.
    """

    curve: list[float] = field(default_factory=list)
    validation_curve: list[float] = field(default_factory=list)
    best_epoch: int | None = None
    accumulation: int = 1


@dataclass
class Position:
    """Where a training is.

    Attributes
    ----------
    epoch, batch : int
        What comes next, from 0.
    order : (n,) int64 or None
        The rows in this epoch's order; None where it is still to be drawn.
    losses : (batches,) float32 or None
        Of this epoch's batches so far, on the device.
    """

    epoch: int = 0
    batch: int = 0
    order: torch.Tensor | None = None
    losses: torch.Tensor | None = None


class Checkpoint:
    """Captures and restores a training.

    Parameters
    ----------
    parts : mapping of str to object
        Network, optimiser and others with ``state_dict`` and ``load_state_dict``.
    generator : torch.Generator
        That of the training.
    device : torch.device
        Whose own generator (dropout) counts too.
    ranks : Ranks
    """

    def __init__(
        self,
        parts: Mapping[str, Any],
        generator: torch.Generator,
        device: torch.device,
        ranks: Ranks,
    ) -> None:
        self._parts = parts
        self._generator = generator
        self._device = device
        self._ranks = ranks

    def capture(self, position: Position, history: History) -> dict[str, Any]:
        """Return the state: picklable, on the CPU, and valid until the next step."""
        random = [torch.get_rng_state()]
        if self._device.type == "cuda":
            random.append(torch.cuda.get_rng_state(self._device))
        return {
            "parts": {name: on_cpu(part.state_dict()) for name, part in self._parts.items()},
            "generator": self._generator.get_state(),
            "random": self._ranks.gather(random),
            "position": on_cpu(vars(position)),
            "history": vars(history),
        }

    def restore(self, state: dict[str, Any]) -> tuple[Position, History]:
        """Set everything to a state; return where the training was."""
        for name, part in self._parts.items():
            part.load_state_dict(state["parts"][name])
        self._generator.set_state(state["generator"])
        random = state["random"][self._ranks.rank]
        torch.set_rng_state(random[0])
        if self._device.type == "cuda":
            torch.cuda.set_rng_state(random[1], self._device)
        position = Position(**state["position"])
        if position.losses is not None:
            position.losses = position.losses.to(self._device)
        return position, History(**state["history"])


def on_cpu(tree: Any) -> Any:
    """Return nested dictionaries and lists with their tensors on the CPU, which it shares."""
    if isinstance(tree, torch.Tensor):
        return tree.detach().cpu()
    if isinstance(tree, Mapping):
        return {key: on_cpu(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(on_cpu(value) for value in tree)
    return tree
