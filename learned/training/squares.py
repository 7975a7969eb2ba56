"""Squares of whole pixels within images, as masks."""

from __future__ import annotations

import torch


def square_mask(first: torch.Tensor, side: torch.Tensor | int, size: int) -> torch.Tensor:
    """Return which pixels lie within a square of each image.

    Parameters
    ----------
    first : (b, 2) int64 or float32
        Its first row and column; whole numbers.
    side : int or (b,) tensor
        Its rows and columns.
    size : int
        Side of the images.

    Returns
    -------
    (b, 1, size, size) bool
    """
    pixels = torch.arange(size, device=first.device)
    if isinstance(side, torch.Tensor):
        side = side[:, None, None]
    inside = (pixels >= first[:, :, None]) & (pixels < first[:, :, None] + side)
    return (inside[:, 0, :, None] & inside[:, 1, None, :])[:, None]
