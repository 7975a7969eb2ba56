"""How a detector's networks are trained and kept: one, one a concept, several to average."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from sklearn.utils import check_random_state
from torch import nn

from learned.networks.building import build_network
from learned.several import Ensemble, SideBySide
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
    """Train the networks of each part of the concepts, or read those of an earlier run.

    Parameters
    ----------
    detector : NetworkDetector
        With ``loss_``.
    X : sequence of (height, width, 3) uint8, RGB
    Y : (n, c) int8
        1 positive, 0 negative, -1 unjudged.
    parts : sequence of slice
        The concepts of a network, or of as many as are averaged.
    recipe : Recipe
    device : torch.device

    Returns
    -------
    list of Trained
        ``detector.ensemble`` of the first part, of the second...
    """
    stages: Stages = detector.stages or Stages()
    random = check_random_state(detector.random_state)
    useful = informative(recipe.loss, Y)
    trained: list[Trained] = []
    shared = detector.processes > 1
    with TrainingImages(X, useful, detector.image_size, stages.threads, shared) as images:
        total = len(parts) * detector.ensemble
        for number, part in enumerate(part for part in parts for _ in range(detector.ensemble)):
            seed = int(random.randint(2**31 - 1))
            components = [
                training_key(detector, recipe, device, seed, images.videos),
                part.start,
                Y,
            ]
            report = partial(_report, stages, number, total)
            work = partial(_train, detector, images, Y[useful], part, recipe, device, seed, report)
            trained.append(stages.resumable("train", components, work, fitted_on=X))
    return trained


def take_weights(detector: Any, trained: Sequence[Trained], device: torch.device) -> None:
    """Set a detector's fitted attributes.

    Parameters
    ----------
    detector : NetworkDetector
        With ``n_concepts_``.
    trained : sequence of Trained
        As of `train_networks`.
    device : torch.device
        Where its network is to lie.
    """
    several = len(trained) > 1 or detector.one_network_a_concept
    histories = [each.history for each in trained]
    weights: Mapping[str, torch.Tensor]
    states = [each.weights for each in trained]
    if detector.ensemble > 1:
        n = detector.ensemble
        states = [Ensemble.state(states[i : i + n]) for i in range(0, len(states), n)]
    weights = SideBySide.state(states) if detector.one_network_a_concept else states[0]
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
        networks = [_averaged(detector, logits) for _ in range(count)]
    network = SideBySide(networks) if detector.one_network_a_concept else networks[0]
    network.load_state_dict(weights)
    return network.eval()


def _averaged(detector: Any, logits: int) -> nn.Module:
    networks = [built(detector, logits) for _ in range(detector.ensemble)]
    return Ensemble(networks) if len(networks) > 1 else networks[0]


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
    report: Callable[[float, str], None],
    progress: Progress,
) -> Trained:
    """Train a network on some of the concepts."""
    store = images.store
    mean, deviation = images.standardization(detector.weights)
    rows, held_out = images.split(recipe.loss, Y[:, part], detector.validation, seed)
    job = Job(
        detector.network, detector.network_options, detector.weights, detector.trainable_layers,
        recipe, mean, deviation, targets_of(recipe.loss, Y[:, part]), rows, held_out, device, seed,
    )  # fmt: skip

    if detector.processes > 1:
        return launch(job, store, detector.processes, progress, report)
    return run(job, store.tensor(), progress, report, store.in_file)


def _report(stages: Stages, number: int, total: int, fraction: float, message: str) -> None:
    """Tell how far a training is, as a part of all."""
    if total > 1:
        fraction, message = (
            (number + fraction) / total,
            f"network {number + 1} of {total}: {message}",
        )
    if hasattr(stages, "report"):
        stages.report(fraction, message)
