import numpy as np
import pytest

from engineered.aggregation.coding import RIDGE, linear_weights, soft_weights
from engineered.aggregation.nearest import k_nearest_centres


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    vectors = random.random((60, 16)).astype(np.float32)
    words = random.random((30, 16)).astype(np.float32)
    return vectors, words, *k_nearest_centres(vectors, words, 5)


def test_linear_codes_equal_a_naive_loop(data):
    vectors, words, labels, _ = data
    weights = linear_weights(vectors, words, labels)
    for x, near, w in zip(vectors.astype(float), labels, weights, strict=True):
        towards = words[near].astype(float) - x
        C = towards @ towards.T
        solution = np.linalg.solve(C + RIDGE * np.trace(C) * np.eye(5), np.ones(5))
        np.testing.assert_allclose(w, solution / solution.sum(), atol=1e-4)


def test_linear_codes_are_the_best_of_their_kind(data):
    vectors, words, labels, _ = data
    weights = linear_weights(vectors, words, labels).astype(float)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
    random = np.random.default_rng(1)
    for x, near, w in zip(vectors, labels, weights, strict=True):
        ridge = RIDGE * ((words[near] - x) ** 2).sum()
        elsewhere = w + 1e-2 * (s := random.normal(size=(20, 5))) - 1e-2 * s.mean(1, keepdims=True)
        costs = [((x - v @ words[near]) ** 2).sum() + ridge * (v**2).sum() for v in (w, *elsewhere)]
        assert costs[0] <= min(costs) + 1e-9


def test_a_vector_that_is_a_word_is_coded_by_it():
    words = np.random.default_rng(0).normal(size=(8, 4)).astype(np.float32)
    labels, _ = k_nearest_centres(words, words, 3)
    weights = linear_weights(words, words, labels)
    np.testing.assert_allclose(weights, [[1, 0, 0]] * 8, atol=2e-3)


def test_words_that_all_lie_on_the_vector_share_it():
    words = np.ones((4, 3), np.float32)
    labels = np.arange(4)[None]
    np.testing.assert_array_equal(linear_weights(words[:1], words, labels), [[0.25] * 4])


def test_soft_shares_equal_the_formula(data):
    *_, distances = data
    raw = np.exp(-distances.astype(float) / (2 * 0.5**2))
    weights = soft_weights(distances, 0.5)
    np.testing.assert_allclose(weights, raw / raw.sum(axis=1, keepdims=True), rtol=1e-5)


def test_soft_shares_range_from_hard_to_even(data):
    *_, distances = data
    np.testing.assert_allclose(soft_weights(distances, 1e6), 0.2, atol=1e-6)
    for narrow in (1e-4, 1e-200, 0):
        np.testing.assert_array_equal(soft_weights(distances, narrow), [[1, 0, 0, 0, 0]] * 60)


def test_far_vectors_and_equal_words_keep_their_shares():
    distances = np.array([[1e6, 1e6, 2e6]], np.float32)
    for width in (1e-3, 0):
        np.testing.assert_array_equal(soft_weights(distances, width), [[0.5, 0.5, 0]])
