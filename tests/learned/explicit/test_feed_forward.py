import pickle
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional

from learned.explicit.activation import Sigmoid, Tanh
from learned.explicit.convolution import Convolution
from learned.explicit.feed_forward import FeedForward
from learned.explicit.flatten import Flatten
from learned.explicit.linear import Linear
from learned.explicit.losses import BinaryCrossEntropy, SoftmaxCrossEntropy, SquaredError
from learned.explicit.pointwise import Pointwise
from learned.explicit.pooling import AveragePooling, MaxPooling


def mlp(*sizes, seed=0):
    rng = np.random.default_rng(seed)
    layers = []
    for inputs, outputs in pairwise(sizes):
        layers += [Linear(inputs, outputs, rng), Pointwise(Tanh(), outputs)]
    network = FeedForward([*layers[:-1], Pointwise(Sigmoid(), sizes[-1])])
    for name, parameter in network.parameters.items():
        if name.endswith("bias"):
            parameter[:] = 0.2 * rng.standard_normal(parameter.shape)
    return network


def mlp_in_torch(x, *parameters, scores=False):
    for weights, bias in zip(parameters[:-2:2], parameters[1:-2:2]):
        x = torch.tanh(x @ weights.T + bias)
    x = x @ parameters[-2].T + parameters[-1]
    return x if scores else torch.sigmoid(x)


def test_a_network_differentiates_as_in_torch(values):
    network = FeedForward(
        [
            Convolution(2, 3, 3, np.random.default_rng(0), padding=1),
            Pointwise(Tanh(), 3),
            MaxPooling(2),
            Convolution(3, 2, 2, np.random.default_rng(1)),
            Pointwise(Sigmoid(), 2),
            AveragePooling(2, 1),
            Flatten(),
            Linear(2, 4, np.random.default_rng(2)),
        ]
    )
    x = values(3, 2, 6, 6)
    tensors = [torch.from_numpy(a).requires_grad_() for a in (x, *network.parameters.values())]
    a, w0, b0, w1, b1, w2 = tensors
    y = functional.max_pool2d(
        torch.tanh(functional.conv2d(a, w0, padding=1) + b0[:, None, None]), 2
    )
    y = functional.avg_pool2d(torch.sigmoid(functional.conv2d(y, w1) + b1[:, None, None]), 2, 1)
    y = y.flatten(1) @ w2.T
    assert network.forward(x) == pytest.approx(y.detach().numpy(), rel=1e-9)
    g = values(3, 4, seed=1)
    exact = torch.autograd.grad(y, tensors, torch.from_numpy(g))
    ours = [network.backward(g), *network.gradients.values()]
    for mine, reference in zip(ours, exact):
        assert np.abs(mine - reference.numpy()).max() <= 1e-9 * reference.abs().max()


def diagonals(network, x, t, loss, gauss_newton):
    y = network.forward(x)
    network.backward(loss.gradient(y, t))
    network.clear_second_derivatives()
    at_input = network.backward_second(loss.second_derivative(y, t), gauss_newton)
    return [at_input, *network.second_derivatives.values()]


def relative_error(ours, exact):
    return np.abs(ours - exact).max() / np.abs(exact).max()


def squared(t):
    return lambda y: ((y - torch.from_numpy(t)) ** 2).sum() / 2 / len(t)


T = np.array([[1, 0], [0, 0], [0, 1]], np.int8)


def test_second_derivatives_are_exact_for_all_parameters_of_one_hidden_layer(
    values, hessian_diagonals
):
    network, x = mlp(4, 3, 2), values(3, 4)
    ours = diagonals(network, x, T, SquaredError(), gauss_newton=False)
    exact = hessian_diagonals(network, x, mlp_in_torch, squared(T))
    for mine, reference in zip(ours[1:], exact[1:]):
        assert relative_error(mine, reference) < 1e-9
    # An input acts on all hidden units, whose second derivatives are not diagonal.
    assert relative_error(ours[0], exact[0]) > 0.01


