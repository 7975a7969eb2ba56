import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from learned.explicit.activation import ACTIVATIONS, Identity, Sigmoid

REFERENCES = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value_and_both_derivatives_are_torchs(name, values):
    activation, a = ACTIVATIONS[name], values(60)
    x = torch.from_numpy(a).requires_grad_()
    y = REFERENCES[name](x)
    (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    ours = activation.value(a)
    assert ours == pytest.approx(y.detach().numpy(), rel=1e-12)
    assert activation.derivative(ours) == pytest.approx(first.detach().numpy(), rel=1e-12)
    if name == "relu":
        assert (activation.second_derivative(ours) == 0).all()
    else:
        (second,) = torch.autograd.grad(first.sum(), x)
        assert activation.second_derivative(ours) == pytest.approx(second.numpy(), rel=1e-9)


def test_identity_is_straight():
    a = np.array([-3.0, 0.0, 5.0])
    assert Identity().value(a) is a
    assert (Identity().derivative(a) == 1).all()
    assert (Identity().second_derivative(a) == 0).all()


def test_relu_stands_still_at_zero():
    assert ACTIVATIONS["relu"].derivative(np.zeros(1)) == 0


@given(st.floats(-1e4, 1e4))
def test_the_sigmoid_rises_from_0_to_1_and_never_overflows(a):
    with np.errstate(over="raise", invalid="raise"):
        low, high = Sigmoid().value(np.array([a, a + 1]))
        mirrored = Sigmoid().value(np.array([-a]))[0]
    assert 0 <= low <= high <= 1
    assert low + mirrored == pytest.approx(1, abs=1e-15)


def test_the_sigmoid_keeps_its_digits_far_out():
    assert Sigmoid().value(np.array([-700.0]))[0] == pytest.approx(np.exp(-700.0), rel=1e-12)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_float32_stays_float32(name):
    a = np.array([-1.0, 0.5], np.float32)
    activation = ACTIVATIONS[name]
    y = activation.value(a)
    for result in (y, activation.derivative(y), activation.second_derivative(y)):
        assert result.dtype == np.float32


@pytest.mark.parametrize(("name", "size"), [("relu", 1.0), ("tanh", 0.4), ("sigmoid", 0.2)])
def test_the_gain_keeps_a_signal_alive_through_ten_layers(name, size):
    from learned.explicit.initialization import scaled_normal

    rng = np.random.default_rng(0)
    activation, x = ACTIVATIONS[name], rng.standard_normal((50, 200))
    for _ in range(10):
        weights = scaled_normal((200, 200), 200, activation.gain, rng, np.float64)
        x = activation.value(x @ weights.T)
    assert np.sqrt((x**2).mean()) > 0.5 * size
