import copy

import pytest
import torch
from torch import nn

from learned.folding import fold_normalization
from learned.networks import efficientnet_lite, googlenet, small_cnn, vgg
from learned.networks.layers import layers, train_only_last

NETWORKS = {
    "small-cnn": (small_cnn.build, 32, {"width": 8}),
    "vgg-11": (vgg.build_11, 32, {"batch_norm": True}),
    "efficientnet-lite0": (efficientnet_lite.build, 32, {}),
    "googlenet": (googlenet.build, 32, {}),
}


def seen(name):
    """Build a network whose batch normalisation has statistics of its own."""
    torch.manual_seed(0)
    build, size, options = NETWORKS[name]
    network = build(3, size, **options)
    with torch.no_grad():
        network.train()(2 * torch.randn(4, 3, size, size) + 1)
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.normal_()
    return network, torch.randn(2, 3, size, size)


@pytest.mark.parametrize("name", NETWORKS)
def test_outputs_agree_and_the_network_is_left_alone(name):
    network, x = seen(name)
    before = copy.deepcopy(network.state_dict())
    folded = fold_normalization(network)
    assert network.training
    with torch.no_grad():
        expected = network.eval()(x)
        assert torch.allclose(folded(x), expected, rtol=1e-3, atol=1e-4 * expected.abs().max())
    assert all(torch.equal(before[n], t) for n, t in network.state_dict().items())


def test_every_pair_in_a_sequence_is_folded():
    network, _ = seen("efficientnet-lite0")
    assert not any(isinstance(m, nn.BatchNorm2d) for m in fold_normalization(network).modules())


def test_a_convolution_that_is_looked_at_keeps_its_output():
    network, x = seen("vgg-11")
    folded = fold_normalization(network, but="features.0")
    with torch.no_grad():
        assert torch.equal(folded.features[0](x), network.features[0](x))
        assert isinstance(folded.features[1], nn.BatchNorm2d)
        assert isinstance(folded.features[5], nn.Identity)


def test_names_stay_but_for_what_is_now_nothing():
    network, _ = seen("small-cnn")
    names = set(layers(fold_normalization(network)))
    gone = set(layers(network)) - names
    assert names < set(layers(network))
    assert all(isinstance(network.get_submodule(name), nn.BatchNorm2d) for name in gone)


def test_statistics_of_the_batch_cannot_be_folded():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4, track_running_stats=False))
    folded = fold_normalization(network)
    x = torch.randn(5, 3, 6, 6)
    with torch.no_grad():
        assert torch.equal(folded(x), network.eval()(x))


def test_partly_frozen_networks_fold_as_well():
    network, x = seen("efficientnet-lite0")
    train_only_last(network, 1)
    with torch.no_grad():
        expected = network.eval()(x)
        assert torch.allclose(fold_normalization(network)(x), expected, rtol=1e-3, atol=1e-3)