def test_second_derivatives_are_estimates_below_the_last_hidden_layer(values, hessian_diagonals):
    network, x = mlp(4, 5, 3, 2), values(3, 4)
    ours = diagonals(network, x, T, SquaredError(), gauss_newton=False)
    exact = hessian_diagonals(network, x, mlp_in_torch, squared(T))
    lower, upper = slice(1, 3), slice(3, None)
    for mine, reference in zip(ours[upper], exact[upper]):
        assert relative_error(mine, reference) < 1e-9
    for mine, reference in zip(ours[lower], exact[lower]):
        assert relative_error(mine, reference) > 0.01


def test_the_gauss_newton_estimate_is_never_negative_where_the_exact_value_is(
    values, hessian_diagonals
):
    network, x = mlp(4, 3, 2), values(3, 4)
    ours = diagonals(network, x, T, SquaredError(), gauss_newton=True)
    exact = hessian_diagonals(network, x, mlp_in_torch, squared(T))
    assert min(value.min() for value in exact) < 0
    assert min(value.min() for value in ours) >= 0


def test_under_a_softmax_only_the_last_layer_is_exact(values, hessian_diagonals):
    network, x = FeedForward(mlp(4, 3, 2).modules[:-1]), values(3, 4)
    t = np.array([[1, 0], [0, 1], [1, 0]], np.int8)

    def scores(x, w0, b0, w1):
        return mlp_in_torch(x, w0, b0, w1, torch.zeros(2, dtype=torch.float64), scores=True)

    def error(y):
        return functional.cross_entropy(y, torch.from_numpy(t.argmax(axis=1)))

    ours = diagonals(network, x, t, SoftmaxCrossEntropy(), gauss_newton=False)
    exact = hessian_diagonals(network, x, scores, error)
    assert relative_error(ours[3], exact[3]) < 1e-9
    assert relative_error(ours[1], exact[1]) > 0.01


def test_a_perceptron_is_exact_gauss_newton_or_not(values, hessian_diagonals):
    network, x = FeedForward(mlp(4, 2).modules[:-1]), values(3, 4)
    t = np.array([[1, 0], [-1, 1], [0, 0]], np.int8)

    def error(y):
        entries = functional.binary_cross_entropy_with_logits(
            y, torch.from_numpy(t).double().clamp(min=0), reduction="none"
        )
        return (entries * torch.from_numpy(t >= 0)).sum() / 3

    exact = hessian_diagonals(network, x, lambda x, w: x @ w.T, error)
    for gauss_newton in (True, False):
        ours = diagonals(network, x, t, BinaryCrossEntropy(), gauss_newton)
        for mine, reference in zip(ours, exact):
            assert relative_error(mine, reference) < 1e-9


def test_shared_weights_are_exact_in_the_last_convolution_only(values, hessian_diagonals):
    rng = np.random.default_rng(0)
    network = FeedForward([Convolution(1, 2, 2, rng), Convolution(2, 1, 2, rng), Flatten()])
    x, t = values(2, 1, 4, 4), np.ones((2, 4), np.int8)

    def reference(x, w0, w1):
        return functional.conv2d(functional.conv2d(x, w0), w1).flatten(1)

    ours = diagonals(network, x, t, SquaredError(), gauss_newton=False)
    exact = hessian_diagonals(network, x, reference, squared(t))
    assert relative_error(ours[2], exact[2]) < 1e-9
    assert relative_error(ours[1], exact[1]) > 0.01


def test_parameters_are_the_modules_own_also_after_pickling(values):
    network = FeedForward([FeedForward([Linear(3, 2, np.random.default_rng(0))]), Flatten()])
    for made in (network, pickle.loads(pickle.dumps(network))):
        assert list(made.parameters) == ["0.0.weights"]
        made.parameters["0.0.weights"] += 1
        inner = made.modules[0].modules[0]
        assert np.shares_memory(inner.parameters["weights"], made.parameters["0.0.weights"])
        made.forward(values(2, 3))
        made.backward(np.ones((2, 2)))
        assert np.array_equal(inner.gradients["weights"], made.gradients["0.0.weights"])
        made.clear_gradients()
        assert not inner.gradients["weights"].any()


def test_a_wrong_order_of_modules_is_told_by_the_module_it_hits():
    network = FeedForward([Linear(3, 2, np.random.default_rng(0)), MaxPooling(2)])
    with pytest.raises(ValueError, match="pooling takes"):
        network.forward(np.zeros((1, 3)))
