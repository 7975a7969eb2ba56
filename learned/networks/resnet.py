"""Residual networks of 18 to 152 layers, drawn for ImageNet."""

from __future__ import annotations

from torch import nn
from torchvision import models

from learned.networks.depth import at_depth
from learned.networks.stem import check_image_size, choose_stride

_BUILDERS = {
    18: models.resnet18,
    34: models.resnet34,
    50: models.resnet50,
    101: models.resnet101,
    152: models.resnet152,
}


def build(
    n_concepts: int, image_size: int, depth: int = 18, stem_stride: int | None = None
) -> nn.Module:
    """Build a residual network of 18, 34, 50, 101 or 152 layers.

    torchvision's; the projections of shortcuts are not counted as layers. Adapted to size:
    under 112 pixels the maximum behind the first convolution is left out, under 48 this
    convolution also becomes 3x3 at stride 1.

    Parameters
    ----------
    n_concepts : int
        Number of logits.
    image_size : int
        Side of the input in pixels, 32 or more; the weights depend on it by ``stem_stride`` only.
    depth : {18, 34, 50, 101, 152}
        Layers with weights, fixed in ``build_18`` to ``build_152``.
    stem_stride : {1, 2, 4}, optional
        What the first convolution and the maximum together divide the side by, instead of
        the above. Published weights need 2 or 4, and were trained with 4.

    Returns
    -------
    torch.nn.Module
        (b, 3, image_size, image_size) float32 -> (b, n_concepts) logits.

    Raises
    ------
    ValueError
        The image is smaller than 32 pixels; there is no such depth; ``stem_stride`` is
        none of these.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", CVPR
    2016.
    """
    check_image_size(f"ResNet-{depth}", image_size)
    if depth not in _BUILDERS:
        raise ValueError(
            f"this ResNet has 18, 34, 50, 101 or 152 layers, not {depth!r}; "
            "for 20, 32, 44, 56 or 110 see resnet_cifar"
        )
    stride = choose_stride(image_size, stem_stride)
    network = _BUILDERS[depth](num_classes=n_concepts)
    if stride == 1:
        network.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
        nn.init.kaiming_normal_(network.conv1.weight, mode="fan_out", nonlinearity="relu")
    if stride < 4:
        network.maxpool = nn.Identity()
    return network


build_18 = at_depth(build, 18, "Build ResNet-18: blocks of two convolutions.")
build_34 = at_depth(build, 34, "Build ResNet-34: blocks of two convolutions.")
build_50 = at_depth(build, 50, "Build ResNet-50: bottlenecks of three convolutions.")
build_101 = at_depth(build, 101, "Build ResNet-101: bottlenecks of three convolutions.")
build_152 = at_depth(build, 152, "Build ResNet-152: bottlenecks of three convolutions.")
