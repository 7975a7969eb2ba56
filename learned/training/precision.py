"""Floating-point formats of a training: float32, or half of its bits where that is enough."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

PRECISIONS = {"float32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class Precision:
    """Mixed precision: matrix products in a short format, weights and sums in float32.

    Parameters
    ----------
    name : {"float32", "bf16", "fp16"}
        ``"fp16"`` has few exponents: the loss is scaled so that small gradients
        survive, and a step whose gradients overflow is left out.
    device : torch.device

    Raises
    ------
    ValueError
        ``"fp16"`` on a CPU, which has no fast arithmetic of that format.

    References
    ----------
    P. Micikevicius et al., "Mixed precision training", ICLR 2018.
    """

    def __init__(self, name: str, device: torch.device) -> None:
        if name == "fp16" and device.type != "cuda":
            raise ValueError(f"precision 'fp16' needs CUDA, not {device}; use 'bf16' or 'float32'")
        self._device = device
        self._dtype = PRECISIONS[name]
        self._scaler = torch.amp.GradScaler(device.type, enabled=name == "fp16")

    def autocast(self) -> AbstractContextManager[Any]:
        """Return a context in which a network runs in this precision."""
        if self._dtype == torch.float32:
            return nullcontext()
        return torch.autocast(self._device.type, dtype=self._dtype)

    def backward(self, loss: torch.Tensor) -> None:
        """Add a loss's gradients to the parameters."""
        self._scaler.scale(loss).backward()

    def step(self, optimizer: torch.optim.Optimizer) -> None:
        """Let an optimiser use the gradients."""
        self._scaler.step(optimizer)
        self._scaler.update()

    def state_dict(self) -> dict[str, Any]:
        """Return what `load_state_dict` goes on from."""
        return self._scaler.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        if state:
            self._scaler.load_state_dict(state)
