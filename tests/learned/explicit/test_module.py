import copy
import pickle

import numpy as np
import pytest

from learned.explicit.activation import Identity, Sigmoid
from learned.explicit.convolution import Convolution
from learned.explicit.feed_forward import FeedForward
from learned.explicit.flatten import Flatten
from learned.explicit.linear import Linear
from learned.explicit.neuron import FormalNeuron
from learned.explicit.pointwise import Pointwise
from learned.explicit.pooling import AveragePooling, MaxPooling
from learned.explicit.softmax import Softmax
from learned.explicit.standardization import Standardization

RNG = np.random.default_rng(0)
MODULES = {
    "neuron": (FormalNeuron(3, Sigmoid(), RNG), (2, 3)),
    "linear": (Linear(3, 2, RNG), (2, 3)),
    "pointwise": (Pointwise(Identity(), 3), (2, 3)),
    "convolution": (Convolution(1, 2, 3, RNG), (2, 1, 4, 4)),
    "max": (MaxPooling(2), (2, 1, 4, 4)),
    "average": (AveragePooling(2), (2, 1, 4, 4)),
    "softmax": (Softmax(), (2, 3)),
    "flatten": (Flatten(), (2, 3, 2)),
    "standardization": (Standardization(np.zeros(3), np.ones(3)), (2, 4, 4, 3)),
}


@pytest.fixture(params=MODULES)
def module_and_shape(request):
    module, shape = MODULES[request.param]
    return copy.deepcopy(module), shape


def test_backward_without_forward_is_an_error_that_says_so(module_and_shape):
    module, _ = module_and_shape
    for call in (module.backward, module.backward_second):
        with pytest.raises(RuntimeError, match=f"{type(module).__name__}: call forward before"):
            call(np.ones((2, 3)))


def test_derivatives_add_up_until_they_are_cleared(module_and_shape, values):
    module, shape = module_and_shape
    y = module.forward(values(*shape))
    module.backward(y)
    module.backward_second(y)
    once = {name: value.copy() for name, value in module.gradients.items()}
    twice_differentiated = {name: v.copy() for name, v in module.second_derivatives.items()}
    module.backward(y)
    module.backward_second(y)
    for name in module.parameters:
        assert np.any(once[name])
        assert module.gradients[name] == pytest.approx(2 * once[name])
        assert module.second_derivatives[name] == pytest.approx(2 * twice_differentiated[name])
    module.clear_gradients()
    assert not any(np.any(value) for value in module.gradients.values())
    assert all(np.any(value) for value in module.second_derivatives.values())
    module.clear_second_derivatives()
    assert not any(np.any(value) for value in module.second_derivatives.values())


@pytest.mark.parametrize("name", ["neuron", "pointwise", "softmax"])
def test_the_whole_second_derivative_needs_a_gradient_of_the_same_sample(name, values):
    module, shape = copy.deepcopy(MODULES[name])
    y = module.forward(values(*shape))
    with pytest.raises(RuntimeError, match="call backward before backward_second"):
        module.backward_second(y, gauss_newton=False)
    module.backward(y)
    module.backward_second(y, gauss_newton=False)
    module.forward(values(*shape))
    with pytest.raises(RuntimeError, match="call backward before backward_second"):
        module.backward_second(y, gauss_newton=False)


def test_a_pickle_is_parameters_and_nothing_that_training_left(module_and_shape, values):
    module, shape = module_and_shape
    x = np.repeat(values(*shape), 500, axis=0)
    y = module.forward(x)
    module.backward(y)
    content = pickle.dumps(module)
    assert len(content) < 1500
    again = pickle.loads(content)
    assert np.array_equal(again.forward(x), y)
    again.backward(y)
    for name, value in module.gradients.items():
        assert np.array_equal(again.gradients[name], value)


def test_float32_parameters_keep_float32():
    rng = np.random.default_rng(0)
    network = FeedForward(
        [
            Convolution(1, 2, 3, rng, dtype=np.float32),
            Pointwise(Sigmoid(), 2, np.float32),
            MaxPooling(2),
            AveragePooling(1),
            Flatten(),
            Linear(2, 3, rng, dtype=np.float32),
            Softmax(),
        ]
    )
    y = network.forward(np.ones((2, 1, 4, 4), np.float32))
    assert y.dtype == np.float32
    assert network.backward(y).dtype == np.float32
    for gauss_newton in (True, False):
        assert network.backward_second(y, gauss_newton).dtype == np.float32
    assert {value.dtype.name for value in network.gradients.values()} == {"float32"}
