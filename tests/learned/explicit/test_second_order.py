import numpy as np
import pytest

from learned.explicit.descent import Descent
from learned.explicit.linear import Linear
from learned.explicit.losses import SquaredError
from learned.explicit.second_order import Curvature
from learned.explicit.training import backpropagate


def ravine(n=64):
    """A linear problem whose axes have curvatures a million apart, and targets it can meet."""
    rng = np.random.default_rng(0)
    signs = np.stack([np.tile([1.0, 1, -1, -1], n // 4), np.tile([1.0, -1], n // 2)], axis=1)
    x = signs * [30.0, 0.03]
    return Linear(2, 1, rng), x, np.ones((n, 1), np.int8)


def test_the_estimate_is_the_mean_second_derivative():
    module, x, t = ravine()
    curvature = Curvature(module)
    curvature.observe(SquaredError(), x, t)
    assert curvature.h["weights"][0] == pytest.approx([900, 0.0009])
    assert curvature.divisors()["weights"][0] == pytest.approx([900.02, 0.0209])


def test_first_batches_count_alike_and_then_old_ones_fade():
    module = Linear(1, 1, np.random.default_rng(0))
    curvature = Curvature(module, memory=0.25)
    seen = []
    for value in (1.0, 2.0, 3.0, 4.0, 10.0):
        curvature.observe(SquaredError(), np.array([[value]]), np.array([[1]], np.int8))
        seen.append(curvature.h["weights"][0, 0])
    assert seen[:4] == pytest.approx([1, 2.5, 14 / 3, 7.5])
    assert seen[4] == pytest.approx(0.75 * 7.5 + 0.25 * 100)


def test_on_independent_axes_one_step_reaches_the_bottom():
    module, x, t = ravine()
    curvature = Curvature(module, mu=1e-12)
    curvature.observe(SquaredError(), x, t)
    backpropagate(module, SquaredError(), x, t)
    Descent(module).step(1.0, curvature.divisors())
    backpropagate(module, SquaredError(), x, t)
    assert module.gradients["weights"] == pytest.approx(0, abs=1e-6)


def test_one_rate_for_all_is_slow_in_a_ravine_and_own_rates_are_not():
    # With one rate, more than 2 / 900 diverges, and the flat axis then needs a million steps.
    left = []
    for second_order in (False, True):
        module, x, t = ravine()
        t = (x[:, 1:] > 0).astype(np.int8)
        curvature, descent = Curvature(module), Descent(module)
        for _ in range(200):
            curvature.observe(SquaredError(), x, t)
            error = backpropagate(module, SquaredError(), x, t)
            descent.step(*((0.5, curvature.divisors()) if second_order else (1 / 900, None)))
        left.append(error)
    # The best that a line can do: targets 0 and 1, outputs -1/2 and 1/2.
    assert left[1] == pytest.approx(0.125, rel=1e-2)
    assert left[0] > 1.5 * left[1]


def test_what_is_judged_counts_only():
    module = Linear(2, 2, np.random.default_rng(0))
    curvature = Curvature(module)
    x, t = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1, -1], [0, -1]], np.int8)
    curvature.observe(SquaredError(), x, t)
    assert curvature.h["weights"] == pytest.approx(np.array([[5.0, 10.0], [0.0, 0.0]]))
