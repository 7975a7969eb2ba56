import pytest
import torch
from torch.nn import functional

from learned.networks import lenet
from learned.networks.lenet import CONNECTIONS, ScaledTanh, TableConvolution
from learned.networks.size import network_size

# Trainable parameters of each layer in the paper, whose input has one plane.
PAPER = {"c1": 156, "s2": 12, "c3": 1516, "s4": 32, "c5": 48120, "f6": 10164}


def test_parameters_are_the_papers():
    network = lenet.build(10, 32)
    ours = {
        name: sum(p.numel() for p in module.parameters())
        for name, module in network.named_children()
    }
    assert ours.pop("c1") == PAPER["c1"] + 2 * 6 * 25
    assert {name: ours[name] for name in PAPER if name != "c1"} == {
        name: n for name, n in PAPER.items() if name != "c1"
    }
    assert sum(PAPER.values()) == 60000
    assert network_size(network, 32).parameters == 60000 + 2 * 6 * 25 + 10 * 85


def test_maps_are_the_papers():
    shapes = {layer.name: layer.output for layer in network_size(lenet.build(10, 32), 32).layers}
    assert shapes == {
        "c1": (6, 28, 28),
        "c3": (16, 10, 10),
        "c5": (120, 1, 1),
        "f6": (84,),
        "head": (10,),
    }


@pytest.mark.parametrize("size", [32, 33, 64, 97, 224])
def test_weights_do_not_depend_on_the_size(size):
    network = lenet.build(2, size)
    network.load_state_dict(lenet.build(2, 32).state_dict())
    assert network(torch.randn(2, 3, size, size)).shape == (2, 2)


def test_at_32_pixels_s4_halves_the_side():
    s4 = lenet.build(2, 32).s4
    x = torch.randn(2, 16, 10, 10)
    assert torch.allclose(s4(x), functional.avg_pool2d(x, 2), atol=1e-6)


def test_the_squashing_function_is_one_at_one():
    x = torch.tensor([-1.0, 0.0, 1.0, 50.0])
    assert torch.allclose(ScaledTanh()(x), torch.tensor([-1.0, 0.0, 1.0, 1.7159]), atol=1e-4)


def test_the_table_is_a_convolution_whose_other_kernels_are_zero():
    layer = TableConvolution(6, CONNECTIONS, 5)
    torch.nn.init.normal_(layer.weight)
    x = torch.randn(2, 6, 9, 9, requires_grad=True)
    dense = torch.zeros(16, 6, 5, 5)
    rows = iter(layer.weight.detach())
    for output, seen in enumerate(CONNECTIONS):
        for i in seen:
            dense[output, i] = next(rows)
    assert next(rows, None) is None
    dense.requires_grad_()
    ours, reference = layer(x), functional.conv2d(x, dense, layer.bias)
    assert torch.allclose(ours, reference, atol=1e-5)
    weights = torch.randn_like(ours)
    (gradient,) = torch.autograd.grad((ours * weights).sum(), layer.weight)
    (expected,) = torch.autograd.grad((reference * weights).sum(), dense)
    expected = torch.cat([expected[o, list(seen)] for o, seen in enumerate(CONNECTIONS)])
    assert torch.allclose(gradient, expected, atol=1e-4)


def test_every_map_of_s2_is_seen_equally_often():
    counts = [sum(i in seen for seen in CONNECTIONS) for i in range(6)]
    assert counts == [10] * 6
