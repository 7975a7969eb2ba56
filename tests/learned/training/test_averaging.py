import copy

import numpy as np
import pytest
import torch
from torch import nn

from learned.networks.layers import train_only_last
from learned.training.averaging import AveragedWeights


def walk(kind, share, steps):
    """Weights 1, 2, 3, ... after each step; return the average's."""
    network = nn.Linear(1, 1, bias=False)
    nn.init.constant_(network.weight, 100.0)
    average = AveragedWeights(network, kind, share, steps)
    for step in range(steps):
        nn.init.constant_(network.weight, step + 1.0)
        average.update(step)
    return average.averaged([]).weight.item()


@pytest.mark.parametrize(("share", "steps"), [(0.1, 40), (0.5, 40), (1.0, 7), (0.01, 5)])
def test_the_exponential_average_has_its_closed_form(share, steps):
    decay = 1 - 1 / max(1, share * steps)
    powers = decay ** np.arange(steps - 1, -1, -1)
    expected = powers @ np.arange(1, steps + 1) / powers.sum()
    assert walk("exponential", share, steps) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("share", "first"), [(0.25, 31), (1.0, 1), (0.001, 40)])
def test_the_last_average_is_the_mean_of_the_last_steps(share, first):
    assert walk("last", share, 40) == pytest.approx((first + 40) / 2, rel=1e-5)


def test_before_it_begins_the_network_itself_is_scored():
    network = nn.Linear(1, 1)
    average = AveragedWeights(network, "last", 0.5, 10)
    average.update(0)
    assert average.averaged([]) is network
    assert not network.training


def normalized():
    return nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.Dropout(0.5))


def test_normalisation_gets_the_statistics_of_the_averaged_weights():
    torch.manual_seed(0)
    network = normalized()
    average = AveragedWeights(network, "exponential", 1.0, 2)
    for step in range(2):
        nn.init.normal_(network[0].weight)
        average.update(step)
    network[1].running_mean.fill_(5.0)
    batches = [torch.randn(16, 3, 4, 4) for _ in range(3)]
    scored = average.averaged(batches)
    outputs = [scored[0](batch).detach() for batch in batches]
    mean = torch.stack([y.mean(dim=(0, 2, 3)) for y in outputs]).mean(dim=0)
    var = torch.stack([y.var(dim=(0, 2, 3)) for y in outputs]).mean(dim=0)
    assert torch.allclose(scored[1].running_mean, mean, atol=1e-5)
    assert torch.allclose(scored[1].running_var, var, atol=1e-5)
    assert scored[1].momentum == 0.1
    assert not any(module.training for module in scored.modules())
    # What is trained was not touched.
    assert (network[1].running_mean == 5).all()
    assert all(module.training for module in network.modules())


def test_frozen_normalisation_keeps_its_statistics():
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))
    train_only_last(network, 1)
    network.train()
    average = AveragedWeights(network, "exponential", 1.0, 2)
    average.update(0)
    network[1].running_mean.fill_(3.0)
    scored = average.averaged([torch.randn(8, 3, 1, 1)])
    assert (scored[1].running_mean == 3).all()
    assert torch.equal(scored[0].weight, network[0].weight)


@pytest.mark.parametrize("kind", ["exponential", "last"])
def test_it_goes_on_from_its_state(kind):
    torch.manual_seed(0)
    network = nn.Linear(3, 2)
    average = AveragedWeights(network, kind, 0.5, 6)
    for step in range(6):
        nn.init.normal_(network.weight)
        average.update(step)
        if step == 3:
            saved = copy.deepcopy(average.state_dict())
            kept = [network.weight.detach().clone()]
        if step > 3:
            kept.append(network.weight.detach().clone())
    again = AveragedWeights(network, kind, 0.5, 6)
    again.load_state_dict(saved)
    for step in (4, 5):
        with torch.no_grad():
            network.weight.copy_(kept[step - 3])
        again.update(step)
    assert torch.equal(again.averaged([]).weight, average.averaged([]).weight)
