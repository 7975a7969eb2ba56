"""LeNet-5, the convolutional network that read handwritten digits."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional

from learned.networks.stem import check_image_size

#: Which maps of S2 each map of C3 sees: table I of the paper.
CONNECTIONS = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)


class ScaledTanh(nn.Module):
    """The paper's squashing function, 1.7159 tanh(2x/3): 1 at 1 and -1 at -1."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Any shape, float32 -> the same shape."""
        return 1.7159 * torch.tanh(x * (2.0 / 3.0))


class Subsampling(nn.Module):
    """Averages of each map, times a trainable coefficient, plus a trainable bias.

    Parameters
    ----------
    maps : int
    pool : torch.nn.Module
        What averages.
    """

    def __init__(self, maps: int, pool: nn.Module) -> None:
        super().__init__()
        self.pool = pool
        self.coefficient = nn.Parameter(torch.ones(maps))
        self.bias = nn.Parameter(torch.zeros(maps))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(b, maps, h, w) float32 -> (b, maps, h', w')."""
        return self.pool(x) * self.coefficient.view(-1, 1, 1) + self.bias.view(-1, 1, 1)


class TableConvolution(nn.Conv2d):
    """Convolution in which each output map sees some of the input maps only.

    Parameters
    ----------
    inputs : int
        Input maps.
    connections : sequence of sequence of int
        For each output map, the input maps that it sees.
    side : int
        Of the kernels.

    Attributes
    ----------
    weight : (number of connections, side, side) float32
        The kernels that exist.
    """

    outputs_seen: torch.Tensor
    inputs_seen: torch.Tensor

    def __init__(self, inputs: int, connections: tuple[tuple[int, ...], ...], side: int) -> None:
        super().__init__(inputs, len(connections), side)
        pairs = [(i, j) for i, seen in enumerate(connections) for j in seen]
        outputs, seen = torch.tensor(pairs).T
        self.register_buffer("outputs_seen", outputs, persistent=False)
        self.register_buffer("inputs_seen", seen, persistent=False)
        self.weight = nn.Parameter(torch.empty(len(pairs), side, side))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(b, inputs, h, w) float32 -> (b, outputs, h - side + 1, w - side + 1)."""
        kernels = self.weight.new_zeros(self.out_channels, self.in_channels, *self.kernel_size)
        kernels = kernels.index_put((self.outputs_seen, self.inputs_seen), self.weight)
        return functional.conv2d(x, kernels, self.bias)


def build(n_concepts: int, image_size: int) -> nn.Module:
    """Build LeNet-5, seven layers from C1 to the output, about 60,000 parameters.

    As published: trainable subsampling, the table of connections of C3, the scaled
    hyperbolic tangent. Adapted: C1 sees three colour planes, not one of grey; S4 averages
    each map down to 5x5 positions, which at 32 pixels is the published halving, so that the
    weights do not depend on the size; the output is a linear layer of logits, not radial
    basis functions around drawings of the characters; initial weights have a standard
    deviation of one over the root of the fan-in, since the published ones, smaller by far,
    counted on second-order learning rates.

    Parameters
    ----------
    n_concepts : int
        Number of logits.
    image_size : int
        Side of the input in pixels, 32 or more.

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
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
    document recognition", Proceedings of the IEEE, 1998; for the initial weights Y. LeCun,
    L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", 1998.
    """
    check_image_size("LeNet-5", image_size)
    network = nn.Sequential(
        OrderedDict(
            c1=nn.Conv2d(3, 6, 5),
            tanh1=ScaledTanh(),
            s2=Subsampling(6, nn.AvgPool2d(2)),
            tanh2=ScaledTanh(),
            c3=TableConvolution(6, CONNECTIONS, 5),
            tanh3=ScaledTanh(),
            s4=Subsampling(16, nn.AdaptiveAvgPool2d(5)),
            tanh4=ScaledTanh(),
            c5=nn.Conv2d(16, 120, 5),
            tanh5=ScaledTanh(),
            flatten=nn.Flatten(),
            f6=nn.Linear(120, 84),
            tanh6=ScaledTanh(),
            head=nn.Linear(84, n_concepts),
        )
    )
    for module in network:
        if isinstance(module, TableConvolution):
            nn.init.normal_(module.weight, std=(4 * module.weight[0].numel()) ** -0.5)
        elif isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.normal_(module.weight, std=module.weight[0].numel() ** -0.5)
        if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
    return network
