import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from learned.explicit.convolution import Convolution


@given(
    st.integers(1, 2),
    st.integers(1, 2),
    st.integers(1, 3),
    st.integers(3, 5),
    st.integers(3, 6),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(0, 2),
)
@settings(max_examples=25, deadline=None)
def test_derivatives_are_those_of_torch_and_of_finite_differences(
    agrees, values, n, maps_in, maps_out, height, width, size, stride, padding
):
    module = Convolution(
        maps_in, maps_out, size, np.random.default_rng(3), stride=stride, padding=padding
    )

    def reference(x, weights):
        return functional.conv2d(x, weights, stride=stride, padding=padding)

    agrees(module, values(n, maps_in, height, width), reference)


def test_by_the_sum_of_the_docstring(values):
    module = Convolution(2, 3, 3, np.random.default_rng(0), stride=2, padding=1)
    x, weights = values(2, 2, 5, 6), module.parameters["weights"]
    y = module.forward(x)
    assert y.shape == (2, 3, 3, 3)
    padded = np.zeros((2, 2, 7, 8))
    padded[:, :, 1:6, 1:7] = x
    for n, o, p, q in np.ndindex(y.shape):
        window = padded[n, :, 2 * p : 2 * p + 3, 2 * q : 2 * q + 3]
        assert y[n, o, p, q] == pytest.approx((weights[o] * window).sum(), rel=1e-12)


def test_moving_the_image_moves_the_maps(values):
    module = Convolution(1, 2, 3, np.random.default_rng(0))
    x = values(1, 1, 9, 9)
    y, moved = module.forward(x), module.forward(np.roll(x, (2, 1), axis=(2, 3)))
    assert moved[:, :, 2:, 1:] == pytest.approx(y[:, :, :-2, :-1])


def test_a_window_of_one_pixel_is_a_linear_module_at_each_place(values):
    from learned.explicit.linear import Linear

    convolution = Convolution(3, 4, 1, np.random.default_rng(0))
    linear = Linear(3, 4, np.random.default_rng(0))
    x = values(2, 3, 4, 5)
    y = linear.forward(x.transpose(0, 2, 3, 1).reshape(-1, 3)).reshape(2, 4, 5, 4)
    assert convolution.forward(x) == pytest.approx(y.transpose(0, 3, 1, 2), rel=1e-12)


def test_any_memory_order_will_do(values):
    module = Convolution(2, 3, 3, np.random.default_rng(0))
    x = values(2, 2, 5, 5)
    g = values(2, 3, 3, 3, seed=1)
    results = []
    for order in ("C", "F"):
        module.clear_gradients()
        module.forward(np.asarray(x, order=order))
        results.append(
            (module.backward(np.asarray(g, order=order)), module.gradients["weights"].copy())
        )
    assert results[0][0] == pytest.approx(results[1][0], rel=1e-12)
    assert results[0][1] == pytest.approx(results[1][1], rel=1e-12)


@pytest.mark.parametrize("shape", [(2, 4, 8, 8), (2, 3, 8), (3, 8, 8)])
def test_inputs_of_a_wrong_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"takes \(n, 3, h, w\), got"):
        Convolution(3, 2, 3, np.random.default_rng(0)).forward(np.zeros(shape))


def test_images_smaller_than_the_window_are_refused():
    with pytest.raises(ValueError, match="window of 5 pixels does not fit in a side of 4"):
        Convolution(1, 2, 5, np.random.default_rng(0)).forward(np.zeros((1, 1, 4, 9)))
