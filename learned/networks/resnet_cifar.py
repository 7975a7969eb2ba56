"""Residual networks of 20 to 110 layers, drawn for CIFAR's images of 32 pixels."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional
from torchvision.models.resnet import BasicBlock

from learned.networks.depth import at_depth
from learned.networks.stem import check_image_size, choose_stride, residual_stem
from learned.parameters import check_count


class PaddedShortcut(nn.Module):
    """The paper's option A: every second position, and zeros for the channels that are new.

    Parameters
    ----------
    new : int
        Channels to append.
    """

    def __init__(self, new: int) -> None:
        super().__init__()
        self.new = new

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(b, c, h, w) float32 -> (b, c + new, ceil(h / 2), ceil(w / 2))."""
        return functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, self.new))


def build(
    n_concepts: int,
    image_size: int,
    depth: int = 20,
    width: int = 16,
    stem_stride: int | None = None,
) -> nn.Module:
    """Build a residual network of 6n + 2 layers: 20, 32, 44, 56 or 110.

    A convolution, three stages of n blocks of two convolutions, the means of the maps and a
    linear layer; shortcuts without parameters. 0.27 million parameters at 20 layers, 1.7
    million at 110. Adapted to size: the stem divides the side by 2 from 48 pixels on, by 4
    from 112.

    Parameters
    ----------
    n_concepts : int
        Number of logits.
    image_size : int
        Side of the input in pixels, 32 or more; the weights do not depend on it.
    depth : {20, 32, 44, 56, 110}
        Layers with weights, fixed in ``build_20`` to ``build_110``; any 6n + 2 is taken.
    width : int
        Channels of the first stage; the next have twice and four times as many.
    stem_stride : {1, 2, 4}, optional
        What the stem divides the side by, instead of the above.

    Returns
    -------
    torch.nn.Module
        (b, 3, image_size, image_size) float32 -> (b, n_concepts) logits.

    Raises
    ------
    ValueError
        The image is smaller than 32 pixels; the depth is not 6n + 2; ``stem_stride`` is
        none of these.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", CVPR
    2016, section 4.2.
    """
    check_image_size(f"ResNet-{depth}", image_size)
    check_count("depth", depth)
    check_count("width", width)
    if depth < 8 or depth % 6 != 2:
        raise ValueError(f"this ResNet has 6n + 2 layers (20, 32, 44, 56, 110), not {depth!r}")
    stride = choose_stride(image_size, stem_stride)
    network = nn.Sequential(
        OrderedDict(
            stem=residual_stem(width, stride),
            stage1=_stage(width, width, depth // 6),
            stage2=_stage(width, 2 * width, depth // 6),
            stage3=_stage(2 * width, 4 * width, depth // 6),
            pool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            head=nn.Linear(4 * width, n_concepts),
        )
    )
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    return network


def _stage(inputs: int, outputs: int, blocks: int) -> nn.Sequential:
    if outputs == inputs:
        first = BasicBlock(inputs, outputs)
    else:
        first = BasicBlock(inputs, outputs, 2, PaddedShortcut(outputs - inputs))
    return nn.Sequential(first, *(BasicBlock(outputs, outputs) for _ in range(blocks - 1)))


build_20 = at_depth(build, 20, "Build ResNet-20, for images of about 32 pixels.")
build_32 = at_depth(build, 32, "Build ResNet-32, for images of about 32 pixels.")
build_44 = at_depth(build, 44, "Build ResNet-44, for images of about 32 pixels.")
build_56 = at_depth(build, 56, "Build ResNet-56, for images of about 32 pixels.")
build_110 = at_depth(build, 110, "Build ResNet-110, for images of about 32 pixels.")
