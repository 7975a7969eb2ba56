"""What is wrong with a network is known before anything is trained."""

import numpy as np
import pytest
import torch
from torch import nn

from learned.detector import NetworkDetector
from learned.networks import lenet, mlp, resnet10, small_cnn
from learned.networks.trial import try_network
from learned.pretrained_activations import PretrainedActivations
from learned.trained_activations import TrainedActivations


def good(n_concepts, image_size):
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * image_size**2, n_concepts))


def five(n_concepts, image_size):
    return good(5, image_size)


def maps(n_concepts, image_size):
    return nn.Conv2d(3, n_concepts, 1)


def nothing(n_concepts, image_size):
    return None


def sizeless(n_concepts):
    return good(n_concepts, 32)


def needs_numbers(n_concepts, image_size):
    network = good(n_concepts, image_size)
    assert float(network[1].weight.detach().abs().sum()) > 0
    return network


def broken(n_concepts, image_size):
    return nn.Linear([][0], n_concepts)


def test_a_plugin_that_looks_at_its_weights_is_tried_with_numbers():
    found = []
    try_network(needs_numbers, 8, None, found.append)
    assert found[0][1].weight.device.type == "cpu"


def test_ours_is_tried_without():
    found = []
    try_network(resnet10.build, 64, {"width": 512}, found.append)
    assert {p.device.type for p in found[0].parameters()} == {"meta"}


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (five, r"must map \(2, 3, 8, 8\) to \(2, 3\), and gave \(2, 5\)"),
        (maps, r"and gave \(2, 3, 8, 8\)"),
        (nothing, "must return a torch.nn.Module, got NoneType"),
        (sizeless, r"must accept \(n_concepts, image_size\)"),
        (broken, r"IndexError: list index out of range \(.*test_trial.py:\d+ in broken\)"),
    ],
)
def test_plugins_that_do_not_fit(build, message):
    with pytest.raises(ValueError, match=message):
        NetworkDetector(build, image_size=8).check_network()


def test_random_numbers_go_on_as_if_nothing_had_been_tried():
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    NetworkDetector(good, image_size=8).check_network()
    assert torch.equal(torch.rand(4), expected)


@pytest.mark.parametrize(
    ("build", "options", "message"),
    [
        (resnet10.build, {"width": -3}, "width must be a whole number from 1 up, got -3"),
        (resnet10.build, {"width": "32"}, "width must be a whole number from 1 up, got '32'"),
        (resnet10.build, {"dropout": 2}, "dropout must be a number from 0 up, below 1, got 2"),
        (small_cnn.build, {"width": 0}, "width must be"),
        (small_cnn.build, {"dropout": 1.0}, "dropout must be"),
        (mlp.build, {"hidden": 128}, "hidden must be a list of whole numbers"),
    ],
)
def test_options_of_ours_are_named(build, options, message):
    with pytest.raises(ValueError, match=message):
        NetworkDetector(build, options, image_size=64).check_network()


class Unread:
    """Weights that must not be read yet."""

    mean = deviation = np.zeros(3, np.float32)

    def load(self, network):
        raise AssertionError("weights were read")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer": "stage99"}, "no layer 'stage99'"),
        ({"layer": "stage1", "grids": [[99, 99]]}, "too few for a grid of 99x99"),
    ],
)
def test_layers_that_descriptors_ask_for(options, message):
    for made in (
        PretrainedActivations(small_cnn.build, Unread(), image_size=64, **options),
        TrainedActivations(NetworkDetector(small_cnn.build, image_size=64), **options),
    ):
        made.check()
        with pytest.raises(ValueError, match=message):
            made.check_network()


def test_sizes_that_a_pretrained_network_does_not_take():
    with pytest.raises(ValueError, match="7 pixels are under 16"):
        PretrainedActivations(small_cnn.build, Unread(), image_size=7).check_network()


def test_layers_that_there_are():
    PretrainedActivations(lenet.build, Unread(), image_size=32).check_network()
    detector = NetworkDetector(small_cnn.build, image_size=64)
    TrainedActivations(detector, layer="stage2", grids=[[2, 2]]).check_network()
