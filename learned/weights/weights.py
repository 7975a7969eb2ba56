"""Pretrained weights of a file, known by their content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from learned.networks.layers import last_linear
from learned.weights.names import rename
from learned.weights.state import read_state

#: Of ImageNet's pixels on the scale 0 to 255, as most published networks have them.
IMAGENET_MEAN = (123.675, 116.28, 103.53)
IMAGENET_DEVIATION = (58.395, 57.12, 57.375)
# Names that a message lists before it goes on with their number.
_LISTED = 5


class Weights:
    """Pretrained weights of a file.

    Two objects are equal to a key when the files' contents are, wherever these lie. The
    file is read again, and checked against what it was, whenever a network is filled.

    Parameters
    ----------
    path : str or Path
        What ``torch.save(network.state_dict(), path)`` wrote, or a training program's
        checkpoint that has it under ``state_dict`` or ``model``.
    mean, deviation : sequence of three floats
        Of the red, green and blue values, on the scale 0 to 255, that the weights were
        trained with: pixels come to the network as ``(value - mean) / deviation``.
        ImageNet's by default.

    Attributes
    ----------
    mean, deviation : (3,) float32
    checksum : str
        SHA-256 of the file, hexadecimal.

    Raises
    ------
    ValueError
        There is no such file, or the mean or the deviation cannot be one.
    """

    def __init__(
        self,
        path: str | Path,
        mean: Sequence[float] = IMAGENET_MEAN,
        deviation: Sequence[float] = IMAGENET_DEVIATION,
    ) -> None:
        self.path = Path(path).absolute()
        self.mean = _three("mean", mean)
        self.deviation = _three("deviation", deviation)
        if not (self.deviation > 0).all():
            raise ValueError(f"deviation must be above 0, got {list(deviation)}")
        self.checksum = checksum(self.path)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return what the weights are known by: checksum, mean and deviation."""
        return {
            "checksum": self.checksum,
            "mean": self.mean.tolist(),
            "deviation": self.deviation.tolist(),
        }

    def __sklearn_clone__(self) -> Weights:
        return self  # nothing in it changes

    def __repr__(self) -> str:
        return f"Weights({self.path.name!r}, {self.checksum[:8]})"

    def load(self, network: nn.Module) -> list[str]:
        """Fill a network, all but a last linear layer for another number of concepts.

        Parameters
        ----------
        network : torch.nn.Module
            Changed in place.

        Returns
        -------
        list of str
            The network's tensors that were left as they were: weight and bias of the last
            linear layer, or none.

        Raises
        ------
        ValueError
            A tensor of any other layer is missing in the file or has another shape, the file
            is damaged, or it has changed since it was found.
        """
        own = network.state_dict()
        state = rename(self._read(), own.keys())
        # Files of old releases lack these counters, which nothing depends on by default.
        wanted = [name for name in own if name in state or not name.endswith("num_batches_tracked")]
        absent = [name for name in wanted if name not in state]
        differing = [
            name for name in wanted if name in state and state[name].shape != own[name].shape
        ]
        linear = last_linear(network)
        head = [name for name in (f"{linear}.weight", f"{linear}.bias") if name in own]
        unfilled = [name for name in absent + differing if name not in head]
        if unfilled:
            raise ValueError(self._misfit(network, own, state, unfilled))
        left = head if set(absent + differing) & set(head) else []
        network.load_state_dict(
            {name: state[name] for name in wanted if name not in left}, strict=False
        )
        return left

    def outputs(self, network: nn.Module) -> int | None:
        """Return how many outputs the file's last linear layer has.

        Parameters
        ----------
        network : torch.nn.Module
            That the file fits; it is not changed.

        Returns
        -------
        int or None
            None where the file has no such layer, or one with other inputs.
        """
        name = f"{last_linear(network)}.weight"
        own = network.state_dict()
        weight = rename(self._read(), own.keys()).get(name)
        if weight is None or weight.shape[1:] != own[name].shape[1:]:
            return None
        return len(weight)

    def _read(self) -> dict[str, torch.Tensor]:
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise ValueError(f"cannot read the weights {self.path}: {error.strerror}") from None
        if hashlib.sha256(data).hexdigest() != self.checksum:
            raise ValueError(f"{self.path} has changed since it was looked up; start again")
        return read_state(self.path, data)

    def _misfit(
        self,
        network: nn.Module,
        own: dict[str, torch.Tensor],
        state: dict[str, torch.Tensor],
        unfilled: list[str],
    ) -> str:
        absent = [name for name in unfilled if name not in state]
        shapes = [
            f"{name} is {tuple(own[name].shape)} in the network and {tuple(state[name].shape)} in "
            "the file"
            for name in unfilled
            if name in state
        ]
        unused = [name for name in state if name not in own]
        text = (
            f"the weights {self.path} are not those of this {type(network).__name__}: of its "
            f"{len(own)} tensors, {len(unfilled)} cannot be filled, beside the last linear layer's"
        )
        if shapes:
            text += f"; other shapes: {_some(shapes)}"
        if absent:
            text += f"; not in the file: {_some(absent)}"
        if unused:
            text += f"; only in the file: {_some(unused)}"
        return text + ". Build the network with the options that it was trained with."


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal.

    Raises
    ------
    ValueError
        There is no such file.
    """
    try:
        status = os.stat(path)
        return _digest(path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise ValueError(f"cannot read the weights {path}: {error.strerror}") from None


@lru_cache
def _digest(path: Path, size: int, changed: int) -> str:
    # Half a gigabyte takes a second, and every trial of a suite asks.
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _three(name: str, values: Sequence[float]) -> np.ndarray:
    try:
        found = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError):
        found = np.empty(0, np.float32)
    if found.shape != (3,) or not np.isfinite(found).all():
        raise ValueError(f"{name} must be three numbers, for red, green and blue, got {values!r}")
    return found


def _some(names: list[str]) -> str:
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
