"""Confusion matrices against scikit-learn's, with ties and unjudged classes by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from benchmarks.results.confusion import confusion
from benchmarks.results.metrics import ranking
from benchmarks.results.metrics.mean_class_accuracy import class_accuracy


@st.composite
def classified(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, c = draw(st.integers(1, 60)), draw(st.integers(1, 6))
    scores = np.round(rng.normal(size=(n, c)) * draw(st.sampled_from([1, 1000])))
    Y = np.eye(c, dtype=np.int8)[rng.integers(0, c, n)]
    Y[rng.random((n, c)) < draw(st.sampled_from([0, 0.2]))] = -1
    return scores, Y


def test_without_ties_it_is_scikit_learns():
    rng = np.random.default_rng(0)
    scores, truth = rng.normal(size=(200, 5)), rng.integers(0, 5, 200)
    expected = confusion_matrix(truth, scores.argmax(axis=1), labels=range(5))
    np.testing.assert_array_equal(confusion(scores, np.eye(5, dtype=np.int8)[truth]), expected)


@given(classified())
def test_every_sample_counts_once_and_the_diagonal_is_the_class_accuracy(case):
    scores, Y = case
    Y[~(Y == 1).any(axis=1)] = -1  # The metric refuses what the matrix leaves out.
    counts = confusion(scores, Y)
    np.testing.assert_allclose(counts.sum(axis=1), (Y == 1).sum(axis=0))
    with np.errstate(invalid="ignore"):
        accuracy = np.diag(counts) / counts.sum(axis=1)
    np.testing.assert_allclose(accuracy, class_accuracy(scores, Y))


def test_ties_are_shared_and_unjudged_classes_do_not_compete():
    scores = np.array([[1, 1, 0], [9, 2, 2], [0, 0, 7], [-np.inf, -np.inf, -np.inf]])
    Y = np.array([[1, 0, 0], [-1, 1, 0], [-1, 0, 0], [0, 1, -1]])
    np.testing.assert_allclose(confusion(scores, Y), [[0.5, 0.5, 0], [0.5, 1, 0.5], [0, 0, 0]])


def test_blocks_of_samples_are_the_same(monkeypatch):
    rng = np.random.default_rng(1)
    scores, Y = rng.integers(0, 3, (50, 4)), np.eye(4, dtype=np.int8)[rng.integers(0, 4, 50)]
    whole = confusion(scores, Y)
    monkeypatch.setattr(ranking, "BLOCK", 30)
    np.testing.assert_allclose(confusion(scores, Y), whole)


def test_several_classes_a_sample_are_refused():
    with pytest.raises(ValueError, match="sample 1 has 2 positive concepts"):
        confusion(np.zeros((2, 2)), np.array([[1, 0], [1, 1]]))
