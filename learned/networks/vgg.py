"""VGG networks: depth by stacking 3x3 convolutions."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn
from torchvision.models import vgg

from learned.networks.depth import at_depth
from learned.networks.stem import check_image_size

#: Channels of each convolution; "M" halves the side. 11 to 19 layers are the paper's A, B, D
#: and E; with 8 layers it is ours, one convolution at each size of map.
CONFIGURATIONS: dict[int, list[str | int]] = {
    8: [64, "M", 128, "M", 256, "M", 512, "M", 512, "M"],
    11: vgg.cfgs["A"],
    13: vgg.cfgs["B"],
    16: vgg.cfgs["D"],
    19: vgg.cfgs["E"],
}
# The side of the maps that the published fully connected layers see.
PUBLISHED_GRID = 7


def build(
    n_concepts: int,
    image_size: int,
    depth: int = 16,
    batch_norm: bool = False,
    grid: int | None = None,
    dropout: float = 0.5,
) -> nn.Module:
    """Build a VGG network of 8, 11, 13, 16 or 19 layers, three of them fully connected.

    Convolutions by torchvision. At 224 pixels parameters and outputs are those of
    torchvision's ``vgg11`` to ``vgg19``, under the same names. Adapted to size: the first
    fully connected layer sees ``image_size // 32`` positions a side, up to the published 7,
    so that at 32 pixels it has 2 million weights instead of 103 million.

    Parameters
    ----------
    n_concepts : int
        Number of logits.
    image_size : int
        Side of the input in pixels, 32 or more.
    depth : {8, 11, 13, 16, 19}
        Layers with weights, fixed in ``build_8`` to ``build_19``. 8 is ours, in the style of
        the others.
    batch_norm : bool
        Batch normalisation behind each convolution, which the paper did not know. Deep ones
        hardly train from scratch without.
    grid : int, optional
        Side of the grid of averages that the fully connected layers see, instead of the
        above. Published weights need 7.
    dropout : float
        Probability in [0, 1) with which a hidden fully connected unit is dropped in training.

    Returns
    -------
    torch.nn.Module
        (b, 3, image_size, image_size) float32 -> (b, n_concepts) logits.

    Raises
    ------
    ValueError
        The image is smaller than 32 pixels; there is no such depth; the grid is empty.

    References
    ----------
    K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale image
    recognition", ICLR 2015.
    """
    check_image_size(f"VGG-{depth}", image_size)
    if depth not in CONFIGURATIONS:
        raise ValueError(f"VGG has 8, 11, 13, 16 or 19 layers, not {depth!r}")
    if grid is None:
        grid = min(image_size // 32, PUBLISHED_GRID)
    if grid < 1:
        raise ValueError(f"grid must be 1 or more, got {grid!r}")
    # torchvision's class makes the 103 million weights of 7x7 positions at any size.
    network = nn.Sequential(
        OrderedDict(
            features=vgg.make_layers(CONFIGURATIONS[depth], batch_norm),
            avgpool=nn.AdaptiveAvgPool2d(grid),
            flatten=nn.Flatten(),
            classifier=nn.Sequential(
                nn.Linear(512 * grid**2, 4096),
                nn.ReLU(inplace=True),
                nn.Dropout(dropout),
                nn.Linear(4096, 4096),
                nn.ReLU(inplace=True),
                nn.Dropout(dropout),
                nn.Linear(4096, n_concepts),
            ),
        )
    )
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.01)
        if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
    return network


build_8 = at_depth(build, 8, "Build VGG-8, ours: one convolution at each size of map.")
build_11 = at_depth(build, 11, "Build VGG-11, the paper's configuration A.")
build_13 = at_depth(build, 13, "Build VGG-13, the paper's configuration B.")
build_16 = at_depth(build, 16, "Build VGG-16, the paper's configuration D.")
build_19 = at_depth(build, 19, "Build VGG-19, the paper's configuration E.")
