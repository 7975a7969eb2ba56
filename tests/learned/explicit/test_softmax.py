import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learned.explicit.losses import SoftmaxCrossEntropy
from learned.explicit.softmax import Softmax


@given(st.integers(1, 4), st.integers(1, 6), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_derivatives_are_those_of_torch_and_of_finite_differences(agrees, values, n, c, seed):
    agrees(Softmax(), values(n, c, seed=seed), lambda x: x.softmax(dim=1), seed)


def test_probabilities_sum_to_one_whatever_the_scores(values):
    x = 1000 * values(5, 4)
    with np.errstate(all="raise", under="ignore"):
        y = Softmax().forward(x)
    assert y.sum(axis=1) == pytest.approx(1, rel=1e-12)
    assert Softmax().forward(x + 300.0) == pytest.approx(y, rel=1e-9)


def test_with_the_cross_entropy_of_probabilities_the_gradient_is_their_error(values):
    # The module and -sum t log y in two steps, against the loss that takes scores.
    x, t = values(3, 4), np.eye(4)[[2, 0, 3]]
    module = Softmax()
    y = module.forward(x)
    in_two_steps = module.backward(-t / y / 3)
    assert in_two_steps == pytest.approx((y - t) / 3, rel=1e-12)
    at_once = SoftmaxCrossEntropy().gradient(x, t.astype(np.int8))
    assert in_two_steps == pytest.approx(at_once, rel=1e-12)


def test_inputs_of_a_wrong_shape_are_refused():
    with pytest.raises(ValueError, match=r"softmax takes \(n, c\), got \(2, 3, 4\)"):
        Softmax().forward(np.zeros((2, 3, 4)))
