"""The stem: how far a network shrinks an image before its first stage."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn

#: Networks of the years of ImageNet were drawn for 224 pixels; their adaptations start here.
SMALLEST = 32


def check_image_size(network: str, image_size: int) -> None:
    """Refuse images under 32 pixels a side.

    Raises
    ------
    ValueError
        Naming the network and the sizes that it takes.
    """
    if image_size < SMALLEST:
        raise ValueError(
            f"{network} takes images of {SMALLEST} pixels a side or more, not {image_size}"
        )


def choose_stride(image_size: int, asked: int | None = None) -> int:
    """Return how many times a stem divides the side of an image.

    Published stems divide the 224 pixels of ImageNet by four. Smaller images would come
    to the last stage as a single position, so that their stem divides less.

    Parameters
    ----------
    image_size : int
        Side in pixels.
    asked : {1, 2, 4}, optional
        Overrules the size.

    Returns
    -------
    {1, 2, 4}
        1 under 48 pixels, 2 under 112, and 4. A network that then halves the side three
        times ends in maps of 3 to 7 positions a side, for images of up to 224.

    Raises
    ------
    ValueError
        ``asked`` is none of these.
    """
    if asked is None:
        return 1 if image_size < 48 else 2 if image_size < 112 else 4
    if asked not in (1, 2, 4):
        raise ValueError(f"stem_stride must be 1, 2 or 4, got {asked!r}")
    return asked


def residual_stem(width: int, stride: int) -> nn.Sequential:
    """Build the stem of our residual networks.

    A 3x3 convolution, batch normalisation and ReLU; the convolution has stride 2 where
    ``stride`` is 2 or 4, and a maximum over 3x3 pixels at stride 2 follows where it is 4.

    Parameters
    ----------
    width : int
        Channels.
    stride : {1, 2, 4}
        From ``choose_stride``.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict(
        conv=nn.Conv2d(3, width, 3, stride=min(stride, 2), padding=1, bias=False),
        norm=nn.BatchNorm2d(width),
        relu=nn.ReLU(inplace=True),
    )
    if stride == 4:
        layers["pool"] = nn.MaxPool2d(3, stride=2, padding=1)
    return nn.Sequential(layers)
