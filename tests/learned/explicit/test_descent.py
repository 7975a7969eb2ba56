import numpy as np
import pytest
import torch

from learned.explicit.activation import Identity
from learned.explicit.descent import Descent
from learned.explicit.linear import Linear
from learned.explicit.pointwise import Pointwise


def test_steps_are_those_of_torchs_sgd():
    module = Linear(3, 2, np.random.default_rng(0))
    weights = torch.nn.Parameter(torch.from_numpy(module.parameters["weights"].copy()))
    reference = torch.optim.SGD([weights], lr=0.1, momentum=0.9)
    descent = Descent(module, momentum=0.9)
    for seed in range(6):
        gradient = np.random.default_rng(seed).standard_normal((2, 3))
        module.gradients["weights"][:] = gradient
        weights.grad = torch.from_numpy(gradient)
        descent.step(0.1)
        reference.step()
    assert module.parameters["weights"] == pytest.approx(weights.detach().numpy(), rel=1e-12)


def test_momentum_remembers_steps_not_gradients():
    # When the rate falls, what was begun at the old rate goes on.
    module = Pointwise(Identity(), 1)
    descent = Descent(module, momentum=0.5)
    module.gradients["bias"][:] = 1.0
    descent.step(1.0)
    descent.step(0.1)
    assert module.parameters["bias"][0] == pytest.approx(-1.0 - (0.5 + 0.1))


def test_a_steady_gradient_is_followed_faster_by_the_momentum():
    module = Pointwise(Identity(), 1)
    descent = Descent(module, momentum=0.8)
    module.gradients["bias"][:] = 1.0
    for _ in range(200):
        before = module.parameters["bias"][0]
        descent.step(0.01)
    assert before - module.parameters["bias"][0] == pytest.approx(0.01 / (1 - 0.8), rel=1e-9)


def test_each_parameter_is_divided_by_its_curvature():
    module = Pointwise(Identity(), 3)
    module.gradients["bias"][:] = [1.0, 1.0, 4.0]
    Descent(module).step(0.5, {"bias": np.array([1.0, 10.0, 4.0])})
    assert module.parameters["bias"] == pytest.approx([-0.5, -0.05, -0.5])
