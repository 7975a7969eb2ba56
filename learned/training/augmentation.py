"""Random views of the training images, drawn on whole batches on the device that trains."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch.nn import functional


@dataclass(frozen=True)
class Augmentation:
    """Affine and photometric jitter of a batch, each draw uniform and independent.

    Parameters
    ----------
    shift : float
        Largest displacement along each axis, as a share of the side.
    scale : float
        Largest zoom, in or out, as the logarithm of the factor.
    rotation : float
        Largest rotation in degrees, either way.
    mirror : bool
        Whether half of the images are mirrored left to right. Wrong where
        handedness decides the concept: digits, letters, road traffic.
    brightness : float
        Largest addition to all pixels, in standard deviations of the training pixels.
    contrast : float
        Largest change of contrast about the image's mean, as the logarithm of the factor.
    """

    shift: float = 0.0
    scale: float = 0.0
    rotation: float = 0.0
    mirror: bool = False
    brightness: float = 0.0
    contrast: float = 0.0

    def __post_init__(self) -> None:
        for name in ("shift", "scale", "rotation", "brightness", "contrast"):
            strength = getattr(self, name)
            if not 0.0 <= strength < math.inf:
                raise ValueError(f"{name} must be a number from 0 up, got {strength!r}")

    def __call__(self, batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Draw one view of each image.

        Parameters
        ----------
        batch : (b, 3, size, size) float32
            Standardised images on any device.
        generator : torch.Generator
            On the CPU, so that every device trains on the same views.

        Returns
        -------
        (b, 3, size, size) float32
            A new tensor, or ``batch`` itself where every strength is zero.
        """
        draws = torch.rand(len(batch), 7, generator=generator).mul_(2).sub_(1)
        return self.apply(batch, draws.to(batch.device, non_blocking=True))

    def apply(self, batch: torch.Tensor, draws: torch.Tensor) -> torch.Tensor:
        """Make the view of each image that its draws determine.

        Parameters
        ----------
        batch : (b, 3, size, size) float32
        draws : (b, 7) float32, on the same device
            In [-1, 1], shares of the strengths: two shifts, scale, rotation, mirror
            (below 0), contrast, brightness.

        Returns
        -------
        (b, 3, size, size) float32
            A new tensor, or ``batch`` itself where every strength is zero.
        """
        if self.shift or self.scale or self.rotation or self.mirror:
            grid = functional.affine_grid(
                self._inverse_maps(draws), list(batch.shape), align_corners=False
            )
            # Reflection: the frame's surroundings look like the frame.
            batch = functional.grid_sample(
                batch, grid, mode="bilinear", padding_mode="reflection", align_corners=False
            )
        if self.contrast or self.brightness:
            factor, offset = (draws[:, 5:] * draws.new_tensor([self.contrast, self.brightness])).T
            factor = factor.exp()
            offset = offset + batch.mean(dim=(1, 2, 3)) * (1.0 - factor)
            batch = batch * factor.view(-1, 1, 1, 1) + offset.view(-1, 1, 1, 1)
        return batch

    def _inverse_maps(self, draws: torch.Tensor) -> torch.Tensor:
        # (b, 2, 3): from coordinates in the view to coordinates in the image, in
        # units of half the side, as affine_grid takes them.
        angle = draws[:, 3] * math.radians(self.rotation)
        zoom = (draws[:, 2] * self.scale).exp()
        cosine, sine = zoom * angle.cos(), zoom * angle.sin()
        sign = torch.where(draws[:, 4] < 0, -1.0, 1.0) if self.mirror else torch.ones_like(zoom)
        shift = draws[:, :2] * (2.0 * self.shift)
        return torch.stack(
            [
                torch.stack([sign * cosine, -sine, shift[:, 0]], dim=1),
                torch.stack([sign * sine, cosine, shift[:, 1]], dim=1),
            ],
            dim=1,
        )
