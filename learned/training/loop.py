"""The training loop."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from learned.training.augmentation import Augmentation
from learned.training.loss import Loss
from learned.training.schedule import one_cycle

OPTIMIZERS = ("adamw", "sgd")


def train(
    network: nn.Module,
    pixels: torch.Tensor,
    targets: torch.Tensor,
    *,
    normalization: Callable[[torch.Tensor], torch.Tensor],
    augmentation: Augmentation,
    loss: Loss,
    label_smoothing: float,
    epochs: int,
    batch_size: int,
    optimizer: str,
    learning_rate: float,
    weight_decay: float,
    generator: torch.Generator,
) -> list[float]:
    """Train a network in place by mini-batches, the learning rate rising and falling once.

    Parameters
    ----------
    network : torch.nn.Module
        On the device to train on.
    pixels : (n, size, size, 3) uint8
        On the CPU.
    targets : (n, c) float32
        1 positive, 0 negative, -1 unjudged; on the device.
    normalization : callable
        (b, size, size, 3) uint8 -> (b, 3, size, size) float32 on the device.
    augmentation : Augmentation
        Drawn anew for each image in each epoch.
    loss : callable
        ``loss(logits, targets, label_smoothing)`` -> () float32.
    label_smoothing : float
        In [0, 1), handed to the loss.
    epochs : int
        Passes over the images.
    batch_size : int
        Most images in a batch. An epoch is cut into batches of equal size, give or
        take one image: a remainder of one would have no variance to normalise by.
    optimizer : {"adamw", "sgd"}
        Adam with decoupled weight decay, or stochastic gradient descent with
        Nesterov momentum 0.9.
    learning_rate : float
        At the peak.
    weight_decay : float
        On weights; not on biases or the scales of normalisations.
    generator : torch.Generator
        On the CPU; orders the images and draws the augmentation.

    Returns
    -------
    list of float
        Mean training loss of each epoch, in nats.

    Raises
    ------
    FloatingPointError
        The loss is not finite; the message names epoch, step and learning rate.
    """
    updates = make_optimizer(network, optimizer, learning_rate, weight_decay)
    batches = math.ceil(len(pixels) / batch_size)
    curve = []
    network.train()
    for epoch in range(epochs):
        total = 0.0
        order = torch.randperm(len(pixels), generator=generator)
        for batch, rows in enumerate(order.tensor_split(batches)):
            step = epoch * batches + batch
            rate = learning_rate * one_cycle(step, epochs * batches)
            for group in updates.param_groups:
                group["lr"] = rate
            images = augmentation(normalization(pixels[rows]), generator)
            value = loss(network(images), targets[rows.to(targets.device)], label_smoothing)
            if not math.isfinite(value.item()):
                raise FloatingPointError(
                    f"the training loss became {value.item()} in epoch {epoch + 1} of {epochs}, "
                    f"step {batch + 1} of {batches}, at learning rate {rate:.3g}; "
                    "lower learning_rate, or look for non-finite values in the network"
                )
            updates.zero_grad(set_to_none=True)
            value.backward()
            updates.step()
            total += value.item() * len(rows)
        curve.append(total / len(pixels))
    network.eval()
    return curve


def make_optimizer(
    network: nn.Module, name: str, learning_rate: float, weight_decay: float
) -> torch.optim.Optimizer:
    """Build the optimiser, with weight decay on matrices and kernels only."""
    parameters = [p for p in network.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    if name == "adamw":
        return torch.optim.AdamW(groups, lr=learning_rate)
    if name == "sgd":
        return torch.optim.SGD(groups, lr=learning_rate, momentum=0.9, nesterov=True)
    raise ValueError(f"optimizer must be one of {', '.join(OPTIMIZERS)}, got {name!r}")


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
