"""ResNet-10: a residual network for images of 48 to 128 pixels, trained on a few cores."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn
from torchvision.models.resnet import BasicBlock

from learned.networks.stem import check_image_size, choose_stride, residual_stem

POOLS = {"average": nn.AdaptiveAvgPool2d, "maximum": nn.AdaptiveMaxPool2d}


def build(
    n_concepts: int,
    image_size: int,
    width: int = 32,
    pool: str = "average",
    dropout: float = 0.0,
    stem_stride: int | None = None,
) -> nn.Module:
    """Build a residual network of ten layers: a stem, four stages of one block, a head.

    Each stage has one block of two convolutions; the last three halve the side and double
    the channels. Made to be trained from scratch in minutes: the stem halves the side at
    once, where three channels carry little and every further layer would work on four times
    the positions; a block starts as its shortcut alone (its last normalisation scales by
    zero), which bears high learning rates; a shortcut that halves the side averages 2x2
    positions before its projection instead of dropping three of four.

    Parameters
    ----------
    n_concepts : int
        Number of logits.
    image_size : int
        Side of the input in pixels, 32 or more; the weights do not depend on it.
    width : int
        Channels of the first stage; the last has ``8 * width``. Time grows with its square,
        once it is past about 32.
    pool : {"average", "maximum"}
        What the head sees of each of the last maps.
    dropout : float
        Probability in [0, 1) with which a pooled feature is dropped in training.
    stem_stride : {1, 2, 4}, optional
        What the stem divides the side by; by default 2 from 48 pixels on, 4 from 112, and
        1 below. Time falls with its square.

    Returns
    -------
    torch.nn.Module
        (b, 3, image_size, image_size) float32 -> (b, n_concepts) logits.

    Raises
    ------
    ValueError
        The image is smaller than 32 pixels; ``pool`` or ``stem_stride`` is none of these.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", CVPR
    2016; T. He et al., "Bag of tricks for image classification with convolutional neural
    networks", CVPR 2019 (zero scales; ResNet-D's shortcuts).
    """
    check_image_size("ResNet-10", image_size)
    if pool not in POOLS:
        raise ValueError(f"pool must be one of {', '.join(POOLS)}, got {pool!r}")
    stride = choose_stride(image_size, stem_stride)
    layers: OrderedDict[str, nn.Module] = OrderedDict(
        stem=residual_stem(width, stride),
        stage1=BasicBlock(width, width),
        stage2=_halving(width),
        stage3=_halving(2 * width),
        stage4=_halving(4 * width),
        pool=POOLS[pool](1),
        flatten=nn.Flatten(),
    )
    if dropout:
        layers["dropout"] = nn.Dropout(dropout)
    layers["head"] = nn.Linear(8 * width, n_concepts)
    network = nn.Sequential(layers)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, BasicBlock):
            nn.init.zeros_(module.bn2.weight)
    return network


def _halving(inputs: int) -> BasicBlock:
    shortcut = nn.Sequential(
        OrderedDict(
            # An odd last row or column is averaged over what there is of it.
            pool=nn.AvgPool2d(2, ceil_mode=True, count_include_pad=False),
            conv=nn.Conv2d(inputs, 2 * inputs, 1, bias=False),
            norm=nn.BatchNorm2d(2 * inputs),
        )
    )
    return BasicBlock(inputs, 2 * inputs, 2, shortcut)
