"""Views of an image that a trained network scores, and averages over."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from learned.training.loss import log_odds


@dataclass(frozen=True)
class Views:
    """An image as it is; also mirrored, and enlarged or shrunk.

    Parameters
    ----------
    mirror : bool
        Whether to score mirror images, too.
    scales : tuple of float
        Sizes of the views, as shares of the network's image size, positive. Views are
        interpolated from images of that size, by cubic polynomials.

    Raises
    ------
    ValueError
        There is no scale, or one is not positive.

    References
    ----------
    A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet classification with deep
    convolutional neural networks", NIPS 2012 (ten views); K. Simonyan, A. Zisserman,
    "Very deep convolutional networks for large-scale image recognition", ICLR 2015
    (several scales).
    """

    mirror: bool = False
    scales: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        if not self.scales or not all(0 < scale < float("inf") for scale in self.scales):
            raise ValueError(f"test_scales must be positive numbers, got {list(self.scales)!r}")

    def check(self, network: nn.Module, image_size: int) -> None:
        """Try every size on a blank image.

        Raises
        ------
        ValueError
            The network does not take a size.
        """
        network.eval()
        for scale in self.scales:
            size = side(image_size, scale)
            try:
                with torch.inference_mode():
                    network(torch.zeros(1, 3, size, size))
            except (RuntimeError, ValueError) as error:
                raise ValueError(
                    f"test_scales: the network, made for {image_size} pixels, does not take "
                    f"{size}; leave out {scale:g}, or choose a network that ends in a mean over "
                    f"places ({error})"
                ) from error

    def score(self, network: nn.Module, loss: str, images: torch.Tensor) -> torch.Tensor:
        """Return the mean of the log-odds of all views.

        Parameters
        ----------
        network : torch.nn.Module
            In evaluation mode.
        loss : str
            What it was trained by.
        images : (b, 3, size, size) float32

        Returns
        -------
        (b, c) float32
        """
        total: torch.Tensor | None = None
        for scale in self.scales:
            size = side(images.shape[-1], scale)
            views = images
            if size != images.shape[-1]:
                views = functional.interpolate(
                    images, size=(size, size), mode="bicubic", align_corners=False
                )
            for flipped in (False, True)[: 1 + self.mirror]:
                odds = log_odds(loss, network(views.flip(3) if flipped else views))
                total = odds if total is None else total + odds
        assert total is not None
        return total / (len(self.scales) * (1 + self.mirror))


def side(image_size: int, scale: float) -> int:
    """Return the side of a view in pixels, at least 1."""
    return max(1, round(image_size * scale))
