"""Agreement figures against closed forms and scikit-learn."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics.pairwise import cosine_similarity

from benchmarks.speed import agreement
from benchmarks.speed.agreement import (
    equal_decisions,
    equal_labels,
    inertia,
    largest_difference,
    mean_cosine,
)


def test_mean_cosine_leaves_out_points_that_either_does_not_describe():
    ours = np.array([[1.0, 0.0], [3.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
    theirs = np.array([[0.0, 2.0], [5.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    assert mean_cosine(ours, theirs).value == pytest.approx(0.5)
    assert np.isnan(mean_cosine(ours[2:], theirs[2:]).value)


def test_mean_cosine_agrees_with_scikit_learn():
    random = np.random.default_rng(0)
    a, b = random.normal(size=(2, 50, 128)).astype(np.float32)
    expected = np.diag(cosine_similarity(a, b)).mean()
    assert mean_cosine(a, b).value == pytest.approx(expected, abs=1e-6)
    assert mean_cosine(a, 3 * a).value == pytest.approx(1)


def test_equal_labels():
    assert equal_labels(np.array([1, 2, 3, 4]), np.array([1, 2, 0, 4])).value == 0.75


def test_equal_decisions_wants_the_same_concepts_and_the_same_first():
    ours = np.array([[1.0, -1.0], [2.0, 1.0], [-1.0, -2.0], [1.0, -1.0]])
    # The same; another order; another concept found; other values alone.
    theirs = np.array([[1.0, -1.0], [1.0, 2.0], [0.5, -2.0], [9.0, -0.1]])
    assert equal_decisions(ours, theirs).value == 0.5


def test_largest_difference_is_relative_to_their_largest_value():
    theirs = np.array([[0.0, -4.0], [2.0, 1.0]])
    ours = np.array([[0.0, -4.0], [2.0, 2.0]])
    assert largest_difference(ours, theirs).value == 0.25
    assert largest_difference(theirs, theirs).value == 0
    assert largest_difference(np.zeros(3), np.zeros(3)).value == 0


@pytest.mark.parametrize("chunk", [7, 8192])
def test_inertia_agrees_with_scikit_learn(monkeypatch, chunk):
    monkeypatch.setattr(agreement, "CHUNK", chunk)
    X = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
    kmeans = KMeans(6, n_init=1, max_iter=5, random_state=0).fit(X)
    assert inertia(X, kmeans.cluster_centers_) == pytest.approx(-kmeans.score(X), rel=1e-5)


@pytest.mark.parametrize(
    "compare", [mean_cosine, equal_labels, equal_decisions, largest_difference]
)
def test_different_shapes_are_an_error(compare):
    with pytest.raises(ValueError, match=r"ours \(3, 2\), theirs \(2, 2\)"):
        compare(np.ones((3, 2)), np.ones((2, 2)))
