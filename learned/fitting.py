"""How the networks of a detector are trained and kept: one for all concepts, or one a concept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from sklearn.utils import check_random_state
from torch import nn

from learned.networks.building import build_network
from learned.side_by_side import SideBySide
from learned.stages import Progress, Stages
from learned.training.distributed import launch
from learned.training.job import Job, Trained, run
from learned.training.key import training_key
from learned.training.preparation import TrainingImages
from learned.training.recipe import Recipe
from learned.training.targets import informative, targets_of


def train_networks(
    detector: Any,
    X: Sequence[np.ndarray],
    Y: np.ndarray,
    parts: Sequence[slice],
    recipe: Recipe,
    device: torch.device,
) -> list[Trained]:
    """Train a network for each part of the concepts, or read the trained one of an earlier run.

    Parameters
    ----------
    detector : NetworkDetector
        With ``loss_``.
    X : sequence of (height, width, 3) uint8, RGB
    Y : (n, c) int8
        1 positive, 0 negative, -1 unjudged.
    parts : sequence of slice
        The concepts of each network.
    recipe : Recipe
    device : torch.device

    Returns
    -------
    list of Trained
        One a part.
    """
    stages: Stages = detector.stages or Stages()
    random = check_random_state(detector.random_state)
    useful = informative(recipe.loss, Y)
    trained: list[Trained] = []
    shared = detector.processes > 1
    with TrainingImages(X, useful, detector.image_size, stages.threads, shared) as images:
        for part in parts:
            seed = int(random.randint(2**31 - 1))
            components = [
                training_key(detector, recipe, device, seed, images.videos),
                part.start,
                Y,
            ]
            work = partial(_train, detector, images, Y[useful], part, recipe, device, seed)
            trained.append(stages.resumable("train", components, work, fitted_on=X))
    return trained


def take_weights(detector: Any, trained: Sequence[Trained], device: torch.device) -> None:
    """Set a detector's fitted attributes.

    Parameters
    ----------
    detector : NetworkDetector
        With ``n_concepts_``.
    trained : sequence of Trained
        One, or one a concept.
    device : torch.device
        Where its network is to lie.
    """
    several = detector.one_network_a_concept
    histories, weights = [each.history for each in trained], trained[0].weights
    if several:
        weights = SideBySide.state([each.weights for each in trained])
    detector.network_ = restored(detector, weights).to(device)
    detector.mean_, detector.deviation_ = trained[0].mean, trained[0].deviation
    detector.accumulation_ = max(history.accumulation for history in histories)
    detector.loss_curve_, detector.validation_curve_, detector.best_epoch_ = (
        found if several else found[0]
        for found in (
            [getattr(history, name) for history in histories]
            for name in ("curve", "validation_curve", "best_epoch")
        )
    )


def restored(detector: Any, weights: Mapping[str, torch.Tensor]) -> nn.Module:
    """Build a detector's network, on the CPU and in evaluation mode, with these weights."""
    count, logits = 1, detector.n_concepts_
    if detector.one_network_a_concept:
        count, logits = logits, count
    with torch.random.fork_rng(devices=[]):
        networks = [built(detector, logits) for _ in range(count)]
    network = SideBySide(networks) if detector.one_network_a_concept else networks[0]
    network.load_state_dict(weights)
    return network.eval()


def built(detector: Any, logits: int) -> nn.Module:
    """Build one network of a detector, untrained."""
    return build_network(detector.network, logits, detector.image_size, detector.network_options)


def _train(
    detector: Any,
    images: TrainingImages,
    Y: np.ndarray,
    part: slice,
    recipe: Recipe,
    device: torch.device,
    seed: int,
    progress: Progress,
) -> Trained:
    """Train a network on some of the concepts."""
    store, stages, n = images.store, detector.stages or Stages(), detector.n_concepts_
    mean, deviation = images.standardization(detector.weights)
    rows, held_out = images.split(recipe.loss, Y[:, part], detector.validation, seed)
    job = Job(
        detector.network, detector.network_options, detector.weights, detector.trainable_layers,
        recipe, mean, deviation, targets_of(recipe.loss, Y[:, part]), rows, held_out, device, seed,
    )  # fmt: skip

    def report(fraction: float, message: str) -> None:
        if detector.one_network_a_concept:
            fraction, message = (part.start + fraction) / n, f"concept {part.start}: {message}"
        if hasattr(stages, "report"):
            stages.report(fraction, message)

    if detector.processes > 1:
        return launch(job, store, detector.processes, progress, report)
    return run(job, store.tensor(), progress, report, store.in_file)
