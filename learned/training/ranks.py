"""The processes that train one network together, of which this is one."""

from __future__ import annotations

import atexit
import os
from dataclasses import dataclass
from typing import Any

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True)
class Ranks:
    """This process's place among all.

    Every process draws the order of the images, their augmentation and their
    blends alike, for whole batches, and trains on its part of each batch.

    Attributes
    ----------
    rank : int
        From 0.
    count : int
        1 where a process trains alone.
    """

    rank: int = 0
    count: int = 1

    def part(self, count: int) -> slice:
        """Return which of the ``count`` samples of a batch are this process's."""
        return slice(count * self.rank // self.count, count * (self.rank + 1) // self.count)

    def wrap(self, network: nn.Module, device: torch.device) -> nn.Module:
        """Return the network so that gradients are averaged over the processes.

        On CUDA, batch normalisation takes its statistics over all parts of a
        batch; on the CPU, which torch has no such layer for, over each part.
        """
        if self.count == 1:
            return network
        if device.type == "cuda":
            network = nn.SyncBatchNorm.convert_sync_batchnorm(network)
            return DistributedDataParallel(network, device_ids=[device])
        return DistributedDataParallel(network)

    def sum(self, values: torch.Tensor) -> torch.Tensor:
        """Return the sum of every process's tensor."""
        if self.count > 1:
            distributed.all_reduce(values)
        return values

    def agree(self, value: Any) -> Any:
        """Return the first process's value."""
        if self.count == 1:
            return value
        box = [value]
        distributed.broadcast_object_list(box, src=0)
        return box[0]

    def gather(self, value: Any) -> list[Any]:
        """Return every process's value, by rank."""
        if self.count == 1:
            return [value]
        box: list[Any] = [None] * self.count
        distributed.all_gather_object(box, value)
        return box


def current() -> Ranks:
    """Return this process's place in the group that it has joined, if any."""
    if distributed.is_available() and distributed.is_initialized():
        return Ranks(distributed.get_rank(), distributed.get_world_size())
    return Ranks()


def join(device: torch.device) -> torch.device:
    """Join the processes that ``torchrun`` started, if it did; return this one's device.

    Parameters
    ----------
    device : torch.device
        ``cuda`` without a number becomes the device of this process.
    """
    if launched() == 1:
        return device
    if device.type == "cuda" and device.index is None:
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
        atexit.register(distributed.destroy_process_group)
    return device


def launched() -> int:
    """Return how many processes ``torchrun`` started, of which this is one; 1 if it did not."""
    if not distributed.is_available() or not distributed.is_torchelastic_launched():
        return 1
    return int(os.environ["WORLD_SIZE"])
