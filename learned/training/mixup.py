"""Mixup: training on blends of two samples and of their annotations."""

from __future__ import annotations

import numpy as np
import torch


class Mixup:
    """Blends of each sample of a batch with the one before it, the first with the last.

    The order of a batch is random, so is the partner; and a part of a batch needs
    only one image more than it has.

    Parameters
    ----------
    alpha : float
        The first image's share is drawn from Beta(alpha, alpha), for each blend; 0 is no mixup.

    References
    ----------
    H. Zhang, M. Cisse, Y. Dauphin, D. Lopez-Paz, "mixup: beyond empirical risk
    minimization", ICLR 2018.
    """

    def __init__(self, alpha: float) -> None:
        self.alpha = alpha

    def draw(self, count: int, generator: torch.Generator) -> torch.Tensor:
        """Draw the shares of so many samples: (count,) float32 in [0, 1], on the CPU."""
        # torch draws from a Beta distribution only by its global generator.
        seed = int(torch.randint(2**62, (), generator=generator))
        shares = np.random.default_rng(seed).beta(self.alpha, self.alpha, size=count)
        return torch.from_numpy(shares.astype(np.float32))

    def blend(
        self, images: torch.Tensor, before: torch.Tensor, shares: torch.Tensor
    ) -> torch.Tensor:
        """Blend images.

        Parameters
        ----------
        images, before : (b, 3, size, size) float32
            Each image, and the one before it.
        shares : (b,) float32
            Of the first.

        Returns
        -------
        (b, 3, size, size) float32
        """
        return torch.lerp(before, images, shares.to(images.device).view(-1, 1, 1, 1))


def blend_targets(targets: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
    """Blend the targets of a whole batch, each sample's with those of the one before it.

    Parameters
    ----------
    targets : (b, c) float32
        In [0, 1], or negative: unjudged.
    shares : (b,) float32
        Of the first of the two.

    Returns
    -------
    (b, c) float32
        Unjudged (-1) where either of the two is: half an answer is none.
    """
    before = targets.roll(1, dims=0)
    mixed = torch.lerp(before, targets, shares.to(targets.device).view(-1, 1))
    return torch.where((targets < 0) | (before < 0), -1.0, mixed)
