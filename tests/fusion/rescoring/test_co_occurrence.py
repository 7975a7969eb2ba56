"""Correlation of annotations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fusion.rescoring.co_occurrence import co_occurrence, most_related


def test_equals_pearsons_correlation_where_all_is_judged():
    Y = (np.random.default_rng(0).random((60, 4)) < 0.4).astype(np.int8)
    expected = np.corrcoef(Y.T) - np.eye(4)
    np.testing.assert_allclose(co_occurrence(Y), expected, atol=1e-12)


@given(Y=arrays(np.int8, (12, 3), elements=st.integers(-1, 1)), shrinkage=st.sampled_from([0, 5]))
def test_is_pearsons_on_the_samples_judged_for_both(Y, shrinkage):
    found = co_occurrence(Y, shrinkage)
    assert (np.abs(found) <= 1 + 1e-12).all()
    np.testing.assert_array_equal(found, found.T)
    assert (np.diag(found) == 0).all()
    both = (Y[:, 0] >= 0) & (Y[:, 1] >= 0)
    a, b = Y[both, 0], Y[both, 1]
    expected = 0.0
    if len(a) and np.ptp(a) and np.ptp(b):
        fewer = min(a.sum(), b.sum())
        expected = np.corrcoef(a, b)[0, 1] * fewer / (fewer + shrinkage)
    assert found[0, 1] == pytest.approx(expected, abs=1e-9)


def test_the_strongest_of_either_sign_come_first():
    r = np.array([[0.0, 0.2, -0.9, 0.5], [0.2, 0, 0, 0], [-0.9, 0, 0, 0], [0.5, 0, 0, 0]])
    assert most_related(r, 2)[0].tolist() == [2, 3]
    assert most_related(r, 99).shape == (4, 3)
    assert (most_related(np.zeros((3, 3)), 2) == [[1, 2], [0, 2], [0, 1]]).all()
