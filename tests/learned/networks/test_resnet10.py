import math

import pytest
import torch
from torch import nn

from learned.networks import resnet10
from learned.networks.size import network_size


def test_ten_layers():
    size = network_size(resnet10.build(5, 64, width=4), 64)
    assert sum("downsample" not in layer.name for layer in size.layers) == 10
    kernels = 9 * (3 * 4 + 2 * 4**2 + 4 * 8 + 8**2 + 8 * 16 + 16**2 + 16 * 32 + 32**2)
    projections = 4 * 8 + 8 * 16 + 16 * 32
    scales = 2 * (4 + 2 * 4 + 3 * 8 + 3 * 16 + 3 * 32)
    assert size.parameters == kernels + projections + scales + 33 * 5


def test_a_block_starts_as_its_shortcut():
    network = resnet10.build(3, 64, width=4).eval()
    x = torch.randn(2, 4, 7, 7)
    assert torch.equal(network.stage1(x), x.relu())
    shortcut = network.stage2.downsample
    assert torch.equal(network.stage2(x), shortcut(x).relu())


def test_shortcuts_average_what_there_is():
    pool = resnet10.build(3, 64, width=4).stage3.downsample.pool
    x = torch.randn(1, 8, 5, 5)
    y = pool(x)
    assert y.shape[2:] == (3, 3)
    assert torch.allclose(y[..., 0, 0], x[..., :2, :2].mean(dim=(2, 3)), atol=1e-6)
    assert torch.allclose(y[..., 2, 0], x[..., 4, :2].mean(dim=2), atol=1e-6)
    assert torch.allclose(y[..., 2, 2], x[..., 4, 4], atol=1e-6)


@pytest.mark.parametrize("pool", ["average", "maximum"])
def test_the_head_sees_means_or_maxima(pool):
    network = resnet10.build(2, 72, width=4, pool=pool).eval()
    x = torch.randn(2, 3, 72, 72)
    maps = network[:-3](x)
    assert maps.shape == (2, 32, 5, 5)
    pooled = maps.mean(dim=(2, 3)) if pool == "average" else maps.amax(dim=(2, 3))
    assert torch.allclose(network[:-1](x), pooled, atol=1e-6)


@pytest.mark.parametrize(
    ("size", "asked", "stride"), [(32, None, 1), (48, None, 2), (128, None, 4), (128, 2, 2)]
)
def test_strides(size, asked, stride):
    with torch.device("meta"):
        network = resnet10.build(2, size, stem_stride=asked)
        maps = network.stem(torch.zeros(1, 3, size, size))
        network.load_state_dict(resnet10.build(2, 64).state_dict(), assign=True)
    assert maps.shape == (1, 32, math.ceil(size / stride), math.ceil(size / stride))


def test_options():
    network = resnet10.build(2, 64, width=4, dropout=0.3)
    assert [m.p for m in network.modules() if isinstance(m, nn.Dropout)] == [0.3]
    with pytest.raises(ValueError, match="pool must be one of average, maximum, got 'max'"):
        resnet10.build(2, 64, pool="max")
    with pytest.raises(ValueError, match="stem_stride must be"):
        resnet10.build(2, 64, stem_stride=3)
