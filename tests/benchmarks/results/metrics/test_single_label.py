"""Top-1 error and mean class accuracy against scikit-learn and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score

from benchmarks.results.metrics import METRICS, evaluate


def one_hot(truth, c):
    return np.eye(c, dtype=np.int8)[truth]


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 80), c=st.integers(2, 6))
def test_equals_scikit_learn_without_ties(seed, n, c):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, c, n)
    scores = rng.normal(size=(n, c)) + one_hot(truth, c)
    guess = scores.argmax(axis=1)
    Y = one_hot(truth, c)
    error = 1 - accuracy_score(truth, guess)
    assert evaluate("top1_error", scores, Y).mean == pytest.approx(error, abs=1e-12)
    # Balanced accuracy warns where a class is guessed but has no samples, and leaves it out.
    present = np.unique(truth)
    recalls = [(guess[truth == k] == k).mean() for k in present]
    result = evaluate("mean_class_accuracy", scores, Y)
    assert result.mean == pytest.approx(np.mean(recalls), abs=1e-12)
    if len(present) == c:
        assert result.mean == pytest.approx(balanced_accuracy_score(truth, guess), abs=1e-12)
    np.testing.assert_allclose(result.per_concept[present], recalls)
    assert np.isnan(np.delete(result.per_concept, present)).all()


def test_ties_count_their_share():
    scores = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [2.0, 2.0, 2.0], [0.0, 1.0, 0.0]])
    Y = one_hot([0, 2, 1, 1], 3)
    # Chances of a hit: 1/2, 0, 1/3, 1.
    assert evaluate("top1_error", scores, Y).mean == pytest.approx(1 - (0.5 + 0 + 1 / 3 + 1) / 4)
    per_class = evaluate("mean_class_accuracy", scores, Y).per_concept
    np.testing.assert_allclose(per_class, [1 / 2, (1 / 3 + 1) / 2, 0.0])
    np.testing.assert_allclose(evaluate("top1_error", scores, Y).per_concept, 1 - per_class)


@pytest.mark.parametrize("c", [2, 10])
def test_constant_scorer_is_at_chance_whichever_class_comes_first(c):
    Y = one_hot(np.zeros(50, dtype=int), c)
    assert evaluate("top1_error", np.zeros((50, c)), Y).mean == pytest.approx(1 - 1 / c)


def test_unjudged_concepts_do_not_compete_and_unlabelled_samples_do_not_count():
    scores = np.array([[0.5, 0.9, 0.1], [0.5, 0.9, 0.1], [0.2, 0.1, 0.0]])
    Y = np.array([[1, -1, 0], [1, 0, 0], [0, -1, 0]])
    # Right without its unjudged rival; wrong; true class not among the judged ones.
    assert evaluate("top1_error", scores, Y).mean == 0.5
    more = np.vstack([Y, np.full((3, 3), -1)])
    assert evaluate("top1_error", np.vstack([scores, np.ones((3, 3))]), more).mean == 0.5
    assert np.isnan(evaluate("top1_error", scores, np.full_like(Y, -1)).mean)
    # Even where every judged concept scores minus infinity.
    lowest = np.array([[-np.inf, 1.0]])
    assert evaluate("top1_error", lowest, np.array([[1, -1]])).mean == 0.0


@pytest.mark.parametrize("name", ["top1_error", "mean_class_accuracy"])
def test_multi_label_annotations_are_refused(name):
    scores = np.zeros((2, 3))
    with pytest.raises(ValueError, match="sample 1 has 2 positive concepts"):
        evaluate(name, scores, np.array([[1, 0, 0], [1, 1, 0]]))
    with pytest.raises(ValueError, match="sample 0 has no positive concept"):
        evaluate(name, scores, np.array([[0, 0, 0], [1, 0, 0]]))


def test_declared_as_single_label():
    single = {name for name, metric in METRICS.items() if metric.single_label_only}
    assert single == {"top1_error", "top5_error", "mean_class_accuracy"}
    lower = {name for name, metric in METRICS.items() if not metric.higher_is_better}
    assert lower == {"top1_error", "top5_error"}
