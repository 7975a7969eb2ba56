"""EfficientNet-lite0: a small network for photographs whose ImageNet weights come in a package."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional
from torchvision.ops import StochasticDepth

#: Blocks, side of the depthwise kernels, stride of the first block, expansion and output
#: channels of each stage.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
#: Channels of the first and of the last convolution.
STEM, LAST = 32, 1280


class Convolution(nn.Conv2d):
    """Convolution without bias that pads as TensorFlow does, more behind than before.

    Such are the published weights: padding as much before as behind would shift the maps
    by a pixel wherever a side is even and the stride 2.
    """

    def __init__(
        self, inputs: int, outputs: int, side: int, stride: int = 1, groups: int = 1
    ) -> None:
        """Make a kernel of odd `side` at stride 1 or 2."""
        super().__init__(inputs, outputs, side, stride, side // 2, groups=groups, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(b, inputs, h, w) float32 -> (b, outputs, ceil(h / stride), ceil(w / stride))."""
        if 1 in (self.stride[0], self.kernel_size[0]):
            return super().forward(x)
        # Zeros before the kernel move it as far as less padding before the maps would, and
        # spare a copy of the maps, which took longer than the convolution.
        down, right = (1 - length % 2 for length in x.shape[-2:])
        weight = functional.pad(self.weight, [right, 0, down, 0])
        return functional.conv2d(
            x, weight, self.bias, self.stride, self.padding, groups=self.groups
        )


def _normalized(convolution: Convolution, activated: bool = True) -> nn.Sequential:
    parts: list[tuple[str, nn.Module]] = [
        ("conv", convolution),
        ("norm", nn.BatchNorm2d(convolution.out_channels, eps=1e-3)),
    ]
    if activated:
        parts.append(("relu", nn.ReLU6(inplace=True)))
    return nn.Sequential(OrderedDict(parts))


class InvertedBottleneck(nn.Module):
    """Expansion, depthwise convolution and projection, added to the input where shapes allow.

    Parameters
    ----------
    inputs, outputs : int
        Channels.
    side, stride : int
        Of the depthwise convolution.
    expansion : int
        Channels in between, as a multiple of `inputs`; 1 leaves the expansion out.
    drop : float
        Probability that training skips the block for an image; in [0, 1).
    """

    def __init__(
        self, inputs: int, outputs: int, side: int, stride: int, expansion: int, drop: float
    ) -> None:
        super().__init__()
        inner = inputs * expansion
        parts: list[tuple[str, nn.Module]] = [
            ("depthwise", _normalized(Convolution(inner, inner, side, stride, groups=inner))),
            ("project", _normalized(Convolution(inner, outputs, 1), activated=False)),
        ]
        if expansion > 1:
            parts.insert(0, ("expand", _normalized(Convolution(inputs, inner, 1))))
        self.body = nn.Sequential(OrderedDict(parts))
        self.shortcut = stride == 1 and inputs == outputs
        self.drop = StochasticDepth(drop, "row")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(b, inputs, h, w) float32 -> (b, outputs, ceil(h / stride), ceil(w / stride))."""
        return x + self.drop(self.body(x)) if self.shortcut else self.body(x)


def build(
    n_concepts: int, image_size: int, dropout: float = 0.2, stochastic_depth: float = 0.2
) -> nn.Module:
    """Build EfficientNet-lite0: 49 convolutions, 3.4 million weights below the last layer.

    EfficientNet-B0 without what is slow outside of data centres: ReLU6 for the
    swish, and no squeeze-and-excitation.

    Parameters
    ----------
    n_concepts : int
        Number of logits.
    image_size : int
        Side of the input in pixels, 32 or more; the weights do not depend on it. The
        published ones were trained at 224.
    dropout : float
        Probability in [0, 1) with which a pooled feature is dropped in training.
    stochastic_depth : float
        Probability in [0, 1) with which training skips the last block that can be
        skipped; it grows with depth from 0.

    Returns
    -------
    torch.nn.Module
        (b, 3, image_size, image_size) float32 -> (b, n_concepts) logits.

    Raises
    ------
    ValueError
        The image is too small to be halved five times.

    References
    ----------
    M. Tan, Q. Le, "EfficientNet: rethinking model scaling for convolutional neural
    networks", ICML 2019; R. Liu, "Higher accuracy on vision models with
    EfficientNet-Lite", TensorFlow blog, 2020.
    """
    if image_size < 32:
        raise ValueError(
            f"efficientnet-lite0 halves the image five times: {image_size} pixels are under 32"
        )
    layers: list[tuple[str, nn.Module]] = [("stem", _normalized(Convolution(3, STEM, 3, 2)))]
    channels, index, total = STEM, 0, sum(blocks for blocks, *_ in STAGES)
    for number, (blocks, side, stride, expansion, outputs) in enumerate(STAGES, 1):
        stage = []
        for block in range(blocks):
            drop = stochastic_depth * index / total
            first = stride if block == 0 else 1
            stage.append(InvertedBottleneck(channels, outputs, side, first, expansion, drop))
            channels, index = outputs, index + 1
        layers.append((f"stage{number}", nn.Sequential(*stage)))
    layers += [
        ("last", _normalized(Convolution(channels, LAST, 1))),
        ("pool", nn.AdaptiveAvgPool2d(1)),
        ("flatten", nn.Flatten()),
        ("dropout", nn.Dropout(dropout)),
        ("head", nn.Linear(LAST, n_concepts)),
    ]
    network = nn.Sequential(OrderedDict(layers))
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            # As far as each input reaches, which in a depthwise convolution is one map.
            reach = module.weight[0, 0].numel() * module.out_channels // module.groups
            nn.init.normal_(module.weight, std=(2 / reach) ** 0.5)
    return network
