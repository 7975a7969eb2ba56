import numpy as np
import pytest
import torch
from torch import nn

from learned.networks import alexnet, zfnet
from learned.networks.size import network_size

# Krizhevsky et al. 2012, section 3.5: kernels that each unit of a layer applies (maps,
# kernel height, width, maps seen), and the maps that figure 2 draws.
KERNELS = {
    "conv1": (96, 3, 11, 11),
    "conv2": (256, 48, 5, 5),
    "conv3": (384, 256, 3, 3),
    "conv4": (384, 192, 3, 3),
    "conv5": (256, 192, 3, 3),
    "fc6": (4096, 6 * 6 * 256),
    "fc7": (4096, 4096),
    "head": (1000, 4096),
}
OUTPUTS = {
    "conv1": (96, 55, 55),
    "conv2": (256, 27, 27),
    "conv3": (384, 13, 13),
    "conv4": (384, 13, 13),
    "conv5": (256, 13, 13),
    "fc6": (4096,),
    "fc7": (4096,),
    "head": (1000,),
}


@pytest.mark.parametrize("size", [224, 227])
def test_the_layer_table_is_the_papers(size):
    with torch.device("meta"):
        network = alexnet.build(1000, size)
    assert {n: tuple(p.shape) for n, p in network.named_parameters() if p.ndim > 1} == {
        f"{name}.weight": shape for name, shape in KERNELS.items()
    }
    assert {layer.name: layer.output for layer in network_size(network, size).layers} == OUTPUTS
    strides = [m.stride[0] for m in network if isinstance(m, nn.Conv2d)]
    assert strides == [4, 1, 1, 1, 1]
    order = [name for name, m in network.named_children() if not isinstance(m, nn.ReLU)]
    assert order[:10] == [
        *("conv1", "norm1", "pool1", "conv2", "norm2", "pool2"),
        *("conv3", "conv4", "conv5", "pool5"),
    ]
    pools = [(m.kernel_size, m.stride) for m in network if isinstance(m, nn.MaxPool2d)]
    assert pools == [(3, 2)] * 3
    assert [m.p for m in network if isinstance(m, nn.Dropout)] == [0.5, 0.5]


def test_sixty_million_parameters_and_650_thousand_units():
    with torch.device("meta"):
        size = network_size(alexnet.build(1000, 224), 224)
    assert size.parameters == 60_965_224
    assert round(size.parameters, -7) == 60_000_000
    assert size.units == 659_272
    # The paper's own list, with 55x55x96 where it has 253,440.
    assert size.units == 55 * 55 * 96 + 186_624 + 64_896 + 64_896 + 43_264 + 4096 + 4096 + 1000
    assert abs(size.units - 650_000) < 0.02 * 650_000
    assert len(size.layers) - 1 == 7


def test_response_normalisation_is_the_papers_formula():
    a = torch.randn(1, 7, 2, 2).mul(50).relu()
    ours = alexnet.response_normalization()(a).numpy()
    squares = a.numpy() ** 2
    for i in range(7):
        total = squares[:, max(0, i - 2) : i + 3].sum(axis=1)
        expected = a.numpy()[:, i] / (2 + 1e-4 * total) ** 0.75
        assert np.allclose(ours[:, i], expected, rtol=1e-5)


@pytest.mark.parametrize("build", [alexnet.build, zfnet.build])
def test_signals_neither_fade_nor_grow_on_their_way(build):
    torch.manual_seed(0)
    network = build(4, 64, hidden=1024).eval()
    x = nn.functional.interpolate(torch.randn(8, 3, 4, 4), size=64, mode="bilinear")
    # With the published weights, less than a ten-thousandth.
    assert 0.03 < network[:-1](x).std(dim=0).mean() < 3
    assert network.head.weight.std().item() == pytest.approx(0.01, rel=0.05)


@pytest.mark.parametrize("build", [alexnet.build, zfnet.build])
def test_the_head_fits_at_every_size(build):
    for size in range(32, 230, 5):
        with torch.device("meta"):
            network = build(2, size, hidden=8)
            assert network(torch.zeros(1, 3, size, size)).shape == (1, 2)
        # Something of the layout is left.
        assert 2 * 2 * 256 <= network.fc6.in_features <= 7 * 7 * 256
