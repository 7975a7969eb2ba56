import math

import pytest
import torch
from torch import nn

from learned.detector import NetworkDetector
from learned.networks import resnet10
from learned.networks.layers import layers
from learned.networks.pooling import pool
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


@pytest.mark.parametrize("pooling", ["average", "max"])
def test_the_head_sees_the_last_maps_whole(pooling):
    network = resnet10.build(2, 72, width=4, pooling=pooling).eval()
    maps = last_maps(network, torch.randn(2, 3, 72, 72))[-1]
    assert maps.shape == (2, 32, 5, 5)
    pooled = maps.mean(dim=(2, 3)) if pooling == "average" else maps.amax(dim=(2, 3))
    assert torch.allclose(network.stage4_pool(maps), pooled, atol=1e-6)
    assert network.head.in_features == 32


def test_the_head_sees_cells_of_the_stages_asked_for():
    grids = {"stage4": [[1, 1], [2, 2]], "stage2": [[3, 2]]}
    network = resnet10.build(2, 72, width=4, pooling="average+max", grids=grids).eval()
    x = torch.randn(2, 3, 72, 72)
    _, second, _, fourth = last_maps(network, x)
    seen = [pool(second, "average+max", [[3, 2]]), pool(fourth, "average+max", [[1, 1], [2, 2]])]
    assert seen[0].shape[1] == 8 * 6 * 2
    expected = nn.functional.linear(torch.cat(seen, 1), network.head.weight, network.head.bias)
    assert torch.allclose(network(x), expected, atol=1e-6)
    assert list(layers(network))[-1] == "head"


def last_maps(network, x):
    """Return what each of the four stages makes of images."""
    maps = [network.stem(x)]
    for stage in (network.stage1, network.stage2, network.stage3, network.stage4):
        maps.append(stage(maps[-1]))
    return maps[1:]


def test_where_things_are_tells_only_with_cells():
    torch.manual_seed(0)
    left, right = torch.zeros(2, 1, 32, 4, 4)
    left[..., 0], right[..., 3] = 1.0, 1.0
    whole = resnet10.build(2, 64, width=4)
    cells = resnet10.build(2, 64, width=4, grids={"stage4": [[1, 2]]})
    assert torch.equal(whole.stage4_pool(left), whole.stage4_pool(right))
    assert not torch.equal(cells.stage4_pool(left), cells.stage4_pool(right))


@pytest.mark.parametrize(
    ("size", "asked", "stride"), [(32, None, 1), (48, None, 2), (128, None, 4), (128, 2, 2)]
)
def test_strides(size, asked, stride):
    with torch.device("meta"):
        network = resnet10.build(2, size, stem_stride=asked)
        maps = network.stem(torch.zeros(1, 3, size, size))
        network.load_state_dict(resnet10.build(2, 64).state_dict(), assign=True)
    assert maps.shape == (1, 32, math.ceil(size / stride), math.ceil(size / stride))


def test_dropout_hides_what_the_head_is_given_in_training():
    network = resnet10.build(2, 64, width=4, dropout=0.999)
    x = torch.randn(4, 3, 64, 64)
    with torch.no_grad():
        network.head.weight.fill_(1e-3)
        assert torch.equal(network.train()(x), network.head.bias.expand(4, 2))
        assert not torch.allclose(network.eval()(x), network.head.bias.expand(4, 2))


def test_a_stage_after_the_last_one_seen_is_left_out():
    network = resnet10.build(2, 64, width=4, grids={"stage2": [[2, 2]]})
    assert list(layers(network))[-2:] == ["stage2_pool", "head"]
    network(torch.randn(2, 3, 64, 64)).sum().backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_strides_are_checked():
    with pytest.raises(ValueError, match="stem_stride must be"):
        resnet10.build(2, 64, stem_stride=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pooling": "maximum"}, "pooling must be one of average, max, "),
        ({"grids": {"stage5": [[1, 1]]}}, "of stage1, .*, stage4; there is no stage 'stage5'"),
        ({"grids": {"stage4": [2]}}, "stage4: grids must be pairs of rows and columns"),
        ({"grids": {}}, "grids must be a table of stages"),
        ({"grids": [[1, 1]]}, "grids must be a table of stages"),
    ],
)
def test_what_the_head_cannot_see_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        resnet10.build(2, 64, **options)


@pytest.mark.parametrize(
    ("training", "message"),
    [
        ({"image_size": 48}, "fails on images of 48 pixels.* 3x3 places here, too few.* of 4x4"),
        ({"start_scale": 0.5}, "start_scale needs images of 36 pixels.* 3x3 places here"),
        ({"test_scales": [1.0, 0.5]}, "test_scales needs images of 36 pixels.* 3x3 places here"),
    ],
)
def test_a_grid_finer_than_the_maps_is_told_with_what_asks_for_it(training, message):
    options = {"grids": {"stage4": [[4, 4]]}}
    NetworkDetector(resnet10.build, options, 72).check_network()
    with pytest.raises(ValueError, match=message):
        NetworkDetector(resnet10.build, options, **{"image_size": 72} | training).check_network()
