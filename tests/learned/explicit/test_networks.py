import numpy as np
import pytest

from learned.explicit.activation import ReLU, Tanh
from learned.explicit.feed_forward import FeedForward
from learned.explicit.networks import convolutional, dense


def size(network):
    return sum(parameter.size for parameter in network.parameters.values())


@pytest.mark.parametrize(("hidden", "expected"), [((), 7 * 3), ((5,), 7 * 5 + 6 * 3)])
def test_a_dense_network_has_the_weights_and_biases_of_its_neurons(hidden, expected):
    network = FeedForward(dense(6, hidden, 3, ReLU(), np.random.default_rng(0)))
    assert size(network) == expected
    assert network.forward(np.zeros((2, 6))).shape == (2, 3)


@pytest.mark.parametrize("pooling", ["max", "average"])
def test_the_convolutional_network_at_32_pixels_has_the_sizes_of_lenet_5(pooling):
    rng = np.random.default_rng(0)
    layers = convolutional(32, (6, 16), (120, 84), 10, Tanh(), pooling, rng, np.float32)
    x, shapes = np.zeros((2, 3, 32, 32), np.float32), []
    for layer in layers:
        x = layer.forward(x)
        shapes.append(x.shape[1:])
    assert shapes[0] == (6, 28, 28)
    assert shapes[2] == (6, 14, 14)
    assert shapes[3] == (16, 10, 10)
    assert shapes[5] == (16, 5, 5)
    assert x.shape == (2, 10)
    assert x.dtype == np.float32
    # C1 on three channels, C3 with all its connections, then F5, F6 and the output.
    expected = (6 * 76) + (16 * 151) + (120 * 401) + (84 * 121) + (10 * 85)
    assert size(FeedForward(layers)) == expected


def test_images_too_small_for_the_convolutions_are_refused():
    rng = np.random.default_rng(0)
    convolutional(16, (2, 2), (), 1, ReLU(), "max", rng)
    with pytest.raises(ValueError, match="2 convolutions do not fit in images of 15 pixels"):
        convolutional(15, (2, 2), (), 1, ReLU(), "max", rng)
