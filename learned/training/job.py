"""One network's training as a whole: built, prepared, trained, and taken down as plain weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from learned.networks.building import build_network
from learned.pixels import Normalization
from learned.stages import Progress
from learned.training.checkpoint import History, on_cpu
from learned.training.compilation import explained
from learned.training.loop import train
from learned.training.memory import kept_memory
from learned.training.ranks import current, join
from learned.training.recipe import Recipe
from learned.training.reproducibility import reproducible

# A network that looks at pixels before it is trained is shown so many images, in so much memory.
INITIAL_SAMPLE = 5000
INITIAL_BYTES = 512 * 2**20


@dataclass(frozen=True)
class Job:
    """All that determines a training, but the pixels.

    Attributes
    ----------
    build : callable
        ``build(n_concepts, image_size, **options) -> torch.nn.Module``. The module may
        have a method ``initialize(pixels)``, called once before training with a
        sample of at most 5,000 training images, (m, 3, size, size) float32,
        standardised, on the device; unless there are ``weights``.
    options : mapping or None
        Further keywords of ``build``.
    weights : object or None
        With ``load(network)``, called once the network is built.
    trainable_layers : int or None
        How many layers, from the last, to train; all by default.
    recipe : Recipe
    mean, deviation : (3,) float32
        To standardise the pixels by.
    targets : (n, c) float32
        Of all images at hand: 1 positive, 0 negative, -1 unjudged.
    rows : (m,) int64
        Those to train on.
    held_out : (k,) int64 or None
        Those to validate on.
    device : torch.device
    seed : int
    """

    build: Callable[..., nn.Module]
    options: Mapping[str, Any] | None
    weights: Any
    trainable_layers: int | None
    recipe: Recipe
    mean: np.ndarray
    deviation: np.ndarray
    targets: np.ndarray
    rows: np.ndarray
    held_out: np.ndarray | None
    device: torch.device
    seed: int


@dataclass(frozen=True)
class Trained:
    """What a training leaves.

    Attributes
    ----------
    weights : dict of str to tensor
        The network's ``state_dict``, on the CPU.
    mean, deviation : (3,) float32
        That its pixels are standardised by.
    history : History
    """

    weights: dict[str, torch.Tensor]
    mean: np.ndarray
    deviation: np.ndarray
    history: History


def run(
    job: Job,
    pixels: torch.Tensor,
    progress: Progress,
    report: Callable[[float, str], None],
    from_disk: bool = False,
) -> Trained:
    """Do a job in this process.

    Where the process is one of several that ``torchrun`` started, they do it
    together, each calling this with the same arguments.

    Parameters
    ----------
    job : Job
    pixels : (n, size, size, 3) uint8
        On the CPU.
    progress : Progress
        Where to go on from, and where to leave checkpoints.
    report : callable
        Told the fraction done and a line, after each epoch.
    from_disk : bool
        Whether reading the pixels may wait for a disk.

    Returns
    -------
    Trained

    Raises
    ------
    ValueError
        The network does not take its options, or does not return (b, c) logits.
    FloatingPointError, torch.cuda.OutOfMemoryError, RuntimeError
        As for ``train``; the last where ``torch.compile`` fails.
    """
    device = join(job.device)
    with reproducible(job.seed, device) as generator:
        network = build_network(job.build, job.targets.shape[1], pixels.shape[1], job.options)
        if job.weights is not None:
            job.weights.load(network)
        if job.trainable_layers is not None:
            from learned.networks.layers import train_only_last

            train_only_last(network, job.trainable_layers)
        network.to(device)
        normalization = Normalization(job.mean, job.deviation, device)
        if job.weights is None and progress.load() is None:
            initialize(network, pixels, job.rows, normalization)
        if current().rank:
            torch.manual_seed(job.seed + current().rank)  # dropout of its own
        with explained(), kept_memory(device):
            history = train(
                network,
                pixels,
                job.targets,
                job.rows,
                job.recipe,
                normalization=normalization,
                generator=generator,
                held_out=job.held_out,
                from_disk=from_disk,
                progress=progress,
                report=report,
            )
        weights = {name: w.clone() for name, w in on_cpu(network.state_dict()).items()}
    return Trained(weights, job.mean, job.deviation, history)


def initialize(
    network: Any, pixels: torch.Tensor, rows: np.ndarray, normalization: Normalization
) -> None:
    """Show a network a sample of the training images, where it has a method for that."""
    if not callable(getattr(network, "initialize", None)):
        return
    image = 4 * pixels[0].numel()
    count = min(len(rows), INITIAL_SAMPLE, max(2, INITIAL_BYTES // image))
    chosen = np.sort(np.random.RandomState(0).permutation(rows)[:count])
    with torch.no_grad():
        network.initialize(normalization(pixels[torch.from_numpy(chosen)]))
