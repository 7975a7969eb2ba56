import pytest
import torch
from torch import nn

from learned.networks import mlp


@pytest.mark.parametrize(
    ("hidden", "parameters"),
    [
        ((7,), (3 * 16**2 + 1) * 7 + (7 + 1) * 5),
        ([7, 4], (3 * 16**2 + 1) * 7 + (7 + 1) * 4 + (4 + 1) * 5),
    ],
)
def test_layers_and_parameters(hidden, parameters):
    network = mlp.build(5, 16, hidden=hidden)
    assert sum(p.numel() for p in network.parameters()) == parameters
    assert network(torch.zeros(2, 3, 16, 16)).shape == (2, 5)


def test_one_hidden_layer_of_256_by_default():
    layers = [m for m in mlp.build(5, 8).modules() if isinstance(m, nn.Linear)]
    assert [layer.out_features for layer in layers] == [256, 5]


def test_dropout_follows_every_hidden_layer():
    network = mlp.build(2, 8, hidden=(6, 5), dropout=0.5)
    assert [type(layer) for layer in network[1:-1]] == [nn.Linear, nn.ReLU, nn.Dropout] * 2


def test_no_hidden_layer_is_the_perceptron():
    with pytest.raises(ValueError, match="the perceptron"):
        mlp.build(2, 8, hidden=())
