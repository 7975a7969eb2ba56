import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from learned.explicit.windows import gather, positions, scatter

SETTING = st.tuples(
    st.integers(1, 3),  # images
    st.integers(1, 3),  # maps
    st.integers(4, 8),  # height
    st.integers(4, 8),  # width
    st.integers(1, 4),  # size
    st.integers(1, 5),  # stride
    st.integers(0, 2),  # padding
)


@given(SETTING)
@settings(max_examples=60, deadline=None)
def test_columns_are_those_of_torch(setting):
    n, maps, height, width, size, stride, padding = setting
    x = np.random.default_rng(0).standard_normal((n, maps, height, width))
    windows = gather(x, size, stride, padding)
    assert windows.shape[4] == positions(height, size, stride, padding)
    assert windows.flags.c_contiguous
    reference = functional.unfold(torch.from_numpy(x), size, padding=padding, stride=stride)
    ours = windows.reshape(maps * size**2, n, -1).swapaxes(0, 1)
    assert np.array_equal(ours, reference.numpy())


@given(SETTING)
@settings(max_examples=60, deadline=None)
def test_scatter_is_the_transpose_of_gather(setting):
    n, maps, height, width, size, stride, padding = setting
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n, maps, height, width))
    windows = gather(x, size, stride, padding)
    other = rng.standard_normal(windows.shape)
    back = scatter(other, x.shape, stride, padding)
    assert back.shape == x.shape
    assert (back * x).sum() == pytest.approx((other * windows).sum(), rel=1e-9, abs=1e-9)


def test_a_window_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="window of 5 pixels does not fit in a side of 2"):
        gather(np.zeros((1, 1, 9, 2)), 5, 1, 1)
