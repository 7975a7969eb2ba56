"""Squares of whole pixels within images, as masks."""

from __future__ import annotations

import torch


def place_square(draws: torch.Tensor, side: torch.Tensor | int, size: int) -> torch.Tensor:
    """Place squares in images, each place within them as likely.

    Parameters
    ----------
    draws : (b, 2) float32
        Uniform in [0, 1].
    side : int or (b, 1) float32
        Whole numbers, of pixels.
    size : int
        Side of the images.

    Returns
    -------
    (b, 2) float32
        First row and column, whole numbers.
    """
    last = torch.as_tensor(size - side)
    # A draw of exactly 1 would be one place too far.
    return torch.minimum((draws * (last + 1)).floor(), last.to(draws))


def square_mask(first: torch.Tensor, side: torch.Tensor | int, size: int) -> torch.Tensor:
    """Return which pixels lie within a square of each image.

    Parameters
    ----------
    first : (b, 2) int64 or float32
        Its first row and column; whole numbers.
    side : int or (b,) int64
        Its rows and columns; on the same device.
    size : int
        Side of the images.

    Returns
    -------
    (b, 1, size, size) bool
        On the same device.
    """
    pixels = torch.arange(size, device=first.device)
    if isinstance(side, torch.Tensor):
        side = side[:, None, None]
    inside = (pixels >= first[:, :, None]) & (pixels < first[:, :, None] + side)
    return (inside[:, 0, :, None] & inside[:, 1, None, :])[:, None]
