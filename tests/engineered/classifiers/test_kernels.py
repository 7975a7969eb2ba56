import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics.pairwise import additive_chi2_kernel, euclidean_distances

from engineered.classifiers import kernels
from engineered.classifiers.kernels import chi2_distances, intersection, squared_distances


def histograms(n, d, seed):
    random = np.random.default_rng(seed)
    rows = random.exponential(size=(n, d)) * (random.uniform(size=(n, d)) < 0.4)
    return (rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-9)).astype(np.float32)


@pytest.mark.parametrize(("n", "m", "d"), [(1, 1, 1), (7, 130, 33), (130, 7, 512)])
def test_kernels_equal_their_references(n, m, d):
    A, B = histograms(n, d, 0), histograms(m, d, 1)
    A[0] = 0
    np.testing.assert_allclose(chi2_distances(A, B), -additive_chi2_kernel(A, B), atol=1e-5)
    minima = np.minimum(A[:, None], B[None]).sum(axis=2)
    np.testing.assert_allclose(intersection(A, B), minima, atol=1e-5)
    expected = euclidean_distances(A.astype(float), B.astype(float), squared=True)
    np.testing.assert_allclose(squared_distances(A, B), expected, atol=1e-6)


@pytest.mark.parametrize("n", [1, 63, 64, 65, 200])
def test_rows_against_themselves_are_the_same_as_against_a_copy(n):
    A = histograms(n, 20, 3)
    for function in (chi2_distances, intersection, squared_distances):
        np.testing.assert_allclose(function(A, A), function(A, A.copy()), atol=1e-6)


def test_long_rows_are_compared_piece_by_piece(monkeypatch):
    A, B = histograms(5, 50, 4), histograms(6, 50, 5)
    expected = squared_distances(A, B)
    monkeypatch.setattr(kernels, "COLUMNS", 7)
    np.testing.assert_allclose(squared_distances(A, B), expected, atol=1e-7)


@settings(deadline=None)
@given(arrays(np.float32, (4, 5), elements=st.floats(0, 100, width=32)))
def test_equal_rows_have_no_distance(A):
    distances = chi2_distances(A, A)
    assert np.isfinite(distances).all()
    np.testing.assert_array_equal(np.diag(distances), 0)
    np.testing.assert_allclose(distances, distances.T, rtol=1e-5)
    np.testing.assert_allclose(np.diag(intersection(A, A)), A.sum(axis=1), rtol=1e-5)
