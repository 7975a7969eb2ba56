"""AlexNet, the network that won ImageNet's challenge of 2012."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn

from learned.networks.stem import check_image_size, choose_stride


def build(n_concepts: int, image_size: int, hidden: int = 4096, dropout: float = 0.5) -> nn.Module:
    """Build AlexNet as published in 2012: eight layers, seven of them hidden.

    Five convolutions, three fully connected layers, ReLU, local response normalisation,
    overlapping maxima; the second, fourth and fifth convolutions see half of the maps, as
    on the original's two GPUs. (torchvision's ``alexnet`` is a later variant on one GPU,
    with other widths and no normalisation.) For 1,000 concepts at 224 pixels: 61.0 million
    parameters and 659,272 units. The paper counts 650,000, with 253,440 for the first layer
    whose maps it draws as 55x55x96, which is 290,400. Initial weights are He's, since the
    paper's need very many steps to get going.

    Adapted to size: the first convolution has stride 4 from 112 pixels on, 2 from 48 and 1
    below, then with the padding that keeps the borders. The last maps have 2 to 6 positions
    a side up to 227 pixels, and the first fully connected layer sees them all. The paper's
    55x55 maps come from 227 pixels, or from 224 with two pixels of padding.

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
    A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet classification with deep
    convolutional neural networks", NeurIPS 2012.
    """
    check_image_size("AlexNet", image_size)
    stride = choose_stride(image_size)
    padding = (0 if image_size == 227 else 2) if stride == 4 else 5
    side = (image_size + 2 * padding - 11) // stride + 1
    for _ in range(3):
        side = (side - 3) // 2 + 1
    network = nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(3, 96, 11, stride=stride, padding=padding),
            relu1=nn.ReLU(inplace=True),
            norm1=response_normalization(),
            pool1=nn.MaxPool2d(3, stride=2),
            conv2=nn.Conv2d(96, 256, 5, padding=2, groups=2),
            relu2=nn.ReLU(inplace=True),
            norm2=response_normalization(),
            pool2=nn.MaxPool2d(3, stride=2),
            conv3=nn.Conv2d(256, 384, 3, padding=1),
            relu3=nn.ReLU(inplace=True),
            conv4=nn.Conv2d(384, 384, 3, padding=1, groups=2),
            relu4=nn.ReLU(inplace=True),
            conv5=nn.Conv2d(384, 256, 3, padding=1, groups=2),
            relu5=nn.ReLU(inplace=True),
            pool5=nn.MaxPool2d(3, stride=2),
            **fully_connected(256 * side**2, hidden, n_concepts, dropout),
        )
    )
    initialize(network)
    return network


def response_normalization() -> nn.LocalResponseNorm:
    """Build the paper's normalisation across five neighbouring maps.

    Torch divides alpha by the number of maps; the paper's formula does not.
    """
    return nn.LocalResponseNorm(5, alpha=5 * 1e-4, beta=0.75, k=2.0)


def fully_connected(
    inputs: int, hidden: int, n_concepts: int, dropout: float
) -> OrderedDict[str, nn.Module]:
    """Build the three fully connected layers that end AlexNet and ZF-Net."""
    return OrderedDict(
        flatten=nn.Flatten(),
        fc6=nn.Linear(inputs, hidden),
        relu6=nn.ReLU(inplace=True),
        dropout6=nn.Dropout(dropout),
        fc7=nn.Linear(hidden, hidden),
        relu7=nn.ReLU(inplace=True),
        dropout7=nn.Dropout(dropout),
        head=nn.Linear(hidden, n_concepts),
    )


def initialize(network: nn.Sequential) -> None:
    """Draw the weights of hidden layers by He's rule and those of the head from N(0, 0.01**2).

    Both papers drew all of them from N(0, 0.01**2). What tells two images apart then shrinks
    a thousandfold on its way to the head, and training begins on a plateau: affordable with
    a million images, not with some thousands.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015.
    """
    for name, module in network.named_children():
        if isinstance(module, nn.Conv2d | nn.Linear):
            if name == "head":
                nn.init.normal_(module.weight, std=0.01)
            else:
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            nn.init.zeros_(module.bias)  # type: ignore[arg-type]
