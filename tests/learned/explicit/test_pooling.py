import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from learned.explicit.pooling import AveragePooling, MaxPooling

SETTING = st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(3, 6), st.integers(3, 6))
REFERENCES = {MaxPooling: functional.max_pool2d, AveragePooling: functional.avg_pool2d}


@pytest.mark.parametrize("pooling", REFERENCES)
@given(SETTING, st.integers(1, 3), st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_derivatives_are_those_of_torch_and_of_finite_differences(
    agrees, values, pooling, shape, size, stride
):
    def reference(x):
        return REFERENCES[pooling](x, size, stride)

    agrees(pooling(size, stride), values(*shape), reference)


@pytest.mark.parametrize("pooling", REFERENCES)
def test_windows_lie_side_by_side_by_default(pooling, values):
    x = values(2, 3, 7, 6)
    y = pooling(2).forward(x)
    assert y.shape == (2, 3, 3, 3)
    assert y == pytest.approx(REFERENCES[pooling](torch.from_numpy(x), 2).numpy())


def test_of_equal_values_the_first_gets_the_gradient_as_in_torch():
    x = np.zeros((1, 1, 4, 4))
    module = MaxPooling(2)
    module.forward(x)
    ours = module.backward(np.ones((1, 1, 2, 2)))
    leaf = torch.zeros(1, 1, 4, 4, dtype=torch.float64, requires_grad=True)
    functional.max_pool2d(leaf, 2).sum().backward()
    assert np.array_equal(ours, leaf.grad.numpy())


def test_what_is_not_a_number_is_not_hidden():
    for place in range(4):
        x = np.zeros(4)
        x[place] = np.nan
        assert np.isnan(MaxPooling(2).forward(x.reshape(1, 1, 2, 2))).all()


def test_rows_that_are_left_over_have_no_gradient():
    module = AveragePooling(2)
    module.forward(np.ones((1, 1, 3, 3)))
    assert module.backward(np.ones((1, 1, 1, 1)))[0, 0].tolist() == [
        [0.25, 0.25, 0],
        [0.25, 0.25, 0],
        [0, 0, 0],
    ]


@pytest.mark.parametrize("pooling", REFERENCES)
def test_inputs_of_a_wrong_shape_are_refused(pooling):
    with pytest.raises(ValueError, match=r"takes \(n, maps, h, w\), got \(3, 4\)"):
        pooling(2).forward(np.zeros((3, 4)))
    with pytest.raises(ValueError, match="window of 2 pixels does not fit"):
        pooling(2).forward(np.zeros((1, 1, 1, 4)))
