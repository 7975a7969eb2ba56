"""Views that grow as training goes on: small ones first, which cost less."""

from __future__ import annotations

import torch
from torch.nn import functional

from learned.training.recipe import Recipe

# Sides are whole multiples of this, in pixels: each new one costs a CPU's kernels a start.
STEP = 4


def view_sides(recipe: Recipe, image_size: int) -> list[int]:
    """Return the side of the views in each epoch, in pixels.

    It rises in a straight line from ``start_scale`` of the image's side to the whole, which it
    reaches after ``growth_share`` of the epochs.

    Parameters
    ----------
    recipe : Recipe
    image_size : int
        Side of the images, and of the last views.

    Returns
    -------
    list of ``epochs`` int
        Multiples of 4, at most ``image_size``, at the end that itself.

    References
    ----------
    J. Howard, "Training Imagenet in 3 hours for 25 minutes", fast.ai 2018 (progressive
    resizing); M. Tan, Q. Le, "EfficientNetV2: smaller models and faster training", ICML 2021.
    """
    sides = []
    for epoch in range(recipe.epochs):
        grown = epoch / (recipe.growth_share * recipe.epochs)
        if recipe.start_scale == 1 or grown >= 1:
            sides.append(image_size)
            continue
        scale = recipe.start_scale + (1 - recipe.start_scale) * grown
        sides.append(min(image_size, max(STEP, STEP * round(image_size * scale / STEP))))
    return sides


def shrink(batch: torch.Tensor, side: int) -> torch.Tensor:
    """Shrink images to a side, each pixel a mean over what it covers.

    Parameters
    ----------
    batch : (b, 3, size, size) float32
    side : int
        From 1 to size.

    Returns
    -------
    (b, 3, side, side) float32
        ``batch`` itself where it has that side.
    """
    if batch.shape[-1] == side:
        return batch
    return functional.interpolate(
        batch, size=(side, side), mode="bilinear", antialias=True, align_corners=False
    )
