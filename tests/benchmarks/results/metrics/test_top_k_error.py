"""Top-5 error against scikit-learn and by enumerated orders."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import top_k_accuracy_score

from benchmarks.results.metrics import evaluate, find_metric, ranking


def one_hot(truth, c):
    return np.eye(c, dtype=np.int8)[truth]


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 60), c=st.integers(3, 12))
def test_equals_scikit_learn_without_ties(seed, n, c):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, c, n)
    scores = rng.normal(size=(n, c)) + one_hot(truth, c)
    for k in (1, 2, 5):
        value = evaluate(f"top{k}_error", scores, one_hot(truth, c)).mean
        hits = n if k >= c else top_k_accuracy_score(
            truth, scores, k=k, labels=np.arange(c), normalize=False
        )  # fmt: skip
        assert value == pytest.approx(1 - hits / n, abs=1e-12)


@pytest.mark.parametrize("scores", [[1, 1, 1, 1, 1, 1], [3, 2, 2, 2, 2, 1], [2, 2, 2, 1, 1, 0]])
@pytest.mark.parametrize("truth", range(6))
@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_ties_are_the_mean_over_all_orders(scores, truth, k):
    scores = np.array([scores], dtype=float)
    Y = one_hot([truth], 6)
    broken = [scores + 1e-3 * np.array([order]) for order in permutations(range(6))]
    values = [float((s > s[0, truth]).sum() >= k) for s in broken]
    assert evaluate(f"top{k}_error", scores, Y).mean == pytest.approx(np.mean(values), abs=1e-12)


def test_per_class_and_over_samples():
    scores = np.array([[3.0, 2, 1], [3, 2, 1], [3, 2, 1], [1, 2, 3]])
    Y = one_hot([2, 2, 1, 0], 3)
    result = evaluate("top2_error", scores, Y)
    np.testing.assert_array_equal(result.per_concept, [1.0, 0.0, 1.0])
    assert result.mean == 0.75
    assert evaluate("top3_error", scores, Y).mean == 0.0
    assert evaluate("top5_error", scores, Y).mean == 0.0


def test_unjudged_concepts_take_no_place():
    scores = np.array([[5.0, 4, 3, 2, 1]])
    Y = np.array([[0, -1, -1, 0, 1]])
    assert evaluate("top2_error", scores, Y).mean == 1.0
    assert evaluate("top3_error", scores, Y).mean == 0.0


def test_blocks_of_samples_give_the_same_as_all_at_once(monkeypatch):
    rng = np.random.default_rng(0)
    scores = np.round(rng.normal(size=(60, 8)), 1)
    Y = one_hot(rng.integers(0, 8, 60), 8)
    Y[rng.random(Y.shape) < 0.1] = -1
    expected = evaluate("top5_error", scores, Y)
    Y_wrong = Y.copy()
    Y_wrong[57] = [1, 1, 0, 0, 0, 0, 0, 0]
    monkeypatch.setattr(ranking, "BLOCK", 50)
    found = evaluate("top5_error", scores, Y)
    np.testing.assert_array_equal(found.per_concept, expected.per_concept)
    assert found.mean == expected.mean
    with pytest.raises(ValueError, match="sample 57 has 2 positive concepts"):
        evaluate("top5_error", scores, Y_wrong)


def test_k_is_checked():
    from benchmarks.results.metrics.top_k_error import top_error

    with pytest.raises(ValueError, match="at least 1"):
        top_error(0)
    with pytest.raises(ValueError, match="unknown metric"):
        find_metric("top0_error")
