"""The same numbers again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def reproducible(seed: int, device: torch.device) -> Iterator[torch.Generator]:
    """Seed torch and ask it for deterministic algorithms; restore both on leaving.

    Parameters
    ----------
    seed : int
        Seeds what has no generator of its own (initial weights, dropout) and the
        generator that is yielded.
    device : torch.device
        Where the training runs.

    Yields
    ------
    torch.Generator
        On the CPU.
    """
    deterministic = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    memory: Any = torch.utils.deterministic
    fill = memory.fill_uninitialized_memory
    devices = [device] if device.type == "cuda" else []
    with (
        torch.random.fork_rng(devices=devices),
        torch.backends.cudnn.flags(benchmark=False, deterministic=True, allow_tf32=True),
    ):
        torch.manual_seed(seed)
        # Some layers have no deterministic kernel on CUDA and would raise.
        torch.use_deterministic_algorithms(device.type == "cpu")
        # A debugging aid that writes all new memory once more.
        memory.fill_uninitialized_memory = False
        try:
            yield torch.Generator().manual_seed(seed)
        finally:
            torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
            memory.fill_uninitialized_memory = fill
