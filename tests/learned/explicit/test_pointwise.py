import numpy as np
import pytest
import torch

from learned.explicit.activation import ACTIVATIONS, Identity, Tanh
from learned.explicit.pointwise import Pointwise

REFERENCES = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}


@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 2, 4)])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivatives_are_those_of_torch_and_of_finite_differences(name, shape, values, agrees):
    module = Pointwise(ACTIVATIONS[name], biases=3)
    # Multiples of the distance of the values, which keep the kink at zero out of reach.
    module.parameters["bias"][:] = np.array([-3, 0, 5]) * 4 / np.prod(shape)

    def reference(x, bias):
        return REFERENCES[name](x + bias.reshape(-1, *(1,) * (x.ndim - 2)))

    agrees(module, values(*shape), reference)


def test_without_biases_nothing_is_learned(values, agrees):
    module = Pointwise(Tanh())
    assert module.parameters == {}
    agrees(module, values(3, 4), lambda x: torch.tanh(x))


def test_the_identity_adds_a_bias():
    module = Pointwise(Identity(), biases=2)
    module.parameters["bias"][:] = [1.0, -1.0]
    x = np.zeros((1, 2))
    assert module.forward(x).tolist() == [[1, -1]]
    assert (x == 0).all()


def test_without_the_gauss_newton_term_curvature_may_be_negative():
    module = Pointwise(Tanh())
    module.forward(np.array([[1.0]]))
    module.backward(np.array([[5.0]]))
    assert module.backward_second(np.array([[1.0]]))[0, 0] > 0
    assert module.backward_second(np.array([[1.0]]), gauss_newton=False)[0, 0] < 0


def test_units_that_do_not_match_are_refused():
    module = Pointwise(Identity(), biases=3)
    for shape in ((2, 4), (3,)):
        with pytest.raises(ValueError, match=r"takes \(n, 3, \.\.\.\), got"):
            module.forward(np.zeros(shape))
