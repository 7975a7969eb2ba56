"""Search on the simplex."""

import numpy as np
import pytest

from fusion.weight_search import climb, draw_back, mix


def test_mix_is_the_weighted_mean():
    values = np.random.default_rng(0).normal(size=(7, 3, 2)).astype(np.float32)
    candidates = np.array([[1.0, 0, 0], [0.2, 0.3, 0.5]])
    out = mix(values, candidates)
    assert out.shape == (7, 2, 2)
    np.testing.assert_allclose(out[:, :, 1], np.tensordot(values, candidates[1], (1, 0)), rtol=1e-5)


@pytest.mark.parametrize("peak", [[0.7, 0.3], [0.6, 0.3, 0.1], [0.0, 0.5, 0.5, 0.0]])
def test_climbs_to_the_peak_of_a_concave_criterion(peak):
    found = climb(lambda w: -((w - peak) ** 2).sum(axis=1), len(peak))
    np.testing.assert_allclose(found, peak, atol=0.06)
    assert found.sum() == pytest.approx(1)


def test_equal_weights_where_nothing_is_better():
    np.testing.assert_allclose(climb(lambda w: np.zeros(len(w)), 3), 1 / 3)


def test_draws_back_as_far_as_the_tolerance_allows():
    equal, found = np.array([0.5, 0.5]), np.array([1.0, 0.0])

    def criterion(w):
        return w[:, 0] * 0.1

    # The best single member is `found` itself: nothing less is enough.
    np.testing.assert_array_equal(draw_back(found, equal, criterion, 0.02), found)

    def peaked(w):
        return -((w[:, 0] - 0.8) ** 2)

    near = draw_back(np.array([0.8, 0.2]), equal, peaked, 0.01)
    assert 0.7 <= near[0] < 0.8
