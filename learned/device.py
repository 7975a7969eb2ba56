"""Where networks run."""

from __future__ import annotations

import torch


def find_device(name: str) -> torch.device:
    """Resolve ``"auto"`` to CUDA where there is a device, else to the CPU."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(name)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(f"device {name!r} was asked for, but torch finds no CUDA device")
    return device
