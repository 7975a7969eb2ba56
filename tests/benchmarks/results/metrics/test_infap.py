"""Inferred average precision against trec_eval, enumerated orders and what it estimates."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.results.metrics import evaluate


@st.composite
def sampled(draw, tied=False, n_max=40):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, n_max))
    scores = rng.permutation(n).astype(float)
    if tied:
        scores = rng.integers(0, 4, n).astype(float)
    strata = rng.choice([-1, 0], n, p=[0.3, 0.7])
    y = np.where(strata < 0, -1, rng.choice([-1, 0, 1], n, p=[0.4, 0.3, 0.3]))
    return scores[:, None], y[:, None].astype(np.int8), strata[:, None]


@settings(max_examples=50)
@given(case=sampled(), depth=st.integers(1, 45))
def test_equals_trec_eval(case, depth):
    ir_measures = pytest.importorskip("ir_measures", reason="trec_eval's values: ir-measures")
    scores, Y, strata = case
    if not (Y == 1).any():
        assert np.isnan(evaluate("infap", scores, Y, strata).mean)
        return
    qrels = [
        ir_measures.Qrel("1", f"shot{i}", int(Y[i, 0])) for i in range(len(Y)) if strata[i, 0] >= 0
    ]
    best = np.argsort(-scores[:, 0])
    for name, rows in (("infap", best), (f"infap_at_{depth}", best[:depth])):
        results = [ir_measures.ScoredDoc("1", f"shot{i}", scores[i, 0]) for i in rows]
        expected = ir_measures.calc_aggregate([ir_measures.infAP], qrels, results)
        value = evaluate(name, scores, Y, strata).mean
        assert value == pytest.approx(expected[ir_measures.infAP], abs=1e-9)


def test_worked_example():
    # Ranked: positive, outside the pool, not drawn, negative, positive; one positive last.
    Y = np.array([1, -1, -1, 0, 1, -1, 1])[:, None]
    strata = np.array([0, -1, 0, 0, 0, 0, 0])[:, None]
    scores = np.arange(7, 0, -1.0)[:, None]
    e = 1e-5
    fifth = 1 / 5 + 3 / 5 * (1 + e) / (2 + 2 * e)
    seventh = 1 / 7 + 5 / 7 * (2 + e) / (3 + 2 * e)
    result = evaluate("infap", scores, Y, strata)
    assert result.mean == pytest.approx((1 + fifth + seventh) / 3, abs=1e-14)
    # Without strata the second is one of the pool that was not drawn.
    fifth = 1 / 5 + 4 / 5 * (1 + e) / (2 + 2 * e)
    seventh = 1 / 7 + 6 / 7 * (2 + e) / (3 + 2 * e)
    assert evaluate("infap", scores, Y).mean == pytest.approx((1 + fifth + seventh) / 3, abs=1e-14)
    cut = evaluate("infap_at_5", scores, Y).mean
    assert cut == pytest.approx((1 + fifth) / 3, abs=1e-14)


@settings(max_examples=40)
@given(case=sampled(tied=True, n_max=6), depth=st.integers(1, 7))
def test_ties_are_the_mean_over_all_orders(case, depth):
    scores, Y, strata = case
    for name in ("infap", f"infap_at_{depth}"):
        broken = [
            evaluate(name, scores + 1e-3 * np.array(order)[:, None], Y, strata).mean
            for order in permutations(range(len(Y)))
        ]
        expected = np.mean(broken)
        assert evaluate(name, scores, Y, strata).mean == pytest.approx(
            expected, abs=1e-12, nan_ok=True
        )


@settings(max_examples=40)
@given(case=sampled(tied=True), seed=st.integers(0, 1000))
def test_the_order_of_the_file_does_not_matter(case, seed):
    scores, Y, strata = case
    order = np.random.default_rng(seed).permutation(len(Y))
    expected = evaluate("infap", scores, Y, strata).mean
    shuffled = evaluate("infap", scores[order], Y[order], strata[order]).mean
    assert shuffled == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_with_all_judged_it_is_average_precision():
    rng = np.random.default_rng(0)
    scores = np.round(rng.normal(size=(200, 5)), 1)
    Y = (rng.random(scores.shape) < 0.2).astype(np.int8)
    np.testing.assert_allclose(
        evaluate("infap", scores, Y).per_concept, evaluate("ap", scores, Y).per_concept, atol=1e-5
    )


def test_a_constant_scorer_of_a_large_collection_gets_the_prevalence():
    n = 200_000
    rng = np.random.default_rng(0)
    truth = rng.random((n, 1)) < 0.1
    Y = np.where(rng.random((n, 1)) < 0.3, truth, -1).astype(np.int8)
    judged, positives = (Y >= 0).sum(), (Y == 1).sum()
    # Beside the positive itself, 1 / r at rank r, the others are as frequent everywhere.
    itself = (1 / np.arange(1, n + 1)).mean()
    expected = itself + (1 - itself) * (positives - 1) / (judged - 1)
    assert evaluate("infap", np.zeros((n, 1)), Y).mean == pytest.approx(expected, abs=1e-5)


def test_estimates_average_precision_from_a_third_of_the_judgments():
    rng = np.random.default_rng(1)
    truth = (rng.random((400, 1)) < 0.25).astype(np.int8)
    scores = rng.normal(size=truth.shape) + truth
    draws = [
        evaluate("infap", scores, np.where(rng.random(truth.shape) < 1 / 3, truth, -1)).mean
        for _ in range(400)
    ]
    error = np.std(draws) / np.sqrt(len(draws))
    # The mean over judged positives only is a ratio of two estimates: a bias of order 1 / n stays.
    assert np.mean(draws) == pytest.approx(
        evaluate("ap", scores, truth).mean, abs=4 * error + 0.005
    )


def test_depth_and_pool_are_checked():
    from benchmarks.results.metrics.infap import inferred_ap

    scores, Y = np.zeros((3, 1)), np.array([[1], [0], [-1]])
    with pytest.raises(ValueError, match="sample 1 is judged for concept 0 but outside its pool"):
        evaluate("infap", scores, Y, np.array([[0], [-1], [-1]]))
    with pytest.raises(ValueError, match="depth must be at least 1"):
        inferred_ap(scores, Y, depth=0)
    with pytest.raises(ValueError, match="unknown metric"):
        evaluate("infap_at_0", scores, Y)
    with pytest.raises(ValueError, match="concept 0 for sample 1 is NaN"):
        evaluate("infap", np.array([[1], [np.nan], [0]]), Y)
    assert evaluate("infap", np.zeros((0, 2)), np.zeros((0, 2))).per_concept.shape == (2,)
