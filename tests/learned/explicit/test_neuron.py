import numpy as np
import pytest
import torch

from learned.explicit.activation import ACTIVATIONS, Identity, Sigmoid
from learned.explicit.feed_forward import FeedForward
from learned.explicit.linear import Linear
from learned.explicit.neuron import FormalNeuron
from learned.explicit.pointwise import Pointwise

REFERENCES = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivatives_are_those_of_torch_and_of_finite_differences(name, values, agrees):
    neuron = FormalNeuron(4, ACTIVATIONS[name], np.random.default_rng(1))
    neuron.parameters["bias"][:] = 0.3

    def reference(x, weights, bias):
        return REFERENCES[name](x @ weights + bias)[:, None]

    agrees(neuron, values(5, 4), reference)


def test_by_hand():
    neuron = FormalNeuron(2, Identity(), np.random.default_rng(0))
    neuron.parameters["weights"][:] = [2.0, -1.0]
    neuron.parameters["bias"][:] = 0.5
    assert neuron.forward(np.array([[1.0, 3.0]])) == pytest.approx(np.array([[-0.5]]))
    assert neuron.backward(np.array([[10.0]])) == pytest.approx(np.array([[20.0, -10.0]]))
    assert neuron.gradients["weights"] == pytest.approx([10, 30])
    assert neuron.gradients["bias"] == pytest.approx([10])
    assert neuron.backward_second(np.array([[1.0]])) == pytest.approx(np.array([[4.0, 1.0]]))
    assert neuron.second_derivatives["weights"] == pytest.approx([1, 9])


def test_a_neuron_is_a_linear_and_a_pointwise_module_of_one_output(values):
    neuron = FormalNeuron(3, Sigmoid(), np.random.default_rng(2))
    pair = FeedForward([Linear(3, 1, np.random.default_rng(2)), Pointwise(Sigmoid(), biases=1)])
    x, g = values(6, 3), values(6, 1, seed=1)
    assert neuron.forward(x) == pytest.approx(pair.forward(x), rel=1e-12)
    assert neuron.backward(g) == pytest.approx(pair.backward(g), rel=1e-12)
    for exact in (False, True):
        assert neuron.backward_second(g, exact) == pytest.approx(pair.backward_second(g, exact))
    assert neuron.gradients["weights"] == pytest.approx(pair.gradients["0.weights"][0])
    assert neuron.second_derivatives["bias"] == pytest.approx(pair.second_derivatives["1.bias"])


def test_one_neuron_learns_what_a_line_parts_and_not_the_exclusive_or():
    from learned.explicit.losses import BinaryCrossEntropy
    from learned.explicit.training import train

    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    for targets, right in (([0, 1, 1, 1], 4), ([0, 0, 0, 1], 4), ([0, 1, 1, 0], None)):
        neuron = FormalNeuron(2, Identity(), np.random.default_rng(0))
        t = np.array(targets, np.int8)[:, None]
        train(
            neuron,
            BinaryCrossEntropy(),
            X,
            t,
            epochs=200,
            batch_size=4,
            learning_rate=2.0,
            generator=np.random.default_rng(0),
        )
        correct = ((neuron.forward(X) > 0) == t).sum()
        assert correct == right if right else correct < 4


def test_inputs_of_a_wrong_shape_are_refused():
    neuron = FormalNeuron(3, Identity(), np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"takes \(n, 3\), got \(2, 4\)"):
        neuron.forward(np.zeros((2, 4)))
