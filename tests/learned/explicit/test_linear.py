import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learned.explicit.linear import Linear


@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 5), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_derivatives_are_those_of_torch_and_of_finite_differences(
    agrees, values, n, inputs, outputs, seed
):
    module = Linear(inputs, outputs, np.random.default_rng(seed))
    agrees(module, values(n, inputs, seed=seed), lambda x, weights: x @ weights.T, seed)


def test_by_hand():
    module = Linear(2, 2, np.random.default_rng(0))
    module.parameters["weights"][:] = [[1.0, 2.0], [3.0, -4.0]]
    assert module.forward(np.array([[1.0, 1.0]])).tolist() == [[3, -1]]
    assert module.backward(np.array([[1.0, 10.0]])).tolist() == [[31, -38]]
    assert module.gradients["weights"].tolist() == [[1, 1], [10, 10]]
    assert module.backward_second(np.array([[1.0, 10.0]])).tolist() == [[91, 164]]


def test_the_gradient_of_a_batch_is_the_sum_over_its_samples(values):
    module = Linear(3, 2, np.random.default_rng(0))
    x, g = values(5, 3), values(5, 2, seed=1)
    module.forward(x)
    module.backward(g)
    module.backward_second(g**2)
    whole = [module.gradients["weights"].copy(), module.second_derivatives["weights"].copy()]
    module.clear_gradients()
    module.clear_second_derivatives()
    for row in range(5):
        module.forward(x[row : row + 1])
        module.backward(g[row : row + 1])
        module.backward_second(g[row : row + 1] ** 2)
    assert module.gradients["weights"] == pytest.approx(whole[0], rel=1e-12)
    assert module.second_derivatives["weights"] == pytest.approx(whole[1], rel=1e-12)


@pytest.mark.parametrize("shape", [(2, 4), (3,), (2, 3, 1)])
def test_inputs_of_a_wrong_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"takes \(n, 3\), got"):
        Linear(3, 2, np.random.default_rng(0)).forward(np.zeros(shape))


def test_weights_start_with_the_deviation_that_keeps_a_signal():
    weights = Linear(400, 300, np.random.default_rng(0), gain=2.0).parameters["weights"]
    assert weights.std() == pytest.approx(2 / np.sqrt(400), rel=0.02)
    assert abs(weights.mean()) < 1e-3
