import copy

import pytest
import torch
import torchvision
from torch import nn

from learned.networks import alexnet, efficientnet_lite, googlenet, resnet, resnet_cifar, vgg
from learned.networks.layers import last_linear, layers, train_only_last

NETWORKS = {
    "alexnet": lambda: alexnet.build(5, 64, hidden=16),
    "vgg-11": lambda: vgg.build_11(5, 32, batch_norm=True),
    "googlenet": lambda: googlenet.build(5, 64),
    "resnet-18": lambda: resnet.build_18(5, 64),
    "resnet-50": lambda: resnet.build_50(5, 64),
    "resnet-20": lambda: resnet_cifar.build_20(5, 64),
    "efficientnet-lite0": lambda: efficientnet_lite.build(5, 64),
    "torchvision mobilenet": lambda: torchvision.models.mobilenet_v3_small(num_classes=5),
    "torchvision densenet": lambda: torchvision.models.densenet121(num_classes=5),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_order_is_that_of_execution(name):
    network = NETWORKS[name]().eval()
    size = 32 if name == "vgg-11" else 64
    done = []
    for layer, module in layers(network).items():
        assert network.get_submodule(layer) is module
        module.register_forward_hook(lambda *_, layer=layer: done.append(layer))
    with torch.no_grad():
        network(torch.zeros(1, 3, size, size))
    assert done == list(layers(network))


def test_readable_names_and_no_shared_activation():
    names = list(layers(torchvision.models.resnet18()))
    assert names[:5] == ["conv1", "bn1", "maxpool", "layer1.0.conv1", "layer1.0.bn1"]
    assert names[-2:] == ["avgpool", "fc"]
    assert not any(name.endswith("relu") for name in names)
    assert "features.1" in layers(torchvision.models.alexnet())  # its place is certain


def test_dropout_and_containers_are_no_layers():
    network = nn.Sequential(nn.Linear(4, 4), nn.Dropout(), nn.Identity(), nn.ReLU())
    network.add_module("unused", nn.ModuleList([nn.Linear(2, 2)]))
    assert list(layers(network)) == ["0", "3", "unused.0"]


def test_the_last_linear_layer_makes_the_logits():
    assert last_linear(torchvision.models.resnet18()) == "fc"
    assert last_linear(torchvision.models.alexnet()) == "classifier.6"
    with pytest.raises(ValueError, match="no linear layer"):
        last_linear(nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten()))


def small():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, bias=False),
        nn.BatchNorm2d(4),
        nn.PReLU(4),
        nn.Conv2d(4, 6, 3, bias=False),
        nn.BatchNorm2d(6, affine=False),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(6, 2),
    )


@pytest.mark.parametrize(
    ("n", "kept"), [(1, ["8"]), (2, ["3", "4", "8"]), (3, ["0", "1", "2", "3", "4", "8"])]
)
def test_exactly_the_last_layers_get_gradients(n, kept):
    network = small()
    assert train_only_last(network, n) == kept
    network(torch.randn(4, 3, 9, 9)).sum().backward()
    assert {name.split(".")[0] for name, p in network.named_parameters() if p.grad is not None} == {
        name for name in kept if name != "4"
    }


@pytest.mark.parametrize(("n", "frozen"), [(1, ["1", "4"]), (2, ["1"]), (3, [])])
def test_a_step_of_training_leaves_frozen_layers_as_they_were(n, frozen):
    torch.manual_seed(0)
    network = small()
    train_only_last(network, n)
    before = copy.deepcopy(network.state_dict())
    network.train()
    optimizer = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=0.1)
    network(5 + 3 * torch.randn(4, 3, 9, 9)).square().sum().backward()
    optimizer.step()
    for name in ("1", "4"):
        statistics = [f"{name}.running_mean", f"{name}.running_var", f"{name}.num_batches_tracked"]
        moved = [not torch.equal(before[key], network.state_dict()[key]) for key in statistics]
        assert moved == [name not in frozen] * 3
        assert network.get_submodule(name).training == (name not in frozen)
    assert not torch.equal(before["8.weight"], network[8].weight)
    assert torch.equal(before["0.weight"], network[0].weight) == (n < 3)


def test_frozen_normalization_uses_its_statistics_in_training_too():
    torch.manual_seed(0)
    network = small()
    x = 5 + torch.randn(4, 3, 9, 9)
    network.eval()
    expected = network(x)
    train_only_last(network, 1)
    assert torch.equal(network.train()(x), expected)
    # A copy, as averaged weights make one, is its own.
    twin = copy.deepcopy(network).train()
    assert not twin[1].training
    assert twin[1].train.__self__ is twin[1]


def test_a_block_of_a_residual_network_counts_its_convolutions():
    network = torchvision.models.resnet18()
    kept = train_only_last(network, 3)
    assert kept == ["layer4.1.conv1", "layer4.1.bn1", "layer4.1.conv2", "layer4.1.bn2", "fc"]
    # 17 convolutions, 3 projections of shortcuts, 1 linear layer.
    train_only_last(torchvision.models.resnet18(), 21)
    with pytest.raises(ValueError, match="from 1 to 21"):
        train_only_last(network, 22)


@pytest.mark.parametrize("n", [0, -1, 4])
def test_a_wrong_number_says_how_many_there_are(n):
    with pytest.raises(ValueError, match=f"trainable_layers must be from 1 to 3, .* got {n}"):
        train_only_last(small(), n)


def test_a_normalization_of_the_pixels_counts_with_the_first_layer():
    network = nn.Sequential(nn.BatchNorm2d(3), nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4, 2))
    assert train_only_last(network, 2) == ["0", "1", "3"]
