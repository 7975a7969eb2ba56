import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import pairwise_distances

from engineered.aggregation.nearest import CHUNK, LANES, k_nearest_centres, nearest_centres


@pytest.mark.parametrize("k", [1, LANES - 1, LANES, LANES + 1, 3 * LANES + 5])
def test_assignment_equals_the_full_distance_matrix(k):
    random = np.random.default_rng(0)
    X = random.normal(size=(2 * CHUNK + 7, 5)).astype(np.float32)
    centres = random.normal(size=(k, 5)).astype(np.float32)
    labels, distances = nearest_centres(X, centres)
    reference = pairwise_distances(X.astype(float), centres.astype(float)) ** 2
    np.testing.assert_array_equal(labels, reference.argmin(axis=1))
    np.testing.assert_allclose(distances, reference.min(axis=1), atol=1e-4)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.integers(1, 90), st.integers(0, 5), st.integers(0, 1000))
def test_neighbours_are_those_of_a_stable_sort(k, neighbours, n, seed):
    # Few whole numbers: exact products, and many ties.
    neighbours = min(neighbours, k)
    random = np.random.default_rng(seed)
    X = random.integers(-2, 3, size=(n, 3)).astype(np.float32)
    centres = random.integers(-2, 3, size=(k, 3)).astype(np.float32)
    labels, distances = k_nearest_centres(X, centres, neighbours)
    reference = ((X[:, None] - centres) ** 2).sum(axis=2)
    order = np.argsort(reference, axis=1, kind="stable")[:, :neighbours]
    np.testing.assert_array_equal(labels, order)
    np.testing.assert_array_equal(distances, np.take_along_axis(reference, order, axis=1))


def test_the_first_of_equal_centres_is_taken():
    centres = np.ones((2 * LANES, 4), np.float32)
    labels, _ = nearest_centres(np.zeros((3, 4), np.float32), centres)
    np.testing.assert_array_equal(labels, 0)


def test_labels_stay_labels_for_values_that_are_no_numbers():
    labels, _ = k_nearest_centres(np.full((2, 3), np.nan), np.eye(3, dtype=np.float32), 2)
    assert ((labels >= 0) & (labels < 3)).all()


def test_products_are_never_held_at_once():
    X = np.random.default_rng(0).normal(size=(40 * CHUNK, 4)).astype(np.float32)
    centres = X[:500].copy()
    nearest_centres(X[:2], centres)
    tracemalloc.start()
    nearest_centres(X, centres)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * CHUNK * 500 + 64 * len(X)


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match="1 to 2 centres, got 3"):
        k_nearest_centres(np.ones((4, 2)), np.ones((2, 2)), 3)
    with pytest.raises(ValueError, match=r"\(n, 2\)"):
        nearest_centres(np.ones((4, 3)), np.ones((2, 2)))
