"""CutMix: training on images with a piece of another, and on both's annotations by area."""

from __future__ import annotations

import torch

from learned.training.squares import place_square, square_mask


class CutMix:
    """A square of each sample's image, taken from the one before it, the first's from the last.

    Partners are those of `learned.training.mixup.Mixup`.

    Parameters
    ----------
    share : float
        In [0, 1], of the batches: how likely one is cut.

    References
    ----------
    S. Yun et al., "CutMix: regularization strategy to train strong classifiers with
    localizable features", ICCV 2019. There, one square is drawn for a whole batch, and may
    reach beyond the images; here each image has its own, within it.
    """

    def __init__(self, share: float) -> None:
        self.share = share

    def chosen(self, generator: torch.Generator) -> bool:
        """Draw whether a batch is cut."""
        return torch.rand((), generator=generator).item() < self.share

    def draw(self, count: int, size: int, generator: torch.Generator) -> torch.Tensor:
        """Draw the squares of so many images.

        Parameters
        ----------
        count : int
        size : int
            Side of the images, in pixels.
        generator : torch.Generator

        Returns
        -------
        (count, 3) int64
            Side, from 0 to size, first row and first column; on the CPU. The side is that of an
            area that is uniform in [0, 1], each place within the image as likely.
        """
        area, *places = torch.rand(3, count, generator=generator)
        side = (size * area.sqrt()).round()
        first = place_square(torch.stack(places, dim=1), side[:, None], size)
        return torch.cat([side[:, None], first], dim=1).long()

    def paste(
        self, images: torch.Tensor, before: torch.Tensor, squares: torch.Tensor
    ) -> torch.Tensor:
        """Put the squares of other images in.

        Parameters
        ----------
        images, before : (b, 3, size, size) float32
            Each image, and the one before it.
        squares : (b, 3) int64
            As of `draw`.

        Returns
        -------
        (b, 3, size, size) float32
        """
        squares = squares.to(images.device)
        pasted = square_mask(squares[:, 1:], squares[:, 0], images.shape[-1])
        return torch.where(pasted, before, images)

    def kept(self, squares: torch.Tensor, size: int) -> torch.Tensor:
        """Return the share of each image that is left of it: (b,) float32 in [0, 1]."""
        return 1.0 - (squares[:, 0].float() / size) ** 2
