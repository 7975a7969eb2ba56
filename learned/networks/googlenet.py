"""GoogLeNet: inception modules, several sizes of kernel side by side."""

from __future__ import annotations

from torch import nn
from torchvision import models
from torchvision.models.googlenet import BasicConv2d

from learned.networks.stem import check_image_size, choose_stride


def build(
    n_concepts: int, image_size: int, stem_stride: int | None = None, dropout: float = 0.2
) -> nn.Module:
    """Build GoogLeNet, 22 layers deep, with batch normalisation.

    torchvision's ``googlenet`` without its two auxiliary outputs, which batch normalisation
    makes dispensable: 6.6 million parameters for 1,000 concepts. As there, the kernels that
    the paper draws as 5x5 are 3x3. Adapted to size: under 112 pixels the first maximum is
    left out, under 48 the first convolution also becomes 3x3 at stride 1.

    Parameters
    ----------
    n_concepts : int
        Number of logits.
    image_size : int
        Side of the input in pixels, 32 or more; the weights depend on it by ``stem_stride`` only.
    stem_stride : {1, 2, 4}, optional
        What the first convolution and the first maximum together divide the side by, instead
        of the above. Published weights need 2 or 4, and were trained with 4.
    dropout : float
        Probability in [0, 1) with which a pooled feature is dropped in training.

    Returns
    -------
    torch.nn.Module
        (b, 3, image_size, image_size) float32 -> (b, n_concepts) logits.

    Raises
    ------
    ValueError
        The image is smaller than 32 pixels; ``stem_stride`` is none of these.

    References
    ----------
    C. Szegedy et al., "Going deeper with convolutions", CVPR 2015; S. Ioffe, C. Szegedy,
    "Batch normalization", ICML 2015.
    """
    check_image_size("GoogLeNet", image_size)
    stride = choose_stride(image_size, stem_stride)
    network = models.GoogLeNet(n_concepts, aux_logits=False, init_weights=True, dropout=dropout)
    if stride == 1:
        network.conv1 = BasicConv2d(3, 64, kernel_size=3, padding=1)
        nn.init.normal_(network.conv1.conv.weight, std=0.01)
    if stride < 4:
        network.maxpool1 = nn.Identity()
    return network
