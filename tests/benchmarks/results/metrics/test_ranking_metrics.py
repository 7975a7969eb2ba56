"""Average precision, ROC area and precision at k against scikit-learn and enumerated orders."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.results.metrics import METRICS, evaluate, ranking

RANKING = ("ap", "ap_voc07", "ap_voc10", "p_at_3", "roc_auc")


@st.composite
def annotated_scores(draw, tied=False):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, c = draw(st.integers(2, 60)), draw(st.integers(1, 5))
    scores = rng.normal(size=(n, c)).astype(np.float32)
    if tied:
        scores = np.round(scores)
    Y = rng.choice([-1, 0, 1], size=(n, c), p=[0.2, 0.5, 0.3]).astype(np.int8)
    return scores, Y


@pytest.mark.parametrize(
    ("name", "reference"), [("ap", average_precision_score), ("roc_auc", roc_auc_score)]
)
@given(case=annotated_scores())
def test_equals_scikit_learn_without_ties(name, reference, case):
    scores, Y = case
    values = evaluate(name, scores, Y).per_concept
    for concept, value in enumerate(values):
        judged = Y[:, concept] >= 0
        y = Y[judged, concept]
        if not (y == 1).any() or (name == "roc_auc" and not (y == 0).any()):
            assert np.isnan(value)
        else:
            assert value == pytest.approx(reference(y, scores[judged, concept]), abs=1e-12)


@given(case=annotated_scores(tied=True))
def test_roc_area_equals_scikit_learn_with_ties(case):
    scores, Y = case
    for concept, value in enumerate(evaluate("roc_auc", scores, Y).per_concept):
        judged = Y[:, concept] >= 0
        if len(np.unique(Y[judged, concept])) == 2:
            expected = roc_auc_score(Y[judged, concept], scores[judged, concept])
            assert value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", ["ap", "p_at_2", "p_at_4", "roc_auc"])
@pytest.mark.parametrize(
    ("scores", "y"),
    [
        ([1, 1, 1, 1, 1, 1], [1, 0, 0, 1, 0, 1]),
        ([3, 2, 2, 2, 1, 1], [0, 1, 1, 0, 0, 1]),
        ([2, 2, 1, 1, 1, 0], [1, 1, 0, 0, 0, 1]),
        ([5, 5, 5, 4, 4, 3], [0, 0, 1, 0, 0, 0]),
    ],
)
def test_ties_are_the_mean_over_all_orders(name, scores, y):
    scores, y = np.array(scores, dtype=float), np.array(y, dtype=np.int8)
    values = []
    for order in permutations(range(len(y))):
        broken = scores + 1e-3 * np.array(order)
        values.append(evaluate(name, broken[:, None], y[:, None]).per_concept[0])
    result = evaluate(name, scores[:, None], y[:, None]).per_concept[0]
    assert result == pytest.approx(np.mean(values), abs=1e-12)


@pytest.mark.parametrize(("n", "positives"), [(10, 3), (200, 20), (5, 5), (50, 1)])
def test_a_constant_scorer_gets_what_a_random_order_gets(n, positives):
    y = np.zeros((n, 1), dtype=np.int8)
    # Positives first: an order of the file that a stable sort would reward.
    y[:positives] = 1
    constant = np.zeros((n, 1))
    # Precision at rank i given a positive there: itself and (i-1)(p-1)/(n-1) others above.
    ranks = np.arange(1, n + 1)
    others = (ranks - 1) * (positives - 1) / max(n - 1, 1)
    expected = np.mean((1 + others) / ranks)
    assert evaluate("ap", constant, y).mean == pytest.approx(expected, abs=1e-12)
    for name in ("ap_voc07", "ap_voc10"):
        assert evaluate(name, constant, y).mean == pytest.approx(positives / n, abs=1e-12)
    k = min(10, n)
    assert evaluate(f"p_at_{k}", constant, y).mean == pytest.approx(positives / n, abs=1e-12)
    if positives < n:
        assert evaluate("roc_auc", constant, y).mean == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("name", RANKING)
@given(case=annotated_scores(tied=True), seed=st.integers(0, 1000))
def test_neither_order_of_file_nor_scale_nor_unjudged_samples_matter(name, case, seed):
    scores, Y = case
    expected = evaluate(name, scores, Y)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(Y))
    shuffled = evaluate(name, scores[order], Y[order])
    np.testing.assert_allclose(shuffled.per_concept, expected.per_concept, atol=1e-12)
    # In double precision: exp must not merge scores that differ.
    stretched = evaluate(name, np.exp(scores.astype(np.float64) / 3), Y)
    np.testing.assert_allclose(stretched.per_concept, expected.per_concept, atol=1e-12)
    moved = np.where(Y < 0, 10 * rng.normal(size=Y.shape), scores)
    np.testing.assert_allclose(
        evaluate(name, moved, Y).per_concept, expected.per_concept, atol=1e-12
    )
    extra = np.full((7, Y.shape[1]), -1, dtype=np.int8)
    more = evaluate(name, np.vstack([scores, rng.normal(size=extra.shape)]), np.vstack([Y, extra]))
    np.testing.assert_allclose(more.per_concept, expected.per_concept, atol=1e-12)


@pytest.mark.parametrize("name", RANKING)
def test_blocks_of_concepts_give_the_same_as_all_at_once(name, monkeypatch):
    rng = np.random.default_rng(0)
    scores = np.round(rng.normal(size=(40, 7)), 1)
    Y = rng.choice([-1, 0, 1], size=scores.shape).astype(np.int8)
    expected = evaluate(name, scores, Y).per_concept
    monkeypatch.setattr(ranking, "BLOCK", 90)
    np.testing.assert_array_equal(evaluate(name, scores, Y).per_concept, expected)


@pytest.mark.parametrize("name", RANKING)
def test_concept_without_positives_is_undefined_and_not_in_the_mean(name):
    scores = np.array([[0.9, 0.9, 0.1], [0.1, 0.2, 0.2], [0.5, 0.1, 0.3], [0.0, 0.0, 0.0]])
    Y = np.array([[1, 0, -1], [0, 0, -1], [0, 0, -1], [0, 0, -1]])
    result = evaluate(name, scores, Y)
    assert not np.isnan(result.per_concept[0])
    assert np.isnan(result.per_concept[1:]).all()
    assert result.mean == result.per_concept[0]
    assert np.isnan(evaluate(name, scores[:, 1:], Y[:, 1:]).mean)


def test_roc_area_without_judged_negatives_is_undefined_and_ap_is_one():
    scores, Y = np.array([[0.3], [0.2]]), np.array([[1], [1]])
    assert np.isnan(evaluate("roc_auc", scores, Y).mean)
    assert evaluate("ap", scores, Y).mean == 1.0


def test_precision_at_k_counts_empty_places_as_misses():
    scores, Y = np.array([[3.0], [2.0], [1.0]]), np.array([[1], [-1], [0]])
    assert evaluate("p_at_2", scores, Y).mean == 0.5
    assert evaluate("p_at_10", scores, Y).mean == pytest.approx(0.1)


def test_infinite_scores_are_ranked_at_the_ends():
    scores = np.array([[np.inf], [0.0], [-np.inf]])
    assert evaluate("ap", scores, np.array([[1], [0], [0]])).mean == 1.0
    assert evaluate("ap", scores, np.array([[0], [0], [1]])).mean == pytest.approx(1 / 3)


@pytest.mark.parametrize("name", sorted(METRICS))
def test_nan_scores_are_refused_with_their_place(name):
    scores = np.zeros((4, 3))
    scores[2, 1] = np.nan
    Y = np.tile(np.array([[1, 0, 0]]), (4, 1))
    with pytest.raises(ValueError, match="concept 1 for sample 2 is NaN"):
        evaluate(name, scores, Y)


def test_shapes_and_values_are_checked():
    with pytest.raises(ValueError, match="same shape"):
        evaluate("ap", np.zeros((3, 2)), np.zeros((3, 1)))
    with pytest.raises(ValueError, match="must be 1"):
        evaluate("ap", np.zeros((3, 1)), np.array([[0], [1], [2]]))
    with pytest.raises(ValueError, match="must be 1"):
        evaluate("ap", np.zeros((2, 1)), np.array([[0.5], [1.0]]))
