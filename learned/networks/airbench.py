"""A fast network for small images, after K. Jordan's airbench94."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from learned.networks.stem import check_image_size
from learned.parameters import check_counts

# Pixels looked at in one go when the covariance is taken: bounds memory.
CHUNK = 2**18


class Whitening(nn.Conv2d):
    """Convolution of 2x2 patches whose filters make the patches white, each with its negative.

    Twelve filters, the principal axes of the training patches divided by their standard
    deviations, then their twelve negatives, so that the rectifier behind loses nothing.
    The filters stay as ``fit`` makes them; until then they suit pixels that are white
    already. The biases are trained.
    """

    # A direction in which patches hardly vary is noise: this variance is added to each.
    noise = 5e-4

    def __init__(self) -> None:
        super().__init__(3, 24, 2)
        self.weight.requires_grad_(False)

    def reset_parameters(self) -> None:
        """Set the filters to single pixels and the biases to zero."""
        self._set(torch.eye(12, device=self.weight.device))
        nn.init.zeros_(self.bias)  # type: ignore[arg-type]

    def fit(self, pixels: torch.Tensor) -> None:
        """Set filters and biases from images, so that outputs have mean 0 and covariance 1.

        Parameters
        ----------
        pixels : (n, 3, h, w) float32
            Standardised, on any device.
        """
        count = 0
        total = pixels.new_zeros(12, dtype=torch.float64)
        products = pixels.new_zeros(12, 12, dtype=torch.float64)
        for part in pixels.split(max(1, CHUNK // pixels[0, 0].numel())):
            patches = functional.unfold(part, 2).transpose(0, 1).flatten(1).double()
            count += patches.shape[1]
            total += patches.sum(dim=1)
            products += patches @ patches.T
        mean = total / count
        variances, axes = torch.linalg.eigh(products / count - torch.outer(mean, mean))
        filters = (axes / (variances + self.noise).sqrt()).T.flip(0)
        with torch.no_grad():
            self._set(filters)
            self.bias.copy_(torch.cat([-filters @ mean, filters @ mean]))  # type: ignore[union-attr]

    def _set(self, filters: torch.Tensor) -> None:
        with torch.no_grad():
            self.weight.copy_(torch.cat([filters, -filters]).view_as(self.weight))


class Block(nn.Sequential):
    """Two 3x3 convolutions, the side halved by maxima after the first.

    Each is followed by batch normalisation, whose scales stay 1, and GELU. Convolutions
    start as the identity in their first output channels.

    Parameters
    ----------
    inputs, outputs : int
        Channels.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(
            OrderedDict(
                conv1=nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
                pool=nn.MaxPool2d(2),
                norm1=nn.BatchNorm2d(outputs),
                gelu1=nn.GELU(),
                conv2=nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
                norm2=nn.BatchNorm2d(outputs),
                gelu2=nn.GELU(),
            )
        )
        for module in self:
            if isinstance(module, nn.Conv2d):
                nn.init.dirac_(module.weight.data[: module.in_channels])
            elif isinstance(module, nn.BatchNorm2d):
                module.weight.requires_grad_(False)


class ScaledLinear(nn.Linear):
    """A linear layer whose outputs are divided by nine.

    The published factor; it makes up for features that nothing else scales down.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(b, inputs) float32 -> (b, outputs)."""
        return super().forward(x) / 9.0


class Airbench(nn.Sequential):
    """The network that ``build`` returns."""

    whiten: Whitening

    def initialize(self, pixels: torch.Tensor) -> None:
        """Set the first layer from training images.

        Parameters
        ----------
        pixels : (n, 3, s, s) float32
            Standardised; some thousands are enough.
        """
        self.whiten.fit(pixels)


def build(n_concepts: int, image_size: int, widths: Sequence[int] = (64, 256, 256)) -> nn.Module:
    """Build a network of a whitening convolution and three blocks of two convolutions.

    The architecture and the initial weights of airbench94, which trains in seconds on a
    GPU; 2.0 million parameters. Different: the head has biases, without which rare
    concepts would cost it features; batch normalisation keeps torch's momentum, since the
    published one belongs to batches of 1,024 and averaged weights; the last maximum is
    taken over all of the map, so that every size fits.

    Parameters
    ----------
    n_concepts : int
        Number of logits.
    image_size : int
        Side of the input in pixels, 32 or more; the weights do not depend on it.
    widths : sequence of int
        Channels of each block; each halves the side. A fourth suits larger images.

    Returns
    -------
    Airbench
        (b, 3, image_size, image_size) float32 -> (b, n_concepts) logits. Call
        ``initialize`` with training pixels before the first step.

    Raises
    ------
    ValueError
        The image is smaller than 32 pixels; it cannot be halved so often; no widths.

    References
    ----------
    K. Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU", arXiv 2404.00498, 2024.
    """
    check_image_size("airbench", image_size)
    check_counts("widths", widths)
    if not widths:
        raise ValueError("widths is empty: give the channels of each block")
    if (image_size - 1) >> len(widths) < 1:
        raise ValueError(
            f"airbench with {len(widths)} blocks takes images of {2 ** len(widths) + 1} pixels "
            f"a side or more, not {image_size}"
        )
    layers: OrderedDict[str, nn.Module] = OrderedDict(whiten=Whitening(), gelu=nn.GELU())
    inputs = 24
    for i, outputs in enumerate(widths, start=1):
        layers[f"block{i}"] = Block(inputs, outputs)
        inputs = outputs
    layers["pool"] = nn.AdaptiveMaxPool2d(1)
    layers["flatten"] = nn.Flatten()
    layers["head"] = ScaledLinear(inputs, n_concepts)
    return Airbench(layers)
