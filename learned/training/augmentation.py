"""Random views of the training images, drawn on whole batches on the device that trains."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch.nn import functional

from learned.training.squares import place_square, square_mask

# Columns of the draws: two shifts, scale, rotation, mirror, contrast, brightness; then,
# only where one of them is asked for, aspect, the colour matrix, cutout's two places.
BASIC = 7
FURTHER = 12


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
    aspect : float
        Largest stretch of width against height, as the logarithm of their ratio.
    colour : float
        Largest deviation of each entry of a 3x3 matrix from the identity, which the
        standardised channels are multiplied by: hue and saturation move, and stay
        on average.
    cutout : float
        Side of a square that is hidden, as a share of the image's side, in [0, 1). It
        lies wholly within the image, and has the training pixels' mean colour.

    References
    ----------
    T. DeVries, G. Taylor, "Improved regularization of convolutional neural
    networks with cutout", 2017.
    """

    shift: float = 0.0
    scale: float = 0.0
    rotation: float = 0.0
    mirror: bool = False
    brightness: float = 0.0
    contrast: float = 0.0
    aspect: float = 0.0
    colour: float = 0.0
    cutout: float = 0.0

    def __post_init__(self) -> None:
        for name in ("shift", "scale", "rotation", "brightness", "contrast", "aspect", "colour"):
            strength = getattr(self, name)
            if not 0.0 <= strength < math.inf:
                raise ValueError(f"{name} must be a number from 0 up, got {strength!r}")
        if not 0.0 <= self.cutout < 1.0:
            raise ValueError(f"cutout must be in [0, 1), got {self.cutout!r}")

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
        return self.apply(batch, self.draw(len(batch), generator))

    def draw(self, count: int, generator: torch.Generator) -> torch.Tensor:
        """Draw what determines the views of so many images.

        Returns
        -------
        (count, 7 or 19) float32
            On the CPU, uniform in [-1, 1].
        """
        draws = torch.rand(count, BASIC, generator=generator)
        if self.aspect or self.colour or self.cutout:
            # Apart, so that the other strengths draw the same with and without these.
            draws = torch.cat([draws, torch.rand(count, FURTHER, generator=generator)], dim=1)
        return draws.mul_(2).sub_(1)

    def apply(self, batch: torch.Tensor, draws: torch.Tensor) -> torch.Tensor:
        """Make the view of each image that its draws determine.

        Parameters
        ----------
        batch : (b, 3, size, size) float32
        draws : (b, 7 or 19) float32
            In [-1, 1], shares of the strengths: two shifts, scale, rotation, mirror
            (below 0), contrast, brightness; aspect, nine entries of the colour matrix
            row by row, cutout's row and column.

        Returns
        -------
        (b, 3, size, size) float32
            A new tensor, or ``batch`` itself where every strength is zero.
        """
        draws = draws.to(batch.device, non_blocking=True)
        if self.shift or self.scale or self.rotation or self.mirror or self.aspect:
            grid = functional.affine_grid(
                self._inverse_maps(draws), list(batch.shape), align_corners=False
            )
            # Reflection: the frame's surroundings look like the frame.
            batch = functional.grid_sample(
                batch, grid, mode="bilinear", padding_mode="reflection", align_corners=False
            )
        if self.contrast or self.brightness:
            strengths = draws.new_tensor([self.contrast, self.brightness])
            factor, offset = (draws[:, 5:7] * strengths).T
            factor = factor.exp()
            offset = offset + batch.mean(dim=(1, 2, 3)) * (1.0 - factor)
            batch = batch * factor.view(-1, 1, 1, 1) + offset.view(-1, 1, 1, 1)
        if self.colour:
            matrices = torch.eye(3, device=batch.device) + self.colour * draws[:, 8:17].view(
                -1, 3, 3
            )
            batch = torch.einsum("bij,bjhw->bihw", matrices, batch)
        if self.cutout:
            batch = batch.masked_fill(self._hidden(draws[:, 17:19], batch.shape[-1]), 0.0)
        return batch

    def _inverse_maps(self, draws: torch.Tensor) -> torch.Tensor:
        # (b, 2, 3): from coordinates in the view to coordinates in the image, in
        # units of half the side, as affine_grid takes them.
        angle = draws[:, 3] * math.radians(self.rotation)
        zoom = (draws[:, 2] * self.scale).exp()
        cosine, sine = zoom * angle.cos(), zoom * angle.sin()
        sign = torch.where(draws[:, 4] < 0, -1.0, 1.0) if self.mirror else torch.ones_like(zoom)
        shift = draws[:, :2] * (2.0 * self.shift)
        # The view's axes as vectors in the image: the columns of the matrix.
        across, down = (sign * cosine, sign * sine), (-sine, cosine)
        if self.aspect:
            wider = (0.5 * self.aspect * draws[:, 7]).exp()
            across = (across[0] * wider, across[1] * wider)
            down = (down[0] / wider, down[1] / wider)
        return torch.stack(
            [
                torch.stack([across[0], down[0], shift[:, 0]], dim=1),
                torch.stack([across[1], down[1], shift[:, 1]], dim=1),
            ],
            dim=1,
        )

    def _hidden(self, draws: torch.Tensor, size: int) -> torch.Tensor:
        # (b, 1, size, size) bool: a square of whole pixels, each place as likely.
        side = round(self.cutout * size)
        return square_mask(place_square((draws + 1.0) / 2, side, size), side, size)
