"""What holds of every network, by the name under which suites know it."""

from importlib.metadata import entry_points

import pytest
import torch
from torch import nn

from learned.activations import layer_list
from learned.networks import (
    airbench,
    alexnet,
    googlenet,
    lenet,
    mlp,
    perceptron,
    resnet,
    resnet10,
    resnet_cifar,
    small_cnn,
    vgg,
    zfnet,
)
from learned.networks.building import build_network
from learned.networks.layers import last_linear, layers
from learned.networks.size import network_size
from learned.networks.trial import try_network

NETWORKS = {
    "perceptron": perceptron.build,
    "mlp": mlp.build,
    "small-cnn": small_cnn.build,
    "lenet-5": lenet.build,
    "alexnet": alexnet.build,
    "zf-net": zfnet.build,
    "vgg-8": vgg.build_8,
    "vgg-11": vgg.build_11,
    "vgg-13": vgg.build_13,
    "vgg-16": vgg.build_16,
    "vgg-19": vgg.build_19,
    "googlenet": googlenet.build,
    "resnet-10": resnet10.build,
    "resnet-20": resnet_cifar.build_20,
    "resnet-32": resnet_cifar.build_32,
    "resnet-44": resnet_cifar.build_44,
    "resnet-56": resnet_cifar.build_56,
    "resnet-110": resnet_cifar.build_110,
    "resnet-18": resnet.build_18,
    "resnet-34": resnet.build_34,
    "resnet-50": resnet.build_50,
    "resnet-101": resnet.build_101,
    "resnet-152": resnet.build_152,
    "airbench": airbench.build,
}
# Slow even where nothing is computed.
DEEP = (resnet_cifar.build_110, resnet.build_101, resnet.build_152)
# Computed with, where values matter: one of each family, small where an option makes it so.
COMPUTED = {
    "perceptron": {},
    "mlp": {},
    "small-cnn": {"width": 8},
    "lenet-5": {},
    "alexnet": {"hidden": 16},
    "zf-net": {"hidden": 16},
    "vgg-8": {},
    "googlenet": {},
    "resnet-10": {"width": 8, "grids": {"stage3": [[2, 2]], "stage4": [[1, 1], [2, 2]]}},
    "resnet-20": {},
    "resnet-18": {},
    "airbench": {"widths": (8, 8, 8)},
}


@pytest.fixture(params=NETWORKS)
def build(request):
    return NETWORKS[request.param]


@pytest.mark.parametrize("name", NETWORKS)
def test_suites_know_it(name):
    (point,) = entry_points(group="conceptbench.networks", name=name)
    assert point.load() is NETWORKS[name]


@pytest.mark.parametrize("size", [32, 64, 96, 224])
def test_one_logit_a_concept(build, size):
    if build in DEEP and size in (64, 96):
        pytest.skip("slow; 32 and 224 pixels show it")
    with torch.device("meta"):
        network = build(3, size).eval()
        assert network(torch.zeros(2, 3, size, size)).shape == (2, 3)


def test_the_last_linear_layer_makes_the_logits(build):
    with torch.device("meta"):
        network = build(1, 32)
    name, last = [(n, m) for n, m in network.named_modules() if isinstance(m, nn.Linear)][-1]
    assert last.out_features == 1
    assert network_size(network, 32).layers[-1].name == name


def test_small_images_are_refused_or_taken(build):
    if build in (perceptron.build, mlp.build):
        assert build_network(build, 2, 1) is not None
        return
    size = 15 if build is small_cnn.build else 31
    with pytest.raises(ValueError, match=f"{size}"):
        build(2, size)


@pytest.mark.parametrize("name", COMPUTED)
def test_gradients_are_finite_and_reach_the_first_layer(name):
    torch.manual_seed(0)
    network = build_network(NETWORKS[name], 3, 32, COMPUTED[name]).train()
    x = torch.randn(4, 3, 32, 32).contiguous(memory_format=torch.channels_last)
    # As in training: no layer may lack a deterministic kernel.
    torch.use_deterministic_algorithms(True)
    try:
        logits = network(x)
        assert logits.isfinite().all()
        nn.functional.cross_entropy(logits, torch.tensor([0, 1, 2, 0])).backward()
    finally:
        torch.use_deterministic_algorithms(False)
    trained = [p for p in network.parameters() if p.requires_grad]
    assert all(p.grad.isfinite().all() for p in trained)
    assert trained[0].grad.any()


@pytest.mark.parametrize("size", [64, 96, 224])
@pytest.mark.parametrize("name", [name for name in COMPUTED if name != "vgg-8"])
def test_logits_are_finite_at_larger_sizes(name, size):
    torch.manual_seed(0)
    network = build_network(NETWORKS[name], 2, size, COMPUTED[name])
    with torch.no_grad():
        assert network(torch.randn(1, 3, size, size)).isfinite().all()


@pytest.mark.parametrize("name", COMPUTED)
def test_the_seed_determines_the_weights(name):
    def drawn(seed):
        torch.manual_seed(seed)
        return NETWORKS[name](2, 32, **COMPUTED[name]).state_dict()

    first, again, other = drawn(1), drawn(1), drawn(2)
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not all(torch.equal(first[key], other[key]) for key in first)


@pytest.mark.parametrize("name", NETWORKS)
def test_layers_are_listed_without_numbers(name):
    """At 64 pixels and without options, as `conceptbench list NAME` builds it."""
    found = []
    try_network(NETWORKS[name], 64, None, found.append)
    assert {p.device.type for p in found[0].parameters()} == {"meta"}
    names = layers(found[0])
    assert last_linear(found[0]) in names
    listed = layer_list(found[0])
    assert all(name in listed for name in names if "." not in name)
