import pytest
import torch
from torch import nn

from learned.training.optimizer import make_optimizer


def network():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))


@pytest.mark.parametrize("name", ["adamw", "sgd"])
def test_decay_is_of_kernels_and_matrices_only(name):
    net = network()
    decayed, spared = make_optimizer(net, name, 0.1, 0.5).param_groups
    assert decayed["weight_decay"] == 0.5
    assert spared["weight_decay"] == 0.0
    assert {id(p) for p in decayed["params"]} == {id(net[0].weight), id(net[3].weight)}
    assert {id(p) for p in spared["params"]} == {
        id(p) for p in (net[0].bias, net[1].weight, net[1].bias, net[3].bias)
    }


def test_adamw_decays_apart_from_the_gradient():
    net = network()
    before = net[3].weight.detach().clone()
    optimizer = make_optimizer(net, "adamw", 0.1, 0.5)
    for parameter in net.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    assert torch.allclose(net[3].weight, before * (1 - 0.1 * 0.5))


def test_sgd_is_nesterovs():
    net = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(net.weight)
    optimizer = make_optimizer(net, "sgd", 0.1, 0.0)
    velocity, expected = 0.0, 0.0
    for gradient in (1.0, -2.0, 3.0):
        net.weight.grad = torch.full_like(net.weight, gradient)
        optimizer.step()
        velocity = 0.9 * velocity + gradient
        expected -= 0.1 * (gradient + 0.9 * velocity)
        assert net.weight.item() == pytest.approx(expected, rel=1e-5)


def test_what_is_frozen_is_left_out_and_nothing_at_all_is_an_error():
    net = network()
    for parameter in net[0].parameters():
        parameter.requires_grad_(False)
    held = [
        p for group in make_optimizer(net, "sgd", 0.1, 0.0).param_groups for p in group["params"]
    ]
    assert not any(p is net[0].weight or p is net[0].bias for p in held)
    with pytest.raises(ValueError, match="no parameter to train"):
        make_optimizer(net.requires_grad_(False), "sgd", 0.1, 0.0)


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="adamw, sgd, got 'adam'"):
        make_optimizer(network(), "adam", 0.1, 0.0)
