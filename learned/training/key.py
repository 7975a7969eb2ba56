"""All that a trained network depends on, but for its annotations: what a cache knows it by."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import torch

from learned.training.ranks import launched
from learned.training.recipe import Recipe


def training_key(
    detector: Any, recipe: Recipe, device: torch.device, seed: int, videos: Any
) -> dict[str, Any]:
    """Return what a training depends on, as plain data and objects.

    Parameters
    ----------
    detector : NetworkDetector
        Whose parameters are asked.
    recipe : Recipe
        As its parameters come to.
    device : torch.device
    seed : int
        Of this network.
    videos : object
        Of the training images; they matter where whole videos are held out.

    Returns
    -------
    dict
        Parameters that only matter beside another one are left out without it.
    """
    plain = asdict(recipe)
    if recipe.average is None:
        del plain["average_share"]
    if recipe.start_scale == 1:
        del plain["growth_share"]
    if not detector.validation:
        del plain["validation_metric"]
    return {
        "network": detector.network,
        "network_options": dict(detector.network_options or {}),
        "image_size": detector.image_size,
        "recipe": plain,
        "validation": detector.validation,
        "videos": videos if detector.validation else None,
        "weights": detector.weights,
        "trainable_layers": detector.trainable_layers,
        # They sum in other orders.
        "processes": max(detector.processes, launched()),
        "device": device.type,
        "seed": seed,
    }
