import pytest
import torch
from torch import nn

from learned.networks.size import network_size


def small():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Conv2d(8, 4, 5, groups=2, bias=False),
        nn.Flatten(),
        nn.Linear(4 * 4 * 4, 7),
    )


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_closed_forms_of_a_small_network(device):
    size = network_size(small().to(device), 16)
    first, second, last = size.layers
    assert (first.name, first.kind, first.output) == ("0", "Conv2d", (8, 8, 8))
    assert first.parameters == 27 * 8 + 8
    assert first.multiply_adds == 8 * 8 * 27 * 8
    assert (second.output, second.units) == ((4, 4, 4), 64)
    assert second.parameters == 25 * 4 * 4
    assert second.multiply_adds == 16 * 25 * 4 * 4
    assert (last.output, last.parameters, last.multiply_adds) == ((7,), 65 * 7, 64 * 7)
    assert size.parameters == 27 * 8 + 8 + 16 + 25 * 16 + 65 * 7
    assert size.units == 512 + 64 + 7
    assert size.multiply_adds == sum(layer.multiply_adds for layer in size.layers)


def test_a_layer_run_twice_works_twice():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 1)

        def forward(self, x):
            return self.conv(self.conv(x))

    size = network_size(Twice(), 5)
    (layer,) = size.layers
    assert layer.multiply_adds == size.multiply_adds == 2 * 25 * 9
    assert layer.parameters == size.parameters == 12


def test_layers_are_in_order_of_execution_whatever_their_class():
    class Backwards(nn.Module):
        def __init__(self):
            super().__init__()
            self.head = nn.Linear(4, 2)
            self.attention = nn.MultiheadAttention(4, 1, batch_first=True)
            self.first = nn.Conv2d(3, 4, 1)

        def forward(self, x):
            rows = self.first(x).flatten(2).transpose(1, 2)
            return self.head(self.attention(rows, rows, rows, need_weights=False)[0].mean(1))

    names = [layer.name for layer in network_size(Backwards(), 3).layers]
    assert names == ["first", "attention", "head"]


def test_the_network_is_left_as_it_was():
    network = small().train()
    network[1].eval()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    network_size(network, 16)
    assert network.training
    assert not network[1].training
    assert all(torch.equal(before[name], t) for name, t in network.state_dict().items())
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in network.modules())


def test_hooks_and_modes_are_put_back_after_a_failure():
    network = small().train()
    with pytest.raises(RuntimeError):
        network_size(network, 32)
    assert network.training
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in network.modules())
