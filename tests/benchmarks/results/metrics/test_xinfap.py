"""Extended inferred average precision against sample_eval's formulas, values, and its target."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.results.metrics import evaluate, find_metric


def sample_eval(order, y, stratum, depth=None):
    """The published formulas for one ranking, rank after rank."""
    strata = sorted(set(stratum[stratum >= 0].tolist()))
    held = {}
    for s in strata:
        judged = ((stratum == s) & (y >= 0)).sum()
        positive = ((stratum == s) & (y == 1)).sum()
        held[s] = positive * (stratum == s).sum() / judged if judged else 0.0
    total = sum(held.values())
    if total == 0:
        return np.nan
    above, judged, found = (dict.fromkeys(strata, 0) for _ in range(3))
    precisions = {s: [] for s in strata}
    for rank, i in enumerate(order[:depth], start=1):
        s = stratum[i]
        if y[i] == 1:
            inferred = sum(above[k] / rank * (found[k] + 1e-5) / (judged[k] + 3e-5) for k in strata)
            precisions[s].append(1 / rank + inferred)
            found[s] += 1
        if s >= 0:
            above[s] += 1
            judged[s] += y[i] >= 0
    value = 0.0
    for s in strata:
        if held[s]:
            mean = sum(precisions[s]) / ((stratum == s) & (y == 1)).sum()
            value += held[s] / total * mean
    return value * total / depth if depth is not None and total > depth else value


@st.composite
def sampled(draw, tied=False, n_max=50):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, n_max))
    scores = rng.integers(0, 4, n).astype(float) if tied else rng.permutation(n).astype(float)
    strata = rng.choice([-1, 0, 1, 3], n)
    rate = np.array([1.0, 0.5, 0.0, 0.2, 0.0])[strata]
    y = np.where((rng.random(n) < rate) & (strata >= 0), rng.integers(0, 2, n), -1)
    return scores[:, None], y[:, None].astype(np.int8), strata[:, None]


@settings(max_examples=60)
@given(case=sampled(), depth=st.integers(1, 55))
def test_equals_the_published_formulas(case, depth):
    scores, Y, strata = case
    order = np.argsort(-scores[:, 0])
    for name, limit in (("xinfap", None), (f"xinfap_at_{depth}", depth)):
        expected = sample_eval(order, Y[:, 0], strata[:, 0], limit)
        value = evaluate(name, scores, Y, strata).mean
        assert value == pytest.approx(expected, abs=1e-12, nan_ok=True)


@settings(max_examples=40)
@given(case=sampled(tied=True, n_max=6), depth=st.integers(1, 7))
def test_ties_are_the_mean_over_all_orders(case, depth):
    scores, Y, strata = case
    for name, limit in (("xinfap", None), (f"xinfap_at_{depth}", depth)):
        values = [
            sample_eval(np.lexsort((order, -scores[:, 0])), Y[:, 0], strata[:, 0], limit)
            for order in permutations(range(len(Y)))
        ]
        value = evaluate(name, scores, Y, strata).mean
        assert value == pytest.approx(np.mean(values), abs=1e-12, nan_ok=True)


#: Twelve shots, best first: two strata, one judged throughout and one in part; two outside.
STRATA = np.array([1, 1, 2, 1, -1, 2, 2, 1, 2, 2, -1, 2])[:, None]
JUDGED = np.array([1, 0, 1, 1, -1, -1, -1, 1, 0, 1, -1, -1])[:, None]
SCORES = np.arange(12, 0, -1.0)[:, None]


def test_worked_example():
    e = 1e-5
    third = 1 / 3 + 2 / 3 * (1 + e) / (2 + 3 * e)
    fourth = 1 / 4 + 2 / 4 * (1 + e) / (2 + 3 * e) + 1 / 4 * (1 + e) / (1 + 3 * e)
    eighth = 1 / 8 + 3 / 8 * (2 + e) / (3 + 3 * e) + 3 / 8 * (1 + e) / (1 + 3 * e)
    tenth = 1 / 10 + 4 / 10 * (3 + e) / (4 + 3 * e) + 4 / 10 * (1 + e) / (2 + 3 * e)
    # Stratum 1 holds 3 positives; stratum 2 holds 2 / 3 of its 6 shots: each of the two weighs 2.
    expected = (1 + fourth + eighth + 2 * third + 2 * tenth) / 7
    assert evaluate("xinfap", SCORES, JUDGED, STRATA).mean == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize(
    ("depth", "printed"), [(2000, 0.719044357215), (8, 0.547616428637), (4, 0.770830937555)]
)
def test_equals_what_sample_eval_prints(depth, printed):
    # sample_eval.pl of NIST (5 September 2012) on these judgments, its result size set to the
    # depth; printed with more digits. With 4 results the estimate of 7 positives exceeds them.
    value = evaluate(f"xinfap_at_{depth}", SCORES, JUDGED, STRATA).mean
    assert value == pytest.approx(printed, abs=1e-12)


def test_with_one_stratum_it_is_infap_but_for_the_prior():
    rng = np.random.default_rng(0)
    scores = np.round(rng.normal(size=(300, 4)), 1)
    Y = rng.choice([-1, 0, 1], scores.shape).astype(np.int8)
    strata = np.zeros_like(Y)
    np.testing.assert_allclose(
        evaluate("xinfap", scores, Y, strata).per_concept,
        evaluate("infap", scores, Y).per_concept,
        atol=1e-3,
    )


def test_estimates_average_precision_from_strata_drawn_at_unequal_rates():
    rng = np.random.default_rng(2)
    truth = (rng.random((600, 1)) < 0.2).astype(np.int8)
    scores = rng.normal(size=truth.shape) + truth
    # The best hundred are all judged, of the others one in five: TRECVID's way.
    strata = (np.argsort(np.argsort(-scores, axis=0), axis=0) >= 100).astype(np.int8)
    rate = np.array([1.0, 0.2])[strata]
    draws, naive = [], []
    for _ in range(400):
        Y = np.where(rng.random(truth.shape) < rate, truth, -1)
        draws.append(evaluate("xinfap", scores, Y, strata).mean)
        naive.append(evaluate("infap", scores, Y).mean)
    true = evaluate("ap", scores, truth).mean
    error = np.std(draws) / np.sqrt(len(draws))
    assert np.mean(draws) == pytest.approx(true, abs=4 * error + 0.005)
    # Taken for a plain random sample, the same judgments mislead.
    assert abs(np.mean(naive) - true) > 0.1


def test_a_stratum_of_which_nothing_was_judged_counts_a_third_above_and_holds_no_positive():
    Y, strata = np.array([[-1], [-1], [1]]), np.array([[0], [0], [1]])
    scores = np.array([[3.0], [2.0], [1.0]])
    value = evaluate("xinfap", scores, Y, strata).mean
    assert value == pytest.approx(1 / 3 + 2 / 3 * 1 / 3, abs=1e-12)


def test_strata_are_needed_and_bound_by_given():
    scores, Y = np.array([[2.0], [1.0]]), np.array([[0], [1]])
    with pytest.raises(ValueError, match="needs the stratum of every sample"):
        evaluate("xinfap", scores, Y)
    metric = find_metric("xinfap")
    assert metric.needs_strata
    assert metric.given(None) is metric
    strata = np.zeros((2, 1), np.int8)
    bound = metric.given(strata)
    assert bound.name == "xinfap"
    assert bound.mean(scores, Y) == evaluate("xinfap", scores, Y, strata).mean
    # Given others, it forgets the first.
    assert bound.given(strata + 1).mean(scores, Y) == bound.mean(scores, Y)
    assert find_metric("ap").given(strata) is find_metric("ap")
