"""A file of weights, read as tensors by name and nothing else."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

#: Where training programs put the tensors, when they keep more than these in a file.
ENTRIES = ("state_dict", "model", "model_state_dict")


def read_state(path: Path, data: bytes) -> dict[str, torch.Tensor]:
    """Read what ``torch.save(network.state_dict(), path)`` wrote.

    Objects other than tensors and plain data are refused: making them would run whatever
    code the file names.

    Parameters
    ----------
    path : Path
        For messages.
    data : bytes
        The file's content.

    Returns
    -------
    dict of str to tensor
        On the CPU.

    Raises
    ------
    ValueError
        The file is damaged, holds other objects, or is no state dict; or a tensor holds
        values that are not finite.
    """
    try:
        found = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(
            f"{path} is no file of weights, or holds other objects beside tensors, which are not "
            "loaded as they could run any code; save network.state_dict() "
            f"(torch says: {_refusal(str(error))})"
        ) from None
    except Exception as error:  # noqa: BLE001 -- damaged bytes fail in any way
        first = str(error).partition("\n")[0].partition(". ")[0]
        raise ValueError(
            f"{path} is damaged, or was not written by torch.save ({type(error).__name__}: {first})"
        ) from None
    if isinstance(found, Mapping):
        entry = next(
            (found[name] for name in ENTRIES if isinstance(found.get(name), Mapping)), None
        )
        found = found if entry is None else entry
    _check(path, found)
    return dict(found)


def _refusal(message: str) -> str:
    """Return what torch refused, without its advice to load it all the same."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    telling = next((line for line in lines if "nsupported" in line), lines[0])
    return telling.partition(" was not an allowed")[0]


def _check(path: Path, state: Any) -> None:
    if not isinstance(state, Mapping):
        raise ValueError(f"{path} holds a {type(state).__name__}, not tensors by name")
    if not state:
        raise ValueError(f"{path} holds no tensor")
    for name, tensor in state.items():
        if not isinstance(name, str) or not isinstance(tensor, torch.Tensor):
            raise ValueError(
                f"{path} is no state dict: its entry {name!r} is a {type(tensor).__name__}, not "
                "a tensor; save network.state_dict()"
            )
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise ValueError(f"{path}: the tensor {name!r} holds values that are not finite")
