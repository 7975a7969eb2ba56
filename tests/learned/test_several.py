import torch
from torch import nn

from learned.several import Ensemble, SideBySide


def test_each_logit_is_that_of_its_own_network():
    networks = [
        nn.Sequential(nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(12, 1)) for _ in range(3)
    ]
    x = torch.randn(5, 3, 2, 2)
    expected = torch.cat([network(x.clone()) for network in networks], dim=1)
    assert torch.equal(SideBySide(networks)(x.clone()), expected)


def test_states_of_the_networks_are_the_state_of_all():
    networks = [nn.Linear(2, 1) for _ in range(2)]
    together = SideBySide([nn.Linear(2, 1) for _ in range(2)])
    together.load_state_dict(SideBySide.state([network.state_dict() for network in networks]))
    for mine, theirs in zip(together.networks, networks):
        assert torch.equal(mine.weight, theirs.weight)


def test_an_ensemble_multiplies_probabilities():
    networks = [nn.Sequential(nn.Flatten(), nn.Linear(12, 4)) for _ in range(3)]
    x = torch.randn(5, 3, 2, 2)
    shares = torch.stack([network(x).softmax(dim=1) for network in networks])
    product = shares.prod(dim=0) ** (1 / 3)
    torch.testing.assert_close(
        Ensemble(networks)(x).softmax(dim=1), product / product.sum(dim=1, keepdim=True)
    )
