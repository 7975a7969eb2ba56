"""A small residual network that learns from a few hundred images on one core."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn

from learned.parameters import check_between, check_count


class ConvBlock(nn.Sequential):
    """3x3 convolution, batch normalisation, ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__(
            OrderedDict(
                conv=nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
                norm=nn.BatchNorm2d(outputs),
                relu=nn.ReLU(inplace=True),
            )
        )


class Residual(nn.Module):
    """Convolution blocks, added to what they are given.

    Parameters
    ----------
    channels : int
    blocks : int
        Number of convolutions.
    """

    def __init__(self, channels: int, blocks: int) -> None:
        super().__init__()
        self.body = nn.Sequential(*(ConvBlock(channels, channels) for _ in range(blocks)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(b, channels, h, w) float32 -> the same shape."""
        return x + self.body(x)


def build(
    n_concepts: int, image_size: int, width: int = 32, blocks: int = 1, dropout: float = 0.0
) -> nn.Module:
    """Build a convolutional network of ``4 + 3 blocks`` convolutions.

    A stem that halves the side, then three stages that each double the
    channels, halve the side and add a residual body; the maximum of each
    feature map; one linear layer.

    Parameters
    ----------
    n_concepts : int
        Number of logits.
    image_size : int
        Side of the input in pixels, 16 or more; the weights do not depend on it.
    width : int
        Channels of the stem; the last stage has ``8 * width``. Time grows with its square.
    blocks : int
        Convolutions in each residual body.
    dropout : float
        Probability in [0, 1) with which a pooled feature is dropped in training.

    Returns
    -------
    torch.nn.Module
        (b, 3, image_size, image_size) float32 -> (b, n_concepts) logits.

    Raises
    ------
    ValueError
        The image is too small to be halved four times.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image
    recognition", CVPR 2016.
    """
    if image_size < 16:
        raise ValueError(f"small_cnn halves the image four times: {image_size} pixels are under 16")
    check_count("width", width)
    check_count("blocks", blocks)
    check_between("dropout", dropout, 0, 1)
    layers: OrderedDict[str, nn.Module] = OrderedDict(stem=ConvBlock(3, width, stride=2))
    channels = width
    for i in (1, 2, 3):
        layers[f"stage{i}"] = nn.Sequential(
            OrderedDict(
                widen=ConvBlock(channels, 2 * channels),
                pool=nn.MaxPool2d(2),
                residual=Residual(2 * channels, blocks),
            )
        )
        channels *= 2
    layers["pool"] = nn.AdaptiveMaxPool2d(1)
    layers["flatten"] = nn.Flatten()
    if dropout:
        layers["dropout"] = nn.Dropout(dropout)
    layers["head"] = nn.Linear(channels, n_concepts)
    return nn.Sequential(layers)
