"""ZF-Net, AlexNet redrawn after looking at what its layers see."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn

from learned.networks.alexnet import fully_connected, initialize, response_normalization
from learned.networks.stem import check_image_size, choose_stride


def build(n_concepts: int, image_size: int, hidden: int = 4096, dropout: float = 0.5) -> nn.Module:
    """Build ZF-Net: AlexNet with smaller kernels, smaller strides and no groups.

    Eight layers; for 1,000 concepts at 224 pixels 62.4 million parameters, and maps of
    110, 55, 26, 13 and 6 positions a side as in the paper's figure. Initial weights are
    He's, as in our AlexNet.

    Adapted to size: the strides of the first two convolutions are 2 and 2 from 112 pixels
    on, 2 and 1 from 48, 1 and 1 below, and then padding keeps the borders. The last maps
    have 3 to 7 positions a side up to 224 pixels, and the first fully connected layer sees
    them all.

    Parameters
    ----------
    n_concepts : int
        Number of logits.
    image_size : int
        Side of the input in pixels, 32 or more.
    hidden : int
        Units of each of the two hidden fully connected layers.
    dropout : float
        Probability in [0, 1) with which one of these units is dropped in training.

    Returns
    -------
    torch.nn.Module
        (b, 3, image_size, image_size) float32 -> (b, n_concepts) logits.

    Raises
    ------
    ValueError
        The image is smaller than 32 pixels.

    References
    ----------
    M. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", 2013.
    """
    check_image_size("ZF-Net", image_size)
    stride = choose_stride(image_size)
    first, second = min(stride, 2), max(stride // 2, 1)
    edge1, edge2 = (1, 0) if stride == 4 else (3, 2)
    side = _pooled((image_size + 2 * edge1 - 7) // first + 1)
    side = _pooled(_pooled((side + 2 * edge2 - 5) // second + 1))
    network = nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(3, 96, 7, stride=first, padding=edge1),
            relu1=nn.ReLU(inplace=True),
            pool1=_pool(),
            norm1=response_normalization(),
            conv2=nn.Conv2d(96, 256, 5, stride=second, padding=edge2),
            relu2=nn.ReLU(inplace=True),
            pool2=_pool(),
            norm2=response_normalization(),
            conv3=nn.Conv2d(256, 384, 3, padding=1),
            relu3=nn.ReLU(inplace=True),
            conv4=nn.Conv2d(384, 384, 3, padding=1),
            relu4=nn.ReLU(inplace=True),
            conv5=nn.Conv2d(384, 256, 3, padding=1),
            relu5=nn.ReLU(inplace=True),
            pool5=_pool(),
            **fully_connected(256 * side**2, hidden, n_concepts, dropout),
        )
    )
    initialize(network)
    return network


def _pool() -> nn.MaxPool2d:
    # The figure's 110 -> 55 and 26 -> 13 need windows that reach over the border.
    return nn.MaxPool2d(3, stride=2, ceil_mode=True)


def _pooled(side: int) -> int:
    return -(-(side - 3) // 2) + 1
